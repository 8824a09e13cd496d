//! What a key goes through: it is enabled, disabled, rotated, described anew, and deleted.

use super::super::call::Caller;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::authorize::Ask;
use super::find::Naming;
use super::key::{Deletion, Key, KeyManager, Rotation, days_of};
use super::kind::{AWS_KMS, check_length};
use crate::id::KeyArn;
use crate::policy::evaluate::KeyState;

/// The waiting period before a deletion, in days
const WAIT: std::ops::RangeInclusive<i64> = 7..=30;
const DEFAULT_WAIT: i64 = 30;
/// The period of automatic rotation, in days
const ROTATION: std::ops::RangeInclusive<i64> = 90..=2_560;
const DEFAULT_ROTATION: i64 = 365;

impl State {
    pub(crate) fn enable_key(&mut self, caller: Caller<'_>, key_id: &str) -> Result<(), Refusal> {
        self.switch_key(caller, key_id, "kms:EnableKey", KeyState::Enabled)
    }

    pub(crate) fn disable_key(&mut self, caller: Caller<'_>, key_id: &str) -> Result<(), Refusal> {
        self.switch_key(caller, key_id, "kms:DisableKey", KeyState::Disabled)
    }

    fn switch_key(
        &mut self,
        caller: Caller<'_>,
        key_id: &str,
        action: &str,
        state: KeyState,
    ) -> Result<(), Refusal> {
        let arn = self.manage(caller, key_id, action)?;
        self.key_mut(&arn)?.state = state;
        Ok(())
    }

    pub(crate) fn update_key_description(
        &mut self,
        caller: Caller<'_>,
        key_id: &str,
        description: &str,
    ) -> Result<(), Refusal> {
        check_length(description, "description", 0, 8_192)?;
        let arn = self.manage(caller, key_id, "kms:UpdateKeyDescription")?;
        self.key_mut(&arn)?.description = description.to_owned();
        Ok(())
    }

    /// Schedules the deletion of a key; a primary key waits for its replicas first
    pub(crate) fn schedule_key_deletion(
        &mut self,
        caller: Caller<'_>,
        key_id: &str,
        days: Option<i64>,
    ) -> Result<&Key, Refusal> {
        const ACTION: &str = "kms:ScheduleKeyDeletion";
        let days = within(days.unwrap_or(DEFAULT_WAIT), WAIT, "pendingWindowInDays")?;
        let arn = self.resolve(caller, key_id, Naming::Key, ACTION)?;
        let ask = Ask::of(caller.identity, ACTION);
        let ask = ask.key(
            "kms:ScheduleKeyDeletionPendingWindowInDays",
            days.to_string(),
        );
        let key = self.permit(caller, &arn, ask)?;
        let waits = key.is_primary() && self.keys.related(&arn).any(Key::is_replica);
        let at = (!waits).then(|| self.now().after(days_of(days)));
        self.keys.schedule(&arn, Deletion { days, at });
        self.key(&arn)
    }

    /// Takes the deletion back; the key is then disabled
    pub(crate) fn cancel_key_deletion(
        &mut self,
        caller: Caller<'_>,
        key_id: &str,
    ) -> Result<KeyArn, Refusal> {
        let arn = self.manage(caller, key_id, "kms:CancelKeyDeletion")?;
        self.keys.unschedule(&arn);
        Ok(arn)
    }

    pub(crate) fn enable_key_rotation(
        &mut self,
        caller: Caller<'_>,
        key_id: &str,
        days: Option<i64>,
    ) -> Result<(), Refusal> {
        let days = days.unwrap_or(DEFAULT_ROTATION);
        let days = within(days, ROTATION, "rotationPeriodInDays")?;
        let since = self.now();
        let rotation = Some(Rotation { days, since });
        self.rotate(caller, key_id, "kms:EnableKeyRotation", rotation)
    }

    pub(crate) fn disable_key_rotation(
        &mut self,
        caller: Caller<'_>,
        key_id: &str,
    ) -> Result<(), Refusal> {
        self.rotate(caller, key_id, "kms:DisableKeyRotation", None)
    }

    /// A replica has the rotation of its primary key
    fn rotate(
        &mut self,
        caller: Caller<'_>,
        key_id: &str,
        action: &str,
        rotation: Option<Rotation>,
    ) -> Result<(), Refusal> {
        let arn = self.manage(caller, key_id, action)?;
        let key = self.key(&arn)?;
        check_rotates(key)?;
        if key.is_replica() {
            return Err(unsupported(format!(
                "{arn} is a multi-Region replica key: set the rotation of its primary key."
            )));
        }
        let related: Vec<KeyArn> = match key.primary {
            Some(_) => self.keys.related(&arn).map(|key| key.arn.clone()).collect(),
            None => vec![arn],
        };
        for arn in related {
            self.key_mut(&arn)?.rotation = rotation;
        }
        Ok(())
    }

    pub(crate) fn get_key_rotation_status(
        &self,
        caller: Caller<'_>,
        key_id: &str,
    ) -> Result<&Key, Refusal> {
        const ACTION: &str = "kms:GetKeyRotationStatus";
        let arn = self.resolve(caller, key_id, Naming::Key, ACTION)?;
        let key = self.permit(caller, &arn, Ask::of(caller.identity, ACTION))?;
        if key.kind.origin != AWS_KMS {
            check_rotates(key)?;
        }
        Ok(key)
    }

    /// A key of the caller's own that it may do this with
    pub(super) fn manage(
        &self,
        caller: Caller<'_>,
        key_id: &str,
        action: &str,
    ) -> Result<KeyArn, Refusal> {
        let arn = self.resolve(caller, key_id, Naming::Key, action)?;
        self.permit(caller, &arn, Ask::of(caller.identity, action))?;
        Ok(arn)
    }
}

fn check_rotates(key: &Key) -> Result<(), Refusal> {
    let arn = &key.arn;
    if key.kind.origin != AWS_KMS {
        let origin = key.kind.origin;
        return Err(unsupported(format!(
            "{arn} origin is {origin} which is not valid for this operation."
        )));
    }
    if !key.kind.is_symmetric_encryption() || key.manager == KeyManager::Aws {
        return Err(unsupported(format!(
            "{arn} key spec is {} which is not valid for this operation.",
            key.kind.spec
        )));
    }
    Ok(())
}

fn within(
    value: i64,
    range: std::ops::RangeInclusive<i64>,
    parameter: &str,
) -> Result<u32, Refusal> {
    let bound = match u32::try_from(value) {
        Ok(days) if range.contains(&value) => return Ok(days),
        _ if value < *range.start() => format!("greater than or equal to {}", range.start()),
        _ => format!("less than or equal to {}", range.end()),
    };
    Err(Refusal::new(
        "ValidationException",
        format!(
            "1 validation error detected: Value '{value}' at '{parameter}' failed to satisfy \
             constraint: Member must have value {bound}"
        ),
    ))
}

fn unsupported(message: String) -> Refusal {
    Refusal::new("UnsupportedOperationException", message)
}
