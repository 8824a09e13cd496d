//! Share Amazon Machine Images with other AWS accounts as one thing: plan, apply, verify.

pub mod api_error;
pub mod backend;
pub mod id;
pub mod plan;
pub mod principal;
pub mod request;
pub mod resource;

pub use api_error::{ApiError, ApiErrorKind};
pub use principal::{Principal, PrincipalSet};
pub use request::ShareRequest;
