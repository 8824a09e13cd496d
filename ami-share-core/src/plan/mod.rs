//! From a request and what was observed to the calls that are to be made: pure, no I/O.

mod action;
mod caller_policy;
mod change;
mod check;
mod diff;
mod key;
mod key_effect;
mod make;
mod notice;
mod recipients;
mod refusal;
mod tags;

pub use action::{Action, PermissionChange, Risk, Step};
pub use change::Change;
pub use make::{Plan, plan};
pub use notice::Notice;
pub use recipients::KeyRecipients;
pub use refusal::{BlockedResource, Refusal, Refusals};

#[cfg(test)]
#[allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
mod tests;
