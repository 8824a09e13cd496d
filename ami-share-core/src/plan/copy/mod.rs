//! From a copy request and what was observed to the copies that are to be made: pure, no I/O.

mod check;
mod make;
mod provenance;
mod refusal;
mod setting;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use make::plan_copies;
pub use provenance::{COPY_TAG, SOURCE_TAG};
pub(crate) use provenance::{digest, provenance};
pub use refusal::{CopyRefusal, CopyRefusals};
pub use setting::CopySetting;

use super::{LEASE_TAG, Lease, Opened, Plan};
use crate::id::{AccountId, Destination, ImageId, KeyArn};
use crate::principal::PrincipalSet;
use crate::request::{CopyRequest, SourceAccess};
use crate::resource::{ImageDetails, TagProblem, Tags};

/// Which copies are to be made, what is opened for them and what the copies are to be like
///
/// A plan is plain data: print it, save it as JSON, read it back, apply it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CopyPlan {
    version: CopyPlanVersion,
    request: CopyRequest,
    caller: AccountId,
    source: ImageDetails,
    /// What the source is opened by for the accounts that copy it; nothing where none does
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open: Option<Plan>,
    /// What an earlier run of such copies opened, and did not come to close
    #[serde(default, skip_serializing_if = "Opened::is_empty")]
    left_open: Opened,
    copies: Vec<PlannedCopy>,
    /// By account, how the copies that are there already are shared
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    shares: Vec<(AccountId, Plan)>,
}

/// The versions of the JSON form that this release reads
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
enum CopyPlanVersion {
    #[default]
    #[serde(rename = "ami-share/copy-plan/1")]
    One,
}

/// One copy
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PlannedCopy {
    /// Where it goes
    pub destination: Destination,
    /// The account that makes and owns it
    pub account: AccountId,
    /// Its name
    pub name: String,
    /// Its description
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The key that it is encrypted under; none where it is encrypted as the source is
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyArn>,
    /// The tags of the image, ours included
    pub image_tags: Tags,
    /// The tags of its snapshots, ours included
    pub snapshot_tags: Tags,
    /// Who it is to be shared with
    #[serde(default, skip_serializing_if = "PrincipalSet::is_empty")]
    pub share_with: PrincipalSet,
    /// What there is of it already
    pub found: FoundCopy,
    /// How many copies of it failed and are still there
    #[serde(default)]
    pub failed_before: usize,
}

/// What there is of a copy
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "found", rename_all = "snake_case")]
pub enum FoundCopy {
    /// Nothing: it is to be made
    Nothing,
    /// It is being made, by an earlier run: it is waited for
    Pending {
        /// The image
        image: ImageId,
    },
    /// It is there
    Available {
        /// The image
        image: ImageId,
        /// What it lacks
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        settings: Vec<CopySetting>,
    },
}

impl CopyPlan {
    /// What was asked for
    pub fn request(&self) -> &CopyRequest {
        &self.request
    }

    /// The account that called
    pub fn caller(&self) -> AccountId {
        self.caller
    }

    /// The image that is copied, as it was seen
    pub fn source(&self) -> &ImageDetails {
        &self.source
    }

    /// How the source is opened for the accounts that copy it, if it has to be
    pub fn open(&self) -> Option<&Plan> {
        self.open.as_ref()
    }

    /// What a run of the same copies that did not come to its end left open of the source, by the
    /// [tags](crate::plan::LEASE_TAG) that it left there; it is closed when the copies have ended
    pub fn left_open(&self) -> &Opened {
        &self.left_open
    }

    /// The copies, in the order of their destinations; of two that are the same, one that names the
    /// caller's account and one that names none, there is the first
    pub fn copies(&self) -> &[PlannedCopy] {
        &self.copies
    }

    /// How the copies that are there already are shared, by the account that owns them
    pub fn shares(&self) -> &[(AccountId, Plan)] {
        &self.shares
    }

    /// Whether there is nothing to do
    pub fn is_empty(&self) -> bool {
        let is_done = |copy: &PlannedCopy| match &copy.found {
            FoundCopy::Available { settings, .. } => settings.is_empty(),
            FoundCopy::Nothing | FoundCopy::Pending { .. } => false,
        };
        self.copies.iter().all(is_done)
            && self.open.as_ref().is_none_or(Plan::is_empty)
            && self.left_open.is_empty()
            && self.shares.iter().all(|(_, plan)| plan.is_empty())
    }

    /// The accounts, other than the source's owner, that are to make a copy; none where the caller is not
    /// the owner, who alone can open the source
    pub(crate) fn recipients(&self) -> PrincipalSet {
        if self.caller != self.source.image.owner {
            return PrincipalSet::new();
        }
        let makes = |copy: &&PlannedCopy| matches!(copy.found, FoundCopy::Nothing);
        let accounts = self.copies.iter().filter(makes).map(|copy| copy.account);
        accounts
            .filter(|account| *account != self.source.image.owner)
            .map(Into::into)
            .collect()
    }

    /// Who has what is opened of the source for no longer than the copies take; nobody where what is
    /// opened stays, or is not the caller's to open
    pub(crate) fn lease(&self) -> Option<Lease> {
        let accounts = self.copies.iter().map(|copy| copy.account);
        lease_of(&self.request, &self.source, self.caller, accounts)
    }

    /// The keys of the source's tags that tell of other leases than this plan's: of runs for other
    /// accounts that are under way, or did not come to their end
    pub fn other_leases(&self) -> Vec<&str> {
        let tags = &self.source.image.tags;
        let own = self.lease().map(|lease| lease.recorded(tags));
        let own = own.unwrap_or_default();
        let keys = tags.keys().map(String::as_str);
        keys.filter(|key| key.starts_with(LEASE_TAG) && !own.contains_key(*key))
            .collect()
    }

    /// The plan with what opens the source; refused where the source has no room for the tags that tell of it
    pub(crate) fn opened_by(self, open: Plan) -> Result<Self, CopyRefusals> {
        if let Some(lease) = self.lease() {
            let mut opened = Opened::by(open.steps());
            opened.extend(self.left_open.clone());
            let record = lease.tags(&opened);
            let source = &self.source.image;
            let keys = source.tags.keys().chain(record.keys());
            let keys: BTreeSet<&String> =
                keys.filter(|key| !TagProblem::is_reserved(key)).collect();
            if keys.len() > TagProblem::MOST {
                return Err(CopyRefusals::new(vec![CopyRefusal::TooManyTagsOfSource {
                    image: source.id.clone(),
                    count: keys.len(),
                }]));
            }
        }
        Ok(Self {
            open: Some(open),
            ..self
        })
    }

    /// The plan with how the copies that are there are shared
    pub(crate) fn shared_by(self, shares: Vec<(AccountId, Plan)>) -> Self {
        Self { shares, ..self }
    }
}

/// The lease of the accounts that make copies, beside the owner of the source who calls
fn lease_of(
    request: &CopyRequest,
    source: &ImageDetails,
    caller: AccountId,
    accounts: impl Iterator<Item = AccountId>,
) -> Option<Lease> {
    let owner = source.image.owner;
    if request.source_access() != SourceAccess::Close || caller != owner {
        return None;
    }
    let accounts: BTreeSet<AccountId> = accounts.filter(|account| *account != owner).collect();
    (!accounts.is_empty()).then(|| Lease::of(accounts, request.key_access()))
}

impl FoundCopy {
    pub(crate) fn into_image(self) -> Option<ImageId> {
        match self {
            Self::Nothing => None,
            Self::Pending { image } | Self::Available { image, .. } => Some(image),
        }
    }

    /// The image, if there is one
    pub fn image(&self) -> Option<&ImageId> {
        match self {
            Self::Nothing => None,
            Self::Pending { image } | Self::Available { image, .. } => Some(image),
        }
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
mod tests;
