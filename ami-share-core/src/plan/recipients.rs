use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, IamPrincipalArn, OrganizationArn, OrganizationalUnitPath, Partition};
use crate::policy::{KeyStatements, ServiceRole};
use crate::principal::{Principal, PrincipalSet};

/// Who is let into a key, or out of it
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeyRecipients {
    /// Whole accounts
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub accounts: BTreeSet<AccountId>,
    /// Roles and users
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub iam_principals: BTreeSet<IamPrincipalArn>,
    /// All accounts of organizations
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub organizations: BTreeSet<OrganizationArn>,
    /// All accounts below OUs
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub organizational_units: BTreeSet<OrganizationalUnitPath>,
    /// Roles of services that each of the accounts may make grants for, in itself
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub service_roles: BTreeSet<ServiceRole>,
}

impl KeyRecipients {
    /// Whether nobody is named
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many are named
    pub fn len(&self) -> usize {
        self.accounts.len()
            + self.iam_principals.len()
            + self.organizations.len()
            + self.organizational_units.len()
    }

    /// All of them as text, in order
    pub fn texts(&self) -> impl Iterator<Item = String> {
        let accounts = self.accounts.iter().map(ToString::to_string);
        let principals = self.iam_principals.iter().map(ToString::to_string);
        let organizations = self.organizations.iter().map(ToString::to_string);
        let units = self.organizational_units.iter().map(ToString::to_string);
        accounts.chain(principals).chain(organizations).chain(units)
    }

    /// The accounts, roles and users as a grant names them
    pub(crate) fn grantees(&self, partition: &Partition) -> impl Iterator<Item = String> {
        let roots = self.accounts.iter();
        let roots = roots.map(move |account| account.root_arn(partition));
        roots.chain(self.iam_principals.iter().map(ToString::to_string))
    }

    /// Those in our statements that stand for one of the principals
    pub(crate) fn among(ours: &KeyStatements, principals: &PrincipalSet) -> Self {
        let has_account = |account: &AccountId| principals.contains(&Principal::Account(*account));
        let organizations = principals.iter().filter_map(|principal| match principal {
            Principal::Organization(arn) => Some(arn),
            _ => None,
        });
        let has_unit = |path: &&OrganizationalUnitPath| {
            principals.iter().any(|principal| {
                matches!(principal, Principal::OrganizationalUnit(arn) if path.is_of(arn))
            })
        };
        Self {
            accounts: ours.account_ids().copied().filter(has_account).collect(),
            iam_principals: ours
                .iam_principals()
                .filter(|arn| has_account(&arn.account()))
                .cloned()
                .collect(),
            organizations: organizations
                .filter(|arn| {
                    let mut ids = ours.organization_ids();
                    ids.any(|id| id == arn.organization_id())
                })
                .cloned()
                .collect(),
            organizational_units: ours
                .organizational_units()
                .filter(has_unit)
                .cloned()
                .collect(),
            service_roles: BTreeSet::new(),
        }
    }

    /// The statements with these recipients too
    pub(crate) fn added_to(&self, mut statements: KeyStatements) -> KeyStatements {
        for account in &self.accounts {
            statements = self
                .service_roles
                .iter()
                .fold(statements.account(*account), |statements, role| {
                    statements.service_role_of(*account, *role)
                });
        }
        for principal in &self.iam_principals {
            statements = statements.iam_principal(principal.clone());
        }
        for organization in &self.organizations {
            statements = statements.organization(organization);
        }
        for unit in &self.organizational_units {
            statements = statements.organizational_unit(unit.clone());
        }
        statements
    }

    /// The statements without these recipients
    pub(crate) fn taken_out_of(&self, mut statements: KeyStatements) -> KeyStatements {
        for account in &self.accounts {
            statements = statements.without_account(account);
        }
        for principal in &self.iam_principals {
            statements = statements.without_iam_principal(principal);
        }
        for organization in &self.organizations {
            statements = statements.without_organization(organization);
        }
        for unit in &self.organizational_units {
            statements = statements.without_organizational_unit(unit);
        }
        statements
    }

    /// Whether all of them are in the statements
    pub(crate) fn are_in(&self, statements: &KeyStatements) -> bool {
        self.added_to(statements.clone()) == *statements
    }

    /// Whether none of them is in the statements
    pub(crate) fn are_not_in(&self, statements: &KeyStatements) -> bool {
        self.taken_out_of(statements.clone()) == *statements
    }
}
