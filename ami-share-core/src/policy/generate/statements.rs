//! The statements that [`KeyStatements`] stand for.

use std::collections::{BTreeMap, BTreeSet};

use super::{KeyStatements, ServiceRole};
use crate::id::{Partition, Region};
use crate::policy::document::{Canonical, Element, StatementText};

/// What EBS needs beside `kms:DescribeKey` and `kms:CreateGrant`
pub(super) const USE: [&str; 4] = [
    "kms:Decrypt",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
];
pub(super) const DESCRIBE: &str = "kms:DescribeKey";
pub(super) const CREATE_GRANT: &str = "kms:CreateGrant";

pub(super) const ORGANIZATION_ID: &str = "aws:PrincipalOrgID";
pub(super) const ORGANIZATION_PATHS: &str = "aws:PrincipalOrgPaths";
pub(super) const VIA_SERVICE: &str = "kms:ViaService";
pub(super) const GRANTEE: &str = "kms:GranteePrincipal";

impl KeyStatements {
    /// The statements in the order in which they are written
    pub(in crate::policy) fn statements(&self, partition: &Partition) -> Vec<Canonical> {
        let accounts = self.accounts.iter().map(ToString::to_string).collect();
        let principals = self.principals.iter().map(ToString::to_string).collect();
        let anyone = || BTreeSet::from(["*".to_owned()]);
        let of = |ids: &BTreeSet<String>| {
            Conditions::default().with("StringEquals", ORGANIZATION_ID, ids.clone())
        };
        let their_organizations = self
            .units
            .iter()
            .map(|unit| unit.organization_id().to_owned())
            .collect();
        let paths = self.units.iter().map(|unit| format!("{unit}*")).collect();
        let of_units =
            of(&their_organizations).with("ForAnyValue:StringLike", ORGANIZATION_PATHS, paths);
        let groups = [
            (Group::Accounts, accounts, Conditions::default()),
            (Group::Principals, principals, Conditions::default()),
            (Group::Organizations, anyone(), of(&self.organizations)),
            (Group::Units, anyone(), of_units),
        ];
        groups
            .into_iter()
            .filter(|(group, ..)| group.is_wanted(self))
            .flat_map(|(group, principals, conditions)| {
                self.group(group, &principals, &conditions, partition)
            })
            .collect()
    }

    fn group(
        &self,
        group: Group,
        principals: &BTreeSet<String>,
        conditions: &Conditions,
        partition: &Partition,
    ) -> Vec<Canonical> {
        let statement_to =
            |to: &BTreeSet<String>, part, actions: &[&str], conditions: Conditions| {
                let members = [
                    ("Sid", Element::Text(sid(group, part))),
                    ("Effect", Element::Text("Allow".into())),
                    ("Principal", members("AWS", to.clone())),
                    ("Action", texts(actions)),
                    ("Resource", texts(&["*"])),
                ];
                let mut members = BTreeMap::from(members.map(|(name, value)| (name.into(), value)));
                if !conditions.0.is_empty() {
                    members.insert("Condition".into(), Element::Members(conditions.0));
                }
                Canonical(members)
            };
        let statement = |part, actions: &[&str], conditions| {
            statement_to(principals, part, actions, conditions)
        };
        let through = match &self.via_ec2_in {
            None => conditions.clone(),
            Some(region) => {
                let services = via_ec2(region, partition);
                conditions
                    .clone()
                    .with("StringEquals", VIA_SERVICE, services)
            }
        };
        let for_aws = BTreeSet::from(["true".to_owned()]);
        let for_aws = through
            .clone()
            .with("Bool", "kms:GrantIsForAWSResource", for_aws);
        let grants_for = |part: Part, roles: BTreeSet<String>, to: &BTreeSet<String>| {
            let for_roles = conditions.clone().with("StringEquals", GRANTEE, roles);
            statement_to(to, part, &[CREATE_GRANT], for_roles)
        };
        let mut statements = Vec::new();
        if self.via_ec2_in.is_some() {
            statements.push(statement(Part::Describe, &[DESCRIBE], conditions.clone()));
            statements.push(statement(Part::Use, &USE, through));
        } else {
            let actions: Vec<&str> = USE.into_iter().chain([DESCRIBE]).collect();
            statements.push(statement(Part::Use, &actions, through));
        }
        statements.push(statement(Part::CreateGrant, &[CREATE_GRANT], for_aws));
        if !self.service_roles.is_empty() {
            let role = |role: &ServiceRole| role.in_callers_account(partition);
            let roles = self.service_roles.iter().map(role).collect();
            statements.push(grants_for(Part::ServiceRoles, roles, principals));
        }
        if let Group::Accounts = group {
            for (role, accounts) in &self.service_roles_of {
                let roles = BTreeSet::from([role.in_callers_account(partition)]);
                let accounts = accounts.iter().map(ToString::to_string).collect();
                statements.push(grants_for(Part::ServiceRole(*role), roles, &accounts));
            }
        }
        statements
    }
}

/// Whom a statement is for
#[derive(Clone, Copy, Debug)]
pub(super) enum Group {
    Accounts,
    Organizations,
    Principals,
    Units,
}

impl Group {
    pub(super) const ALL: [Self; 4] = [
        Self::Accounts,
        Self::Organizations,
        Self::Principals,
        Self::Units,
    ];

    fn is_wanted(self, wanted: &KeyStatements) -> bool {
        match self {
            Self::Accounts => !wanted.accounts.is_empty(),
            Self::Organizations => !wanted.organizations.is_empty(),
            Self::Principals => !wanted.principals.is_empty(),
            Self::Units => !wanted.units.is_empty(),
        }
    }
}

/// What a statement allows
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    CreateGrant,
    Describe,
    /// Grants for one role, by some of the accounts
    ServiceRole(ServiceRole),
    ServiceRoles,
    Use,
}

pub(super) fn sid(group: Group, part: Part) -> String {
    let part = match part {
        Part::ServiceRole(role) => format!("CreateGrantFor{role:?}"),
        Part::ServiceRoles => "CreateGrantForServiceRoles".to_owned(),
        other => format!("{other:?}"),
    };
    format!("{}{group:?}{part}", StatementText::OUR_SID_PREFIX)
}

/// The Sid of the statement by which some accounts may make grants for a role of their own
pub(super) fn sid_of_accounts(role: ServiceRole) -> String {
    sid(Group::Accounts, Part::ServiceRole(role))
}

#[derive(Clone, Debug, Default)]
struct Conditions(BTreeMap<String, Element>);

impl Conditions {
    fn with(mut self, operator: &str, key: &str, values: BTreeSet<String>) -> Self {
        let keys = self
            .0
            .entry(operator.into())
            .or_insert_with(|| Element::Members(BTreeMap::new()));
        if let Element::Members(keys) = keys {
            keys.insert(key.into(), Element::Texts(values));
        }
        self
    }
}

/// The name of EC2 in `kms:ViaService`; in China both of its names, as AWS's pages show either
fn via_ec2(region: &Region, partition: &Partition) -> BTreeSet<String> {
    let name = format!("ec2.{region}.amazonaws.com");
    let chinese = (partition.as_str() == "aws-cn").then(|| format!("{name}.cn"));
    std::iter::once(name).chain(chinese).collect()
}

fn members(name: &str, values: BTreeSet<String>) -> Element {
    Element::Members(BTreeMap::from([(name.into(), Element::Texts(values))]))
}

fn texts(values: &[&str]) -> Element {
    Element::Texts(values.iter().map(|value| (*value).to_owned()).collect())
}
