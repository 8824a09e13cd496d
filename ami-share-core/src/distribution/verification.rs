use serde::{Deserialize, Serialize};

use crate::access::{Answer, Finding};
use crate::id::{AccountId, ImageId, Region};
use crate::outcome::{ImageRehearsal, Rehearsal, Verification};

/// What a distribution asks for against what is there
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct DistributionVerification {
    /// The owner's image in each Region: who can launch it, layer by layer
    pub shares: Vec<(Region, Verification)>,
    /// The copies: the owner's in other Regions, and the recipients'
    pub copies: Vec<CopyCheck>,
    /// What else is missing, in words: tags, protection and deprecation of the owner's images, parameters,
    /// recipients' tags, grants for service-linked roles, deprecation of predecessors
    pub missing: Vec<String>,
    /// What of the distribution could not be looked at, in words, such as parameters of an account that has
    /// no role
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// Whether recipients could launch what is shared with them, or their copies, where that is rehearsed
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rehearsal: Option<Rehearsal>,
}

/// Whether a copy is there
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CopyCheck {
    /// The account that owns it
    pub account: AccountId,
    /// Its Region
    pub region: Region,
    /// The copy, if it is there and available
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageId>,
    /// What it lacks, in words
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

impl CopyCheck {
    /// Whether it is there and lacks nothing
    pub fn is_ok(&self) -> bool {
        self.image.is_some() && self.missing.is_empty()
    }
}

impl DistributionVerification {
    /// Whether everything is as the distribution asks for: unknown where what is missing could not be
    /// told
    ///
    /// What a rehearsal leaves unknown counts too, with one exception: whether the key of a shared image
    /// is open by a policy is told by the shares, and cannot be rehearsed.
    pub fn answer(&self) -> Answer {
        let shares = || self.shares.iter().map(|(_, share)| share.as_desired());
        let has = |wanted| shares().any(|answer| answer == wanted);
        let rehearsed = |wanted| self.rehearsed().any(|(_, launch)| launch.answer == wanted);
        let copies = self.copies.iter().all(CopyCheck::is_ok);
        let is_missing = !copies || !self.missing.is_empty();
        if has(Answer::No) || rehearsed(Answer::No) || is_missing {
            Answer::No
        } else if has(Answer::Unknown) || rehearsed(Answer::Unknown) || !self.unknown.is_empty() {
            Answer::Unknown
        } else {
            Answer::Yes
        }
    }

    /// What each rehearsal comes to: where the share of its Region was verified, that tells of keys
    pub(crate) fn rehearsed(&self) -> impl Iterator<Item = (&ImageRehearsal, Finding)> {
        let is_shared = |of: &Region| self.shares.iter().any(|(region, _)| region == of);
        let images = self.rehearsal.iter().flat_map(Rehearsal::images);
        images.map(move |image| {
            let launch = match is_shared(&image.region) {
                true => image.launch_beside_keys(),
                false => image.launch.clone(),
            };
            (image, launch)
        })
    }

    /// Whether everything is as the distribution asks for, and was seen to be
    pub fn is_ok(&self) -> bool {
        self.answer() == Answer::Yes
    }
}
