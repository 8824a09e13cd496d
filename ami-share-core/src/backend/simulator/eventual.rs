use std::mem;
use std::time::Duration;

use super::clock::Moment;
use super::fault::Staleness;

/// A value that readers may see late
///
/// [Eventual consistency](https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html):
/// what was just written may not be read back at once. Launches, copies, visibility and access go by
/// the current value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Eventual<T> {
    current: T,
    stale: Option<Stale<T>>,
}

#[derive(Clone, Debug)]
struct Stale<T> {
    value: T,
    reads_left: usize,
    until: Moment,
}

impl<T: Clone> Eventual<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            current: value,
            stale: None,
        }
    }

    pub(crate) fn current(&self) -> &T {
        &self.current
    }

    /// What a reader gets, who may be too early
    pub(crate) fn read(&mut self, now: Moment) -> T {
        match &mut self.stale {
            Some(stale) if stale.reads_left > 0 || now < stale.until => {
                stale.reads_left = stale.reads_left.saturating_sub(1);
                stale.value.clone()
            }
            _ => {
                self.stale = None;
                self.current.clone()
            }
        }
    }

    /// Stores a value that readers do not see for a while
    pub(crate) fn write(&mut self, value: T, staleness: Staleness, now: Moment) {
        let before = mem::replace(&mut self.current, value);
        self.stale = (staleness != Staleness::default()).then(|| Stale {
            value: before,
            reads_left: staleness.reads,
            until: now.after(Duration::from_millis(staleness.milliseconds)),
        });
    }

    /// Changes the value in place; readers do not see the change for a while
    pub(crate) fn change<R>(
        &mut self,
        staleness: Staleness,
        now: Moment,
        change: impl FnOnce(&mut T) -> R,
    ) -> R {
        let before = (staleness != Staleness::default()).then(|| self.current.clone());
        let changed = change(&mut self.current);
        self.stale = before.map(|value| Stale {
            value,
            reads_left: staleness.reads,
            until: now.after(Duration::from_millis(staleness.milliseconds)),
        });
        changed
    }
}
