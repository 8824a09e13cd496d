//! Back from a policy to what our statements in it stand for.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use super::statements::{
    GRANTEE, Group, ORGANIZATION_ID, ORGANIZATION_PATHS, Part, VIA_SERVICE, sid,
};
use super::{KeyStatements, ServiceRole};
use crate::id::{AccountId, OrganizationArn, Partition};
use crate::policy::KeyPolicy;
use crate::policy::document::Canonical;

/// Statements with our Sids that are not as we write them
///
/// Patching puts them right again; what they said beside that is lost.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("statements were edited by somebody else: {}", list(sids))]
pub struct EditedStatements {
    sids: Vec<String>,
    readable: Box<KeyStatements>,
}

impl EditedStatements {
    /// The Sids of the statements
    pub fn sids(&self) -> &[String] {
        &self.sids
    }

    /// What could be read: whom the statements name, as far as they are well formed
    pub fn readable(&self) -> &KeyStatements {
        &self.readable
    }
}

impl KeyStatements {
    /// What our statements in the policy stand for, so that recipients can be added or taken out
    ///
    /// # Errors
    ///
    /// Some of our statements are not as we write them: somebody has edited them, or a role that they
    /// name was deleted.
    pub fn found_in(policy: &KeyPolicy) -> Result<Self, EditedStatements> {
        let ours: Vec<Canonical> = policy
            .statements()
            .filter(|statement| statement.is_ours())
            .map(|statement| statement.canonical())
            .collect();
        let by_sid: BTreeMap<&str, &Canonical> = ours
            .iter()
            .filter_map(|statement| Some((statement.sid()?, statement)))
            .collect();
        let found = read(&by_sid);
        let partition = policy.partition().unwrap_or_else(Partition::aws);
        let expected = found.statements(&partition);
        let is_expected = |statement: &&Canonical| expected.contains(statement);
        let missing = expected
            .iter()
            .filter(|statement| !ours.contains(statement));
        let edited: BTreeSet<String> = ours
            .iter()
            .filter(|statement| !is_expected(statement))
            .chain(missing)
            .filter_map(|statement| statement.sid().map(str::to_owned))
            .collect();
        if edited.is_empty() && by_sid.len() == ours.len() {
            return Ok(found);
        }
        Err(EditedStatements {
            sids: edited.into_iter().collect(),
            readable: Box::new(found),
        })
    }
}

fn read(ours: &BTreeMap<&str, &Canonical>) -> KeyStatements {
    let texts = |group, part, place: &[&str]| {
        let statement = ours.get(&*sid(group, part));
        let texts = statement.and_then(|statement| statement.texts(place));
        texts.cloned().unwrap_or_default()
    };
    let accounts = texts(Group::Accounts, Part::Use, &["Principal", "AWS"]);
    let principals = texts(Group::Principals, Part::Use, &["Principal", "AWS"]);
    let organizations = ["Condition", "StringEquals", ORGANIZATION_ID];
    let units = ["Condition", "ForAnyValue:StringLike", ORGANIZATION_PATHS];
    let units = texts(Group::Units, Part::Use, &units);
    let units: BTreeSet<String> = units
        .iter()
        .filter_map(|path| path.strip_suffix('*').map(str::to_owned))
        .collect();
    let everywhere = |part, key| -> BTreeSet<String> {
        let place = ["Condition", "StringEquals", key];
        let of = |group| texts(group, part, &place);
        Group::ALL.into_iter().flat_map(of).collect()
    };
    let via = everywhere(Part::Use, VIA_SERVICE);
    let regions = via.iter().filter_map(|service| {
        let (region, _) = service.strip_prefix("ec2.")?.split_once(".amazonaws.com")?;
        region.parse().ok()
    });
    let grantees = everywhere(Part::ServiceRoles, GRANTEE);
    let roles = ServiceRole::ALL.into_iter().filter(|role| {
        let ends_with_it = |grantee: &String| grantee.ends_with(role.path_and_name());
        grantees.iter().any(ends_with_it)
    });
    let service_roles_of = ServiceRole::ALL.into_iter().filter_map(|role| {
        let named = texts(
            Group::Accounts,
            Part::ServiceRole(role),
            &["Principal", "AWS"],
        );
        let accounts: BTreeSet<AccountId> = parse_all(&named);
        (!accounts.is_empty()).then_some((role, accounts))
    });
    KeyStatements {
        accounts: parse_all(&accounts),
        principals: parse_all(&principals),
        organizations: texts(Group::Organizations, Part::Use, &organizations)
            .into_iter()
            .filter(|id| is_organization_id(id))
            .collect(),
        units: parse_all(&units),
        service_roles: roles.collect(),
        service_roles_of: service_roles_of.collect(),
        via_ec2_in: regions.min(),
        key: None,
        partitions: BTreeSet::new(),
    }
}

impl KeyPolicy {
    /// The partition that the policy's ARNs name
    pub(in crate::policy) fn partition(&self) -> Option<Partition> {
        self.statements()
            .filter_map(|statement| statement.member("Principal")?.member(self.as_str(), "AWS"))
            .flat_map(|principals| principals.items())
            .find_map(|principal| {
                let text = principal.text(self.as_str());
                text.strip_prefix("arn:")?.split(':').next()?.parse().ok()
            })
    }
}

fn is_organization_id(id: &str) -> bool {
    format!("arn:aws:organizations::000000000000:organization/{id}")
        .parse::<OrganizationArn>()
        .is_ok()
}

fn parse_all<T: FromStr + Ord>(texts: &BTreeSet<String>) -> BTreeSet<T> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

fn list(sids: &[String]) -> String {
    let sids: Vec<String> = sids.iter().map(|sid| format!("`{sid}`")).collect();
    sids.join(", ")
}
