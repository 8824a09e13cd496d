use std::fmt;

use serde::{Deserialize, Serialize};

use super::{AccountId, Region};

/// Where a copy goes: an account and a Region of it
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// The account that makes and owns the copy; the caller's own where none is named
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The Region
    pub region: Region,
}

/// As `222222222222/eu-west-1`, or the Region alone
impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.account {
            Some(account) => write!(f, "{account}/{}", self.region),
            None => self.region.fmt(f),
        }
    }
}
