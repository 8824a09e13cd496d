//! Opens the source for the accounts that copy it, and closes what was opened.

use crate::backend::{CopyBackend, RoleBackend};
use crate::engine::{ApplyOptions, Engine};
use crate::error::Error;
use crate::outcome::Report;
use crate::plan::{Action, CopyPlan, PermissionChange, Plan, Step};
use crate::principal::{Principal, PrincipalSet};
use crate::request::{ShareRequest, SnapshotSharing, SourceAccess};

impl<B: CopyBackend + RoleBackend> Engine<B> {
    /// Opens launch permission, snapshots and keys of the source, as far as they are not open
    pub(super) async fn open_source(
        &self,
        plan: &CopyPlan,
        options: &ApplyOptions,
    ) -> Result<Option<Report>, Error> {
        let cancelled = options
            .cancel
            .as_ref()
            .is_some_and(super::Cancel::is_cancelled);
        let Some(open) = plan.open().filter(|open| !open.is_empty() && !cancelled) else {
            return Ok(None);
        };
        match self.apply(open, &ApplyOptions::just_planned()).await {
            Ok(report) => Ok(Some(report)),
            Err(Error::Incomplete(report)) => Ok(Some(*report)),
            Err(error) => Err(error),
        }
    }

    /// Closes what the first plan opened, whether the copies succeeded or not
    ///
    /// An account that had no launch permission loses all that it got. One that had it keeps it, and
    /// loses the snapshots that it did not have.
    pub(super) async fn close_source(
        &self,
        first: &CopyPlan,
        plan: &CopyPlan,
        opened: Option<&Report>,
    ) -> (Vec<Report>, Vec<String>) {
        let Some(open) = first.open().or(plan.open()) else {
            return (Vec::new(), Vec::new());
        };
        let wanted = first.request().source_access() == SourceAccess::Close;
        if !wanted || (opened.is_none() && open.is_empty()) {
            return (Vec::new(), Vec::new());
        }
        let mut closed = Vec::new();
        let mut left_open = Vec::new();
        let newcomers = added_to_image(open);
        let mut take = |result: Result<Report, Error>| match result {
            Ok(report) => closed.push(report),
            Err(Error::Incomplete(report)) => closed.push(*report),
            Err(error) => left_open.push(error.to_string()),
        };
        if !newcomers.is_empty() {
            take(self.close_for(first, &newcomers).await);
        }
        let steps = snapshot_steps(open, &newcomers);
        if !steps.is_empty() {
            let request = open.request().to_revoke();
            let plan = Plan::of_steps(request, steps, open.seen().clone());
            take(self.apply(&plan, &ApplyOptions::just_planned()).await);
        }
        left_open.extend(keys_left(open, &newcomers));
        (closed, left_open)
    }

    async fn close_for(&self, plan: &CopyPlan, accounts: &PrincipalSet) -> Result<Report, Error> {
        let request = ShareRequest::builder()
            .image_in(
                plan.request().source_region(),
                plan.request().source_image(),
            )
            .principals(accounts.iter())
            .snapshots(SnapshotSharing::ForCopy)
            .key_access(plan.request().key_access())
            .revoke()
            .build()?;
        let plan = self.plan(&request).await?;
        self.apply(&plan, &ApplyOptions::just_planned()).await
    }
}

/// Who got the launch permission of the source by the plan
fn added_to_image(open: &Plan) -> PrincipalSet {
    let actions = open.steps().iter().map(|step| &step.action);
    actions
        .filter(|action| matches!(action, Action::ModifyImageAttribute { .. }))
        .flat_map(Action::added)
        .cloned()
        .collect()
}

/// What takes the snapshots away again from those who had the launch permission
fn snapshot_steps(open: &Plan, newcomers: &PrincipalSet) -> Vec<Step> {
    let mut steps = Vec::new();
    for step in open.steps() {
        let Action::ModifySnapshotAttribute { snapshot, change } = &step.action else {
            continue;
        };
        let PermissionChange::Add(added) = change else {
            continue;
        };
        let others: Vec<Principal> = added
            .iter()
            .filter(|principal| !newcomers.contains(principal))
            .cloned()
            .collect();
        if !others.is_empty() {
            steps.push(Step {
                action: Action::ModifySnapshotAttribute {
                    snapshot: snapshot.clone(),
                    change: PermissionChange::Remove(others),
                },
                reason: "it was opened for the copy alone".into(),
                ..step.clone()
            });
        }
    }
    steps
}

/// Keys that were opened for accounts which had the launch permission without them
fn keys_left(open: &Plan, newcomers: &PrincipalSet) -> Vec<String> {
    let mut left = Vec::new();
    for step in open.steps().iter().filter(|step| step.action.opens_key()) {
        let Some(key) = step.action.key() else {
            continue;
        };
        let others: Vec<String> = open
            .request()
            .principals()
            .iter()
            .filter(|principal| !newcomers.contains(principal))
            .map(ToString::to_string)
            .collect();
        if !others.is_empty() {
            left.push(format!(
                "the key `{key}` may stay open for {}, who could launch the image before: revoke the image from them to close it",
                others.join(", ")
            ));
        }
    }
    left.sort();
    left.dedup();
    left
}
