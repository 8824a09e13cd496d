use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::template::RoleTemplate;
use crate::id::{AccountId, IamPrincipalArn};

/// The roles through which recipient accounts are reached
/// ([`AssumeRole`](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html))
#[derive(Clone, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Roles {
    /// The role of each account that has none of its own below: `arn:aws:iam::{account}:role/AmiShare`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<RoleTemplate>,
    /// The role's ARN, by account
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<AccountId, IamPrincipalArn>,
    /// The external id that the roles' trust policies ask for; 2 to 1,224 characters
    ///
    /// Plans, shards and the reports of shards carry it in their JSON, since each shard runs, and runs
    /// again, on its own: keep them as the file is kept. No `Debug` shows it, and no manifest has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The name of the sessions, as CloudTrail shows it; 2 to 64 letters, digits and `_+=,.@-`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_name: Option<String>,
    /// The tags of the sessions; at most 50
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub session_tags: BTreeMap<String, String>,
}

/// The external id is never shown
impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roles")
            .field("template", &self.template)
            .field("accounts", &self.accounts)
            .field("session_name", &self.session_name)
            .finish_non_exhaustive()
    }
}

impl Roles {
    /// The role of an account: its own, or else by the template
    pub fn role(&self, account: AccountId) -> Option<IamPrincipalArn> {
        let own = self.accounts.get(&account).cloned();
        own.or_else(|| self.template.as_ref()?.role(account))
    }
}
