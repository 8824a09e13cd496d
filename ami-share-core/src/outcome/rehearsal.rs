use std::fmt;

use serde::{Deserialize, Serialize};

use crate::access::{Answer, Finding};
use crate::id::{AccountId, ImageId, Region};

/// What AWS answered recipients that rehearsed launches
///
/// EC2's rehearsal of `RunInstances` proves two things: the recipient's role may call it, and sees the
/// image. It asks nothing of keys and quotas, and of subnets only that there is one. Keys are asked for
/// themselves, by calls that are not EC2's: a policy that lets the key be used through EC2 alone
/// (`kms:ViaService`) denies these, and lets launches pass.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Rehearsal {
    version: RehearsalVersion,
    images: Vec<ImageRehearsal>,
}

/// The versions of the JSON form that this release reads
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
enum RehearsalVersion {
    #[default]
    #[serde(rename = "ami-share/rehearsal/1")]
    One,
}

/// What one account was answered about one image
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ImageRehearsal {
    /// The Region
    pub region: Region,
    /// The image
    pub image: ImageId,
    /// The account
    pub account: AccountId,
    /// Whether it can launch the image, as far as its calls say
    pub launch: Finding,
    /// Whether it can copy the image within the Region, where that was rehearsed
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<Finding>,
    /// What each call says
    pub calls: Vec<CallFinding>,
}

/// What one call of a recipient says
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CallFinding {
    /// The call
    pub call: RehearsedCall,
    /// The image or key that it is of, or the account's role
    pub of: String,
    /// What it says
    #[serde(flatten)]
    pub finding: Finding,
}

/// A call that a recipient makes to find out whether it could launch or copy an image
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RehearsedCall {
    /// The role of the account is assumed
    AssumeRole,
    /// The image is looked for
    DescribeImages,
    /// A launch is rehearsed
    RunInstances,
    /// Under which keys the image is, which its owner alone is told
    FindKeys,
    /// A key is looked at
    DescribeKey,
    /// A grant of a key is rehearsed
    CreateGrant,
    /// The image's snapshots are looked for, which copying reads
    DescribeSnapshots,
    /// A copy is rehearsed
    CopyImage,
}

impl RehearsedCall {
    /// Whether launching hangs on it
    fn is_for_launch(self) -> bool {
        !matches!(self, Self::CopyImage | Self::DescribeSnapshots)
    }

    /// Whether it asks of keys
    #[cfg(feature = "distribution")]
    fn is_of_key(self) -> bool {
        matches!(self, Self::FindKeys | Self::DescribeKey | Self::CreateGrant)
    }

    /// Whether copying hangs on it
    fn is_for_copy(self) -> bool {
        self != Self::RunInstances
    }
}

impl fmt::Display for RehearsedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::AssumeRole => "AssumeRole",
            Self::DescribeImages => "DescribeImages",
            Self::RunInstances => "RunInstances",
            Self::FindKeys => "(find keys)",
            Self::DescribeKey => "DescribeKey",
            Self::CreateGrant => "CreateGrant",
            Self::DescribeSnapshots => "DescribeSnapshots",
            Self::CopyImage => "CopyImage",
        })
    }
}

impl ImageRehearsal {
    /// What calls say together about launching, and about copying where that was rehearsed
    pub(crate) fn new(
        region: Region,
        image: ImageId,
        account: AccountId,
        calls: Vec<CallFinding>,
        copies: bool,
    ) -> Self {
        let launch = together(&calls, |call| call.call.is_for_launch());
        let copy = copies.then(|| together(&calls, |call| call.call.is_for_copy()));
        Self {
            region,
            image,
            account,
            launch,
            copy,
            calls,
        }
    }

    /// Whether the account sees the image, and the image is available
    pub fn visible(&self) -> Finding {
        let mut calls = self.calls.iter();
        let deciding = calls.find(|call| {
            matches!(
                call.call,
                RehearsedCall::AssumeRole | RehearsedCall::DescribeImages
            )
        });
        deciding.map_or_else(
            || Finding::unknown("it was not looked for"),
            |call| call.finding.clone(),
        )
    }

    /// Whether the account can launch the image, where something else tells of its keys, as the
    /// verification of a share does: what calls leave unknown of keys does not count
    #[cfg(feature = "distribution")]
    pub(crate) fn launch_beside_keys(&self) -> Finding {
        let is_left =
            |call: &CallFinding| call.call.is_of_key() && call.finding.answer == Answer::Unknown;
        together(&self.calls, |call| {
            call.call.is_for_launch() && !is_left(call)
        })
    }
}

impl Rehearsal {
    pub(crate) fn new(mut images: Vec<ImageRehearsal>) -> Self {
        images.sort_by(|one, other| {
            let key = |of: &ImageRehearsal| (of.region.clone(), of.image.clone(), of.account);
            key(one).cmp(&key(other))
        });
        Self {
            version: RehearsalVersion::default(),
            images,
        }
    }

    /// Every image in every account, by Region, image and account
    pub fn images(&self) -> &[ImageRehearsal] {
        &self.images
    }

    /// Whether all accounts can launch, and copy where that was rehearsed: no if any cannot, unknown if
    /// of any it could not be told
    pub fn answer(&self) -> Answer {
        let images = self.images.iter();
        let findings = images.flat_map(|image| std::iter::once(&image.launch).chain(&image.copy));
        findings
            .map(|finding| finding.answer)
            .min_by_key(|answer| match answer {
                Answer::No => 0,
                Answer::Unknown => 1,
                Answer::Yes => 2,
            })
            .unwrap_or(Answer::Unknown)
    }
}

/// The first no, or else the first unknown, or else yes
fn together(calls: &[CallFinding], counts: impl Fn(&CallFinding) -> bool) -> Finding {
    let counting = || calls.iter().filter(|call| counts(call));
    let first = |answer| counting().find(|call| call.finding.answer == answer);
    match first(Answer::No).or_else(|| first(Answer::Unknown)) {
        Some(deciding) => deciding.finding.clone(),
        None if counting().next().is_some() => Finding::yes("every call of it is allowed"),
        None => Finding::unknown("nothing was called"),
    }
}
