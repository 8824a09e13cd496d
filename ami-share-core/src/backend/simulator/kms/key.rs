use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::super::clock::Moment;
use super::super::eventual::Eventual;
use super::alias::Alias;
use super::grant::Grant;
use super::key_policy::Attached;
use super::kind::KeyKind;
use crate::id::{AccountId, KeyArn, Region};
use crate::policy::evaluate::KeyState;

/// The keys and aliases of all accounts
#[derive(Debug)]
pub(crate) struct Keys {
    places: BTreeMap<(Region, AccountId), Place>,
    /// The keys whose deletion is scheduled
    scheduled: BTreeSet<KeyArn>,
    /// The most grants on one key
    pub(crate) grant_quota: usize,
}

/// What an account has in a Region
#[derive(Debug, Default)]
struct Place {
    keys: BTreeMap<String, Key>,
    aliases: BTreeMap<String, Alias>,
}

/// A key and all that belongs to it
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) arn: KeyArn,
    pub(crate) created: Moment,
    pub(crate) description: String,
    pub(crate) kind: KeyKind,
    pub(crate) manager: KeyManager,
    pub(crate) state: KeyState,
    pub(crate) deletion: Option<Deletion>,
    /// The Region of the primary key, if it is a multi-Region key
    pub(crate) primary: Option<Region>,
    pub(crate) policy: Eventual<Attached>,
    pub(crate) grants: Eventual<Arc<BTreeMap<String, Arc<Grant>>>>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) rotation: Option<Rotation>,
}

/// Who manages a key
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum KeyManager {
    Aws,
    Customer,
}

/// A deletion that is scheduled
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deletion {
    pub(crate) days: u32,
    /// When; a primary key with replicas waits for them first
    pub(crate) at: Option<Moment>,
}

/// Automatic rotation of key material
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rotation {
    pub(crate) days: u32,
    pub(crate) since: Moment,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            places: BTreeMap::new(),
            scheduled: BTreeSet::new(),
            grant_quota: Self::GRANT_QUOTA,
        }
    }
}

impl Keys {
    /// The default of [resource quotas](https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html)
    const GRANT_QUOTA: usize = 50_000;

    pub(crate) fn get(&self, arn: &KeyArn) -> Option<&Key> {
        let place = self.places.get(&(arn.region(), arn.account()))?;
        place.keys.get(arn.key_id())
    }

    pub(crate) fn get_mut(&mut self, arn: &KeyArn) -> Option<&mut Key> {
        let place = self.places.get_mut(&(arn.region(), arn.account()))?;
        place.keys.get_mut(arn.key_id())
    }

    pub(crate) fn insert(&mut self, key: Key) {
        let place = (key.arn.region(), key.arn.account());
        let place = self.places.entry(place).or_default();
        place.keys.insert(key.arn.key_id().to_owned(), key);
    }

    /// The Regions that have keys
    #[cfg(feature = "simulator-server")]
    pub(crate) fn regions(&self) -> impl Iterator<Item = &Region> {
        self.places.keys().map(|(region, _)| region)
    }

    /// The keys of an account in a Region, by id
    pub(crate) fn of<'a>(
        &'a self,
        region: &Region,
        account: AccountId,
    ) -> impl Iterator<Item = &'a Key> + use<'a> {
        let place = self.places.get(&(region.clone(), account));
        place.into_iter().flat_map(|place| place.keys.values())
    }

    /// All keys of a Region
    pub(crate) fn in_region<'a>(&'a self, region: &'a Region) -> impl Iterator<Item = &'a Key> {
        self.places
            .iter()
            .filter(move |((of, _), _)| of == region)
            .flat_map(|(_, place)| place.keys.values())
    }

    /// All keys, by Region and account
    pub(crate) fn all(&self) -> impl Iterator<Item = &Key> {
        self.places.values().flat_map(|place| place.keys.values())
    }

    /// The multi-Region keys that share the id of one, itself among them
    pub(crate) fn related<'a>(&'a self, arn: &KeyArn) -> impl Iterator<Item = &'a Key> + use<'a> {
        let (account, id) = (arn.account(), arn.key_id().to_owned());
        self.places
            .iter()
            .filter(move |((_, of), _)| *of == account)
            .filter_map(move |(_, place)| place.keys.get(&id))
    }

    pub(crate) fn alias(&self, region: &Region, account: AccountId, name: &str) -> Option<&Alias> {
        let place = self.places.get(&(region.clone(), account))?;
        place.aliases.get(name)
    }

    /// The aliases of an account in a Region, by name
    pub(crate) fn aliases_of<'a>(
        &'a self,
        region: &Region,
        account: AccountId,
    ) -> impl Iterator<Item = (&'a str, &'a Alias)> + use<'a> {
        let place = self.places.get(&(region.clone(), account));
        place
            .into_iter()
            .flat_map(|place| &place.aliases)
            .map(|(name, alias)| (name.as_str(), alias))
    }

    /// The names of a key's aliases
    pub(crate) fn aliases_of_key<'a>(
        &'a self,
        arn: &KeyArn,
    ) -> impl Iterator<Item = &'a str> + use<'a> {
        let id = arn.key_id().to_owned();
        self.aliases_of(&arn.region(), arn.account())
            .filter(move |(_, alias)| alias.key_id == id)
            .map(|(name, _)| name)
    }

    pub(crate) fn set_alias(&mut self, arn: &KeyArn, name: &str, alias: Alias) {
        let place = (arn.region(), arn.account());
        let place = self.places.entry(place).or_default();
        place.aliases.insert(name.to_owned(), alias);
    }

    pub(crate) fn remove_alias(&mut self, region: &Region, account: AccountId, name: &str) {
        if let Some(place) = self.places.get_mut(&(region.clone(), account)) {
            place.aliases.remove(name);
        }
    }

    pub(crate) fn schedule(&mut self, arn: &KeyArn, deletion: Deletion) {
        let waits = deletion.at.is_none();
        if let Some(key) = self.get_mut(arn) {
            key.state = if waits {
                KeyState::PendingReplicaDeletion
            } else {
                KeyState::PendingDeletion
            };
            key.deletion = Some(deletion);
            self.scheduled.insert(arn.clone());
        }
    }

    pub(crate) fn unschedule(&mut self, arn: &KeyArn) {
        self.scheduled.remove(arn);
        if let Some(key) = self.get_mut(arn) {
            key.state = KeyState::Disabled;
            key.deletion = None;
        }
    }

    /// Deletes the keys whose waiting period has ended, with their aliases and grants
    pub(crate) fn reap(&mut self, now: Moment) {
        while let Some((arn, at)) = self.next_due(now) {
            self.scheduled.remove(&arn);
            if let Some(place) = self.places.get_mut(&(arn.region(), arn.account())) {
                place.keys.remove(arn.key_id());
                place
                    .aliases
                    .retain(|_, alias| alias.key_id != arn.key_id());
            }
            self.start_waiting_primary(&arn, at);
        }
    }

    fn next_due(&self, now: Moment) -> Option<(KeyArn, Moment)> {
        let due = self.scheduled.iter().filter_map(|arn| {
            let at = self.get(arn)?.deletion?.at?;
            (at <= now).then(|| (at, arn.clone()))
        });
        due.min().map(|(at, arn)| (arn, at))
    }

    /// The waiting period of a primary key begins when the last of its replicas is gone
    fn start_waiting_primary(&mut self, replica: &KeyArn, gone: Moment) {
        let mut left = self.related(replica);
        let (Some(primary), None) = (left.next(), left.next()) else {
            return;
        };
        if primary.state != KeyState::PendingReplicaDeletion {
            return;
        }
        let arn = primary.arn.clone();
        let days = primary.deletion.map_or(0, |deletion| deletion.days);
        let at = Some(gone.after(days_of(days)));
        drop(left);
        self.schedule(&arn, Deletion { days, at });
    }
}

impl Key {
    pub(crate) fn is_primary(&self) -> bool {
        self.primary.as_ref() == Some(&self.arn.region())
    }

    pub(crate) fn is_replica(&self) -> bool {
        self.primary.is_some() && !self.is_primary()
    }
}

pub(crate) fn days_of(days: u32) -> Duration {
    Duration::from_secs(u64::from(days) * 86_400)
}
