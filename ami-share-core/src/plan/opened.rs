use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Action, KeyRecipients, PermissionChange, Step};
use crate::id::{KeyArn, SnapshotId};
use crate::principal::{Principal, PrincipalSet};
use crate::resource::account_of;

/// What is opened of an image so that accounts can copy it, and for whom: what is taken away again when
/// they have, and no more
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Opened {
    /// Who gets the launch permission
    #[serde(skip_serializing_if = "PrincipalSet::is_empty")]
    pub principals: PrincipalSet,
    /// Who gets the create-volume permission of a snapshot
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub snapshots: BTreeMap<SnapshotId, PrincipalSet>,
    /// Whom a key is opened for
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<KeyArn, PrincipalSet>,
}

impl Opened {
    /// What these steps open
    pub(crate) fn by<'a>(steps: impl IntoIterator<Item = &'a Step>) -> Self {
        let mut opened = Self::default();
        for step in steps {
            let added = step.action.added().iter().cloned();
            match &step.action {
                Action::ModifyImageAttribute { .. } => opened.principals.extend(added),
                Action::ModifySnapshotAttribute {
                    snapshot,
                    change: PermissionChange::Add(_),
                } => {
                    let of_snapshot = opened.snapshots.entry(snapshot.clone()).or_default();
                    of_snapshot.extend(added);
                }
                Action::PutKeyPolicy { key, add, .. } if !add.accounts.is_empty() => {
                    let accounts = add.accounts.iter().copied().map(Principal::Account);
                    opened.keys.entry(key.clone()).or_default().extend(accounts);
                }
                Action::CreateGrant { key, grantee, .. } => {
                    let account = account_of(grantee).map(Principal::Account);
                    opened.keys.entry(key.clone()).or_default().extend(account);
                }
                _ => {}
            }
        }
        opened
    }

    /// Takes in what was opened at another time
    pub(crate) fn extend(&mut self, other: Self) {
        self.principals.extend(other.principals);
        for (snapshot, principals) in other.snapshots {
            let of_snapshot = self.snapshots.entry(snapshot).or_default();
            of_snapshot.extend(principals);
        }
        for (key, principals) in other.keys {
            self.keys.entry(key).or_default().extend(principals);
        }
    }

    /// Whether it is nothing
    pub fn is_empty(&self) -> bool {
        self.principals.is_empty() && self.snapshots.is_empty() && self.keys.is_empty()
    }

    /// Whether a key is opened for the principal
    pub(crate) fn has_key(&self, principal: &Principal) -> bool {
        self.keys.values().any(|added| added.contains(principal))
    }

    /// The step, as far as it takes away what was opened
    pub(crate) fn undone_by(&self, step: &Step) -> Option<Step> {
        let action = match &step.action {
            Action::ModifySnapshotAttribute { snapshot, .. } => {
                let added = self.snapshots.get(snapshot)?;
                let removed = step.action.removed().iter();
                let removed: Vec<Principal> =
                    removed.filter(|of| added.contains(of)).cloned().collect();
                if removed.is_empty() {
                    return None;
                }
                Action::ModifySnapshotAttribute {
                    snapshot: snapshot.clone(),
                    change: PermissionChange::Remove(removed),
                }
            }
            Action::PutKeyPolicy {
                key, remove, diff, ..
            } => {
                let added = self.keys.get(key)?;
                let accounts = remove.accounts.iter();
                let accounts = accounts.filter(|id| added.contains(&Principal::Account(**id)));
                // Copies have keys opened for whole accounts.
                let mut undone = KeyRecipients {
                    accounts: accounts.copied().collect(),
                    ..KeyRecipients::default()
                };
                if undone.is_empty() {
                    return None;
                }
                undone.service_roles = remove.service_roles.clone();
                let is_same = undone == *remove;
                Action::PutKeyPolicy {
                    key: key.clone(),
                    add: KeyRecipients::default(),
                    remove: undone,
                    diff: if is_same { diff.clone() } else { String::new() },
                }
            }
            Action::RevokeGrant { key, grantee, .. } => {
                let added = self.keys.get(key)?;
                let account = account_of(grantee)?;
                let is_of_account = grantee.ends_with(":root");
                if !is_of_account || !added.contains(&Principal::Account(account)) {
                    return None;
                }
                step.action.clone()
            }
            other => other.clone(),
        };
        Some(Step {
            action,
            ..step.clone()
        })
    }

    /// The snapshots that were opened for those who had the launch permission
    pub(crate) fn snapshots_of_others(&self) -> impl Iterator<Item = (&SnapshotId, PrincipalSet)> {
        let others = self.snapshots.iter();
        let others = others.map(|(snapshot, added)| (snapshot, added.difference(&self.principals)));
        others.filter(|(_, others)| !others.is_empty())
    }

    /// Who had the launch permission, and gets a key
    pub(crate) fn with_keys_alone(&self) -> PrincipalSet {
        let keyed = self.keys.values().flat_map(PrincipalSet::iter);
        let had = keyed.filter(|principal| !self.principals.contains(principal));
        had.cloned().collect()
    }
}
