//! The port: the AWS primitives that the engine stands on, and their implementations.

#[cfg(feature = "aws")]
pub mod aws;
mod port;
#[cfg(feature = "simulator")]
pub mod simulator;

pub use port::{Backend, NewGrant, NewKey, Page, RequestId, SnapshotChange};
