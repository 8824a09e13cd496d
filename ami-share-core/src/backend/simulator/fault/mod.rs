//! What goes wrong on purpose.

use std::time::Duration;

use super::call::{Asked, Caller};
use super::clock::Moment;
use super::refusal::Refusal;

/// The faults that are set in a world
#[derive(Debug, Default)]
pub(crate) struct Faults {}

/// What the faults do to one call
#[derive(Debug, Default)]
pub(crate) struct Meddling {
    /// How much later the answer comes
    pub(crate) delay: Duration,
    /// What is answered instead of doing the call
    pub(crate) refusal: Option<Refusal>,
    /// Whether the caller never gets the answer
    pub(crate) lose_answer: bool,
}

impl Faults {
    /// What happens to the next call
    pub(crate) fn meddle(&mut self, _caller: Caller<'_>, _asked: &Asked, _now: Moment) -> Meddling {
        Meddling::default()
    }
}
