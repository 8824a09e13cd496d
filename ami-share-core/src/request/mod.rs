//! What is wanted: [`ShareRequest`], its builder and its options.

mod builder;
mod error;
mod options;
mod share;

pub use builder::ShareRequestBuilder;
pub use error::{RequestError, RequestProblem};
pub use options::{
    Direction, KeyAccess, KeyCleanup, Limits, PublicConsent, RemovalLimit, SnapshotSharing,
    TrustedPrincipals,
};
pub use share::ShareRequest;

#[cfg(test)]
#[allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
mod tests;
