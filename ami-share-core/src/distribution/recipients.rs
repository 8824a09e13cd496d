use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, OrganizationArn, OrganizationalUnitArn};
use crate::principal::{Principal, PrincipalSet};

/// Accounts, organizations, OUs and groups of them
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Recipients {
    /// Accounts by their 12 digits; in quotes, since leading zeros count
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<AccountId>,
    /// Organizations by their full ARNs: `arn:aws:organizations::<management account id>:organization/o-…`
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub organizations: Vec<OrganizationArn>,
    /// Organizational units by their full ARNs:
    /// `arn:aws:organizations::<management account id>:ou/o-…/ou-…`
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub organizational_units: Vec<OrganizationalUnitArn>,
    /// Groups by the names that they have under `groups`
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
}

impl Recipients {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Those that are named here, without those of groups
    fn own(&self) -> impl Iterator<Item = Principal> {
        let accounts = self.accounts.iter().copied().map(Principal::Account);
        let organizations = self.organizations.iter().cloned();
        let units = self.organizational_units.iter().cloned();
        accounts
            .chain(organizations.map(Principal::Organization))
            .chain(units.map(Principal::OrganizationalUnit))
    }

    /// All that are named here and in the groups below; unknown groups are left out, and a group is
    /// gone through once
    pub(super) fn resolve(&self, groups: &BTreeMap<String, Recipients>) -> PrincipalSet {
        let mut all = PrincipalSet::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![self];
        while let Some(recipients) = open.pop() {
            all.extend(recipients.own());
            for name in &recipients.groups {
                if seen.insert(name) {
                    open.extend(groups.get(name));
                }
            }
        }
        all
    }
}

/// What recipients get
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RecipientsGet {
    /// Launch permission for the owner's image in each Region
    #[default]
    Share,
    /// A copy of their own in each Region, which each account makes by the role that is given for it;
    /// organizations and OUs are expanded to their accounts first
    Copy,
}
