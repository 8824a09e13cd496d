//! Writes a key policy beside other writers: KMS has no compare-and-swap.
//!
//! The policy is read, patched, put and read back; if somebody else's policy stands there instead, all
//! of it starts again from theirs. No policy is put that was read longer ago than half the settle time.
//! After everything else of the plan is done, and the settle time has passed, the policy is looked at
//! once more, and written again if need be; where others write too, until it stays the same for a settle
//! time. What KMS makes impossible to exclude: a writer that reads, takes longer than that, and puts after
//! our last look undoes our change without a trace.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use tokio::time::Instant;

use super::Engine;
use super::after::After;
use crate::api_error::{ApiError, ApiErrorKind};
use crate::backend::{Backend, RequestId};
use crate::id::{KeyArn, Region};
use crate::outcome::StepOutcome;
use crate::plan::KeyRecipients;
use crate::policy::{KeyPolicy, KeyStatements};

const OPERATION: &str = "PutKeyPolicy";
/// How often a policy is looked at when all is done, as long as others write it
const MOST_LOOKS: usize = 240;
/// How often a policy is put before other writers are said to be too many
const MOST_PUTS: usize = 60;
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// A change of our statements in the policy of a key
#[derive(Clone, Copy, Debug)]
pub(super) struct PolicyChange<'a> {
    pub(super) region: &'a Region,
    pub(super) key: &'a KeyArn,
    pub(super) add: &'a KeyRecipients,
    pub(super) remove: &'a KeyRecipients,
}

/// What reading back showed after a put
enum Shown {
    /// Our change
    Wanted(KeyPolicy),
    /// Neither our change nor what was there before: somebody else put a policy too
    Other(KeyPolicy),
    /// What was there before, for all the time that was waited
    Before,
}

impl PolicyChange<'_> {
    /// Whether a policy has the change in it
    fn is_in(&self, policy: &KeyPolicy) -> bool {
        KeyStatements::found_in(policy)
            .is_ok_and(|ours| self.add.are_in(&ours) && self.remove.are_not_in(&ours))
    }

    fn patched(&self, policy: &KeyPolicy) -> Result<KeyPolicy, ApiError> {
        let refuse =
            |message: String| ApiError::without_code(OPERATION, ApiErrorKind::Invalid, message);
        let ours = KeyStatements::found_in(policy).map_err(|edited| refuse(edited.to_string()))?;
        let wanted = self.remove.taken_out_of(self.add.added_to(ours));
        let patched = policy
            .patched(&wanted.for_key(self.key.clone()))
            .map_err(|error| refuse(format!("{error} ({})", error.mend())))?;
        Ok(patched.into_policy())
    }
}

impl<B: Backend> Engine<B> {
    /// Makes the change, starting from the policy as it was last seen
    pub(super) async fn change_key_policy(
        &self,
        change: PolicyChange<'_>,
        after: &After,
    ) -> StepOutcome {
        let (region, key) = (change.region, change.key);
        let settle_time = self.options.key_settle_time;
        let is_fresh = |policy: &KeyPolicy| self.policy_reads.is_fresh(key, policy, settle_time);
        let mut current = match after.policy_of(region, key).filter(is_fresh) {
            Some(policy) => policy,
            None => match self.read_key_policy(region, key).await {
                Ok(policy) => policy,
                Err(error) => return StepOutcome::Failed { error },
            },
        };
        let mut request_id: RequestId = None;
        let mut lost: Option<ApiError> = None;
        for put in 0..MOST_PUTS {
            if change.is_in(&current) {
                after.policy(region, key, current);
                return StepOutcome::Done { request_id };
            }
            let patched = match change.patched(&current) {
                Ok(patched) => patched,
                Err(error) if put == 0 => return StepOutcome::Failed { error },
                Err(error) => return unconfirmed(&error.to_string(), request_id),
            };
            let answer = self.backend.put_key_policy(region, key, &patched).await;
            after.put(key);
            lost = match answer {
                Ok(id) => {
                    request_id = id;
                    None
                }
                Err(error) if error.kind() == ApiErrorKind::Throttled || error.is_ambiguous() => {
                    Some(error)
                }
                Err(error) if put == 0 => return StepOutcome::Failed { error },
                Err(error) => return unconfirmed(&error.to_string(), request_id),
            };
            let shown = match &lost {
                // Nobody knows whether it was done, and doing it again does no harm.
                Some(_) => {
                    pause(put).await;
                    self.read_key_policy(region, key).await.map(Shown::Other)
                }
                None => self.await_change(change, &current).await,
            };
            match shown {
                Ok(Shown::Wanted(policy)) => {
                    if policy.is_equivalent_to(&patched) {
                        after.is_alone(key);
                    }
                    after.policy(region, key, policy);
                    return StepOutcome::Done { request_id };
                }
                Ok(Shown::Other(policy)) => {
                    current = policy;
                    if lost.is_none() {
                        pause(put).await;
                        current = match self.read_key_policy(region, key).await {
                            Ok(policy) => policy,
                            Err(error) => return unconfirmed(&error.to_string(), request_id),
                        };
                    }
                }
                Ok(Shown::Before) => {
                    let waited = self.options.key_consistency_timeout.as_secs();
                    let because = format!("after {waited} seconds the policy is still as before");
                    return unconfirmed(&because, request_id);
                }
                Err(error) => {
                    let because = format!("it could not be read back: {error}");
                    return unconfirmed(&because, request_id);
                }
            }
        }
        let because = match lost {
            Some(error) => error.to_string(),
            None => format!("others wrote the policy too, {MOST_PUTS} times in a row"),
        };
        unconfirmed(&because, request_id)
    }

    /// Looks at a policy that was put before, and puts it again for as long as somebody undoes the change
    ///
    /// Where others write too, it is looked at until it stays the same for the settle time: a writer that
    /// read while the change was undone may still be about to put.
    pub(super) async fn confirm_key_policy(
        &self,
        change: PolicyChange<'_>,
        after: &After,
    ) -> StepOutcome {
        let (region, key) = (change.region, change.key);
        let settle_time = self.options.key_settle_time;
        let put = after.last_put(key);
        let mut since = put.map(|put| put.at);
        let mut seen = match put {
            Some(put) if !put.is_alone => None,
            _ => after.policy_of(region, key),
        };
        let mut is_in = false;
        for _ in 0..MOST_LOOKS {
            if let Some(since) = since {
                tokio::time::sleep_until(since + settle_time).await;
            }
            let policy = match self.read_key_policy(region, key).await {
                Ok(policy) => policy,
                Err(error) => {
                    let because = format!("it could not be read once more: {error}");
                    return unconfirmed(&because, None);
                }
            };
            since = Some(Instant::now());
            is_in = change.is_in(&policy);
            let is_quiet = seen.is_some_and(|seen| seen.as_str() == policy.as_str());
            after.policy(region, key, policy.clone());
            if is_in && is_quiet {
                return StepOutcome::Done { request_id: None };
            }
            seen = Some(policy);
            if !is_in {
                let outcome = self.change_key_policy(change, after).await;
                if !outcome.is_done() {
                    return outcome;
                }
                since = after.last_put(key).map(|put| put.at);
                seen = None;
            }
        }
        if is_in {
            return StepOutcome::Done { request_id: None };
        }
        let because = format!("others undid it at the last of {MOST_LOOKS} looks");
        unconfirmed(&because, None)
    }

    /// Reads until something else than what was there before shows, or the time is up
    async fn await_change(
        &self,
        change: PolicyChange<'_>,
        before: &KeyPolicy,
    ) -> Result<Shown, ApiError> {
        let deadline = Instant::now() + self.options.key_consistency_timeout;
        for read in 0.. {
            let policy = self.read_key_policy(change.region, change.key).await?;
            if change.is_in(&policy) {
                return Ok(Shown::Wanted(policy));
            }
            if !policy.is_equivalent_to(before) {
                return Ok(Shown::Other(policy));
            }
            if Instant::now() >= deadline {
                break;
            }
            pause(read).await;
        }
        Ok(Shown::Before)
    }
}

fn unconfirmed(because: &str, request_id: RequestId) -> StepOutcome {
    StepOutcome::Unconfirmed {
        because: because.to_owned(),
        request_id,
    }
}

/// Longer each time, and never the same for two writers
async fn pause(times: usize) {
    let factor = 1_u32 << times.min(7);
    let longest = (FIRST_PAUSE * factor).min(LONGEST_PAUSE);
    // The standard library's seed of its maps: different for every call.
    let random = RandomState::new().hash_one(times);
    let share = (random % 1_000) as u32;
    tokio::time::sleep(longest / 2 + longest * share / 2_000).await;
}
