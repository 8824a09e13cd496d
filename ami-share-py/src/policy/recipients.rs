//! Who may use a key, from keyword arguments.

use ami_share_core::id::{
    AccountId, IamPrincipalArn, KeyArn, OrganizationArn, OrganizationalUnitPath, Region,
};
use ami_share_core::policy::{KeyStatements, ServiceRole};
use pyo3::prelude::*;

use crate::argument::{Texts, ids};
use crate::error;
use crate::reason::WrittenProblem;
use crate::value::texts;

/// The arguments that name recipients, as they were given
#[derive(Debug, Default)]
pub(super) struct Recipients {
    pub(super) accounts: Option<Texts>,
    pub(super) iam_principals: Option<Texts>,
    pub(super) organizations: Option<Texts>,
    pub(super) organizational_units: Option<Texts>,
    pub(super) service_roles: Option<Texts>,
    pub(super) via_ec2_in: Option<String>,
    pub(super) key: Option<String>,
}

/// The same as ids
struct Named {
    accounts: Vec<AccountId>,
    iam_principals: Vec<IamPrincipalArn>,
    organizations: Vec<OrganizationArn>,
    organizational_units: Vec<OrganizationalUnitPath>,
    service_roles: Vec<ServiceRole>,
    via_ec2_in: Option<Region>,
    key: Option<KeyArn>,
}

impl Recipients {
    /// The statements with these in them too
    pub(super) fn added_to(self, found: KeyStatements) -> PyResult<KeyStatements> {
        type Statements = KeyStatements;
        let named = self.named()?;
        let all = for_key(found, named.key).accounts(named.accounts);
        let all = fold(all, named.iam_principals, Statements::iam_principal);
        let all = fold(all, &named.organizations, Statements::organization);
        let units = named.organizational_units;
        let all = fold(all, units, Statements::organizational_unit);
        let all = fold(all, named.service_roles, Statements::service_role);
        Ok(fold(all, named.via_ec2_in, Statements::via_ec2_in))
    }

    /// The statements without these
    pub(super) fn taken_from(self, found: KeyStatements) -> PyResult<KeyStatements> {
        type Statements = KeyStatements;
        let named = self.named()?;
        let rest = for_key(found, named.key);
        let rest = fold(rest, &named.accounts, Statements::without_account);
        let principals = &named.iam_principals;
        let rest = fold(rest, principals, Statements::without_iam_principal);
        let organizations = &named.organizations;
        let rest = fold(rest, organizations, Statements::without_organization);
        let units = &named.organizational_units;
        Ok(fold(rest, units, Statements::without_organizational_unit))
    }

    fn named(self) -> PyResult<Named> {
        let mut problems = Vec::new();
        let all = Option::unwrap_or_default;
        let one = |text: Option<String>| Texts(text.into_iter().collect());
        let named = Named {
            accounts: ids("accounts", all(self.accounts), &mut problems),
            iam_principals: ids("iam_principals", all(self.iam_principals), &mut problems),
            organizations: ids("organizations", all(self.organizations), &mut problems),
            organizational_units: ids(
                "organizational_units",
                all(self.organizational_units),
                &mut problems,
            ),
            service_roles: service_roles(all(self.service_roles), &mut problems),
            via_ec2_in: ids::<_, Vec<_>>("via_ec2_in", one(self.via_ec2_in), &mut problems).pop(),
            key: ids::<_, Vec<_>>("key", one(self.key), &mut problems).pop(),
        };
        match problems.is_empty() {
            true => Ok(named),
            false => Err(error::invalid_request(problems)),
        }
    }
}

fn for_key(statements: KeyStatements, key: Option<KeyArn>) -> KeyStatements {
    fold(statements, key, KeyStatements::for_key)
}

fn fold<T>(
    statements: KeyStatements,
    items: impl IntoIterator<Item = T>,
    change: impl Fn(KeyStatements, T) -> KeyStatements,
) -> KeyStatements {
    items.into_iter().fold(statements, change)
}

/// Service-linked roles by their names
pub(crate) fn service_roles(names: Texts, problems: &mut Vec<WrittenProblem>) -> Vec<ServiceRole> {
    let known = |name: &String| {
        let role = ServiceRole::ALL
            .into_iter()
            .find(|role| role.to_string() == *name);
        if role.is_none() {
            let known = texts(ServiceRole::ALL).join("`, `");
            let message = format!("`{name}` is not a service-linked role: give one of `{known}`");
            problems.push(WrittenProblem::new("service_roles", message));
        }
        role
    };
    names.0.iter().filter_map(known).collect()
}
