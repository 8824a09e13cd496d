use std::time::SystemTime;

use tokio::time::Instant;

use crate::api_error::ApiError;
use crate::id::ImageId;
use crate::outcome::{CopyOutcome, CopyResult};
use crate::plan::{FoundCopy, PlannedCopy};
use crate::resource::{ImageDetails, ImageState, Timestamp};

/// One copy on its way
#[derive(Debug)]
pub(super) struct Job<'a> {
    /// Its place in the plan
    pub(super) number: usize,
    pub(super) planned: &'a PlannedCopy,
    /// The copies that EC2 gave for it and that were dead already, and when that was seen: each makes
    /// the client token another one, which no earlier run had
    pub(super) dead: Vec<(ImageId, SystemTime)>,
    pub(super) result: CopyResult,
}

/// A copy that was started, or found under way
#[derive(Debug)]
pub(super) struct UnderWay<'a> {
    pub(super) job: Job<'a>,
    pub(super) image: ImageId,
    pub(super) since: Instant,
    pub(super) percent: Option<u8>,
    /// Whether it was seen since it was started
    pub(super) was_seen: bool,
    /// Whether EC2 shows it as deregistered
    pub(super) is_deregistered: bool,
    /// How many looks failed since the last one that did not, and how the last of them failed
    pub(super) blind: Option<(u32, ApiError)>,
}

impl<'a> Job<'a> {
    pub(super) fn new(number: usize, planned: &'a PlannedCopy) -> Self {
        Self {
            number,
            planned,
            dead: Vec::new(),
            result: CopyResult {
                destination: planned.destination.clone(),
                account: planned.account,
                image: None,
                snapshots: Vec::new(),
                key: planned.key.clone(),
                outcome: CopyOutcome::Copied,
                started: None,
                ended: None,
                request_id: None,
                differences: Vec::new(),
                settings: Vec::new(),
                shared: None,
            },
        }
    }

    /// It is under way from now on, as this image
    pub(super) fn under_way(mut self, image: ImageId) -> UnderWay<'a> {
        self.result.started.get_or_insert_with(Timestamp::now);
        self.result.image = Some(image.clone());
        UnderWay {
            job: self,
            image,
            since: Instant::now(),
            percent: None,
            was_seen: false,
            is_deregistered: false,
            blind: None,
        }
    }

    pub(super) fn end(mut self, outcome: CopyOutcome) -> (usize, CopyResult) {
        if self.result.started.is_some() {
            self.result.ended = Some(Timestamp::now());
        }
        self.result.outcome = outcome;
        (self.number, self.result)
    }
}

impl<'a> UnderWay<'a> {
    /// Whether it was available before this run, and was not made in the place of one that was
    pub(super) fn was_there(&self) -> bool {
        matches!(self.job.planned.found, FoundCopy::Available { .. }) && self.job.dead.is_empty()
    }

    /// It could not be looked at
    pub(super) fn was_not_seen(&mut self, error: &ApiError) {
        let times = self.blind.as_ref().map_or(0, |(times, _)| *times);
        self.blind = Some((times.saturating_add(1), error.clone()));
    }

    /// It shows, with these snapshots
    pub(super) fn saw(&mut self, details: &ImageDetails) {
        self.is_deregistered = details.image.state == ImageState::Deregistered;
        self.was_seen |= !self.is_deregistered;
        let its = details.image.snapshots.iter();
        self.job.result.snapshots = its.map(|snapshot| snapshot.id.clone()).collect();
    }

    /// EC2 answered with a copy that an earlier run cleaned up: it is to be started anew
    pub(super) fn found_dead(mut self) -> Job<'a> {
        self.job.dead.push((self.image, SystemTime::now()));
        self.job.result.image = None;
        self.job.result.request_id = None;
        self.job
    }
}
