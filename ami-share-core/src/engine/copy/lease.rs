//! Opens the source for the accounts that copy it, and closes what was opened.

use std::collections::BTreeMap;

use crate::backend::{CopyBackend, RoleBackend};
use crate::engine::{ApplyOptions, Engine};
use crate::error::Error;
use crate::id::{IamPrincipalArn, KeyArn, SnapshotId};
use crate::outcome::Report;
use crate::plan::{Action, CopyPlan, Notice, PermissionChange, Plan, Step};
use crate::principal::{Principal, PrincipalSet};
use crate::request::{KeyCleanup, ShareRequest, SnapshotSharing, SourceAccess};

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

    /// Closes what the first plan or the one that was carried out opened, whether the copies succeeded
    /// or not, and nothing that was open before
    ///
    /// An account that had no launch permission loses it, the snapshots and the keys that it got with
    /// it. One that had it keeps it, and loses the snapshots that it did not have.
    pub(super) async fn close_source(
        &self,
        first: &CopyPlan,
        plan: &CopyPlan,
        opened: Option<&Report>,
    ) -> (Vec<Report>, Vec<String>) {
        let opens: Vec<&Plan> = first.open().into_iter().chain(plan.open()).collect();
        let added = Added::by(&opens);
        let wanted = first.request().source_access() == SourceAccess::Close;
        if !wanted || (opened.is_none() && added.is_nothing()) {
            return (Vec::new(), Vec::new());
        }
        let mut closed = Vec::new();
        let mut left_open = Vec::new();
        let mut take = |result: Result<Report, Error>| match result {
            Ok(report) => closed.push(report),
            Err(Error::Incomplete(report)) => closed.push(*report),
            Err(error) => left_open.push(error.to_string()),
        };
        let (keyed, others): (PrincipalSet, PrincipalSet) = added
            .image
            .iter()
            .cloned()
            .partition(|principal| added.has_key(principal));
        for (accounts, cleanup) in [
            (keyed, KeyCleanup::ByReference),
            (others, KeyCleanup::Never),
        ] {
            if !accounts.is_empty() {
                take(self.close_for(first, &accounts, cleanup, &added).await);
            }
        }
        if let Some(open) = opens.first() {
            let steps = added.snapshots_of_others(&opens);
            if !steps.is_empty() {
                let request = open.request().to_revoke();
                let plan = Plan::of_steps(request, steps, open.seen().clone());
                take(self.apply(&plan, &ApplyOptions::just_planned()).await);
            }
        }
        for report in &closed {
            let notices = report.notices().iter();
            left_open.extend(notices.filter(|of| stays_open(of)).map(ToString::to_string));
        }
        left_open.extend(added.keys_of_others());
        (closed, left_open)
    }

    async fn close_for(
        &self,
        plan: &CopyPlan,
        accounts: &PrincipalSet,
        cleanup: KeyCleanup,
        added: &Added,
    ) -> Result<Report, Error> {
        let request = ShareRequest::builder()
            .image_in(
                plan.request().source_region(),
                plan.request().source_image(),
            )
            .principals(accounts.iter())
            .snapshots(SnapshotSharing::ForCopy)
            .key_access(plan.request().key_access())
            .key_cleanup(cleanup)
            .revoke()
            .build()?;
        let plan = self.plan(&request).await?;
        let plan = plan.filter_steps(|step| added.undone_by(step));
        self.apply(&plan, &ApplyOptions::just_planned()).await
    }
}

/// Whether the reader of a lease has to know that a key was not closed
fn stays_open(notice: &Notice) -> bool {
    matches!(notice, Notice::KeyKept { .. } | Notice::KeyUnknown { .. })
}

/// What was opened, and for whom
#[derive(Debug, Default)]
struct Added {
    /// Who got the launch permission
    image: PrincipalSet,
    snapshots: BTreeMap<SnapshotId, PrincipalSet>,
    keys: BTreeMap<KeyArn, PrincipalSet>,
}

impl Added {
    fn by(opens: &[&Plan]) -> Self {
        let mut all = Self::default();
        for step in opens.iter().flat_map(|open| open.steps()) {
            let added = step.action.added().iter().cloned();
            match &step.action {
                Action::ModifyImageAttribute { .. } => all.image.extend(added),
                Action::ModifySnapshotAttribute { snapshot, .. } => {
                    all.snapshots
                        .entry(snapshot.clone())
                        .or_default()
                        .extend(added);
                }
                Action::PutKeyPolicy { key, add, .. } => {
                    let accounts = add.accounts.iter().copied().map(Principal::Account);
                    all.keys.entry(key.clone()).or_default().extend(accounts);
                }
                Action::CreateGrant { key, grantee, .. } => {
                    let account = grantee
                        .parse::<IamPrincipalArn>()
                        .map(|arn| Principal::Account(arn.account()));
                    all.keys.entry(key.clone()).or_default().extend(account);
                }
                _ => {}
            }
        }
        all
    }

    fn is_nothing(&self) -> bool {
        self.image.is_empty() && self.snapshots.is_empty() && self.keys.is_empty()
    }

    fn has_key(&self, principal: &Principal) -> bool {
        self.keys.values().any(|added| added.contains(principal))
    }

    /// The step, as far as it takes away what was added
    fn undone_by(&self, step: &Step) -> Option<Step> {
        let Action::ModifySnapshotAttribute { snapshot, .. } = &step.action else {
            return Some(step.clone());
        };
        let added = self.snapshots.get(snapshot)?;
        let removed = step.action.removed().iter();
        let removed: Vec<Principal> = removed.filter(|of| added.contains(of)).cloned().collect();
        let action = Action::ModifySnapshotAttribute {
            snapshot: snapshot.clone(),
            change: PermissionChange::Remove(removed),
        };
        (!action.removed().is_empty()).then(|| Step {
            action,
            ..step.clone()
        })
    }

    /// What takes the snapshots away again from those who had the launch permission
    fn snapshots_of_others(&self, opens: &[&Plan]) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        for step in opens.iter().flat_map(|open| open.steps()) {
            let Action::ModifySnapshotAttribute { snapshot, .. } = &step.action else {
                continue;
            };
            let added = step.action.added().iter();
            let others: Vec<Principal> = added
                .filter(|principal| !self.image.contains(principal))
                .cloned()
                .collect();
            let step = Step {
                action: Action::ModifySnapshotAttribute {
                    snapshot: snapshot.clone(),
                    change: PermissionChange::Remove(others),
                },
                reason: "it was opened for the copy alone".into(),
                ..step.clone()
            };
            if !step.action.removed().is_empty() && !steps.contains(&step) {
                steps.push(step);
            }
        }
        steps
    }

    /// Keys that were opened for accounts which had the launch permission without them
    fn keys_of_others(&self) -> impl Iterator<Item = String> {
        self.keys.iter().filter_map(|(key, added)| {
            let others = added.difference(&self.image);
            let others: Vec<String> = others.iter().map(ToString::to_string).collect();
            (!others.is_empty()).then(|| format!(
                "the key `{key}` stays open for {}, who could launch the image before: revoke the image from them to close it",
                others.join(", ")
            ))
        })
    }
}
