//! The port: the AWS primitives that the engine stands on, one trait for each of its jobs.
//!
//! A new primitive is a method without a default, and is forwarded through `Arc` and `Box` in the
//! macro beside its trait.

mod copying;
mod recipient;
mod role;
mod sharing;

pub use copying::{CopyBackend, ImageQuery, NewCopy};
pub use recipient::RecipientBackend;
pub use role::{Role, RoleBackend};
pub use sharing::{Backend, NewGrant, NewKey, Page, RequestId, SnapshotChange};
