use serde::{Deserialize, Serialize};

use crate::id::{Destination, ImageId, KeyArn, Region, ResourceId};
use crate::plan::CopyPlan;
use crate::principal::PrincipalSet;
use crate::resource::{
    ImageState, Observed, ObservedImage, ObservedKey, ObservedSnapshot, Reading, Tags,
};

/// A difference between the world that a plan was made for and the world now
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// An account setting or count of the Region is another one
    #[error("the public access settings of `{region}` changed")]
    AccountSettings {
        /// The Region
        region: Region,
    },
    /// An image came back
    #[error("`{image}` in `{region}` exists now")]
    ImageAppeared {
        /// The Region
        region: Region,
        /// The image
        image: ImageId,
    },
    /// An image is gone
    #[error("`{image}` in `{region}` is gone")]
    ImageVanished {
        /// The Region
        region: Region,
        /// The image
        image: ImageId,
    },
    /// A key is in another state, or its policy, our grants or the need for it are others
    #[error("the key `{key}` changed")]
    Key {
        /// The key
        key: KeyArn,
    },
    /// A copy is to be made under another key, or to be shared otherwise
    #[error("what the copy in `{destination}` is to be like changed")]
    Copy {
        /// Where it goes
        destination: Destination,
    },
    /// Somebody got or lost a permission
    #[error("the permissions of `{resource}` changed: {} added, {} removed", added.len(), removed.len())]
    Permissions {
        /// The image or snapshot
        resource: ResourceId,
        /// Who has it now and had it not
        added: PrincipalSet,
        /// Who had it and has it no longer
        removed: PrincipalSet,
    },
    /// The image has other snapshots, or they are encrypted now
    #[error("the snapshots of `{image}` changed")]
    Snapshots {
        /// The image
        image: ImageId,
    },
    /// The image is in another state
    #[error("`{image}` was {was} and is {now}")]
    State {
        /// The image
        image: ImageId,
        /// Its state when the plan was made
        was: ImageState,
        /// Its state now
        now: ImageState,
    },
    /// The plan has other steps than its request makes in the same world: it was edited, or made by
    /// another release
    #[error("the plan has other steps than its request makes")]
    Steps,
    /// The resource has other tags
    #[error("the tags of `{resource}` changed")]
    Tags {
        /// The image or snapshot
        resource: ResourceId,
    },
}

impl Change {
    /// All differences between two plans for the same copies that a reader would want to know of
    ///
    /// That a copy has come further since is no change: it is adopted.
    pub(crate) fn between_copies(seen: &CopyPlan, now: &CopyPlan) -> Vec<Self> {
        let (was, is) = (&seen.source().image, &now.source().image);
        let mut changes = Vec::new();
        if was.snapshots != is.snapshots {
            changes.push(Self::Snapshots {
                image: was.id.clone(),
            });
        }
        for (was, is) in seen.copies().iter().zip(now.copies()) {
            let alike = was.destination == is.destination
                && was.account == is.account
                && was.key == is.key
                && was.name == is.name
                && was.share_with == is.share_with;
            if !alike {
                changes.push(Self::Copy {
                    destination: was.destination.clone(),
                });
            }
        }
        changes
    }

    /// All differences between two observations that a plan could depend on
    ///
    /// Tags count only where their keys are in `tags`; names, product codes and the like never.
    pub fn between(seen: &Observed, now: &Observed, tags: &Tags) -> Vec<Self> {
        let mut changes = Vec::new();
        let nothing = Default::default();
        for region in seen.regions.keys() {
            let (Some(seen), now) = (seen.regions.get(region), now.regions.get(region)) else {
                continue;
            };
            let now = now.unwrap_or(&nothing);
            if seen.image_block_public_access != now.image_block_public_access
                || seen.snapshot_block_public_access != now.snapshot_block_public_access
                || seen.public_images != now.public_images
            {
                changes.push(Self::AccountSettings {
                    region: region.clone(),
                });
            }
            for (arn, was) in &seen.keys {
                if now.keys.get(arn).is_none_or(|is| differs(was, is)) {
                    changes.push(Self::Key { key: arn.clone() });
                }
            }
            for (id, was) in &seen.images {
                match now.images.get(id) {
                    Some(is) => changes.extend(Self::of_image(was, is, tags)),
                    None => changes.push(Self::ImageVanished {
                        region: region.clone(),
                        image: id.clone(),
                    }),
                }
            }
            let appeared = now
                .images
                .keys()
                .filter(|id| !seen.images.contains_key(*id));
            changes.extend(appeared.map(|id| Self::ImageAppeared {
                region: region.clone(),
                image: id.clone(),
            }));
        }
        changes
    }

    fn of_image(was: &ObservedImage, now: &ObservedImage, tags: &Tags) -> Vec<Self> {
        let mut changes = Vec::new();
        let id = &was.image.id;
        if was.image.state != now.image.state {
            changes.push(Self::State {
                image: id.clone(),
                was: was.image.state.clone(),
                now: now.image.state.clone(),
            });
        }
        if was.image.snapshots != now.image.snapshots {
            changes.push(Self::Snapshots { image: id.clone() });
        }
        changes.extend(Self::of_permissions(
            id.clone().into(),
            was.launch_permissions.as_ref(),
            now.launch_permissions.as_ref(),
        ));
        if differ(tags, &was.image.tags, &now.image.tags) {
            changes.push(Self::Tags {
                resource: id.clone().into(),
            });
        }
        let nothing = ObservedSnapshot::default();
        for (snapshot, was) in &was.snapshots {
            let now = now.snapshots.get(snapshot).unwrap_or(&nothing);
            changes.extend(Self::of_permissions(
                snapshot.clone().into(),
                was.create_volume_permissions.as_ref(),
                now.create_volume_permissions.as_ref(),
            ));
            let none = Tags::new();
            let was_tags = was.tags.as_ref().unwrap_or(&none);
            let now_tags = now.tags.as_ref().unwrap_or(&none);
            if differ(tags, was_tags, now_tags) {
                changes.push(Self::Tags {
                    resource: snapshot.clone().into(),
                });
            }
        }
        changes
    }

    fn of_permissions(
        resource: ResourceId,
        was: Option<&PrincipalSet>,
        now: Option<&PrincipalSet>,
    ) -> Option<Self> {
        let nobody = PrincipalSet::new();
        let (was, now) = (was.unwrap_or(&nobody), now.unwrap_or(&nobody));
        (was != now).then(|| Self::Permissions {
            resource,
            added: now.difference(was),
            removed: was.difference(now),
        })
    }
}

/// Grants of others come and go with instances, so that they do not count
fn differs(was: &ObservedKey, now: &ObservedKey) -> bool {
    let ours = |key: &ObservedKey| {
        key.grants.as_ref().map(|grants| match grants {
            Reading::Known(grants) => Some(
                grants
                    .iter()
                    .filter(|grant| grant.is_ours())
                    .cloned()
                    .collect::<Vec<_>>(),
            ),
            Reading::Unknown { .. } => None,
        })
    };
    let policy = match (&was.policy, &now.policy) {
        (Some(Reading::Known(was)), Some(Reading::Known(now))) => !was.is_equivalent_to(now),
        (was, now) => was != now,
    };
    policy || was.key != now.key || was.needed != now.needed || ours(was) != ours(now)
}

fn differ(relevant: &Tags, was: &Tags, now: &Tags) -> bool {
    relevant.keys().any(|key| was.get(key) != now.get(key))
}
