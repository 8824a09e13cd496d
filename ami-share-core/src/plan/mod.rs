//! From a request and what was observed to the calls that are to be made: pure, no I/O.
//!
//! Images make the steps at permissions and tags one by one; keys, each of which may be of many images,
//! make theirs before and after them. What would fail or do harm is a [`Refusal`].

mod action;
mod caller_policy;
mod change;
mod check;
mod copy;
mod diff;
mod grant;
mod key;
mod key_check;
mod key_effect;
mod lease;
mod make;
mod notice;
mod opened;
mod recipient;
mod recipients;
mod refusal;
mod tags;

pub use action::{Action, PermissionChange, Risk, Step};
pub use change::Change;
pub use copy::{
    COPY_TAG, CopyPlan, CopyRefusal, CopyRefusals, CopySetting, FoundCopy, PlannedCopy, SOURCE_TAG,
    plan_copies,
};
pub(crate) use copy::{digest, provenance};
pub(crate) use grant::grant_name;
pub use lease::LEASE_TAG;
pub(crate) use lease::Lease;
pub use make::{Plan, plan};
pub use notice::Notice;
pub use opened::Opened;
pub use recipient::RecipientRefusal;
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
