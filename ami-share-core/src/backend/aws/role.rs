use async_trait::async_trait;

use super::AwsBackend;
use super::clients::Clients;
use super::convert::parse;
use super::error::api_error;
use super::session::RoleSession;
use crate::api_error::ApiError;
use crate::backend::{Role, RoleBackend};
use crate::id::{AccountId, Region};

#[async_trait]
impl RoleBackend for AwsBackend {
    async fn caller_account(&self, region: &Region) -> Result<AccountId, ApiError> {
        const OPERATION: &str = "GetCallerIdentity";
        let answer = self
            .clients
            .sts(region)
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| api_error(OPERATION, error))?;
        parse(OPERATION, "the account of the caller", answer.account())
    }

    fn assume_role(&self, role: &Role) -> Self {
        let session = RoleSession::new(self.clients.clone(), role.clone());
        Self::with_clients(Clients::of_session(session))
    }
}
