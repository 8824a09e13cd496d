//! How many copies there may be at once: what the request allows, and less where EC2 says so.

use std::time::Duration;

use tokio::time::Instant;

use crate::plan::CopyPlan;

/// How long after EC2 had no room it is asked again, where no copy has ended meanwhile: others may have
/// used up the quota
const AGAIN: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Room {
    /// What the request allows
    most: usize,
    /// What EC2 is thought to have room for
    now: usize,
    /// When EC2 is asked again, if it had no room
    again: Option<Instant>,
}

impl Room {
    pub(super) fn of(plan: &CopyPlan) -> Self {
        let limits = plan.request().limits();
        let snapshots = plan.source().image.snapshots.len().max(1);
        let most = limits.images.min(limits.snapshots / snapshots).max(1);
        Self {
            most,
            now: most,
            again: None,
        }
    }

    /// How many more can be started
    pub(super) fn free(&mut self, under_way: usize) -> usize {
        match self.again {
            Some(at) if Instant::now() < at => 0,
            Some(_) => {
                self.again = None;
                self.now = (under_way + 1).min(self.most);
                self.now.saturating_sub(under_way)
            }
            None => self.now.saturating_sub(under_way),
        }
    }

    /// EC2 had no room for another one
    pub(super) fn is_full(&mut self, under_way: usize) {
        self.now = under_way.max(1);
        self.again = Some(Instant::now() + AGAIN);
    }

    /// EC2 had room for all that were started: maybe it has for more
    pub(super) fn had_room(&mut self, started: usize) {
        self.now = self.now.saturating_add(started).min(self.most);
    }

    /// A copy has ended, so that another one can be started
    pub(super) fn frees(&mut self) {
        self.again = None;
    }

    /// When it is worth to ask again
    pub(super) fn again(&self) -> Option<Instant> {
        self.again
    }
}
