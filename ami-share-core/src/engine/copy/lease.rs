//! Opens the source for the accounts that copy it, and closes what was opened.
//!
//! Tags of the source tell what is open while it is: they are written before anything is opened, and go
//! when all is closed.

use crate::api_error::ApiError;
use crate::backend::{CopyBackend, RoleBackend};
use crate::engine::close::{Closed, Closing};
use crate::engine::{ApplyOptions, Engine};
use crate::error::Error;
use crate::id::ResourceId;
use crate::outcome::Report;
use crate::plan::{CopyPlan, LEASE_TAG, Lease, Opened, Plan};
use crate::request::SourceAccess;
use crate::resource::Tags;

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
            self.record(plan, &lease).await?;
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
        let request = plan.request();
        let added = opened_by(plan);
        let recorded = plan.lease().map(|lease| match opened {
            Some(_) => with(recorded(plan, &lease), lease.tags(&added)),
            None => recorded(plan, &lease),
        });
        let recorded = recorded.unwrap_or_default();
        let wanted = request.source_access() == SourceAccess::Close;
        if !wanted || (opened.is_none() && added.is_empty() && recorded.is_empty()) {
            return Closed::default();
        }
        let closing = Closing {
            region: request.source_region(),
            image: request.source_image(),
            key_access: request.key_access(),
            opened: &added,
        };
        let mut closed = self.close_opened(closing).await;
        if added.is_empty() {
            closed.left_open.push(format!(
                "the tags `{LEASE_TAG}:…` of the source are no whole record of what a run opened: look who may launch it"
            ));
        }
        if closed.is_complete()
            && !recorded.is_empty()
            && let Err(error) = self.untag_source(plan, &recorded).await
        {
            closed.left_open.push(format!(
                "the source is closed, and its tags `{LEASE_TAG}:…` could not be removed: {error}"
            ));
        }
        closed
    }

    /// Writes down what is about to be opened
    async fn record(&self, plan: &CopyPlan, lease: &Lease) -> Result<(), ApiError> {
        let wanted = lease.tags(&opened_by(plan));
        let mut there = recorded(plan, lease);
        if wanted == there {
            return Ok(());
        }
        let source = [source(plan)];
        let region = plan.request().source_region();
        match self.backend.create_tags(region, &source, &wanted).await {
            Ok(_) => {}
            Err(error) if error.is_ambiguous() => {
                let ids = [plan.request().source_image().clone()];
                let found = self.backend.describe_image_details(region, &ids).await?;
                let tags = found.first().map(|found| lease.recorded(&found.image.tags));
                let is_there = |tags: Tags| {
                    wanted
                        .iter()
                        .all(|(key, value)| tags.get(key) == Some(value))
                };
                if !tags.is_some_and(is_there) {
                    return Err(error);
                }
            }
            Err(error) => return Err(error),
        }
        there.retain(|key, _| !wanted.contains_key(key));
        if !there.is_empty() {
            self.untag_source(plan, &there).await?;
        }
        Ok(())
    }

    async fn untag_source(&self, plan: &CopyPlan, tags: &Tags) -> Result<(), ApiError> {
        let region = plan.request().source_region();
        let source = [source(plan)];
        self.backend.delete_tags(region, &source, tags).await?;
        Ok(())
    }
}

/// What a plan opens, and what it found left open
fn opened_by(plan: &CopyPlan) -> Opened {
    let steps = plan.open().into_iter().flat_map(Plan::steps);
    let mut opened = Opened::by(steps);
    opened.extend(plan.left_open().clone());
    opened
}

/// The tags of the lease that are there already
fn recorded(plan: &CopyPlan, lease: &Lease) -> Tags {
    lease.recorded(&plan.source().image.tags)
}

fn source(plan: &CopyPlan) -> ResourceId {
    plan.request().source_image().clone().into()
}

/// What is there after more was written
fn with(mut there: Tags, written: Tags) -> Tags {
    there.extend(written);
    there
}
