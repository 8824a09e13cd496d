use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, ImageId, Region, ResourceId, SnapshotId};
use crate::principal::Principal;
use crate::request::RemovalLimit;
use crate::resource::{ImageState, Reading, TagProblem};

/// What a block public access setting is about
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockedResource {
    /// Images
    Image,
    /// Snapshots
    Snapshot,
}

impl fmt::Display for BlockedResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Image => "AMIs",
            Self::Snapshot => "snapshots",
        })
    }
}

/// One reason why a request is not carried out in the world as it is
///
/// Its text says what is wrong; [`mend`](Self::mend) says what to do about it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
#[serde(tag = "refusal", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Refusal {
    /// Public is asked for while block public access is on
    #[error(
        "block public access for {resource} is on in `{region}`: nothing new can be made public"
    )]
    BlockPublicAccess {
        /// The Region
        region: Region,
        /// What the setting is about
        resource: BlockedResource,
    },
    /// Public is asked for and the block public access setting could not be read
    #[error("block public access for {resource} in `{region}` could not be read: {because}")]
    BlockPublicAccessUnknown {
        /// The Region
        region: Region,
        /// What the setting is about
        resource: BlockedResource,
        /// Why it could not be read
        because: String,
    },
    /// Snapshots of the image are encrypted, and their keys are not shared
    #[error("`{image}` has encrypted snapshots: {}", List(snapshots))]
    Encrypted {
        /// The image
        image: ImageId,
        /// Its encrypted snapshots
        snapshots: Vec<SnapshotId>,
    },
    /// The image would be shared with more entities than the quota allows
    #[error(
        "`{image}` would be shared with {entities} accounts, organizations and OUs, over the quota of {quota}"
    )]
    EntityQuota {
        /// The image
        image: ImageId,
        /// How many entities it would be shared with
        entities: usize,
        /// How many are allowed
        quota: usize,
    },
    /// The image does not exist in the Region, or is not visible to the caller
    #[error("`{image}` was not found in `{region}`")]
    ImageNotFound {
        /// The Region
        region: Region,
        /// The image
        image: ImageId,
    },
    /// Snapshots are to be shared, and the image has none
    #[error("`{image}` has no EBS snapshots that could be shared for copying")]
    NoSnapshots {
        /// The image
        image: ImageId,
    },
    /// The image is not in a state in which its permissions can change
    #[error("`{image}` is {state}, not available{}", Because(reason))]
    NotAvailable {
        /// The image
        image: ImageId,
        /// Its state
        state: ImageState,
        /// Why it is in that state, where AWS says so
        reason: Option<String>,
    },
    /// The image belongs to another account
    #[error("`{image}` belongs to account `{owner}`, not to the caller")]
    NotOwner {
        /// The image
        image: ImageId,
        /// Its owner
        owner: AccountId,
    },
    /// The owner of the image is named as a recipient
    #[error("account `{owner}` is named as a recipient and owns `{image}`")]
    OwnerIsRecipient {
        /// The image
        image: ImageId,
        /// Its owner
        owner: AccountId,
    },
    /// An encrypted image cannot be public
    #[error(
        "`{image}` has encrypted snapshots and cannot be public: {}",
        List(snapshots)
    )]
    PublicEncrypted {
        /// The image
        image: ImageId,
        /// Its encrypted snapshots
        snapshots: Vec<SnapshotId>,
    },
    /// An image with product codes cannot be public
    #[error(
        "`{image}` has product codes and cannot be public: {}",
        List(product_codes)
    )]
    PublicProductCode {
        /// The image
        image: ImageId,
        /// Its product codes
        product_codes: Vec<String>,
    },
    /// More images would be public than the quota allows
    #[error("{public_images} images would be public in `{region}`, over the quota of {quota}")]
    PublicQuota {
        /// The Region
        region: Region,
        /// How many would be public
        public_images: usize,
        /// How many are allowed
        quota: usize,
    },
    /// An exact request would take access from more principals than its limit allows
    #[error(
        "`{resource}` would be taken from {removed} of {present} principals, over the limit of {limit}"
    )]
    RemovalLimit {
        /// The image, or the snapshot where that is what goes over the limit
        resource: ResourceId,
        /// How many would lose access
        removed: usize,
        /// How many have access now
        present: usize,
        /// The limit
        limit: RemovalLimit,
    },
    /// Snapshots are to be shared with an organization or OU
    #[error("snapshots cannot be shared with `{principal}`: EC2 takes accounts only")]
    SnapshotPrincipal {
        /// The organization or OU
        principal: Principal,
        /// Its accounts, which could be named instead
        accounts: Reading<Vec<AccountId>>,
    },
    /// A resource would have more tags than EC2 allows
    #[error(
        "`{resource}` would have {count} tags, over the {} that EC2 allows",
        TagProblem::MOST
    )]
    TooManyTags {
        /// The image or snapshot
        resource: ResourceId,
        /// How many tags it would have
        count: usize,
    },
}

impl Refusal {
    /// What to do about it
    pub fn mend(&self) -> String {
        match self {
            Self::BlockPublicAccess { resource, .. } => {
                let operation = match resource {
                    BlockedResource::Image => "DisableImageBlockPublicAccess",
                    BlockedResource::Snapshot => "DisableSnapshotBlockPublicAccess",
                };
                format!("share with accounts instead, or call {operation} first")
            }
            Self::BlockPublicAccessUnknown { .. } => {
                "allow the caller to read the setting, or set `public_consent` to \
                 given-even-if-block-public-access-is-unknown"
                    .into()
            }
            Self::Encrypted { .. } => {
                "recipients could not decrypt it, and this release does not share KMS keys: \
                 share an unencrypted copy"
                    .into()
            }
            Self::EntityQuota { .. } => {
                "share with an organization or OU instead of its accounts, or have the quota \
                 `AMI sharing` raised and set `entities_per_image`"
                    .into()
            }
            Self::ImageNotFound { .. } => {
                "check the id and the Region; images are regional, and a recipient's Allowed AMIs \
                 setting hides images too"
                    .into()
            }
            Self::NoSnapshots { .. } => {
                "leave snapshots as they are; copying an instance-store image takes read access to \
                 its S3 bucket instead"
                    .into()
            }
            Self::NotAvailable { state, .. } => match state {
                ImageState::Disabled => {
                    "its launch permissions went when it was disabled; call EnableImage first"
                }
                ImageState::Deregistered => "register it again, or take it out of the request",
                ImageState::Failed => "make the image again, or take it out of the request",
                _ => "wait until it is available",
            }
            .into(),
            Self::NotOwner { owner, .. } => format!(
                "only the owner can share it: call with credentials of account `{owner}`, or copy \
                 it and share the copy"
            ),
            Self::OwnerIsRecipient { .. } => {
                "take the account out: an owner always has access".into()
            }
            Self::PublicEncrypted { .. } => "make an unencrypted copy and share that".into(),
            Self::PublicProductCode { .. } => "share with accounts instead".into(),
            Self::PublicQuota { .. } => {
                "make another image private, or have the quota `Public AMIs` raised and set \
                 `public_images`"
                    .into()
            }
            Self::RemovalLimit { .. } => {
                "read the list of those who would lose access, and raise the limit if it is right"
                    .into()
            }
            Self::SnapshotPrincipal { accounts, .. } => match accounts {
                Reading::Known(accounts) if accounts.is_empty() => {
                    "it has no active accounts; leave snapshots as they are".into()
                }
                Reading::Known(accounts) => {
                    format!("name its accounts instead: {}", List(accounts))
                }
                Reading::Unknown { because } => {
                    format!("name its accounts instead; they could not be listed: {because}")
                }
            },
            Self::TooManyTags { .. } => "take tags off it, or ask for fewer".into(),
        }
    }
}

/// All reasons why a request is not carried out; nothing was written
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Refusals(Vec<Refusal>);

impl Refusals {
    pub(super) fn new(refusals: Vec<Refusal>) -> Self {
        Self(refusals)
    }

    /// The reasons, in the order in which they were found; never empty
    pub fn as_slice(&self) -> &[Refusal] {
        &self.0
    }
}

impl<'a> IntoIterator for &'a Refusals {
    type Item = &'a Refusal;
    type IntoIter = std::slice::Iter<'a, Refusal>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused before anything was written: ")?;
        for (number, refusal) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{refusal} ({})", refusal.mend())?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusals {}

struct List<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, item) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str(", ")?;
            }
            write!(f, "`{item}`")?;
        }
        Ok(())
    }
}

struct Because<'a>(&'a Option<String>);

impl fmt::Display for Because<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(reason) => write!(f, ": {reason}"),
            None => Ok(()),
        }
    }
}
