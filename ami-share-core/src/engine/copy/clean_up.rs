//! Ends copies that did not become what they were to be.

use tokio::time::Instant;

use super::group::{ATTEMPTS, Group};
use super::job::{Job, UnderWay};
use super::poll::UNTIL_IT_SHOWS;
use crate::api_error::{ApiError, ApiErrorKind};
use crate::backend::{CopyBackend, RoleBackend};
use crate::engine::wait::Pauses;
use crate::id::{ResourceId, SnapshotId};
use crate::outcome::{CopyFailure, CopyOutcome, CopyResult, Remains};
use crate::request::OnFailure;
use crate::resource::{ImageDetails, ImageState};

impl<'r, B: CopyBackend + RoleBackend> Group<'r, B> {
    pub(super) async fn failed(
        &self,
        mut copy: UnderWay<'r>,
        details: &ImageDetails,
    ) -> (usize, CopyResult) {
        let reason = details.image.state_reason.as_deref();
        let state = details.image.state.as_str();
        let failure = CopyFailure::of_state(reason.unwrap_or(state));
        let remains = self.remove(&mut copy).await;
        copy.job.end(CopyOutcome::Failed { failure, remains })
    }

    pub(super) async fn unfinished(
        &self,
        mut copy: UnderWay<'r>,
        because: &str,
    ) -> (usize, CopyResult) {
        let remains = self.remove(&mut copy).await;
        let because = match &copy.blind {
            Some((_, error)) => format!("{because}; it could not be looked at: {error}"),
            None => because.to_owned(),
        };
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

    /// Deregisters a copy that is held for dead, unless it is shown as deregistered or is to be kept: it may
    /// only be slow to show, and would be left beside the one that is started instead
    ///
    /// The copy to start anew, or the end of one that was there or may be.
    pub(super) async fn end_dead(
        &self,
        copy: UnderWay<'r>,
    ) -> Result<Job<'r>, (usize, CopyResult)> {
        let may_try = copy.job.dead.len() < ATTEMPTS;
        let is_kept = self.is_kept(&copy);
        if may_try && (is_kept || copy.is_deregistered) {
            return Ok(copy.found_dead());
        }
        let remains = match is_kept {
            true => Remains::Kept,
            false => {
                let backend = &self.engine.backend;
                let deregistered = backend.deregister_image(&self.region, &copy.image);
                match self.run.call(deregistered).await {
                    Err(error) if is_dead(&error) && may_try => return Ok(copy.found_dead()),
                    Err(error) if is_dead(&error) => Remains::Nothing,
                    // It was there after all; its snapshots were never seen.
                    Ok(_) => Remains::Unknown,
                    Err(error) => image_left(&copy, error),
                }
            }
        };
        let failure = CopyFailure::gone();
        Err(copy.job.end(CopyOutcome::Failed { failure, remains }))
    }

    /// Whether what there is of it stays: as the request says, and in any case where it was available
    /// before this run
    fn is_kept(&self, copy: &UnderWay<'_>) -> bool {
        self.run.plan.request().on_failure() == OnFailure::Keep || copy.was_there()
    }

    /// Deregisters the image, which cancels a copy that is under way, and deletes its snapshots
    ///
    /// What was never seen is waited for: a new image may not be found yet, and its snapshots are only
    /// known once it is.
    async fn remove(&self, copy: &mut UnderWay<'_>) -> Remains {
        if self.is_kept(copy) {
            return Remains::Kept;
        }
        if !copy.was_seen {
            match self.wait_until_it_shows(copy).await {
                Ok(Some(ImageState::Deregistered)) => return Remains::Nothing,
                Ok(Some(_)) => {}
                Ok(None) => return self.remove_unseen(copy).await,
                Err(error) => return image_left(copy, error),
            }
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

    /// The state that a copy shows, or none if it does not in the time that a new image may take
    async fn wait_until_it_shows(
        &self,
        copy: &mut UnderWay<'_>,
    ) -> Result<Option<ImageState>, ApiError> {
        let until = copy.since + UNTIL_IT_SHOWS;
        let mut pauses = Pauses::new(until.saturating_duration_since(Instant::now()));
        let ids = [copy.image.clone()];
        loop {
            let backend = &self.engine.backend;
            let found = backend.describe_image_details(&self.region, &ids);
            let found = self.run.call(found).await;
            if let Some(details) = found.as_ref().ok().and_then(|found| found.first()) {
                copy.saw(details);
                return Ok(Some(details.image.state.clone()));
            }
            if !pauses.rest().await {
                return found.map(|_| None);
            }
        }
    }

    async fn remove_unseen(&self, copy: &UnderWay<'_>) -> Remains {
        let backend = &self.engine.backend;
        let deregistered = backend.deregister_image(&self.region, &copy.image);
        match self.run.call(deregistered).await {
            // Its snapshots were never seen.
            Ok(_) => Remains::Unknown,
            Err(error) => image_left(copy, error),
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

/// Whether the error says that there is no such image any more
fn is_dead(error: &ApiError) -> bool {
    matches!(
        error.kind(),
        ApiErrorKind::NotFound | ApiErrorKind::NotAvailable
    )
}

fn image_left(copy: &UnderWay<'_>, error: ApiError) -> Remains {
    Remains::Left {
        resources: vec![copy.image.clone().into()],
        error: Box::new(error),
    }
}
