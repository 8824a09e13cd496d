//! Policies and statements made from what they are to allow.

mod caller;
mod found;
mod key_policy;
mod recipient;
mod service_role;
mod sharing;
mod statements;

pub use caller::{ActionError, caller_iam_policy};
pub use found::EditedStatements;
pub use key_policy::key_policy_for_sharing;
pub use recipient::{RecipientNeeds, recipient_iam_policy};
pub use service_role::ServiceRole;
pub use sharing::KeyStatements;

#[cfg(test)]
#[allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
mod tests;
