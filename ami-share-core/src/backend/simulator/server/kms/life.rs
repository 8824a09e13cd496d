//! What a key goes through.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::call::Caller;
use super::super::super::kms::days_of;
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::service::JsonAction;
use super::{action, input, nothing};
use crate::policy::evaluate::KeyState;

pub(super) const ACTIONS: &[JsonAction] = &[
    action("CancelKeyDeletion", cancel_deletion),
    action("DisableKey", disable),
    action("DisableKeyRotation", disable_rotation),
    action("EnableKey", enable),
    action("EnableKeyRotation", enable_rotation),
    action("GetKeyRotationStatus", rotation_status),
    action("ScheduleKeyDeletion", schedule_deletion),
    action("UpdateKeyDescription", update_description),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct OfKey {
    key_id: String,
}

fn enable(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: OfKey = input(state, given)?;
    state.enable_key(caller, &asked.key_id)?;
    Ok(nothing())
}

fn disable(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: OfKey = input(state, given)?;
    state.disable_key(caller, &asked.key_id)?;
    Ok(nothing())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct UpdateKeyDescription {
    key_id: String,
    description: String,
}

fn update_description(
    state: &mut State,
    caller: Caller<'_>,
    given: Value,
) -> Result<Value, Refusal> {
    let asked: UpdateKeyDescription = input(state, given)?;
    state.update_key_description(caller, &asked.key_id, &asked.description)?;
    Ok(nothing())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ScheduleKeyDeletion {
    key_id: String,
    pending_window_in_days: Option<i64>,
}

fn schedule_deletion(
    state: &mut State,
    caller: Caller<'_>,
    given: Value,
) -> Result<Value, Refusal> {
    let asked: ScheduleKeyDeletion = input(state, given)?;
    let days = asked.pending_window_in_days;
    let key = state.schedule_key_deletion(caller, &asked.key_id, days)?;
    let deletion = key.deletion;
    let mut answer = json!({
        "KeyId": key.arn,
        "KeyState": key.state.to_string(),
        "PendingWindowInDays": deletion.map(|deletion| deletion.days),
    });
    let at = deletion.and_then(|deletion| deletion.at);
    if let (Some(at), Some(fields)) = (at, answer.as_object_mut()) {
        fields.insert("DeletionDate".to_owned(), at.seconds().into());
    }
    Ok(answer)
}

fn cancel_deletion(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: OfKey = input(state, given)?;
    let arn = state.cancel_key_deletion(caller, &asked.key_id)?;
    Ok(json!({"KeyId": arn}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct EnableKeyRotation {
    key_id: String,
    rotation_period_in_days: Option<i64>,
}

fn enable_rotation(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: EnableKeyRotation = input(state, given)?;
    state.enable_key_rotation(caller, &asked.key_id, asked.rotation_period_in_days)?;
    Ok(nothing())
}

fn disable_rotation(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: OfKey = input(state, given)?;
    state.disable_key_rotation(caller, &asked.key_id)?;
    Ok(nothing())
}

fn rotation_status(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: OfKey = input(state, given)?;
    let now = state.now();
    let key = state.get_key_rotation_status(caller, &asked.key_id)?;
    // "While a KMS key is pending deletion, its key rotation status is false".
    let is_ending = matches!(
        key.state,
        KeyState::PendingDeletion | KeyState::PendingReplicaDeletion
    );
    let rotation = key.rotation.filter(|_| !is_ending);
    // The documented example asks by id and is answered by id; what an ARN is answered is not
    // documented.
    let mut answer = json!({"KeyId": key.arn.key_id(), "KeyRotationEnabled": rotation.is_some()});
    if let (Some(rotation), Some(fields)) = (rotation, answer.as_object_mut()) {
        let mut next = rotation.since.after(days_of(rotation.days));
        while next <= now {
            next = next.after(days_of(rotation.days));
        }
        fields.insert("RotationPeriodInDays".to_owned(), rotation.days.into());
        fields.insert("NextRotationDate".to_owned(), next.seconds().into());
    }
    Ok(answer)
}
