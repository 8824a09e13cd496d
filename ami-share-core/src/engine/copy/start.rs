//! Starts a copy, once.

use std::sync::atomic::{AtomicBool, Ordering};

use super::group::Group;
use super::job::{Job, UnderWay};
use super::poll::UNTIL_IT_SHOWS;
use crate::api_error::{ApiError, ApiErrorKind};
use crate::backend::{CopyBackend, ImageQuery, NewCopy, RequestId, RoleBackend};
use crate::engine::wait::Pauses;
use crate::id::{ImageId, Region};
use crate::outcome::{CopyFailure, CopyOutcome, Event, Remains};
use crate::plan::{COPY_TAG, SOURCE_TAG, digest};
use crate::resource::{Image, ImageState};

/// How often a call whose answer was lost is made again; the client token makes it the same copy
const RETRIES: usize = 3;

pub(super) enum Started<'a> {
    UnderWay(UnderWay<'a>),
    /// EC2 copies as many as it allows at once, or takes no more calls for now, or the run is over
    NoRoom(Job<'a>),
    Refused(Job<'a>, CopyOutcome),
}

/// What became of a copy whose start was never answered
enum Unanswered {
    Started(ImageId),
    NotStarted,
    Unknown,
}

impl<'r, B: CopyBackend + RoleBackend> Group<'r, B> {
    /// Starts a copy, unless EC2 said of another one that it has no room, or the run is over
    pub(super) async fn start_one(&self, mut job: Job<'r>, is_full: &AtomicBool) -> Started<'r> {
        if is_full.load(Ordering::Relaxed) || self.run.over().is_some() {
            return Started::NoRoom(job);
        }
        match self.copy_image(&job).await {
            Ok((image, request_id)) => {
                job.result.request_id = request_id;
                self.started(job, image)
            }
            Err(error) if is_no_room(&error) => {
                is_full.store(true, Ordering::Relaxed);
                Started::NoRoom(job)
            }
            Err(error) => {
                let remains = match error.is_ambiguous() {
                    true => match self.find_started(&job).await {
                        Unanswered::Started(image) => return self.started(job, image),
                        Unanswered::NotStarted => Remains::Nothing,
                        Unanswered::Unknown => Remains::Unknown,
                    },
                    false => Remains::Nothing,
                };
                let failure = CopyFailure::from(&error);
                Started::Refused(job, CopyOutcome::Failed { failure, remains })
            }
        }
    }

    fn started(&self, job: Job<'r>, image: ImageId) -> Started<'r> {
        self.run.progress.send(Event::CopyStarted {
            destination: job.planned.destination.clone(),
            account: job.planned.account,
            image: image.clone(),
        });
        Started::UnderWay(job.under_way(image))
    }

    /// Looks by its tags for a copy whose start was never answered, until it would show
    async fn find_started(&self, job: &Job<'_>) -> Unanswered {
        let tags = job.planned.image_tags.iter();
        let ours = tags.filter(|(key, _)| [SOURCE_TAG, COPY_TAG].contains(&key.as_str()));
        let query = ImageQuery {
            name: None,
            tags: ours.map(|(key, tag)| (key.clone(), tag.clone())).collect(),
        };
        let mut pauses = Pauses::new(UNTIL_IT_SHOWS);
        loop {
            let found = self.engine.backend.find_own_images(&self.region, &query);
            let found = self.run.call(found).await;
            let is_under_way = |image: &Image| {
                matches!(image.state, ImageState::Pending | ImageState::Available)
                    && job.dead.iter().all(|(dead, _)| *dead != image.id)
            };
            let copies = found.as_deref().unwrap_or_default();
            let mut images = copies.iter().map(|copy| &copy.image);
            if let Some(image) = images.find(|image| is_under_way(image)) {
                return Unanswered::Started(image.id.clone());
            }
            if !pauses.rest().await {
                return match found {
                    // One more than those of earlier runs may be this one, failed already.
                    Ok(copies) if copies.len() <= job.planned.failed_before => {
                        Unanswered::NotStarted
                    }
                    Ok(_) => Unanswered::Unknown,
                    Err(error) => {
                        tracing::warn!(region = %self.region, %error, "a copy could not be looked for");
                        Unanswered::Unknown
                    }
                };
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
        let mut pauses = Pauses::new(UNTIL_IT_SHOWS);
        let mut tried = 0;
        loop {
            let answer = self.run.call(backend.copy_image(&self.region, &copy)).await;
            let is_lost = matches!(&answer, Err(error) if error.is_ambiguous());
            let is_last = tried == RETRIES || self.run.over().is_some();
            if !is_lost || is_last || !pauses.rest().await {
                return answer;
            }
            tried += 1;
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
