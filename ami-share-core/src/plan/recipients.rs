use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, IamPrincipalArn, OrganizationArn, OrganizationalUnitPath, Partition};
use crate::policy::KeyStatements;

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
        let roots = roots.map(move |account| format!("arn:{partition}:iam::{account}:root"));
        roots.chain(self.iam_principals.iter().map(ToString::to_string))
    }

    /// The statements with these recipients too
    pub(crate) fn added_to(&self, mut statements: KeyStatements) -> KeyStatements {
        statements = statements.accounts(self.accounts.iter().copied());
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
