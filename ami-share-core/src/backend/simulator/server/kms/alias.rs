//! Aliases.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::call::Caller;
use super::super::super::kms::alias_arn;
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::service::JsonAction;
use super::{action, input, listing, nothing, paging};

pub(super) const ACTIONS: &[JsonAction] = &[
    action("CreateAlias", create),
    action("DeleteAlias", delete),
    action("ListAliases", list),
    action("UpdateAlias", update),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Pointing {
    alias_name: String,
    target_key_id: String,
}

fn create(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: Pointing = input(state, given)?;
    state.create_alias(caller, &asked.alias_name, &asked.target_key_id)?;
    Ok(nothing())
}

fn update(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: Pointing = input(state, given)?;
    state.update_alias(caller, &asked.alias_name, &asked.target_key_id)?;
    Ok(nothing())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct DeleteAlias {
    alias_name: String,
}

fn delete(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: DeleteAlias = input(state, given)?;
    state.delete_alias(caller, &asked.alias_name)?;
    Ok(nothing())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ListAliases {
    key_id: Option<String>,
    limit: Option<i64>,
    marker: Option<String>,
}

fn list(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: ListAliases = input(state, given)?;
    let paging = paging(asked.limit, asked.marker);
    let page = state.list_aliases(caller, asked.key_id.as_deref(), &paging)?;
    Ok(listing("Aliases", page, |(name, alias)| {
        json!({
            "AliasArn": alias_arn(caller.region, caller.account, &name),
            "AliasName": name,
            "CreationDate": alias.created.seconds(),
            "LastUpdatedDate": alias.updated.seconds(),
            "TargetKeyId": alias.key_id,
        })
    }))
}
