//! Tags of keys.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::call::Caller;
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::service::JsonAction;
use super::{action, input, listing, nothing, paging};

pub(super) const ACTIONS: &[JsonAction] = &[
    action("ListResourceTags", list),
    action("TagResource", tag),
    action("UntagResource", untag),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Tag {
    tag_key: String,
    tag_value: String,
}

impl Tag {
    pub(super) fn told((key, value): (&String, &String)) -> Value {
        json!({"TagKey": key, "TagValue": value})
    }
}

pub(super) fn pairs(tags: Option<Vec<Tag>>) -> Vec<(String, String)> {
    let tags = tags.unwrap_or_default().into_iter();
    tags.map(|tag| (tag.tag_key, tag.tag_value)).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct TagResource {
    key_id: String,
    tags: Vec<Tag>,
}

fn tag(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: TagResource = input(state, given)?;
    state.tag_key(caller, &asked.key_id, &pairs(Some(asked.tags)))?;
    Ok(nothing())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct UntagResource {
    key_id: String,
    tag_keys: Vec<String>,
}

fn untag(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: UntagResource = input(state, given)?;
    state.untag_key(caller, &asked.key_id, &asked.tag_keys)?;
    Ok(nothing())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ListResourceTags {
    key_id: String,
    limit: Option<i64>,
    marker: Option<String>,
}

fn list(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: ListResourceTags = input(state, given)?;
    let paging = paging(asked.limit, asked.marker);
    let page = state.list_key_tags(caller, &asked.key_id, &paging)?;
    Ok(listing("Tags", page, |(key, value)| {
        Tag::told((&key, &value))
    }))
}
