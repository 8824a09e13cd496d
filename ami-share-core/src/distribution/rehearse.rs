use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::id::{AccountId, Region, SubnetId};

/// Whether recipient accounts rehearse a launch, and how: `true`, `false`, or what it takes
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Rehearse {
    /// Whether they do, in the default VPC of each account, with an instance type that fits the image
    Plain(bool),
    /// They do, with what is named here
    With(RehearsedLaunch),
}

/// What launches are rehearsed with
/// ([RunInstances](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html))
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RehearsedLaunch {
    /// The instance type; one that fits the image's architecture if it is left out
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<String>,
    /// The subnet by account and Region, for accounts without a default VPC there: the account's own, or
    /// shared with it
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub subnets: BTreeMap<AccountId, BTreeMap<Region, SubnetId>>,
}

impl Rehearse {
    /// Whether recipients rehearse at all
    pub fn is_asked(&self) -> bool {
        !self.is_off()
    }

    /// The instance type that is asked for; none for one that fits the image's architecture
    pub fn instance_type(&self) -> Option<&str> {
        self.with()?.instance_type.as_deref()
    }

    /// The subnet in which an account rehearses in a Region; none for its default VPC
    pub fn subnet(&self, account: AccountId, region: &Region) -> Option<&SubnetId> {
        self.with()?.subnets.get(&account)?.get(region)
    }

    pub(super) fn with(&self) -> Option<&RehearsedLaunch> {
        match self {
            Self::Plain(_) => None,
            Self::With(launch) => Some(launch),
        }
    }

    pub(super) fn is_off(&self) -> bool {
        *self == Self::Plain(false)
    }
}

impl Default for Rehearse {
    fn default() -> Self {
        Self::Plain(false)
    }
}

impl From<bool> for Rehearse {
    fn from(is_asked: bool) -> Self {
        Self::Plain(is_asked)
    }
}

/// Not as serde reads untagged values, which forgets at which place one is wrong
impl<'de> Deserialize<'de> for Rehearse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Rehearse;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`true` or `false`, or a map with `instance_type` and `subnets`")
    }

    fn visit_bool<E: Error>(self, is_asked: bool) -> Result<Rehearse, E> {
        Ok(is_asked.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Rehearse, A::Error> {
        RehearsedLaunch::deserialize(MapAccessDeserializer::new(map)).map(Rehearse::With)
    }
}
