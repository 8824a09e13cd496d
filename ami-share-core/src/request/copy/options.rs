use serde::{Deserialize, Serialize};

use crate::principal::PrincipalSet;

/// Who copies are shared with, once they are available
///
/// A copy starts private: AWS copies no launch permissions.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyPermissions {
    /// Nobody
    #[default]
    Private,
    /// Whoever may launch the source, the public aside and the accounts that copies go to aside
    ///
    /// An account that a copy goes to has its own, and no other account's copy is shared with it: it may
    /// launch the source for no more than having been opened for its copy. To share copies with such
    /// accounts too, name whom they are shared with.
    Replicate,
    /// These
    Principals(PrincipalSet),
}

/// Protection from `DeregisterImage`
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeregistrationProtection {
    /// It ends as soon as it is disabled
    WithoutCooldown,
    /// It ends 24 hours after it was disabled
    WithCooldown,
}

/// Who makes the copies that are for an account
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyMaker {
    /// The account itself, by its role: it owns the copy, and needs nothing of ours afterwards
    #[default]
    Recipient,
    /// The caller: it owns a copy for each account, and shares each with its account
    ///
    /// No role is needed, and all copies of a Region are waited for with one call. The key may be one of
    /// the account, which then has to let the caller use it.
    Owner,
}

/// What becomes of the access to the source that recipients get so that they can copy it
///
/// Launch permission, every snapshot and the keys are opened for a recipient before it copies, as far
/// as they are not open to it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SourceAccess {
    /// It stays
    #[default]
    Keep,
    /// What was opened is closed when the copies have ended, whether they succeeded or not
    ///
    /// A process that ends before that leaves it open. While it is, tags of the source
    /// ([`ami-share:lease:…`](crate::plan::LEASE_TAG)) tell what was opened: the next run for the same
    /// accounts and with the same key access, planned anew or saved, closes it and takes them away, also
    /// what was shared for good since. The caller needs `ec2:CreateTags` and `ec2:DeleteTags` on the
    /// source for them; without the first, nothing is opened. One such run at a time: of two for the
    /// same accounts, the first that ends closes the source for the other.
    ///
    /// With [`OnFailure::Keep`] a copy that is still pending when the run ends is kept, and the source is
    /// closed all the same: such a copy may fail, since its account cannot read the source any more.
    Close,
    /// It is neither opened nor closed: whoever copies has it already
    LeaveAsIs,
}

/// What becomes of a copy that failed, was cancelled or was not complete in time
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// The image is deregistered and its snapshots are deleted
    #[default]
    CleanUp,
    /// It stays as it is; one that is pending goes on, and the next run takes it
    ///
    /// With [`SourceAccess::Close`] its account cannot read the source any more, and it may fail: keep
    /// the source open where pending copies are to be kept.
    Keep,
}

/// How many copies are under way at once, and for how long
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct CopyLimits {
    /// Images that are copied at once into one Region of one account: 1 to 300, by default 100
    ///
    /// EC2 allows
    /// [300](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/how-ami-copy-works.html).
    pub images: usize,
    /// Snapshots that are copied at once into one Region of one account: 1 or more, by default 300
    ///
    /// EC2 allows [20](https://docs.aws.amazon.com/ebs/latest/userguide/ebs-resource-quotas.html) copies
    /// by `CopySnapshot`; that the snapshots of images count there is not documented. Where EC2 says
    /// that there are too many, the next copy waits until another one has ended.
    pub snapshots: usize,
    /// Minutes that the copies may take together: 1 or more, by default 1,440
    pub minutes: u32,
}

impl CopyLimits {
    /// The most images that EC2 copies at once into one Region
    pub const MOST_IMAGES: usize = 300;
}

impl Default for CopyLimits {
    fn default() -> Self {
        Self {
            images: 100,
            snapshots: 300,
            minutes: 24 * 60,
        }
    }
}
