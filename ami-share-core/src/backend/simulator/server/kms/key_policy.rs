//! Key policies.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::call::Caller;
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::service::JsonAction;
use super::{action, input, listing, nothing, paging};

pub(super) const ACTIONS: &[JsonAction] = &[
    action("GetKeyPolicy", get),
    action("ListKeyPolicies", list),
    action("PutKeyPolicy", put),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct GetKeyPolicy {
    key_id: String,
    policy_name: Option<String>,
}

fn get(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: GetKeyPolicy = input(state, given)?;
    let policy = state.get_key_policy(caller, &asked.key_id, asked.policy_name.as_deref())?;
    Ok(json!({"Policy": policy.as_ref(), "PolicyName": "default"}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ListKeyPolicies {
    key_id: String,
    limit: Option<i64>,
    marker: Option<String>,
}

fn list(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: ListKeyPolicies = input(state, given)?;
    let paging = paging(asked.limit, asked.marker);
    let page = state.list_key_policies(caller, &asked.key_id, &paging)?;
    Ok(listing("PolicyNames", page, Value::from))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct PutKeyPolicy {
    key_id: String,
    policy_name: Option<String>,
    policy: String,
    bypass_policy_lockout_safety_check: Option<bool>,
}

fn put(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: PutKeyPolicy = input(state, given)?;
    state.put_key_policy(
        caller,
        &asked.key_id,
        asked.policy_name.as_deref(),
        &asked.policy,
        asked.bypass_policy_lockout_safety_check == Some(true),
    )?;
    Ok(nothing())
}
