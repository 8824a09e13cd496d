use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::Backend;
use crate::api_error::ApiError;
use crate::id::{AccountId, IamPrincipalArn, Region};
use crate::resource::Tags;

/// A role that is to be assumed, and what its sessions are like
/// ([`AssumeRole`](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html))
#[derive(Clone, Eq, PartialEq)]
pub struct Role {
    /// The role
    pub arn: IamPrincipalArn,
    /// What the role's trust policy may ask for, 2 to 1,224 characters
    pub external_id: Option<String>,
    /// The name that CloudTrail shows, 2 to 64 characters
    pub session_name: String,
    /// Tags of the session; the role's trust policy must allow `sts:TagSession` where there are any
    pub session_tags: Tags,
    /// How long a session lasts, 15 minutes to 12 hours; 1 hour at most from a role's own session
    pub duration: Duration,
}

/// The external id is never shown
impl fmt::Debug for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let external_id = self.external_id.as_ref().map(|_| "given");
        f.debug_struct("Role")
            .field("arn", &self.arn)
            .field("external_id", &external_id)
            .field("session_name", &self.session_name)
            .field("session_tags", &self.session_tags)
            .field("duration", &self.duration)
            .finish()
    }
}

/// Who calls, and how the calls of another account are made
#[async_trait]
pub trait RoleBackend: Backend + Clone {
    /// [`GetCallerIdentity`](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html):
    /// the account that calls
    async fn caller_account(&self, region: &Region) -> Result<AccountId, ApiError>;

    /// A backend whose calls are made by sessions of the role
    ///
    /// Nothing is called yet: the role is assumed in the Region of the first call, at STS's endpoint of
    /// that Region, and again before its credentials expire. That it cannot be assumed is the error of
    /// the call that needed it. Connections are shared with this backend.
    fn assume_role(&self, role: &Role) -> Self;
}

macro_rules! forward_role_backend {
    ($pointer:ident) => {
        #[async_trait]
        #[deny(clippy::missing_trait_methods)]
        impl<B: RoleBackend> RoleBackend for $pointer<B> {
            async fn caller_account(&self, region: &Region) -> Result<AccountId, ApiError> {
                (**self).caller_account(region).await
            }

            fn assume_role(&self, role: &Role) -> Self {
                Self::new((**self).assume_role(role))
            }
        }
    };
}

forward_role_backend!(Arc);
forward_role_backend!(Box);
