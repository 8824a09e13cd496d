use std::fmt;

use serde::{Deserialize, Serialize};

use super::RecipientRefusal;
use crate::id::{
    AccountId, ImageId, KeyArn, OrganizationalUnitArn, Region, ResourceId, SnapshotId,
};
use crate::policy::evaluate::KeyState;
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
    /// A snapshot is encrypted, and which key it is encrypted under is not told
    #[error(
        "`{snapshot}` of `{image}` is encrypted, and `DescribeSnapshots` does not tell its key"
    )]
    EncryptedUnderUnknownKey {
        /// The image
        image: ImageId,
        /// The snapshot
        snapshot: SnapshotId,
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
    /// Grants are asked for, and they take accounts only
    #[error("a grant of `{key}` cannot name {}", List(principals))]
    GrantsTakeAccountsOnly {
        /// The key
        key: KeyArn,
        /// The organizations and OUs
        principals: Vec<Principal>,
    },
    /// The grants of a key could not be read
    #[error("the grants of `{key}` could not be read: {because}")]
    GrantsUnreadable {
        /// The key
        key: KeyArn,
        /// Why not
        because: String,
    },
    /// The image does not exist in the Region, or is not visible to the caller
    #[error("`{image}` was not found in `{region}`")]
    ImageNotFound {
        /// The Region
        region: Region,
        /// The image
        image: ImageId,
    },
    /// The key is AWS managed: nobody outside its account can use it
    #[error(
        "`{key}` of {} is an AWS managed key, which cannot be shared",
        List(images)
    )]
    KeyAwsManaged {
        /// The key
        key: KeyArn,
        /// The images that it encrypts
        images: Vec<ImageId>,
    },
    /// A statement of others denies the key to recipients, which no other statement can mend
    #[error("the policy of `{key}` denies it to {}: {because}", List(principals))]
    KeyDenied {
        /// The key
        key: KeyArn,
        /// The recipients
        principals: Vec<Principal>,
        /// By which statement
        because: String,
    },
    /// The key is not enabled
    #[error("`{key}` of {} is {state}", List(images))]
    KeyNotEnabled {
        /// The key
        key: KeyArn,
        /// The images that it encrypts
        images: Vec<ImageId>,
        /// Its state
        state: KeyState,
        /// What makes it enabled
        mend: String,
    },
    /// The key lies in another Region than its images
    #[error("`{key}` is not in `{region}`, where {} lie", List(images))]
    KeyOfOtherRegion {
        /// The key
        key: KeyArn,
        /// The images that it encrypts
        images: Vec<ImageId>,
        /// Their Region
        region: Region,
    },
    /// The key's policy cannot be read, or is not the caller's to change
    #[error(
        "the policy of `{key}` of {} cannot be changed: {because}",
        List(images)
    )]
    KeyPolicyNotChangeable {
        /// The key
        key: KeyArn,
        /// The images that it encrypts
        images: Vec<ImageId>,
        /// Why not
        because: String,
    },
    /// The key's policy with our statements in it would be one that KMS refuses, or that does harm
    #[error("the policy of `{key}` is not changed: {because}")]
    KeyPolicyNotPatchable {
        /// The key
        key: KeyArn,
        /// Why not
        because: String,
        /// What to do about it
        mend: String,
    },
    /// Our statements in the key's policy are not as we write them
    #[error(
        "somebody edited statements of ours in the policy of `{key}`: {}",
        List(sids)
    )]
    KeyStatementsEdited {
        /// The key
        key: KeyArn,
        /// Their Sids
        sids: Vec<String>,
    },
    /// The key could not be read
    #[error("`{key}` of {} could not be read: {because}", List(images))]
    KeyUnreadable {
        /// The key
        key: KeyArn,
        /// The images that it encrypts
        images: Vec<ImageId>,
        /// Why not
        because: String,
    },
    /// The key is of a kind that EBS does not take
    #[error(
        "`{key}` of {} is a key of kind {spec} for {usage}, which EBS does not use",
        List(images)
    )]
    KeyUnsuitable {
        /// The key
        key: KeyArn,
        /// The images that it encrypts
        images: Vec<ImageId>,
        /// Its kind
        spec: String,
        /// What it is for
        usage: String,
    },
    /// The policy of a new key would be one that KMS refuses, or that does harm
    #[error("the key is not made: {because}")]
    NewKeyPolicy {
        /// Why not
        because: String,
        /// What to do about it
        mend: String,
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
    /// Where an OU stands could not be read, and a key policy needs it
    #[error("where `{unit}` stands in its organization could not be read: {because}")]
    UnitPathUnknown {
        /// The OU
        unit: OrganizationalUnitArn,
        /// Why not
        because: String,
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
    /// Something on the side of a recipient
    #[error("{0}")]
    #[serde(untagged)]
    Recipient(RecipientRefusal),
}

impl From<RecipientRefusal> for Refusal {
    fn from(refusal: RecipientRefusal) -> Self {
        Self::Recipient(refusal)
    }
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
            Self::EncryptedUnderUnknownKey { .. } => {
                "call with credentials of the owner, who is told the key, or set `key_access` to \
                 leave"
                    .into()
            }
            Self::EntityQuota { .. } => {
                "share with an organization or OU instead of its accounts, or have the quota \
                 `AMI sharing` raised and set `entities_per_image`"
                    .into()
            }
            Self::GrantsTakeAccountsOnly { .. } => {
                "set `key_access` to key-policy, or name accounts".into()
            }
            Self::GrantsUnreadable { .. } => {
                "allow kms:ListGrants to the caller, or set `key_access` to key-policy".into()
            }
            Self::KeyAwsManaged { .. } => {
                "call CopyImage with a customer managed key as KmsKeyId, and share the copy".into()
            }
            Self::KeyDenied { .. } => {
                "take them out of that statement, or out of the request: nothing else can mend it"
                    .into()
            }
            Self::KeyNotEnabled { mend, .. }
            | Self::KeyPolicyNotPatchable { mend, .. }
            | Self::NewKeyPolicy { mend, .. } => mend.clone(),
            Self::KeyOfOtherRegion { region, .. } => {
                format!("call CopyImage with a key of `{region}` as KmsKeyId, and share the copy")
            }
            Self::KeyPolicyNotChangeable { key, .. } => format!(
                "let account `{}` change it, or share with accounts and set `key_access` to grant",
                key.account()
            ),
            Self::KeyStatementsEdited { .. } => {
                "take these statements out of the policy, or put them right; a new share writes \
                 them again"
                    .into()
            }
            Self::KeyUnreadable { .. } => {
                "allow kms:DescribeKey to the caller, or set `key_access` to leave".into()
            }
            Self::KeyUnsuitable { .. } => {
                "call CopyImage with a symmetric encryption key as KmsKeyId, and share the copy"
                    .into()
            }
            Self::UnitPathUnknown { .. } => {
                "allow organizations:DescribeOrganizationalUnit to the caller, or give the path, \
                 `o-…/r-…/ou-…/`, in `unit_paths`"
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
            Self::Recipient(refusal) => refusal.mend(),
            Self::TooManyTags { .. } => "take tags off it, or ask for fewer".into(),
        }
    }
}

/// All reasons why a request is not carried out; nothing was written
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Refusals(Vec<Refusal>);

impl Refusals {
    pub(crate) fn new(refusals: Vec<Refusal>) -> Self {
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

pub(super) struct List<'a, T>(pub(super) &'a [T]);

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

pub(super) struct Because<'a>(pub(super) &'a Option<String>);

impl fmt::Display for Because<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(reason) => write!(f, ": {reason}"),
            None => Ok(()),
        }
    }
}
