//! What the server speaks of Systems Manager: parameters.

mod filter;
mod list;
mod read;
mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::call::Caller;
use super::super::page::{BadToken, page};
use super::super::refusal::Refusal;
use super::super::ssm::{Parameter, Version, invalid};
use super::super::state::State;
use super::service::JsonAction;

pub(crate) const ACTIONS: &[&[JsonAction]] = &[write::ACTIONS, read::ACTIONS, list::ACTIONS];

type Run = fn(&mut State, Caller<'_>, Value) -> Result<Value, Refusal>;

/// An action on a parameter, whose ARN the rule finds
const fn action(name: &'static str, run: Run) -> JsonAction {
    JsonAction {
        name,
        authorized_by_rule: true,
        run,
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Tag {
    key: String,
    value: String,
}

fn tags_of(tags: Vec<Tag>) -> Result<BTreeMap<String, String>, Refusal> {
    let mut map = BTreeMap::new();
    for Tag { key, value } in tags {
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            return Err(invalid(
                "A tag's key has 1 to 128 characters, its value at most 256.",
            ));
        }
        if map.insert(key, value).is_some() {
            return Err(invalid("Duplicate tag keys found."));
        }
    }
    Ok(map)
}

/// A version of a parameter, without its value's surroundings
fn told(parameter: &Parameter, version: &Version) -> Map<String, Value> {
    let told = json!({
        "Name": parameter.name,
        "Type": version.kind.as_str(),
        "Value": version.value,
        "Version": version.number,
        "LastModifiedDate": version.modified.seconds(),
        "ARN": parameter.arn,
        "DataType": version.data_type,
    });
    match told {
        Value::Object(told) => told,
        _ => Map::new(),
    }
}

/// A version with who wrote it and what for; the value is left to the caller
fn described(parameter: &Parameter, version: &Version) -> Map<String, Value> {
    let mut fields = told(parameter, version);
    fields.remove("Value");
    fields.insert(
        "LastModifiedUser".to_owned(),
        version.modified_by.clone().into(),
    );
    fields.insert("Tier".to_owned(), version.tier.as_str().into());
    fields.insert("Policies".to_owned(), json!([]));
    if let Some(description) = &version.description {
        fields.insert("Description".to_owned(), description.clone().into());
    }
    fields
}

/// One page of a listing in the order of its keys; `most` is what AWS gives at most, and by default
fn listed(
    state: &State,
    query: impl std::hash::Hash,
    token: Option<&str>,
    asked: Option<usize>,
    most: usize,
    items: impl IntoIterator<Item = (String, Value)>,
) -> Result<Value, Refusal> {
    let asked = asked.unwrap_or(most);
    if !(1..=most).contains(&asked) {
        return Err(invalid(format!(
            "1 validation error detected: Value '{asked}' at 'maxResults' failed to satisfy \
             constraint: Member must have value between 1 and {most}"
        )));
    }
    let page = page(items, &query, token, asked.min(state.page_size))
        .map_err(|BadToken| Refusal::new("InvalidNextToken", "The specified token isn't valid."))?;
    let mut answer = Map::new();
    answer.insert("Parameters".to_owned(), page.items.into());
    if let Some(next) = page.next_token {
        answer.insert("NextToken".to_owned(), next.into());
    }
    Ok(answer.into())
}
