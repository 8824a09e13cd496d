use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::id::{KeyArn, Region, ResourceId};
use crate::policy::KeyPolicy;
use crate::principal::PrincipalSet;
use crate::resource::{KeyGrant, Observed, ObservedKey, Reading};

/// The world as it was seen when the plan was made, and as reading back showed it since
#[derive(Debug)]
pub(super) struct After {
    observed: Mutex<Observed>,
    /// The last time that the policy of a key was put
    puts: Mutex<BTreeMap<KeyArn, Put>>,
}

/// A key policy that was put
#[derive(Clone, Copy, Debug)]
pub(super) struct Put {
    pub(super) at: Instant,
    /// Whether reading back showed just what was put, so that nobody else was seen to write
    pub(super) is_alone: bool,
}

impl After {
    pub(super) fn new(seen: &Observed) -> Self {
        Self {
            observed: Mutex::new(seen.clone()),
            puts: Mutex::default(),
        }
    }

    pub(super) fn into_observed(self) -> Observed {
        let observed = self.observed.into_inner();
        observed.unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn permissions(&self, region: &Region, resource: &ResourceId, shown: PrincipalSet) {
        let mut observed = self.observed();
        let Some(found) = observed.regions.get_mut(region) else {
            return;
        };
        match resource {
            ResourceId::Image(id) => {
                if let Some(image) = found.images.get_mut(id) {
                    image.launch_permissions = Some(shown);
                }
            }
            ResourceId::Snapshot(id) => {
                let images = found.images.values_mut();
                for snapshot in images.filter_map(|image| image.snapshots.get_mut(id)) {
                    snapshot.create_volume_permissions = Some(shown.clone());
                }
            }
        }
    }

    pub(super) fn policy(&self, region: &Region, key: &KeyArn, shown: KeyPolicy) {
        self.of_key(region, key, |found| {
            found.policy = Some(Reading::Known(shown))
        });
    }

    /// The grants of these grantees as they are now, or all of the key's where none are named
    pub(super) fn grants(
        &self,
        region: &Region,
        key: &KeyArn,
        shown: Vec<KeyGrant>,
        read: Option<BTreeSet<String>>,
    ) {
        self.of_key(region, key, |found| {
            let before = match found.grants.take() {
                Some(Reading::Known(grants)) => grants,
                _ => Vec::new(),
            };
            let others = before.into_iter().filter(|grant| {
                read.as_ref()
                    .is_some_and(|read| !read.contains(&grant.grantee))
            });
            found.grants = Some(Reading::Known(others.chain(shown).collect()));
        });
    }

    /// Its policy was put just now
    pub(super) fn put(&self, key: &KeyArn) {
        let mut puts = self.puts.lock().unwrap_or_else(PoisonError::into_inner);
        let put = Put {
            at: Instant::now(),
            is_alone: false,
        };
        puts.insert(key.clone(), put);
    }

    /// Reading back showed just what was put
    pub(super) fn is_alone(&self, key: &KeyArn) {
        let mut puts = self.puts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(put) = puts.get_mut(key) {
            put.is_alone = true;
        }
    }

    /// The last time that the policy of a key was put
    pub(super) fn last_put(&self, key: &KeyArn) -> Option<Put> {
        let puts = self.puts.lock().unwrap_or_else(PoisonError::into_inner);
        puts.get(key).copied()
    }

    /// The policy of a key as it was last seen
    pub(super) fn policy_of(&self, region: &Region, key: &KeyArn) -> Option<KeyPolicy> {
        let observed = self.observed();
        let found = observed.regions.get(region)?.keys.get(key)?;
        found.policy.as_ref()?.known().cloned()
    }

    fn of_key(&self, region: &Region, key: &KeyArn, change: impl FnOnce(&mut ObservedKey)) {
        let mut observed = self.observed();
        let found = observed.regions.get_mut(region);
        if let Some(key) = found.and_then(|found| found.keys.get_mut(key)) {
            change(key);
        }
    }

    fn observed(&self) -> MutexGuard<'_, Observed> {
        // Each change is one assignment, so a state that a panic left is still whole.
        self.observed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
