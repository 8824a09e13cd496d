//! Typed ids: an id that exists is well formed.
//!
//! Each type is made by parsing ([`FromStr`](std::str::FromStr)) and printed by
//! [`Display`](std::fmt::Display); both forms, and the serde form, are the text that AWS uses. A text
//! that is refused comes back in a [`ParseIdError`] together with what would be right.

mod account;
mod arn;
mod destination;
mod error;
mod iam;
mod key;
mod key_ref;
mod organization;
mod region;
mod resource;
pub(crate) mod text;

pub use account::AccountId;
pub use destination::Destination;
pub use error::{IdKind, ParseIdError};
pub use iam::IamPrincipalArn;
pub use key::KeyArn;
pub use key_ref::KeyRef;
pub use organization::{OrganizationArn, OrganizationalUnitArn, OrganizationalUnitPath};
pub use region::{Partition, Region};
pub use resource::{ImageId, ResourceId, SnapshotId, SubnetId};

#[cfg(test)]
#[allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
mod tests;
