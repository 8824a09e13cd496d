//! Keys: created, replicated, described, listed.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::call::Caller;
use super::super::super::kms::{KeyRequest, ReplicaRequest};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::service::JsonAction;
use super::metadata::metadata;
use super::tag::{Tag, pairs};
use super::{action, input, listing, paging};

pub(super) const ACTIONS: &[JsonAction] = &[
    action("CreateKey", create),
    action("DescribeKey", describe),
    action("ListKeys", list),
    action("ReplicateKey", replicate),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CreateKey {
    policy: Option<String>,
    description: Option<String>,
    key_usage: Option<String>,
    /// The old name of `KeySpec`
    customer_master_key_spec: Option<String>,
    key_spec: Option<String>,
    origin: Option<String>,
    bypass_policy_lockout_safety_check: Option<bool>,
    tags: Option<Vec<Tag>>,
    multi_region: Option<bool>,
}

fn create(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: CreateKey = input(state, given)?;
    if asked.key_spec.is_some() && asked.customer_master_key_spec.is_some() {
        return Err(Refusal::new(
            "ValidationException",
            "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. \
             CustomerMasterKeySpec is deprecated.",
        ));
    }
    let request = KeyRequest {
        policy: asked.policy,
        bypass_lockout_check: asked.bypass_policy_lockout_safety_check == Some(true),
        description: asked.description.unwrap_or_default(),
        spec: asked.key_spec.or(asked.customer_master_key_spec),
        usage: asked.key_usage,
        origin: asked.origin,
        multi_region: asked.multi_region == Some(true),
        tags: pairs(asked.tags),
    };
    let arn = state.create_key(caller, &request)?;
    let key = state.key(&arn)?;
    Ok(json!({"KeyMetadata": metadata(&state.keys, key)}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ReplicateKey {
    key_id: String,
    replica_region: String,
    policy: Option<String>,
    bypass_policy_lockout_safety_check: Option<bool>,
    description: Option<String>,
    tags: Option<Vec<Tag>>,
}

fn replicate(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: ReplicateKey = input(state, given)?;
    let request = ReplicaRequest {
        region: asked.replica_region,
        policy: asked.policy,
        bypass_lockout_check: asked.bypass_policy_lockout_safety_check == Some(true),
        description: asked.description.unwrap_or_default(),
        tags: pairs(asked.tags),
    };
    let arn = state.replicate_key(caller, &asked.key_id, &request)?;
    let key = state.key(&arn)?;
    Ok(json!({
        "ReplicaKeyMetadata": metadata(&state.keys, key),
        "ReplicaPolicy": key.policy.current().text.as_ref(),
        "ReplicaTags": key.tags.iter().map(Tag::told).collect::<Vec<_>>(),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct DescribeKey {
    key_id: String,
    grant_tokens: Option<Vec<String>>,
}

fn describe(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: DescribeKey = input(state, given)?;
    let tokens = asked.grant_tokens.unwrap_or_default();
    let arn = state
        .describe_key(caller, &asked.key_id, &tokens)?
        .arn
        .clone();
    let key = state.key(&arn)?;
    Ok(json!({"KeyMetadata": metadata(&state.keys, key)}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ListKeys {
    limit: Option<i64>,
    marker: Option<String>,
}

fn list(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: ListKeys = input(state, given)?;
    let page = state.list_keys(caller, &paging(asked.limit, asked.marker))?;
    Ok(listing(
        "Keys",
        page,
        |arn| json!({"KeyArn": arn, "KeyId": arn.key_id()}),
    ))
}
