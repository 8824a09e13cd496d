//! What the server speaks of IAM.

mod managed_policy;
mod policy;
mod role;
mod user;

use std::collections::BTreeMap;

use super::super::call::Caller;
use super::super::iam::{Entity, check_name, constraint};
use super::super::page::{BadToken, page};
use super::super::refusal::Refusal;
use super::super::state::State;
use super::params::Params;
use super::service::QueryAction;
use super::xml::Element;

pub(crate) const ACTIONS: &[&[QueryAction]] = &[
    role::ACTIONS,
    user::ACTIONS,
    policy::ACTIONS,
    managed_policy::ACTIONS,
];

type Run = fn(&mut State, Caller<'_>, &Params) -> Result<Vec<Element>, Refusal>;

/// An action whose rule authorizes by itself, since the ARN has the path of what is asked for
pub(super) const fn action(
    name: &'static str,
    takes: &'static [&'static str],
    run: Run,
) -> QueryAction {
    QueryAction {
        name,
        takes,
        on: |_, _| Vec::new(),
        run,
    }
}

/// The ARN of a thing of the caller's account
fn arn(caller: Caller<'_>, kind: &str, path: &str, name: &str) -> String {
    let partition = caller.region.partition();
    format!("arn:{partition}:iam::{}:{kind}{path}{name}", caller.account)
}

/// Whether the caller may do this to a role or user, with the policy that it names
fn authorize(
    state: &State,
    caller: Caller<'_>,
    params: &Params,
    action: &str,
    arn: &str,
) -> Result<(), Refusal> {
    match params.text("PolicyArn") {
        Some(policy) => state.authorize(caller, action, arn, &[("iam:PolicyARN", policy)]),
        None => state.authorize(caller, action, arn, &[]),
    }
}

/// A parameter that has to be there
fn required<'a>(params: &'a Params, name: &str) -> Result<&'a str, Refusal> {
    params.text(name).ok_or_else(|| null(name))
}

fn null(name: &str) -> Refusal {
    Refusal::new(
        "ValidationError",
        format!(
            "1 validation error detected: Value null at '{}' failed to satisfy constraint: Member \
             must not be null",
            member(name)
        ),
    )
}

/// A parameter as validation errors spell it: `RoleName` is `roleName`
fn member(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// A name that has to be there and well-formed
fn name<'a>(params: &'a Params, parameter: &str, longest: usize) -> Result<&'a str, Refusal> {
    let name = required(params, parameter)?;
    check_name(&member(parameter), name, longest)?;
    Ok(name)
}

/// A path, which starts and ends with a slash; `/` where none is given
fn path(params: &Params) -> Result<&str, Refusal> {
    let path = params.text("Path").unwrap_or("/");
    let is_visible = |c: char| ('!'..='~').contains(&c);
    // The ARN of the principal takes no other characters, though AWS does.
    let is_known = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-/".contains(c);
    let is_path = path.starts_with('/')
        && path.ends_with('/')
        && path.len() <= 512
        && !path.contains("//")
        && path.chars().all(|c| is_visible(c) && is_known(c));
    if is_path {
        Ok(path)
    } else {
        Err(Refusal::new(
            "ValidationError",
            "The specified value for path is invalid. It must begin and end with / and contain \
             only alphanumeric characters and/or / characters.",
        ))
    }
}

fn tags(params: &Params) -> Result<BTreeMap<String, String>, Refusal> {
    read_tags(params, "InvalidInput")
}

/// The parameter `Tags`; `code` is what the service calls one key given twice
pub(super) fn read_tags(
    params: &Params,
    code: &'static str,
) -> Result<BTreeMap<String, String>, Refusal> {
    let mut tags = BTreeMap::new();
    for item in params.items("Tags") {
        let key = item.text("Key").ok_or_else(|| null("tags.key"))?;
        let value = item.text("Value").ok_or_else(|| null("tags.value"))?;
        if key.is_empty() || key.chars().count() > 128 {
            return Err(constraint(
                "tags.key",
                key,
                "Member must have length between 1 and 128",
            ));
        }
        if value.chars().count() > 256 {
            return Err(constraint(
                "tags.value",
                value,
                "Member must have length less than or equal to 256",
            ));
        }
        if tags.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(Refusal::new(
                code,
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ));
        }
    }
    if tags.len() > 50 {
        return Err(constraint(
            "tags",
            "",
            "Member must have length less than or equal to 50",
        ));
    }
    Ok(tags)
}

/// One page of a listing, as IAM marks it
fn listed(
    caller: Caller<'_>,
    params: &Params,
    action: &str,
    list: &'static str,
    items: impl IntoIterator<Item = (String, Element)>,
) -> Result<Vec<Element>, Refusal> {
    const MOST: usize = 1_000;
    let most = match params.text("MaxItems") {
        None => 100,
        Some(text) => text
            .parse()
            .ok()
            .filter(|most| (1..=MOST).contains(most))
            .ok_or_else(|| constraint("maxItems", text, "Member must be between 1 and 1000"))?,
    };
    let asked: Vec<Option<&str>> = [
        "PathPrefix",
        "RoleName",
        "UserName",
        "Scope",
        "OnlyAttached",
    ]
    .into_iter()
    .map(|name| params.text(name))
    .collect();
    let query = (action, caller.account, asked);
    let page = page(items, &query, params.text("Marker"), most)
        .map_err(|BadToken| Refusal::new("ValidationError", "Invalid Marker."))?;
    let mut fields = vec![
        Element::list(list, page.items),
        Element::flag("IsTruncated", page.next_token.is_some()),
    ];
    let marker = page.next_token;
    fields.extend(marker.map(|marker| Element::text("Marker", marker)));
    Ok(fields)
}

/// What a role and a user have in common
fn told(entity: &Entity, name: &'static str, id: &'static str) -> Vec<Element> {
    vec![
        Element::text("Path", entity.path.clone()),
        Element::text(name, entity.name.clone()),
        Element::text(id, entity.id.clone()),
        Element::text("Arn", entity.arn.to_string()),
        Element::text("CreateDate", entity.created.iso_8601()),
    ]
}

fn tag_list(tags: &BTreeMap<String, String>) -> Option<Element> {
    let one = |(key, value): (&String, &String)| {
        Element::new(
            "member",
            vec![
                Element::text("Key", key.clone()),
                Element::text("Value", value.clone()),
            ],
        )
    };
    (!tags.is_empty()).then(|| Element::list("Tags", tags.iter().map(one)))
}

/// IAM writes policies as the values of a query
fn encoded(document: &str) -> String {
    let mut text = String::new();
    for byte in document.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}
