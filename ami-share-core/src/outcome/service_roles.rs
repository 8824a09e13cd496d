use serde::{Deserialize, Serialize};

use super::RecipientOutcome;
use crate::id::{AccountId, KeyArn, Region};
use crate::policy::ServiceRole;

/// What became of the grants for the roles of services, by key, account and role
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ServiceLinkedRoleReport {
    version: ServiceLinkedRoleReportVersion,
    grants: Vec<ServiceRoleGrant>,
}

/// The versions of the JSON form that this release reads
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
enum ServiceLinkedRoleReportVersion {
    #[default]
    #[serde(rename = "ami-share/service-linked-roles/1")]
    One,
}

/// What became of one grant
///
/// KMS binds a grant to the role as it is: where the role is deleted and made again, the grant is still
/// listed and opens nothing, which nobody can see from outside.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ServiceRoleGrant {
    /// The Region
    pub region: Region,
    /// The key
    pub key: KeyArn,
    /// The account that the grant is made by, and whose role it is for
    pub account: AccountId,
    /// The role
    pub role: ServiceRole,
    /// The role's ARN
    pub grantee: String,
    /// What became of it
    #[serde(flatten)]
    pub outcome: RecipientOutcome,
    /// The statement, as JSON, that the key's owner would have to add to the key's policy, where that
    /// may be what is missing
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}

impl ServiceLinkedRoleReport {
    pub(crate) fn new(grants: Vec<ServiceRoleGrant>) -> Self {
        Self {
            version: ServiceLinkedRoleReportVersion::default(),
            grants,
        }
    }

    /// Every grant, by Region, key, account and role
    pub fn grants(&self) -> &[ServiceRoleGrant] {
        &self.grants
    }

    /// Whether every grant is there, and was seen to be
    pub fn is_complete(&self) -> bool {
        self.grants.iter().all(|grant| grant.outcome.is_good())
    }

    /// Whether nothing had to be written
    pub fn is_empty(&self) -> bool {
        let mut grants = self.grants.iter();
        grants.all(|grant| grant.outcome == RecipientOutcome::AsAsked)
    }
}
