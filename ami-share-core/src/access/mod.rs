//! The judgement: can this principal launch or copy this image, through what, and what is missing.
//!
//! [`ImageJudge`] judges from what was observed, without I/O, one [`AccessLayer`] after the other: state
//! and permissions of the image, and by [`KeyJudge`] the state, policy and grants of each key. What was
//! not read is unknown.

mod copy;
mod finding;
mod image;
mod key;
mod launch;
mod membership;

pub use copy::{can_copy, can_read_any_snapshot};
pub use finding::{AccessLayer, Answer, Finding, LayerFinding};
pub use image::{ImageJudge, Judged, KeyJudges, Standing};
pub(crate) use key::{KEY_OPERATIONS, mend_of_state};
pub use key::{KeyJudge, Subject};
pub use launch::can_launch;
pub use membership::Membership;

#[cfg(test)]
#[allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
mod cause_tests;
#[cfg(test)]
#[allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
mod tests;
