//! Opens the source for the accounts that copy it, and closes what was opened.

use crate::backend::{CopyBackend, RoleBackend};
use crate::engine::close::Closed;
use crate::engine::lease::Leased;
use crate::engine::{ApplyOptions, Engine};
use crate::error::Error;
use crate::outcome::Report;
use crate::plan::{CopyPlan, Lease, Opened, Plan};

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
        if let Some(lease) = plan.lease() {
            let opened = Opened::by(open.steps());
            self.record(source(plan, &lease), &opened).await?;
        }
        match self.apply(open, &ApplyOptions::just_planned()).await {
            Ok(report) => Ok(Some(report)),
            Err(Error::Incomplete(report)) => Ok(Some(*report)),
            Err(error) => Err(error),
        }
    }

    /// Closes what this run opened, and what an earlier one left open, whether the copies succeeded or
    /// not, and nothing that was open before
    pub(super) async fn close_source(&self, plan: &CopyPlan, opened: Option<&Report>) -> Closed {
        let Some(lease) = plan.lease() else {
            return Closed::default();
        };
        let steps = plan.open().filter(|_| opened.is_some());
        let opened = Opened::by(steps.into_iter().flat_map(Plan::steps));
        let seen = source(plan, &lease);
        let mut tags = seen.tags.clone();
        tags.extend(seen.wanted(&opened));
        let now = Leased {
            tags: &tags,
            ..seen
        };
        self.close_leased(now, &opened).await
    }
}

fn source<'a>(plan: &'a CopyPlan, lease: &'a Lease) -> Leased<'a> {
    Leased {
        lease,
        region: plan.request().source_region(),
        image: plan.request().source_image(),
        tags: &plan.source().image.tags,
    }
}
