//! Ends copies that did not become what they were to be.

use super::group::Group;
use super::job::{Job, UnderWay};
use crate::api_error::ApiErrorKind;
use crate::backend::{CopyBackend, RoleBackend};
use crate::id::{ImageId, ResourceId, SnapshotId};
use crate::outcome::{CopyFailure, CopyOutcome, CopyResult, Remains};
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
        let remains = self.remove(&copy.image, &copy.job.result.snapshots).await;
        copy.job.end(CopyOutcome::Failed { failure, remains })
    }

    pub(super) async fn unfinished(
        &self,
        copy: UnderWay<'r>,
        because: &str,
    ) -> (usize, CopyResult) {
        let remains = self.remove(&copy.image, &copy.job.result.snapshots).await;
        let because = because.to_owned();
        copy.job.end(CopyOutcome::Unfinished { because, remains })
    }

    pub(super) fn gone(&self, job: Job<'r>) -> (usize, CopyResult) {
        job.end(CopyOutcome::Failed {
            failure: CopyFailure::gone(),
            remains: Remains::Nothing,
        })
    }

    /// Deregisters the image, which cancels a copy that is under way, and deletes its snapshots
    async fn remove(&self, image: &ImageId, snapshots: &[SnapshotId]) -> Remains {
        if self.run.plan.request().on_failure() == OnFailure::Keep {
            return Remains::Kept;
        }
        let backend = &self.engine.backend;
        let deregistered = backend.deregister_image(&self.region, image);
        let mut left: Vec<ResourceId> = Vec::new();
        let mut first_error = None;
        match self.run.call(deregistered).await {
            Err(error) if error.kind() != ApiErrorKind::NotFound => {
                left.push(image.clone().into());
                first_error = Some(error);
            }
            _ => {}
        }
        if first_error.is_none() {
            for snapshot in snapshots {
                let deleted = backend.delete_snapshot(&self.region, snapshot);
                match self.run.call(deleted).await {
                    Err(error) if error.kind() != ApiErrorKind::NotFound => {
                        left.push(snapshot.clone().into());
                        first_error.get_or_insert(error);
                    }
                    _ => {}
                }
            }
        } else {
            left.extend(snapshots.iter().cloned().map(ResourceId::from));
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
