use std::time::Duration;

use super::Cancel;
use crate::outcome::EventSink;

/// How an engine works, whatever the request
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct EngineOptions {
    /// How many images are read or changed at once, over all Regions: by default 8
    pub concurrency: usize,
    /// How long to wait until a write shows when it is read back: by default 60 seconds
    ///
    /// EC2 is [eventually consistent](https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html).
    pub consistency_timeout: Duration,
    /// How long to wait until a change of a key policy or grant shows: by default 5 minutes, which is
    /// what [KMS](https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html) asks for
    pub key_consistency_timeout: Duration,
    /// How long after a key policy was put it is looked at again, in case that another writer undid
    /// the change: by default 250 milliseconds
    ///
    /// Half of it is the longest time between reading a key policy and putting it. Writers whose calls
    /// take less than the other half lose nothing of each other's.
    pub key_settle_time: Duration,
}

impl EngineOptions {
    /// The options with another concurrency; 0 counts as 1
    #[must_use]
    pub fn with_concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency.max(1);
        self
    }

    /// The options with another wait for consistency
    #[must_use]
    pub fn with_consistency_timeout(mut self, timeout: Duration) -> Self {
        self.consistency_timeout = timeout;
        self
    }

    /// The options with another time after which a key policy is looked at once more
    #[must_use]
    pub fn with_key_settle_time(mut self, time: Duration) -> Self {
        self.key_settle_time = time;
        self
    }

    /// The options with another wait for consistency of keys
    #[must_use]
    pub fn with_key_consistency_timeout(mut self, timeout: Duration) -> Self {
        self.key_consistency_timeout = timeout;
        self
    }
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            concurrency: 8,
            consistency_timeout: Duration::from_secs(60),
            key_consistency_timeout: Duration::from_secs(300),
            key_settle_time: Duration::from_millis(250),
        }
    }
}

/// What an apply does about the time between plan and apply
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum OnChange {
    /// Reads nothing again: for a plan that was made a moment ago
    DoNotLook,
    /// Reads the world again, and makes a new plan if it has changed
    PlanAgain,
    /// Reads the world again, and refuses if it has changed
    #[default]
    Refuse,
}

/// How one plan is applied
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ApplyOptions {
    /// Where progress goes, if anywhere
    pub events: Option<EventSink>,
    /// What ends copying before it is done, if anything; steps of a share are always run to their end
    pub cancel: Option<Cancel>,
    /// What to do about a world that may have changed since the plan was made
    pub on_change: OnChange,
}

impl ApplyOptions {
    /// Options for a plan that was made a moment ago: the world is not read again
    pub fn just_planned() -> Self {
        Self {
            on_change: OnChange::DoNotLook,
            ..Self::default()
        }
    }

    /// The options with progress going to `events`
    #[must_use]
    pub fn with_events(mut self, events: EventSink) -> Self {
        self.events = Some(events);
        self
    }

    /// The options with something that cancels copying
    #[must_use]
    pub fn with_cancel(mut self, cancel: Cancel) -> Self {
        self.cancel = Some(cancel);
        self
    }

    /// The options with another answer to a changed world
    #[must_use]
    pub fn with_on_change(mut self, on_change: OnChange) -> Self {
        self.on_change = on_change;
        self
    }
}
