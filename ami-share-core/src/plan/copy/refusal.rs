use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, Destination, ImageId, KeyArn, KeyRef, Region};
use crate::plan::refusal::Because;
use crate::policy::evaluate::KeyState;
use crate::resource::{ImageState, TagProblem};

/// One reason why an image is not copied in the world as it is
///
/// Its text says what is wrong; [`mend`](Self::mend) says what to do about it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
#[serde(tag = "refusal", rename_all = "snake_case")]
#[non_exhaustive]
pub enum CopyRefusal {
    /// A description has more characters than EC2 takes
    #[error(
        "the description of the copy in `{destination}` has {characters} characters, and 255 is the most"
    )]
    Description {
        /// Where the copy goes
        destination: Destination,
        /// How many characters it has, with its placeholders filled
        characters: usize,
    },
    /// A destination could not be looked at
    #[error("account `{account}` could not be looked at in `{region}`: {because}")]
    DestinationUnreadable {
        /// The account
        account: AccountId,
        /// The Region
        region: Region,
        /// Why not
        because: String,
    },
    /// An image of AWS Marketplace is to be copied into another account
    #[error(
        "`{image}` has product codes of AWS Marketplace: no other account than its owner can copy it"
    )]
    HasProductCodes {
        /// The image
        image: ImageId,
    },
    /// An instance-store image is to be copied under a key, or into another account
    #[error(
        "`{image}` is backed by instance store: a copy of it cannot be encrypted, and other accounts need its S3 bucket"
    )]
    InstanceStore {
        /// The image
        image: ImageId,
    },
    /// The key is AWS managed: its copies cannot be shared on
    #[error(
        "`{key}`, which `{named}` stands for, is an AWS managed key: the copy could not be shared"
    )]
    KeyAwsManaged {
        /// How the key is named
        named: KeyRef,
        /// The key
        key: KeyArn,
    },
    /// No key is given for a copy that AWS would encrypt under a default key
    #[error(
        "no key is given for the copy in `{0}`: AWS would take the default key, and the copy could not be shared"
    )]
    KeyMissing(Destination),
    /// The key is not in the Region of the copy
    #[error("`{key}`, which `{named}` stands for, is not in `{region}`")]
    KeyOfOtherRegion {
        /// How the key is named
        named: KeyRef,
        /// The key
        key: KeyArn,
        /// The Region of the copy
        region: Region,
    },
    /// The key cannot encrypt volumes
    #[error("`{key}` cannot encrypt volumes: EBS takes symmetric encryption keys")]
    KeyOfOtherKind {
        /// The key
        key: KeyArn,
    },
    /// The key is in a state in which it cannot be used
    #[error("`{key}` is {state}: a copy under it would fail")]
    KeyState {
        /// The key
        key: KeyArn,
        /// The state
        state: KeyState,
    },
    /// The key could not be looked at
    #[error("the key `{key}` for the copy in `{destination}` could not be looked at: {because}")]
    KeyUnreadable {
        /// Where the copy goes
        destination: Destination,
        /// How the key is named
        key: KeyRef,
        /// Why not
        because: String,
    },
    /// A name is none that EC2 takes
    #[error("`{name}` is no name for the copy in `{destination}`")]
    Name {
        /// Where the copy goes
        destination: Destination,
        /// The name
        name: String,
    },
    /// An account has no role to be reached by
    #[error("account `{account}` is to make a copy, and no role is given to reach it by")]
    NoRole {
        /// The account
        account: AccountId,
    },
    /// The source is not available
    #[error("`{image}` is {state}{}", Because(reason))]
    NotAvailable {
        /// The image
        image: ImageId,
        /// Its state
        state: ImageState,
        /// Why it is in that state, where AWS says so
        reason: Option<String>,
    },
    /// Other accounts are to copy an image that the caller does not own
    #[error("`{image}` belongs to `{owner}`: only its owner can open it for other accounts")]
    NotOwner {
        /// The image
        image: ImageId,
        /// Its owner
        owner: AccountId,
    },
    /// Who may launch the source could not be read, and the copies are to be shared alike
    #[error("who may launch `{image}` could not be read: {because}")]
    PermissionsUnreadable {
        /// The image
        image: ImageId,
        /// Why not
        because: String,
    },
    /// A run that did not come to its end left the source open, and this one, which would close it, is
    /// refused for other reasons
    #[error("`{image}` is still open for accounts that an earlier run let copy it")]
    SourceLeftOpen {
        /// The source
        image: ImageId,
    },
    /// The source was not found
    #[error("`{image}` was not found in `{region}`")]
    SourceNotFound {
        /// Its Region
        region: Region,
        /// The image
        image: ImageId,
    },
    /// The source has no room for the tags that tell what is open for copies
    #[error(
        "`{image}` would have {count} tags with those that tell what is open, and EC2 takes 50"
    )]
    TooManyTagsOfSource {
        /// The source
        image: ImageId,
        /// How many it would have
        count: usize,
    },
    /// The copy would have tags that EC2 does not take
    #[error("with the tags of the source and our own, {problem}")]
    Tags {
        /// What is wrong
        problem: String,
    },
}

impl From<TagProblem> for CopyRefusal {
    fn from(problem: TagProblem) -> Self {
        Self::Tags {
            problem: problem.to_string(),
        }
    }
}

impl CopyRefusal {
    /// What to do about it
    pub fn mend(&self) -> String {
        match self {
            Self::Description { .. } => {
                "shorten `description`: its placeholders are filled with names, ids and Regions".into()
            }
            Self::DestinationUnreadable { account, .. } => format!(
                "let the role of `{account}` be assumed (its trust policy, its external id) and call ec2:DescribeImages"
            ),
            Self::HasProductCodes { .. } => {
                "subscribe in the other account, launch there and create an image from the instance".into()
            }
            Self::InstanceStore { .. } => {
                "copy it without a key into Regions of its own account, or make an EBS-backed image of it".into()
            }
            Self::KeyAwsManaged { .. } => {
                "name a customer managed key; `create_key_for_sharing` makes one".into()
            }
            Self::KeyMissing(destination) => match destination.account {
                Some(account) => format!(
                    "give one with `key`, `key_in` or `account_key(\"{account}\", …)`"
                ),
                None => format!("give one with `key` or `key_in(\"{}\", …)`", destination.region),
            },
            Self::KeyOfOtherRegion { region, .. } => {
                format!("give a key of `{region}`, or an alias that exists there")
            }
            Self::KeyOfOtherKind { .. } => {
                "give a key of spec SYMMETRIC_DEFAULT and usage ENCRYPT_DECRYPT".into()
            }
            Self::KeyState { .. } => "enable the key, cancel its deletion, or give another one".into(),
            Self::KeyUnreadable { .. } => {
                "make sure that the key or alias exists in that account and Region, and allow kms:DescribeKey".into()
            }
            Self::Name { .. } => {
                "set `name` to a template that makes 3 to 128 letters, digits and `()[] ./'@_-`".into()
            }
            Self::NoRole { account } => format!(
                "give the sharer roles with a template, or one for `{account}`"
            ),
            Self::NotAvailable { .. } => "wait until it is available, or name another image".into(),
            Self::NotOwner { owner, .. } => {
                format!("call as `{owner}`, or copy it as one of the recipients")
            }
            Self::PermissionsUnreadable { .. } => {
                "allow ec2:DescribeImageAttribute, or name whom the copies are shared with".into()
            }
            Self::SourceLeftOpen { .. } => {
                "mend the other reasons and run it again, which closes it, or revoke the image from these accounts".into()
            }
            Self::SourceNotFound { .. } => "check id, Region and the account that calls".into(),
            Self::TooManyTagsOfSource { .. } => {
                "take tags off the source, or let `source_access` keep what is opened".into()
            }
            Self::Tags { .. } => "leave some of the source's tags with `copy_tags(false)`".into(),
        }
    }
}

/// All reasons why a copy request is not carried out; nothing was written
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct CopyRefusals(Vec<CopyRefusal>);

impl CopyRefusals {
    pub(crate) fn new(refusals: Vec<CopyRefusal>) -> Self {
        Self(refusals)
    }

    /// The same, and more of them
    #[cfg(feature = "distribution")]
    pub(crate) fn and(mut self, more: impl IntoIterator<Item = CopyRefusal>) -> Self {
        self.0.extend(more);
        self
    }

    /// The reasons, in the order in which they were found; never empty
    pub fn as_slice(&self) -> &[CopyRefusal] {
        &self.0
    }
}

impl fmt::Display for CopyRefusals {
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

impl std::error::Error for CopyRefusals {}
