use serde::{Deserialize, Serialize};

use super::refusal::List;
use crate::id::{ImageId, KeyArn, Region};
use crate::principal::Principal;

/// Something that the reader of a plan should know, and that does not stop it
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
#[serde(tag = "notice", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Notice {
    /// EC2 did not say whether a snapshot of the image is encrypted
    #[error(
        "`{image}` does not say whether its snapshots are encrypted; if they are, recipients need its key too"
    )]
    EncryptionUnknown {
        /// The image
        image: ImageId,
    },
    /// An instance-store image can be launched by recipients, not copied
    #[error(
        "`{image}` is backed by instance store: recipients can launch it; to copy it they need read access to its S3 bucket"
    )]
    InstanceStore {
        /// The image
        image: ImageId,
    },
    /// Whether a recipient can use a key hangs on what could not be read
    #[error(
        "whether {} can use the key `{key}` then is not known: {because}",
        List(principals)
    )]
    KeyAccessUnknown {
        /// The key
        key: KeyArn,
        /// The recipients
        principals: Vec<Principal>,
        /// Why not, for the first of them
        because: String,
    },
    /// Whether the policy of a key can be changed again is for KMS to say
    #[error(
        "whether the policy of `{key}` can be changed again afterwards is not known: {because}"
    )]
    KeyAdministrationUnknown {
        /// The key
        key: KeyArn,
        /// Why not
        because: String,
    },
    /// A key is not closed
    #[error("the key `{key}` stays open for them: {because}")]
    KeyKept {
        /// The key
        key: KeyArn,
        /// Why
        because: String,
    },
    /// A key is left as it is
    #[error("the key `{key}` is left as it is; recipients need it to launch")]
    KeyLeft {
        /// The key
        key: KeyArn,
    },
    /// A statement in a key policy is suspicious
    #[error("in the policy of `{key}`, {finding} ({mend})")]
    KeyPolicySuspicious {
        /// The key
        key: KeyArn,
        /// What, and where
        finding: String,
        /// What to do about it
        mend: String,
    },
    /// A key stays open by what others wrote
    #[error("`{principal}` can still use the key, by what others wrote: {because}")]
    KeyStaysOpen {
        /// The principal
        principal: Principal,
        /// By what
        because: String,
    },
    /// A principal keeps a key that another image needs
    #[error("`{principal}` keeps the key `{key}`: `{image}` under it is shared with it too")]
    KeyStillNeeded {
        /// The key
        key: KeyArn,
        /// The principal
        principal: Principal,
        /// The other image
        image: ImageId,
    },
    /// A key could not be read
    #[error("the key `{key}` could not be read: {because}")]
    KeyUnknown {
        /// The key
        key: KeyArn,
        /// Why not
        because: String,
    },
    /// An image is open to some accounts for no longer than they copy it, by its
    /// [tags](crate::plan::LEASE_TAG)
    #[error(
        "`{image}` is open for copies until they end, or a run of them did not come to its end: the next one closes what it opened, whoever it is shared with since"
    )]
    Leased {
        /// The image
        image: ImageId,
    },
    /// Members of an organization or OU can launch, not copy
    #[error(
        "members of `{principal}` can launch, not copy: snapshots are shared with accounts only"
    )]
    MembersCannotCopy {
        /// The organization or OU
        principal: Principal,
    },
    /// The number of public images could not be read
    #[error(
        "how many images are public in `{region}` could not be read, so the quota was not checked: {because}"
    )]
    PublicQuotaUnknown {
        /// The Region
        region: Region,
        /// Why not
        because: String,
    },
    /// An image can be used in its own Region only
    #[error("images are shared in their own Region only; copy them to be used elsewhere")]
    RegionBound,
    /// What a revoke leaves behind
    #[error(
        "a revoke does not undo copies that recipients made, or instances and volumes that they launched"
    )]
    RevokeLeavesCopies,
    /// Tags that recipients do not see
    #[error("recipients do not see the tags, except keys that start with `ec2:SharedTag/`")]
    TagsNotVisible,
}
