use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::{CopyOutcome, StepOutcome};
use crate::id::{AccountId, Destination, ImageId, Region, ResourceId};

/// Something that happened while a plan was applied
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// Copying begins
    CopiesStarted {
        /// How many copies there are to be
        copies: usize,
    },
    /// Copying has ended
    CopiesFinished {
        /// How many copies are available and as they were to be
        done: usize,
        /// How many copies there were to be
        copies: usize,
    },
    /// A copy was started
    CopyStarted {
        /// Where it goes
        destination: Destination,
        /// The account that owns it
        account: AccountId,
        /// The copy
        image: ImageId,
    },
    /// A copy has come further
    CopyProgress {
        /// Where it goes
        destination: Destination,
        /// The account that owns it
        account: AccountId,
        /// The copy
        image: ImageId,
        /// How far its snapshots are, 0 to 100
        percent: u8,
    },
    /// A copy has ended, one way or another
    CopyFinished {
        /// Where it goes
        destination: Destination,
        /// The account that owns it
        account: AccountId,
        /// The copy, if there is one
        image: Option<ImageId>,
        /// What became of it
        outcome: CopyOutcome,
    },
    /// The plan begins
    Started {
        /// How many steps it has
        steps: usize,
    },
    /// A step begins
    StepStarted {
        /// Its place in the plan, from 0
        step: usize,
        /// The Region
        region: Region,
        /// The image it belongs to, if it belongs to one
        image: Option<ImageId>,
        /// The AWS operation
        operation: String,
    },
    /// A write does not show yet, and is read again after a while
    Waiting {
        /// The image or snapshot
        resource: ResourceId,
        /// How long from now
        delay: Duration,
    },
    /// A step has ended
    StepFinished {
        /// Its place in the plan, from 0
        step: usize,
        /// What became of it
        outcome: StepOutcome,
    },
    /// The plan has ended
    Finished {
        /// How many steps were done
        done: usize,
        /// How many steps it has
        steps: usize,
    },
}

/// The sending half: give it to [`ApplyOptions`](crate::ApplyOptions)
#[derive(Clone, Debug)]
pub struct EventSink(mpsc::UnboundedSender<Event>);

/// The receiving half: a stream that ends when the apply ends
#[derive(Debug)]
pub struct Events(mpsc::UnboundedReceiver<Event>);

/// A new pair of halves
///
/// Nothing waits for the receiver, and nothing fails when it is dropped.
pub fn events() -> (EventSink, Events) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (EventSink(sender), Events(receiver))
}

impl EventSink {
    /// Sends an event; it is lost if nobody listens any more
    pub fn send(&self, event: Event) {
        // Progress is for whoever looks; that nobody does is no failure.
        let _ = self.0.send(event);
    }
}

impl Events {
    /// The next event; none when the apply has ended
    pub async fn recv(&mut self) -> Option<Event> {
        self.0.recv().await
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.0.poll_recv(cx)
    }
}
