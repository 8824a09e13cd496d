use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, KeyRef, Region};

/// The keys that copies are encrypted under
///
/// Of all that are given the closest one counts: that of account and Region, then that of the account,
/// then that of the Region, then the default. An alias is the alias of the account and Region that the
/// copy goes to, and a multi-Region key stands for its replica there. A key for an account or a Region
/// that no copy goes to is refused.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct CopyKeys {
    /// For copies that no other entry is for
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<KeyRef>,
    /// By Region
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub regions: BTreeMap<Region, KeyRef>,
    /// By account; the caller's own account is meant by its id, also where a destination names none
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<AccountId, AccountKeys>,
}

/// The keys for the copies of one account
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccountKeys {
    /// In all Regions that have none of their own
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<KeyRef>,
    /// By Region
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub regions: BTreeMap<Region, KeyRef>,
}

impl CopyKeys {
    /// The key for a copy, if one is given
    pub fn find(&self, account: Option<AccountId>, region: &Region) -> Option<&KeyRef> {
        let of_account = account.and_then(|account| self.accounts.get(&account));
        of_account
            .and_then(|keys| keys.regions.get(region).or(keys.default.as_ref()))
            .or_else(|| self.regions.get(region))
            .or(self.default.as_ref())
    }

    /// Whether no key is given at all
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
