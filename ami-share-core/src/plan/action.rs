use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::KeyRecipients;
use super::key::grant_name;
use crate::access::KEY_OPERATIONS;
use crate::id::{ImageId, KeyArn, Region, ResourceId, SnapshotId};
use crate::principal::Principal;
use crate::resource::Tags;

/// One call that a plan makes
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "operation")]
#[non_exhaustive]
pub enum Action {
    /// A key is opened for a grantee
    CreateGrant {
        /// The key
        key: KeyArn,
        /// The ARN of an account's root, of a role or of a user
        grantee: String,
        /// The name of the grant: the same for the same grantee
        name: String,
        /// What it allows
        operations: BTreeSet<String>,
    },
    /// Tags are put on resources
    CreateTags {
        /// Up to 1,000 images and snapshots
        resources: Vec<ResourceId>,
        /// The tags that each of them lacks, or has with another value
        tags: Tags,
        /// The values that are replaced, by resource
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        replaced: BTreeMap<ResourceId, Tags>,
    },
    /// Tags are taken off resources, each only where it has the value named here
    DeleteTags {
        /// Up to 1,000 images and snapshots
        resources: Vec<ResourceId>,
        /// The tags
        tags: Tags,
    },
    /// Launch permissions change, additions and removals at once
    ModifyImageAttribute {
        /// The image
        image: ImageId,
        /// Who gets the permission
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        add: Vec<Principal>,
        /// Who loses it
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        remove: Vec<Principal>,
    },
    /// Create-volume permissions of a snapshot change, one way
    ModifySnapshotAttribute {
        /// The snapshot
        snapshot: SnapshotId,
        /// What changes
        change: PermissionChange,
    },
    /// Our statements in a key policy change; what others wrote stays as it is
    ///
    /// The policy is read again before it is put, so that what somebody else wrote meanwhile stays too.
    PutKeyPolicy {
        /// The key
        key: KeyArn,
        /// Who is let in
        #[serde(default, skip_serializing_if = "KeyRecipients::is_empty")]
        add: KeyRecipients,
        /// Who is let out
        #[serde(default, skip_serializing_if = "KeyRecipients::is_empty")]
        remove: KeyRecipients,
        /// What changes in the policy as it was read, for people
        diff: String,
    },
    /// One of our grants goes
    RevokeGrant {
        /// The key
        key: KeyArn,
        /// The grant
        grant_id: String,
        /// Whom it was for
        grantee: String,
        /// Its name
        name: String,
        /// What it allowed
        operations: BTreeSet<String>,
    },
}

/// Additions or removals; EC2 does not take both in one call for a snapshot
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PermissionChange {
    /// Who gets the permission
    Add(Vec<Principal>),
    /// Who loses it
    Remove(Vec<Principal>),
}

/// What a step does to who can get in
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Nobody gets in or loses access
    None,
    /// Named principals get access
    GivesAccess,
    /// Named principals lose access; they cannot launch until it is given back
    TakesAccess,
    /// Every AWS account gets access
    MakesPublic,
}

/// One step of a plan: a call, why it is made, and what undoes it
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Step {
    /// The Region it is made in
    pub region: Region,
    /// The image it belongs to; none for keys and tags, which are of many images at once
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageId>,
    /// The call
    #[serde(rename = "call")]
    pub action: Action,
    /// Why it is made
    pub reason: String,
}

impl Action {
    /// The grant that opens a key for a grantee
    pub(crate) fn grant_of(key: &KeyArn, grantee: String) -> Self {
        Self::CreateGrant {
            key: key.clone(),
            name: grant_name(&grantee),
            grantee,
            operations: KEY_OPERATIONS.map(str::to_owned).into(),
        }
    }

    /// The AWS operation
    pub fn operation(&self) -> &'static str {
        match self {
            Self::CreateGrant { .. } => "CreateGrant",
            Self::CreateTags { .. } => "CreateTags",
            Self::DeleteTags { .. } => "DeleteTags",
            Self::ModifyImageAttribute { .. } => "ModifyImageAttribute",
            Self::ModifySnapshotAttribute { .. } => "ModifySnapshotAttribute",
            Self::PutKeyPolicy { .. } => "PutKeyPolicy",
            Self::RevokeGrant { .. } => "RevokeGrant",
        }
    }

    /// Who gets access by it
    pub fn added(&self) -> &[Principal] {
        match self {
            Self::ModifyImageAttribute { add, .. }
            | Self::ModifySnapshotAttribute {
                change: PermissionChange::Add(add),
                ..
            } => add,
            _ => &[],
        }
    }

    /// Who loses access by it
    pub fn removed(&self) -> &[Principal] {
        match self {
            Self::ModifyImageAttribute { remove, .. }
            | Self::ModifySnapshotAttribute {
                change: PermissionChange::Remove(remove),
                ..
            } => remove,
            _ => &[],
        }
    }

    /// The image or snapshot whose permissions it changes
    pub fn permission_of(&self) -> Option<ResourceId> {
        match self {
            Self::ModifyImageAttribute { image, .. } => Some(image.clone().into()),
            Self::ModifySnapshotAttribute { snapshot, .. } => Some(snapshot.clone().into()),
            _ => None,
        }
    }

    /// The key that it opens or closes
    pub fn key(&self) -> Option<&KeyArn> {
        match self {
            Self::CreateGrant { key, .. }
            | Self::PutKeyPolicy { key, .. }
            | Self::RevokeGrant { key, .. } => Some(key),
            _ => None,
        }
    }

    /// Whether it opens a key, rather than close it
    pub(crate) fn opens_key(&self) -> bool {
        match self {
            Self::CreateGrant { .. } => true,
            Self::PutKeyPolicy { add, .. } => !add.is_empty(),
            _ => false,
        }
    }

    /// The images and snapshots whose tags it changes, and the tags
    pub(crate) fn tagged(&self) -> Option<(&[ResourceId], &Tags)> {
        match self {
            Self::CreateTags {
                resources, tags, ..
            }
            | Self::DeleteTags { resources, tags } => Some((resources, tags)),
            _ => None,
        }
    }

    /// The same change of tags for some of its resources; none if none are left
    pub(crate) fn only_for(&self, keep: impl Fn(&ResourceId) -> bool) -> Option<Self> {
        let mut action = self.clone();
        if let Self::CreateTags { resources, .. } | Self::DeleteTags { resources, .. } = &mut action
        {
            resources.retain(keep);
            if resources.is_empty() {
                return None;
            }
        }
        Some(action)
    }

    /// The calls that undo it, in order
    pub fn inverse(&self) -> Vec<Self> {
        match self {
            Self::CreateTags {
                resources,
                tags,
                replaced,
            } => {
                let delete = Self::DeleteTags {
                    resources: resources.clone(),
                    tags: tags.clone(),
                };
                let restore = replaced.iter().map(|(resource, tags)| Self::CreateTags {
                    resources: vec![resource.clone()],
                    tags: tags.clone(),
                    replaced: BTreeMap::new(),
                });
                std::iter::once(delete).chain(restore).collect()
            }
            Self::CreateGrant {
                key,
                grantee,
                name,
                operations,
            } => vec![Self::RevokeGrant {
                key: key.clone(),
                // KMS gives it when the grant is made; the name finds it.
                grant_id: String::new(),
                grantee: grantee.clone(),
                name: name.clone(),
                operations: operations.clone(),
            }],
            Self::RevokeGrant {
                key,
                grantee,
                name,
                operations,
                ..
            } => vec![Self::CreateGrant {
                key: key.clone(),
                grantee: grantee.clone(),
                name: name.clone(),
                operations: operations.clone(),
            }],
            Self::PutKeyPolicy {
                key, add, remove, ..
            } => vec![Self::PutKeyPolicy {
                key: key.clone(),
                add: remove.clone(),
                remove: add.clone(),
                diff: String::new(),
            }],
            Self::DeleteTags { resources, tags } => vec![Self::CreateTags {
                resources: resources.clone(),
                tags: tags.clone(),
                replaced: BTreeMap::new(),
            }],
            Self::ModifyImageAttribute { image, add, remove } => vec![Self::ModifyImageAttribute {
                image: image.clone(),
                add: remove.clone(),
                remove: add.clone(),
            }],
            Self::ModifySnapshotAttribute { snapshot, change } => {
                vec![Self::ModifySnapshotAttribute {
                    snapshot: snapshot.clone(),
                    change: change.inverse(),
                }]
            }
        }
    }
}

impl PermissionChange {
    fn inverse(&self) -> Self {
        match self {
            Self::Add(principals) => Self::Remove(principals.clone()),
            Self::Remove(principals) => Self::Add(principals.clone()),
        }
    }
}

impl Step {
    /// What it does to who can get in
    pub fn risk(&self) -> Risk {
        if self.action.added().contains(&Principal::Public) {
            Risk::MakesPublic
        } else if self.action.key().is_some() {
            if self.action.opens_key() {
                Risk::GivesAccess
            } else {
                Risk::TakesAccess
            }
        } else if !self.action.removed().is_empty() {
            Risk::TakesAccess
        } else if !self.action.added().is_empty() {
            Risk::GivesAccess
        } else {
            Risk::None
        }
    }
}
