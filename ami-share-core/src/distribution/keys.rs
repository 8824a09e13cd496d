use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::document::{At, Part};
use crate::id::{AccountId, KeyRef, Region};

/// The KMS keys under which copies are encrypted
///
/// A key is a key id, a key ARN, `alias/<name>` or an alias's ARN. An id or alias without an ARN means
/// the key of the account and the Region that the copy is in.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Keys {
    /// The key of each copy that has none by what stands below
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<KeyRef>,
    /// The key by Region, in any account that has none of its own below
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub regions: BTreeMap<Region, KeyRef>,
    /// The keys of a recipient account's own copies
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<AccountId, AccountKeys>,
    /// The keys of the copies that the owner makes in other Regions
    #[serde(skip_serializing_if = "AccountKeys::is_empty")]
    pub owner: AccountKeys,
}

/// The KMS keys of one account's copies
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AccountKeys {
    /// The key in each Region that is not below
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<KeyRef>,
    /// The key by Region
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub regions: BTreeMap<Region, KeyRef>,
}

impl Keys {
    /// The key of the owner's copy in a Region: the first that there is of `owner.regions`,
    /// `owner.default`, `regions` and `default`
    pub fn owner_key(&self, region: &Region) -> Option<&KeyRef> {
        self.owner.key(region).or_else(|| self.shared_key(region))
    }

    /// The key of a recipient's copy in a Region: the first that there is of `accounts.<account>.regions`,
    /// `accounts.<account>.default`, `regions` and `default`
    pub fn recipient_key(&self, account: AccountId, region: &Region) -> Option<&KeyRef> {
        let own = self.accounts.get(&account);
        own.and_then(|keys| keys.key(region))
            .or_else(|| self.shared_key(region))
    }

    /// The key in any account
    fn shared_key(&self, region: &Region) -> Option<&KeyRef> {
        self.regions.get(region).or(self.default.as_ref())
    }

    /// As [`owner_key`](Self::owner_key), with the way to the key in the document
    pub(super) fn owner_key_at(&self, region: &Region) -> Option<(Vec<Part>, &KeyRef)> {
        let at = At::TOP.field("keys");
        let own = self.owner.key_at(&at.field("owner"), region);
        own.or_else(|| key_at(&at, &self.regions, self.default.as_ref(), region))
    }

    /// As [`recipient_key`](Self::recipient_key), with the way to the key in the document
    pub(super) fn recipient_key_at(
        &self,
        account: Option<AccountId>,
        region: &Region,
    ) -> Option<(Vec<Part>, &KeyRef)> {
        let at = At::TOP.field("keys");
        let own = account.and_then(|account| {
            let keys = self.accounts.get(&account)?;
            keys.key_at(&at.field("accounts").field(&account.to_string()), region)
        });
        own.or_else(|| key_at(&at, &self.regions, self.default.as_ref(), region))
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl AccountKeys {
    fn key(&self, region: &Region) -> Option<&KeyRef> {
        self.regions.get(region).or(self.default.as_ref())
    }

    fn key_at(&self, at: &At<'_>, region: &Region) -> Option<(Vec<Part>, &KeyRef)> {
        key_at(at, &self.regions, self.default.as_ref(), region)
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn key_at<'k>(
    at: &At<'_>,
    regions: &'k BTreeMap<Region, KeyRef>,
    default: Option<&'k KeyRef>,
    region: &Region,
) -> Option<(Vec<Part>, &'k KeyRef)> {
    match regions.get(region) {
        Some(key) => Some((at.field("regions").field(region.as_str()).path(), key)),
        None => default.map(|key| (at.field("default").path(), key)),
    }
}
