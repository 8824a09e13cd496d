//! Ends copies that did not become what they were to be.

use super::group::Group;
use super::job::{Job, UnderWay};
use crate::api_error::ApiErrorKind;
use crate::backend::{CopyBackend, RoleBackend};
use crate::id::{ResourceId, SnapshotId};
use crate::outcome::{CopyFailure, CopyOutcome, CopyResult, Remains};
use crate::plan::FoundCopy;
use crate::request::OnFailure;
use crate::resource::ImageDetails;

impl<'r, B: CopyBackend + RoleBackend> Group<'r, B> {
    pub(super) async fn failed(
        &self,
        copy: UnderWay<'r>,
        details: &ImageDetails,
    ) -> (usize, CopyResult) {
        let reason = details.image.state_reason.as_deref();
        let state = details.image.state.as_str();
        let failure = CopyFailure::of_state(reason.unwrap_or(state));
        let remains = self.remove(&copy).await;
        copy.job.end(CopyOutcome::Failed { failure, remains })
    }

    pub(super) async fn unfinished(
        &self,
        copy: UnderWay<'r>,
        because: &str,
    ) -> (usize, CopyResult) {
        let remains = self.remove(&copy).await;
        let because = because.to_owned();
        copy.job.end(CopyOutcome::Unfinished { because, remains })
    }

    /// Somebody deregistered it while it was waited for: its snapshots are left
    pub(super) async fn vanished(&self, copy: UnderWay<'r>) -> (usize, CopyResult) {
        let remains = if self.is_kept(&copy) {
            Remains::Kept
        } else {
            self.delete(&copy.job.result.snapshots).await
        };
        let failure = CopyFailure::gone();
        copy.job.end(CopyOutcome::Failed { failure, remains })
    }

    pub(super) fn gone(&self, job: Job<'r>) -> (usize, CopyResult) {
        job.end(CopyOutcome::Failed {
            failure: CopyFailure::gone(),
            remains: Remains::Nothing,
        })
    }

    /// Whether what there is of it stays: as the request says, and in any case where it was available
    /// before this run
    fn is_kept(&self, copy: &UnderWay<'_>) -> bool {
        self.run.plan.request().on_failure() == OnFailure::Keep
            || matches!(copy.job.planned.found, FoundCopy::Available { .. })
    }

    /// Deregisters the image, which cancels a copy that is under way, and deletes its snapshots
    async fn remove(&self, copy: &UnderWay<'_>) -> Remains {
        if self.is_kept(copy) {
            return Remains::Kept;
        }
        let snapshots = &copy.job.result.snapshots;
        let backend = &self.engine.backend;
        let deregistered = backend.deregister_image(&self.region, &copy.image);
        match self.run.call(deregistered).await {
            Err(error) if error.kind() != ApiErrorKind::NotFound => {
                let image = ResourceId::from(copy.image.clone());
                let snapshots = snapshots.iter().cloned().map(ResourceId::from);
                Remains::Left {
                    resources: std::iter::once(image).chain(snapshots).collect(),
                    error: Box::new(error),
                }
            }
            _ => self.delete(snapshots).await,
        }
    }

    async fn delete(&self, snapshots: &[SnapshotId]) -> Remains {
        let mut left: Vec<ResourceId> = Vec::new();
        let mut first_error = None;
        for snapshot in snapshots {
            let deleted = self.engine.backend.delete_snapshot(&self.region, snapshot);
            match self.run.call(deleted).await {
                Err(error) if error.kind() != ApiErrorKind::NotFound => {
                    left.push(snapshot.clone().into());
                    first_error.get_or_insert(error);
                }
                _ => {}
            }
        }
        match first_error {
            None => Remains::CleanedUp,
            Some(error) => Remains::Left {
                resources: left,
                error: Box::new(error),
            },
        }
    }
}
