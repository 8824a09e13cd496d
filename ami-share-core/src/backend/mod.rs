//! The port: the AWS primitives that the engine stands on, and their implementations.

#[cfg(feature = "aws")]
pub mod aws;
mod port;
#[cfg(feature = "simulator")]
pub mod simulator;

pub use port::{
    Backend, CopyBackend, ImageQuery, NewCopy, NewGrant, NewKey, Page, RecipientBackend, RequestId,
    Role, RoleBackend, SnapshotChange,
};
