use serde::{Deserialize, Serialize};

use crate::access::Answer;
use crate::id::{AccountId, ImageId, Region};
use crate::outcome::Verification;

/// What a distribution asks for against what is there
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct DistributionVerification {
    /// The owner's image in each Region: who can launch it, layer by layer
    pub shares: Vec<(Region, Verification)>,
    /// The copies: the owner's in other Regions, and the recipients'
    pub copies: Vec<CopyCheck>,
    /// What is missing on the owner's images, in words: tags, protection, deprecation
    pub missing: Vec<String>,
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
    /// Whether everything is as the distribution asks for
    pub fn is_ok(&self) -> bool {
        self.shares
            .iter()
            .all(|(_, share)| share.as_desired() == Answer::Yes)
            && self.copies.iter().all(CopyCheck::is_ok)
            && self.missing.is_empty()
    }
}
