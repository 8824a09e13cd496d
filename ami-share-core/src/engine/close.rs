//! Closes what was opened of an image for copies, and nothing that was open before.

use super::{ApplyOptions, Engine};
use crate::backend::{Backend, RequestId};
use crate::error::Error;
use crate::id::{ImageId, Region};
use crate::outcome::Report;
use crate::plan::{Action, Notice, Opened, PermissionChange, Plan, Step};
use crate::principal::PrincipalSet;
use crate::request::{KeyAccess, KeyCleanup, ShareRequest, SnapshotSharing};

/// An image, and what was opened of it
#[derive(Clone, Copy, Debug)]
pub(super) struct Closing<'a> {
    pub(super) region: &'a Region,
    pub(super) image: &'a ImageId,
    pub(super) key_access: KeyAccess,
    pub(super) opened: &'a Opened,
}

/// What was closed, and what stays open in words
#[derive(Debug, Default)]
pub(super) struct Closed {
    pub(super) reports: Vec<Report>,
    pub(super) left_open: Vec<String>,
    /// The id of the request that took away the tags that told of it
    pub(super) untagged: RequestId,
}

impl Closed {
    /// Whether nothing stays open
    pub(super) fn is_complete(&self) -> bool {
        self.left_open.is_empty() && self.reports.iter().all(Report::is_complete)
    }

    /// Takes what was to close keys too: which of them were not, where they were opened
    fn take_with_keys(&mut self, result: Result<Report, Error>, opened: &Opened) {
        let reports = self.reports.len();
        self.take(result);
        let notices = self.reports.iter().skip(reports).flat_map(Report::notices);
        let stays = notices.filter(|notice| stays_open(notice, opened));
        let stays: Vec<String> = stays.map(ToString::to_string).collect();
        self.left_open.extend(stays);
    }

    fn take(&mut self, result: Result<Report, Error>) {
        match result {
            Ok(report) => self.reports.push(report),
            Err(Error::Incomplete(report)) => self.reports.push(*report),
            Err(error) => self.left_open.push(error.to_string()),
        }
    }
}

impl<B: Backend> Engine<B> {
    /// Takes away what was opened
    ///
    /// An account that had no launch permission loses it, the snapshots and the keys that it got with
    /// it. One that had it keeps it, and loses the snapshots and the keys that it did not have.
    pub(super) async fn close_opened(&self, closing: Closing<'_>) -> Closed {
        let opened = closing.opened;
        let mut closed = Closed::default();
        let (keyed, others): (PrincipalSet, PrincipalSet) = opened
            .principals
            .iter()
            .cloned()
            .partition(|principal| opened.has_key(principal));
        if !keyed.is_empty() {
            let cleanup = KeyCleanup::ByReference;
            let result = self.close_for(closing, &keyed, cleanup).await;
            closed.take_with_keys(result, opened);
        }
        if !others.is_empty() {
            // No key was opened for them.
            let cleanup = KeyCleanup::Never;
            closed.take(self.close_for(closing, &others, cleanup).await);
        }
        if opened.snapshots_of_others().next().is_some() {
            closed.take(self.close_snapshots_of_others(closing).await);
        }
        let had_launch = opened.with_keys_alone();
        // A key closes after all that is under it.
        if !had_launch.is_empty() && closed.is_complete() {
            let result = self.close_keys_for(closing, &had_launch).await;
            closed.take_with_keys(result, opened);
        }
        closed
    }

    async fn close_for(
        &self,
        closing: Closing<'_>,
        principals: &PrincipalSet,
        cleanup: KeyCleanup,
    ) -> Result<Report, Error> {
        let request = closing.request(principals).key_cleanup(cleanup).build()?;
        let plan = self.plan(&request).await?;
        let plan = plan.filter_steps(|step| closing.opened.undone_by(step));
        self.apply(&plan, &ApplyOptions::just_planned()).await
    }

    /// Closes keys for those who could launch the image without them, and still can
    async fn close_keys_for(
        &self,
        closing: Closing<'_>,
        principals: &PrincipalSet,
    ) -> Result<Report, Error> {
        let request = closing.request(principals);
        let request = request.key_cleanup(KeyCleanup::ByReference).build()?;
        let plan = self.plan(&request).await?;
        let plan = plan.filter_steps(|step| {
            step.action.key()?;
            closing.opened.undone_by(step)
        });
        self.apply(&plan, &ApplyOptions::just_planned()).await
    }

    async fn close_snapshots_of_others(&self, closing: Closing<'_>) -> Result<Report, Error> {
        let mut steps = Vec::new();
        let mut all = PrincipalSet::new();
        for (snapshot, others) in closing.opened.snapshots_of_others() {
            let backend = &self.backend;
            let present = backend.describe_create_volume_permissions(closing.region, snapshot);
            let left = present.await?.intersection(&others);
            all.extend(others);
            if left.is_empty() {
                continue;
            }
            let change = PermissionChange::Remove(left.iter().cloned().collect());
            steps.push(Step {
                region: closing.region.clone(),
                image: Some(closing.image.clone()),
                action: Action::ModifySnapshotAttribute {
                    snapshot: snapshot.clone(),
                    change,
                },
                reason: "it was opened for the copy alone".into(),
            });
        }
        let request = closing.request(&all).build()?;
        let plan = Plan::of_steps(request, steps, Default::default());
        self.apply(&plan, &ApplyOptions::just_planned()).await
    }
}

impl Closing<'_> {
    fn request(&self, principals: &PrincipalSet) -> crate::request::ShareRequestBuilder {
        ShareRequest::builder()
            .image_in(self.region, self.image)
            .principals(principals.iter())
            .snapshots(SnapshotSharing::ForCopy)
            .key_access(self.key_access)
            .revoke()
    }
}

/// Whether a key that was opened was not closed
fn stays_open(notice: &Notice, opened: &Opened) -> bool {
    matches!(
        notice,
        Notice::KeyKept { key, .. } | Notice::KeyUnknown { key, .. } if opened.keys.contains_key(key)
    )
}
