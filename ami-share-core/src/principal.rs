//! Who an image is shared with, and the arithmetic of such sets.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::text::impl_id_conversions;
use crate::id::{
    AccountId, IdKind, OrganizationArn, OrganizationalUnitArn, ParseIdError, Partition,
};

/// Somebody an image can be shared with
///
/// These are the four kinds of launch permission that
/// [`ModifyImageAttribute`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchPermission.html)
/// knows. The text form is the account id, the ARN, or `all` for the public, as EC2 writes it.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Principal {
    /// One AWS account
    Account(AccountId),
    /// All accounts of an organization, those that join later too
    Organization(OrganizationArn),
    /// All accounts of an organizational unit and of the OUs below it
    OrganizationalUnit(OrganizationalUnitArn),
    /// Every AWS account there is
    Public,
}

impl Principal {
    /// The partition that the principal belongs to, where its text says so
    pub fn partition(&self) -> Option<Partition> {
        match self {
            Self::Organization(arn) => Some(arn.partition()),
            Self::OrganizationalUnit(arn) => Some(arn.partition()),
            Self::Account(_) | Self::Public => None,
        }
    }

    /// Whether a snapshot can be shared with it: accounts and the public only
    pub fn can_hold_snapshot_permission(&self) -> bool {
        matches!(self, Self::Account(_) | Self::Public)
    }
}

impl FromStr for Principal {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "all" {
            Ok(Self::Public)
        } else if text.starts_with("o-")
            || text.contains(":organization/")
            || text.contains(":root/")
        {
            text.parse().map(Self::Organization)
        } else if text.starts_with("ou-") || text.contains(":ou/") {
            text.parse().map(Self::OrganizationalUnit)
        } else if text.starts_with(|c: char| c.is_ascii_digit()) {
            text.parse().map(Self::Account)
        } else {
            Err(ParseIdError::new(
                IdKind::Principal,
                text,
                "give a 12-digit account id, the full ARN of an organization or OU, or `all`",
            ))
        }
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => id.fmt(f),
            Self::Organization(arn) => arn.fmt(f),
            Self::OrganizationalUnit(arn) => arn.fmt(f),
            Self::Public => f.pad("all"),
        }
    }
}

impl From<AccountId> for Principal {
    fn from(id: AccountId) -> Self {
        Self::Account(id)
    }
}

impl From<OrganizationArn> for Principal {
    fn from(arn: OrganizationArn) -> Self {
        Self::Organization(arn)
    }
}

impl From<OrganizationalUnitArn> for Principal {
    fn from(arn: OrganizationalUnitArn) -> Self {
        Self::OrganizationalUnit(arn)
    }
}

impl_id_conversions!(Principal);

/// An ordered set of principals
#[derive(Clone, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct PrincipalSet(BTreeSet<Principal>);

impl PrincipalSet {
    /// An empty set
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a principal; `false` if it was there already
    pub fn insert(&mut self, principal: Principal) -> bool {
        self.0.insert(principal)
    }

    /// Takes a principal out; `false` if it was not there
    pub fn remove(&mut self, principal: &Principal) -> bool {
        self.0.remove(principal)
    }

    /// Whether the principal itself is in the set
    pub fn contains(&self, principal: &Principal) -> bool {
        self.0.contains(principal)
    }

    /// How many principals there are
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The principals in order: accounts, organizations, OUs, the public
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Principal> {
        self.0.iter()
    }

    /// Those that are in this set and not in the other
    pub fn difference(&self, other: &Self) -> Self {
        self.0.difference(&other.0).cloned().collect()
    }

    /// Those that are in both sets
    pub fn intersection(&self, other: &Self) -> Self {
        self.0.intersection(&other.0).cloned().collect()
    }

    /// Whether every principal of this set is in the other
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// Whether the two sets have no principal in common
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.0.is_disjoint(&other.0)
    }
}

impl FromIterator<Principal> for PrincipalSet {
    fn from_iter<I: IntoIterator<Item = Principal>>(principals: I) -> Self {
        Self(principals.into_iter().collect())
    }
}

impl Extend<Principal> for PrincipalSet {
    fn extend<I: IntoIterator<Item = Principal>>(&mut self, principals: I) {
        self.0.extend(principals);
    }
}

impl IntoIterator for PrincipalSet {
    type Item = Principal;
    type IntoIter = std::collections::btree_set::IntoIter<Principal>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a PrincipalSet {
    type Item = &'a Principal;
    type IntoIter = std::collections::btree_set::Iter<'a, Principal>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
