use tokio::time::Instant;

use crate::id::ImageId;
use crate::outcome::{CopyOutcome, CopyResult};
use crate::plan::PlannedCopy;
use crate::resource::Timestamp;

/// One copy on its way
#[derive(Debug)]
pub(super) struct Job<'a> {
    /// Its place in the plan
    pub(super) number: usize,
    pub(super) planned: &'a PlannedCopy,
    /// Which client token it has: one more where the copy that EC2 gave for the last one was dead
    pub(super) attempt: usize,
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
}

impl<'a> Job<'a> {
    pub(super) fn new(number: usize, planned: &'a PlannedCopy) -> Self {
        Self {
            number,
            planned,
            attempt: planned.failed_before,
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
