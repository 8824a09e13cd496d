use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Distribution;
use crate::id::{AccountId, ImageId, Region};
use crate::plan::{Lease, Opened};

/// One part of a distribution, which runs on its own: the work of one account in one Region
///
/// A shard is plain data. It can be run anywhere where the owner's credentials are, and again after it
/// failed or its worker died: what is done already is found and left alone. Those of a later
/// [stage](Stage) need what the earlier ones of their Region did.
///
/// Its JSON has all that it needs to run, the external id of [roles](super::Roles) among it: so do that
/// of the plan it is part of, and of its report.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    #[serde(default)]
    pub(crate) version: ShardVersion,
    /// When in the order it runs
    pub stage: Stage,
    /// The account that works: the owner's, or a recipient's by its role
    pub account: AccountId,
    /// The Region that it works in
    pub region: Region,
    /// The image that is distributed, in its own Region
    pub image: ImageId,
    /// Its name; its id, where it has none
    pub name: String,
    /// The accounts that get the image or a copy, where they had to be known one by one
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub accounts: BTreeSet<AccountId>,
    /// What reports say was opened for copies: it is taken away again, with what
    /// [tags](crate::plan::LEASE_TAG) of the owner's image tell beside it
    #[serde(default, skip_serializing_if = "Opened::is_empty")]
    pub close: Opened,
    /// Whether predecessors are deprecated, since all else in the Region was done
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deprecates: bool,
    /// The date of the distribution, `YYYY-MM-DD`
    pub date: String,
    /// What is distributed how
    pub distribution: Arc<Distribution>,
}

/// The versions of the JSON form that this release reads
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum ShardVersion {
    #[default]
    #[serde(rename = "ami-share/shard/1")]
    One,
}

/// When in a distribution a shard runs
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The owner copies the image into the Region, makes it what it is to be, shares it
    Owner,
    /// A recipient makes its copy, and is looked after
    Recipient,
    /// The owner closes what was opened for copies, and deprecates predecessors
    Finish,
}

impl Shard {
    /// Who has what is opened of the owner's image for no longer than copies take
    pub(crate) fn lease(&self) -> Option<Lease> {
        self.distribution.lease(&self.accounts)
    }

    /// Whether both are the same work
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        (self.stage, self.account, &self.region) == (other.stage, other.account, &other.region)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Owner => "owner",
            Self::Recipient => "recipient",
            Self::Finish => "finish",
        })
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.stage, self.account, self.region)
    }
}
