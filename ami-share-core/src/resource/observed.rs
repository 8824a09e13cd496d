use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{BlockPublicAccess, Image, ObservedKey, Reading, SnapshotBlockPublicAccess, Tags};
use crate::id::{
    AccountId, ImageId, KeyArn, OrganizationalUnitArn, OrganizationalUnitPath, Region, SnapshotId,
};
use crate::principal::{Principal, PrincipalSet};

/// All that was read for one request: the only thing about the world that a plan depends on
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Observed {
    /// What was read in each Region
    pub regions: BTreeMap<Region, ObservedRegion>,
    /// The accounts below an organization or OU, where they had to be known
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub members: BTreeMap<Principal, Reading<Vec<AccountId>>>,
    /// Where OUs stand in their organization, where that had to be known
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unit_paths: BTreeMap<OrganizationalUnitArn, Reading<OrganizationalUnitPath>>,
}

/// What was read in one Region
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ObservedRegion {
    /// The images that were found, by id
    pub images: BTreeMap<ImageId, ObservedImage>,
    /// The keys that the images' snapshots are encrypted under, each once
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<KeyArn, ObservedKey>,
    /// Block public access for AMIs, where it had to be known
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_block_public_access: Option<Reading<BlockPublicAccess>>,
    /// Block public access for snapshots, where it had to be known
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_block_public_access: Option<Reading<SnapshotBlockPublicAccess>>,
    /// How many images of the account are public, where it had to be known
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_images: Option<Reading<usize>>,
}

/// What was read of one image
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ObservedImage {
    /// The image itself
    pub image: Image,
    /// Who may launch it besides its owner; `None` where the image is not available, or EC2
    /// answered that the caller is not its owner
    pub launch_permissions: Option<PrincipalSet>,
    /// Its snapshots, as far as they had to be read
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub snapshots: BTreeMap<SnapshotId, ObservedSnapshot>,
}

/// What was read of one snapshot
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ObservedSnapshot {
    /// Who may create volumes from it besides its owner, where it had to be known
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_volume_permissions: Option<PrincipalSet>,
    /// The key that it is encrypted under; `None` where it is not encrypted, or was not read
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyArn>,
    /// Its tags, where they had to be known
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Tags>,
}

impl Observed {
    /// The image, if it was found
    pub fn image(&self, region: &Region, image: &ImageId) -> Option<&ObservedImage> {
        self.regions.get(region)?.images.get(image)
    }
}
