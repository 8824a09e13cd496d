//! Share Amazon Machine Images with other AWS accounts as one thing: plan, apply, verify.

pub mod access;
pub mod api_error;
pub mod backend;
#[cfg(feature = "conformance")]
pub mod conformance;
mod engine;
pub mod error;
pub mod id;
pub mod outcome;
pub mod plan;
pub mod policy;
pub mod principal;
pub mod report;
pub mod request;
pub mod resource;
mod sharer;

pub use api_error::{ApiError, ApiErrorKind};
pub use engine::{ApplyOptions, EngineOptions, OnChange};
pub use error::Error;
pub use outcome::{Report, Verification};
pub use plan::{Plan, plan};
pub use principal::{Principal, PrincipalSet};
pub use request::ShareRequest;
#[cfg(feature = "aws")]
pub use sharer::AwsSharer;
#[cfg(feature = "mock")]
pub use sharer::MockSharer;
#[cfg(feature = "simulator")]
pub use sharer::SimulatedSharer;
pub use sharer::{BackendSharer, Sharer};
