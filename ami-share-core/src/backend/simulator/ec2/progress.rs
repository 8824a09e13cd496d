use std::time::Duration;

use super::super::clock::Moment;

/// Work of AWS that takes time, such as a copy
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Progress {
    pub(crate) started: Moment,
    pub(crate) ends: Moment,
    /// Why it fails when it ends, if it does
    pub(crate) failure: Option<String>,
}

/// How far work has come
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stage<'a> {
    Pending { percent: u64 },
    Done,
    Failed { reason: &'a str },
}

impl Progress {
    /// Work that was done at once
    pub(crate) fn done(now: Moment) -> Self {
        Self::lasting(now, Duration::ZERO)
    }

    pub(crate) fn lasting(now: Moment, duration: Duration) -> Self {
        Self {
            started: now,
            ends: now.after(duration),
            failure: None,
        }
    }

    pub(crate) fn stage(&self, now: Moment) -> Stage<'_> {
        if now < self.ends {
            let done = now.since(self.started).as_millis();
            let all = self.ends.since(self.started).as_millis().max(1);
            let percent = u64::try_from(done * 100 / all).unwrap_or(99);
            return Stage::Pending {
                percent: percent.min(99),
            };
        }
        match &self.failure {
            Some(reason) => Stage::Failed { reason },
            None => Stage::Done,
        }
    }
}
