//! What is wanted: [`ShareRequest`] and [`CopyRequest`], their builders and options; [`SharingKey`], a key
//! to be made; and requests that look after recipients, such as [`RehearsalRequest`].

mod builder;
mod copy;
mod error;
mod options;
mod recipient;
mod share;
mod sharing_key;

pub use builder::ShareRequestBuilder;
pub use copy::{
    AccountKeys, CopyKeys, CopyLimits, CopyMaker, CopyPermissions, CopyRequest, CopyRequestBuilder,
    DeregistrationProtection, OnFailure, SourceAccess,
};
pub use error::{RequestError, RequestProblem};
pub use options::{
    Direction, KeyAccess, KeyCleanup, Limits, PublicConsent, RemovalLimit, SnapshotSharing,
    TrustedPrincipals,
};
pub use recipient::{
    ParameterRequest, ParameterRequestBuilder, RecipientTagRequest, RecipientTagRequestBuilder,
    RehearsalRequest, RehearsalRequestBuilder, ServiceLinkedRoleRequest,
    ServiceLinkedRoleRequestBuilder, UsageRequest, UsageRequestBuilder,
};
pub use share::ShareRequest;
pub use sharing_key::SharingKey;

#[cfg(test)]
#[allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
mod tests;
