use std::fmt;

use serde::{Deserialize, Serialize};

use super::Tags;
use crate::id::{AccountId, ImageId, SnapshotId};

/// The state of an image, as [`DescribeImages`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Image.html) has it
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum ImageState {
    /// It can be launched and shared
    Available,
    /// It was deregistered a short while ago
    Deregistered,
    /// It was disabled: its launch permissions are gone and it cannot be shared
    Disabled,
    /// Its creation failed
    Failed,
    /// It is being created
    Pending,
    /// Any other state: `invalid`, `transient`, `error`, or one that AWS adds later
    Other(String),
}

impl ImageState {
    /// The state as AWS writes it
    pub fn as_str(&self) -> &str {
        match self {
            Self::Available => "available",
            Self::Deregistered => "deregistered",
            Self::Disabled => "disabled",
            Self::Failed => "failed",
            Self::Pending => "pending",
            Self::Other(text) => text,
        }
    }
}

impl From<&str> for ImageState {
    fn from(text: &str) -> Self {
        match text {
            "available" => Self::Available,
            "deregistered" => Self::Deregistered,
            "disabled" => Self::Disabled,
            "failed" => Self::Failed,
            "pending" => Self::Pending,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl From<String> for ImageState {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<ImageState> for String {
    fn from(state: ImageState) -> Self {
        state.as_str().to_owned()
    }
}

impl fmt::Display for ImageState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What the root device of an image is
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RootDevice {
    /// A volume made from an EBS snapshot
    Ebs,
    /// A template in S3; there is no snapshot of the root device
    InstanceStore,
}

/// One EBS snapshot behind an image
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ImageSnapshot {
    /// The snapshot
    pub id: SnapshotId,
    /// The device that it becomes, such as `/dev/xvda`
    pub device: String,
    /// Whether it is encrypted; `None` if the image did not say
    pub encrypted: Option<bool>,
}

/// An image as `DescribeImages` tells of it
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Image {
    /// Its id
    pub id: ImageId,
    /// The account that owns it
    pub owner: AccountId,
    /// Its name, where it has one
    pub name: Option<String>,
    /// Its state
    pub state: ImageState,
    /// Why it is in that state, where AWS says so
    pub state_reason: Option<String>,
    /// Whether everyone may launch it
    pub public: bool,
    /// What its root device is
    pub root_device: RootDevice,
    /// Its EBS snapshots, in the order of its block device mappings
    pub snapshots: Vec<ImageSnapshot>,
    /// Its product codes of AWS Marketplace
    pub product_codes: Vec<String>,
    /// Its tags
    pub tags: Tags,
}

/// An image that somebody shares with the caller
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SharedImage {
    /// Its id
    pub id: ImageId,
    /// The account that owns it
    pub owner: AccountId,
    /// Its name, where it has one
    pub name: Option<String>,
    /// Its state
    pub state: ImageState,
    /// Whether it is shared with everyone
    pub public: bool,
    /// The tags that the caller can see: its own, and the owner's with the prefix `ec2:SharedTag/`
    pub tags: Tags,
}

impl From<Image> for SharedImage {
    fn from(image: Image) -> Self {
        Self {
            id: image.id,
            owner: image.owner,
            name: image.name,
            state: image.state,
            public: image.public,
            tags: image.tags,
        }
    }
}

impl Image {
    /// Whether any snapshot behind it is encrypted; `None` if one did not say and none is
    pub fn encrypted(&self) -> Option<bool> {
        if self.snapshots.iter().any(|s| s.encrypted == Some(true)) {
            return Some(true);
        }
        let all_told = self.snapshots.iter().all(|s| s.encrypted.is_some());
        all_told.then_some(false)
    }
}
