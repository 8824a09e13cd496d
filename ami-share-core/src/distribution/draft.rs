use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::after::{DistributionTags, LaunchService, Parameters, Predecessors, Protection};
use super::copies::Copies;
use super::image::DraftImage;
use super::keys::Keys;
use super::options;
use super::recipients::{Recipients, RecipientsGet};
use super::rehearse::Rehearse;
use super::roles::Roles;
use crate::id::Region;
use crate::request::{KeyAccess, SnapshotSharing};

/// A distribution as it is written down, before it is known to be right
///
/// [`build`](Self::build) makes a [`Distribution`](super::Distribution) of it. Importers leave out what
/// the other tool's file does not say.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(
    title = "Distribution of images by ami-share",
    extend("required" = ["version", "image", "recipients"])
))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct DistributionDraft {
    /// Where an editor finds the schema of this file
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The form of the file: `ami-share/distribution/1`
    #[cfg_attr(test, schemars(with = "Version"))]
    pub version: Option<Version>,
    /// The image that is distributed
    #[cfg_attr(test, schemars(with = "DraftImage"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<DraftImage>,
    /// The Regions in which recipients get the image; that of the image alone if nothing is said. In
    /// others than that, the owner makes a copy first
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<Region>,
    /// Recipients under names, for use in `recipients` and in other groups
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, Recipients>,
    /// Who gets the image
    #[serde(skip_serializing_if = "Recipients::is_empty")]
    pub recipients: Recipients,
    /// What recipients get: `share` if nothing is said, or `copy`
    pub recipients_get: RecipientsGet,
    /// The roles through which recipient accounts are reached
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Roles>,
    /// The KMS keys of copies
    #[serde(skip_serializing_if = "Keys::is_empty")]
    pub keys: Keys,
    /// How recipients get to use the keys of encrypted images: `auto` if nothing is said, `key_policy`,
    /// `grant` or `leave`
    #[cfg_attr(test, schemars(with = "options::KeyAccessText"))]
    #[serde(with = "options::KeyAccessText")]
    pub key_access: KeyAccess,
    /// What happens to snapshot permissions: `for_copy` or `leave_as_is`
    #[cfg_attr(test, schemars(with = "Option<options::SnapshotsText>"))]
    #[serde(with = "options::snapshots", skip_serializing_if = "Option::is_none")]
    pub snapshots: Option<SnapshotSharing>,
    /// How copies are made
    #[serde(skip_serializing_if = "Copies::is_default")]
    pub copies: Copies,
    /// Tags that are written
    #[serde(skip_serializing_if = "DistributionTags::is_empty")]
    pub tags: DistributionTags,
    /// Whether images get `Distributed: "true"` and `DistributedDate: YYYY-MM-DD` as tags
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub distributed_tags: bool,
    /// Parameters of Systems Manager that get the image's id
    #[serde(skip_serializing_if = "Parameters::is_empty")]
    pub parameters: Parameters,
    /// Older images, which are deprecated
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predecessors: Option<Predecessors>,
    /// Deregistration protection and deprecation of the image and its copies
    #[serde(skip_serializing_if = "Protection::is_empty")]
    pub protection: Protection,
    /// The services whose roles in recipient accounts get a grant on the keys of encrypted images
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub service_linked_roles: Vec<LaunchService>,
    /// Whether each recipient account is asked, through its role, if it could launch the image: `true`, or
    /// a map of what that takes. Its parameters wait for the answer
    #[serde(skip_serializing_if = "Rehearse::is_off")]
    pub rehearse: Rehearse,
}

/// The form of a distribution's file
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Version {
    /// `ami-share/distribution/1`
    #[default]
    #[serde(rename = "ami-share/distribution/1")]
    One,
}
