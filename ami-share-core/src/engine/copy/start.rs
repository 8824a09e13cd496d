//! Starts a copy, once.

use std::sync::atomic::{AtomicBool, Ordering};

use super::group::Group;
use super::job::{Job, UnderWay};
use crate::api_error::{ApiError, ApiErrorKind};
use crate::backend::{CopyBackend, NewCopy, RequestId, RoleBackend};
use crate::id::{ImageId, Region};
use crate::outcome::{CopyFailure, CopyOutcome, Event, Remains};
use crate::plan::digest;

/// How often a call whose answer was lost is made again; the client token makes it the same copy
const RETRIES: usize = 3;

pub(super) enum Started<'a> {
    UnderWay(UnderWay<'a>),
    /// EC2 copies as many as it allows at once, or takes no more calls for now
    NoRoom(Job<'a>),
    Refused(Job<'a>, CopyOutcome),
}

impl<'r, B: CopyBackend + RoleBackend> Group<'r, B> {
    /// Starts a copy, unless EC2 said of another one that it has no room
    pub(super) async fn start_one(&self, mut job: Job<'r>, is_full: &AtomicBool) -> Started<'r> {
        if is_full.load(Ordering::Relaxed) {
            return Started::NoRoom(job);
        }
        match self.copy_image(&job).await {
            Ok((image, request_id)) => {
                job.result.request_id = request_id;
                self.run.progress.send(Event::CopyStarted {
                    destination: job.planned.destination.clone(),
                    account: job.planned.account,
                    image: image.clone(),
                });
                Started::UnderWay(job.under_way(image))
            }
            Err(error) if is_no_room(&error) => {
                is_full.store(true, Ordering::Relaxed);
                Started::NoRoom(job)
            }
            Err(error) => {
                let failure = CopyFailure::from(&error);
                let remains = Remains::Nothing;
                Started::Refused(job, CopyOutcome::Failed { failure, remains })
            }
        }
    }

    async fn copy_image(&self, job: &Job<'_>) -> Result<(ImageId, RequestId), ApiError> {
        let (plan, planned) = (self.run.plan, job.planned);
        let mut copy = NewCopy {
            source_region: plan.request().source_region(),
            source: plan.request().source_image(),
            name: &planned.name,
            description: planned.description.as_deref(),
            key: planned.key.as_ref(),
            // The tags of the source are among those that are given: EC2 copies none across accounts.
            copy_tags: false,
            image_tags: &planned.image_tags,
            snapshot_tags: &planned.snapshot_tags,
            client_token: None,
            completion_minutes: plan.request().completion_minutes(),
        };
        let token = client_token(&self.region, &copy, job);
        copy.client_token = Some(&token);
        let backend = &self.engine.backend;
        let mut tried = 0;
        loop {
            match self.run.call(backend.copy_image(&self.region, &copy)).await {
                Err(error) if error.is_ambiguous() && tried < RETRIES => tried += 1,
                answer => return answer,
            }
        }
    }
}

/// Whether there are as many copies under way, or as many calls a second, as EC2 allows
fn is_no_room(error: &ApiError) -> bool {
    error.kind() == ApiErrorKind::Quota && error.message().contains("in progress")
        || error.kind() == ApiErrorKind::Throttled
        || matches!(error.code(), Some("PendingSnapshotLimitExceeded"))
}

/// The client token of a copy: the same for the same parameters, another one after copies that failed
///
/// EC2 refuses a token that comes back with other parameters.
fn client_token(region: &Region, copy: &NewCopy<'_>, job: &Job<'_>) -> String {
    let parameters = (
        (region, copy.source_region, copy.source, copy.name),
        (copy.description, copy.key, copy.copy_tags),
        (copy.image_tags, copy.snapshot_tags, copy.completion_minutes),
        (job.planned.failed_before, &job.dead),
    );
    format!("ami-share-{}", digest(&parameters))
}
