//! Runs the steps at keys: opened before all images, closed after them.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use super::Engine;
use super::after::After;
use super::key_policy::PolicyChange;
use super::observe_keys::FEW_GRANTEES;
use super::run::{NumberedStep, Progress};
use crate::api_error::{ApiError, ApiErrorKind};
use crate::backend::{Backend, NewGrant, RequestId};
use crate::id::{KeyArn, Region};
use crate::outcome::{StepOutcome, StepReport};
use crate::plan::{Action, Plan, Step};
use crate::request::KeyAccess;
use crate::resource::KeyGrant;

impl<B: Backend> Engine<B> {
    /// Runs the steps of several keys, each key's in order
    pub(super) async fn run_keys(
        &self,
        keys: Vec<Vec<NumberedStep<'_>>>,
        after: &After,
        progress: Progress<'_>,
    ) -> Vec<(usize, StepOutcome)> {
        let runs: Vec<_> = keys
            .into_iter()
            .map(|steps| self.run_key(steps, after, progress))
            .collect();
        let runs = stream::iter(runs).buffer_unordered(self.options.concurrency);
        runs.concat().await
    }

    /// Runs the steps of one key; grants together, since they are many
    async fn run_key(
        &self,
        steps: Vec<NumberedStep<'_>>,
        after: &After,
        progress: Progress<'_>,
    ) -> Vec<(usize, StepOutcome)> {
        let mut outcomes = Vec::new();
        let mut grants = Vec::new();
        for numbered in steps {
            progress.started(numbered);
            match policy_change(numbered.step) {
                Some(change) => {
                    let outcome = self.change_key_policy(change, after).await;
                    outcomes.push((numbered.number, outcome));
                }
                None => grants.push(numbered),
            }
        }
        outcomes.extend(self.run_grants(&grants, after).await);
        for (step, outcome) in &outcomes {
            progress.finished(*step, outcome);
        }
        outcomes
    }

    /// Looks once more at the policies that were written, behind everything else
    ///
    /// Gives what has changed: nothing, as a rule.
    pub(super) async fn confirm_keys(
        &self,
        steps: Vec<NumberedStep<'_>>,
        after: &After,
    ) -> Vec<(usize, StepOutcome)> {
        let confirmations = steps.into_iter().filter_map(|numbered| {
            let change = policy_change(numbered.step)?;
            Some(async move {
                let outcome = self.confirm_key_policy(change, after).await;
                (numbered.number, outcome)
            })
        });
        let confirmations: Vec<_> = confirmations.collect();
        let runs = stream::iter(confirmations).buffer_unordered(self.options.concurrency);
        let outcomes: Vec<(usize, StepOutcome)> = runs.collect().await;
        outcomes
            .into_iter()
            .filter(|(_, outcome)| !outcome.is_done())
            .collect()
    }

    /// Opens keys by grants whose policy the caller may not write, where the request leaves the choice
    ///
    /// Gives what became of each grant in place of a step: nothing, where they are there already.
    pub(super) async fn open_by_grants_instead(
        &self,
        plan: &Plan,
        outcomes: &BTreeMap<usize, StepOutcome>,
        after: &After,
    ) -> BTreeMap<usize, Vec<StepReport>> {
        let mut instead = BTreeMap::new();
        if plan.request().key_access() != KeyAccess::Auto {
            return instead;
        }
        for (number, outcome) in outcomes {
            let StepOutcome::Failed { error } = outcome else {
                continue;
            };
            let Some(step) = plan.steps().get(*number) else {
                continue;
            };
            let mut steps = match error.kind() {
                ApiErrorKind::AccessDenied => grants_for(step),
                _ => Vec::new(),
            };
            if steps.is_empty() || self.drop_made_grants(&mut steps, after).await.is_err() {
                continue;
            }
            let numbered: Vec<NumberedStep<'_>> = steps
                .iter()
                .enumerate()
                .map(|(number, step)| NumberedStep { number, step })
                .collect();
            let done: BTreeMap<usize, StepOutcome> = self
                .run_grants(&numbered, after)
                .await
                .into_iter()
                .collect();
            let reports = steps.into_iter().zip(done.into_values());
            let reports = reports.map(|(step, outcome)| StepReport { step, outcome });
            instead.insert(*number, reports.collect());
        }
        instead
    }

    /// Keeps the steps whose grants are not there yet
    async fn drop_made_grants(&self, steps: &mut Vec<Step>, after: &After) -> Result<(), ApiError> {
        let all: Vec<&Step> = steps.iter().collect();
        let Some((region, key)) = all
            .first()
            .and_then(|first| Some((first.region.clone(), first.action.key()?.clone())))
        else {
            return Ok(());
        };
        let read = grantees_read(&all);
        let grants = self.grants_of(&region, &key, read.as_ref()).await?;
        steps.retain(|step| !shows(&step.action, &grants));
        after.grants(&region, &key, grants, read);
        Ok(())
    }

    async fn run_grants(
        &self,
        steps: &[NumberedStep<'_>],
        after: &After,
    ) -> Vec<(usize, StepOutcome)> {
        let Some((region, key)) = steps
            .first()
            .and_then(|first| Some((&first.step.region, first.step.action.key()?)))
        else {
            return Vec::new();
        };
        let writes = steps.iter().map(|numbered| async move {
            let written = self.write_grant(region, key, &numbered.step.action).await;
            (*numbered, written)
        });
        let writes: Vec<_> = writes.collect();
        let writes = stream::iter(writes).buffered(self.options.concurrency);
        let mut outcomes = Vec::new();
        let mut written = Vec::new();
        let results: Vec<(NumberedStep<'_>, Result<RequestId, ApiError>)> = writes.collect().await;
        for (numbered, result) in results {
            match result {
                Ok(request_id) => written.push((numbered, request_id)),
                Err(error) if error.is_ambiguous() => written.push((numbered, None)),
                Err(error) => outcomes.push((numbered.number, StepOutcome::Failed { error })),
            }
        }
        if !written.is_empty() {
            outcomes.extend(self.await_grants(region, key, written, after).await);
        }
        outcomes
    }

    async fn write_grant(
        &self,
        region: &Region,
        key: &KeyArn,
        action: &Action,
    ) -> Result<RequestId, ApiError> {
        match action {
            Action::CreateGrant {
                grantee,
                name,
                operations,
                ..
            } => {
                let grant = NewGrant {
                    grantee,
                    name,
                    operations,
                };
                self.backend.create_grant(region, key, &grant).await
            }
            Action::RevokeGrant { grant_id, .. } => {
                let revoked = self.backend.revoke_grant(region, key, grant_id).await;
                match revoked {
                    // Somebody else was faster.
                    Err(error) if error.kind() == ApiErrorKind::NotFound => Ok(None),
                    other => other,
                }
            }
            other => Err(ApiError::without_code(
                other.operation(),
                ApiErrorKind::Other,
                "this is no step on a grant",
            )),
        }
    }

    /// Reads the grants back until all are as written, or the time is up: KMS may take five minutes
    async fn await_grants(
        &self,
        region: &Region,
        key: &KeyArn,
        written: Vec<(NumberedStep<'_>, RequestId)>,
        after: &After,
    ) -> Vec<(usize, StepOutcome)> {
        let steps: Vec<&Step> = written.iter().map(|(numbered, _)| numbered.step).collect();
        let read = grantees_read(&steps);
        let deadline = Instant::now() + self.options.key_consistency_timeout;
        let mut pause = super::wait::FIRST_DELAY;
        loop {
            let grants = match self.grants_of(region, key, read.as_ref()).await {
                Ok(grants) => grants,
                Err(error) => {
                    let because = format!("it could not be read back: {error}");
                    return all_unconfirmed(written, &because);
                }
            };
            let shows = |step: &Step| shows(&step.action, &grants);
            if written.iter().all(|(numbered, _)| shows(numbered.step))
                || Instant::now() >= deadline
            {
                let outcomes = written
                    .into_iter()
                    .map(|(numbered, request_id)| {
                        let outcome = match shows(numbered.step) {
                            true => StepOutcome::Done { request_id },
                            false => StepOutcome::Unconfirmed {
                                because: "the grants are not as written yet".to_owned(),
                                request_id,
                            },
                        };
                        (numbered.number, outcome)
                    })
                    .collect();
                after.grants(region, key, grants, read);
                return outcomes;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(super::wait::LONGEST_DELAY);
        }
    }
}

/// The grants that open a key in place of statements; none where somebody is no account, role or user
fn grants_for(step: &Step) -> Vec<Step> {
    let Action::PutKeyPolicy {
        key, add, remove, ..
    } = &step.action
    else {
        return Vec::new();
    };
    let grants_roles = !add.service_roles.is_empty();
    if grants_roles
        || !remove.is_empty()
        || !add.organizations.is_empty()
        || !add.organizational_units.is_empty()
    {
        return Vec::new();
    }
    let partition = key.partition();
    add.grantees(&partition)
        .map(|grantee| Step {
            action: Action::grant_of(key, grantee),
            reason: "the caller may not write the key policy".to_owned(),
            ..step.clone()
        })
        .collect()
}

fn policy_change(step: &Step) -> Option<PolicyChange<'_>> {
    match &step.action {
        Action::PutKeyPolicy {
            key, add, remove, ..
        } => Some(PolicyChange {
            region: &step.region,
            key,
            add,
            remove,
        }),
        _ => None,
    }
}

/// The grantees whose grants are read back; none stands for all of the key
fn grantees_read(steps: &[&Step]) -> Option<BTreeSet<String>> {
    let grantee = |step: &&Step| match &step.action {
        Action::CreateGrant { grantee, .. } | Action::RevokeGrant { grantee, .. } => {
            Some(grantee.clone())
        }
        _ => None,
    };
    (steps.len() <= FEW_GRANTEES).then(|| steps.iter().filter_map(grantee).collect())
}

/// Whether a grant is there that was made, or is gone that was revoked
fn shows(action: &Action, grants: &[KeyGrant]) -> bool {
    match action {
        Action::CreateGrant { name, grantee, .. } => grants
            .iter()
            .any(|grant| grant.name.as_ref() == Some(name) && grant.grantee == *grantee),
        Action::RevokeGrant { grant_id, .. } => grants.iter().all(|grant| grant.id != *grant_id),
        _ => false,
    }
}

fn all_unconfirmed(
    written: Vec<(NumberedStep<'_>, RequestId)>,
    because: &str,
) -> Vec<(usize, StepOutcome)> {
    let outcome = |(numbered, request_id): (NumberedStep<'_>, RequestId)| {
        let because = because.to_owned();
        let outcome = StepOutcome::Unconfirmed {
            because,
            request_id,
        };
        (numbered.number, outcome)
    };
    written.into_iter().map(outcome).collect()
}
