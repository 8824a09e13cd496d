use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{ImageId, Region, ResourceId, SnapshotId};
use crate::principal::Principal;
use crate::resource::Tags;

/// One call that a plan makes
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "operation")]
#[non_exhaustive]
pub enum Action {
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
    /// The image it belongs to; none for tags, which go on many resources at once
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageId>,
    /// The call
    #[serde(rename = "call")]
    pub action: Action,
    /// Why it is made
    pub reason: String,
}

impl Action {
    /// The AWS operation
    pub fn operation(&self) -> &'static str {
        match self {
            Self::CreateTags { .. } => "CreateTags",
            Self::DeleteTags { .. } => "DeleteTags",
            Self::ModifyImageAttribute { .. } => "ModifyImageAttribute",
            Self::ModifySnapshotAttribute { .. } => "ModifySnapshotAttribute",
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
            Self::CreateTags { .. } | Self::DeleteTags { .. } => None,
        }
    }

    /// The images and snapshots whose tags it changes, and the tags
    pub(crate) fn tagged(&self) -> Option<(&[ResourceId], &Tags)> {
        match self {
            Self::CreateTags {
                resources, tags, ..
            }
            | Self::DeleteTags { resources, tags } => Some((resources, tags)),
            Self::ModifyImageAttribute { .. } | Self::ModifySnapshotAttribute { .. } => None,
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
        } else if !self.action.removed().is_empty() {
            Risk::TakesAccess
        } else if !self.action.added().is_empty() {
            Risk::GivesAccess
        } else {
            Risk::None
        }
    }
}
