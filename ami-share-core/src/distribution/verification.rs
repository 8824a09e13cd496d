use serde::{Deserialize, Serialize};

use crate::access::Answer;
use crate::id::{AccountId, ImageId, Region};
use crate::outcome::{Rehearsal, Verification};

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
    /// A rehearsal counts where it says no: whether a key is open by a policy is told by the shares, and
    /// cannot be rehearsed.
    pub fn answer(&self) -> Answer {
        let shares = || self.shares.iter().map(|(_, share)| share.as_desired());
        let has = |wanted| shares().any(|answer| answer == wanted);
        let rehearsal = self.rehearsal.as_ref().map(Rehearsal::answer);
        let copies = self.copies.iter().all(CopyCheck::is_ok);
        let is_missing = !copies || !self.missing.is_empty();
        if has(Answer::No) || rehearsal == Some(Answer::No) || is_missing {
            Answer::No
        } else if has(Answer::Unknown) || !self.unknown.is_empty() {
            Answer::Unknown
        } else {
            Answer::Yes
        }
    }

    /// Whether everything is as the distribution asks for, and was seen to be
    pub fn is_ok(&self) -> bool {
        self.answer() == Answer::Yes
    }
}
