use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Distribution, Shard};
use crate::id::{AccountId, ImageId, Region};
use crate::plan::{CopyPlan, Plan};

/// What a distribution would do now, and the shards that do it
///
/// A plan is plain data: print it, save it as JSON, read it back, apply it, or run its shards elsewhere.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DistributionPlan {
    #[serde(default)]
    pub(crate) version: DistributionPlanVersion,
    pub(crate) distribution: Arc<Distribution>,
    pub(crate) caller: AccountId,
    pub(crate) image: ImageId,
    pub(crate) accounts: BTreeSet<AccountId>,
    pub(crate) shards: Vec<Shard>,
    /// The copies that the owner makes in other Regions
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) owner_copies: Option<CopyPlan>,
    /// How images that are there already are shared, by Region
    pub(crate) shares: Vec<(Region, Plan)>,
    /// The copies that recipients make of images that are there already, by Region
    pub(crate) recipient_copies: Vec<(Region, CopyPlan)>,
    /// What else is missing on images that are there already, in words
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) settings: Vec<String>,
}

/// The versions of the JSON form that this release reads
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum DistributionPlanVersion {
    #[default]
    #[serde(rename = "ami-share/distribution-plan/1")]
    One,
}

impl DistributionPlan {
    /// What is distributed how
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }

    /// The account that calls, and owns the image
    pub fn caller(&self) -> AccountId {
        self.caller
    }

    /// The image that is distributed
    pub fn image(&self) -> &ImageId {
        &self.image
    }

    /// The recipient accounts, where they had to be known one by one
    pub fn accounts(&self) -> &BTreeSet<AccountId> {
        &self.accounts
    }

    /// The parts, in the order of their stages: those of one stage may run side by side, anywhere
    ///
    /// What the last stage closes is known when the first one has run: see
    /// [`finishing`](Self::finishing).
    pub fn shards(&self) -> &[Shard] {
        &self.shards
    }

    /// The copies that the owner makes in other Regions, if any
    pub fn owner_copies(&self) -> Option<&CopyPlan> {
        self.owner_copies.as_ref()
    }

    /// How images that are there already are shared, by Region
    pub fn shares(&self) -> &[(Region, Plan)] {
        &self.shares
    }

    /// The copies that recipients make of images that are there already, by Region
    pub fn recipient_copies(&self) -> &[(Region, CopyPlan)] {
        &self.recipient_copies
    }

    /// Whether there is nothing to copy, to share or to set, as far as that can be seen without trying
    pub fn is_empty(&self) -> bool {
        self.owner_copies.as_ref().is_none_or(CopyPlan::is_empty)
            && self.shares.iter().all(|(_, plan)| plan.is_empty())
            && self
                .recipient_copies
                .iter()
                .all(|(_, plan)| plan.is_empty())
            && self.settings.is_empty()
    }
}
