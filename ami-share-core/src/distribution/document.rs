use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::after::{DistributionTags, LaunchService, Parameters, Predecessors, Protection};
use super::copies::Copies;
use super::draft::DistributionDraft;
use super::error::DistributionError;
use super::image::SourceImage;
use super::keys::Keys;
use super::recipients::{Recipients, RecipientsGet};
use super::rehearse::Rehearse;
use super::roles::Roles;
use crate::id::{AccountId, IamPrincipalArn, KeyRef, Region};
use crate::plan::Lease;
use crate::principal::PrincipalSet;
use crate::request::{KeyAccess, SnapshotSharing, SourceAccess};

/// Which image goes to whom, where and how
///
/// Read from a file, or made from a [`DistributionDraft`] by [`build`](DistributionDraft::build). Its serde
/// form is that of the draft.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "DistributionDraft", into = "DistributionDraft")]
pub struct Distribution {
    pub(super) draft: DistributionDraft,
    pub(super) image: SourceImage,
    pub(super) regions: BTreeSet<Region>,
    pub(super) recipients: PrincipalSet,
}

impl Distribution {
    /// The image, its Region and how it is found
    pub fn image(&self) -> &SourceImage {
        &self.image
    }

    /// The Regions in which recipients get the image; at least one
    pub fn regions(&self) -> &BTreeSet<Region> {
        &self.regions
    }

    /// The Regions other than the image's own, into which the owner copies it when it is shared
    pub fn copy_regions(&self) -> impl Iterator<Item = &Region> {
        let own = &self.image.region;
        self.regions.iter().filter(move |region| *region != own)
    }

    /// Who gets the image, with groups resolved; at least one principal, never the public
    pub fn recipients(&self) -> &PrincipalSet {
        &self.recipients
    }

    /// The groups under their names
    pub fn groups(&self) -> &BTreeMap<String, Recipients> {
        &self.draft.groups
    }

    /// What recipients get
    pub fn recipients_get(&self) -> RecipientsGet {
        self.draft.recipients_get
    }

    /// The roles through which recipient accounts are reached, if there are any
    pub fn roles(&self) -> Option<&Roles> {
        self.draft.roles.as_ref()
    }

    /// The role of an account: its own, or else by the template
    pub fn role(&self, account: AccountId) -> Option<IamPrincipalArn> {
        self.draft.roles.as_ref()?.role(account)
    }

    /// The KMS keys of copies
    pub fn keys(&self) -> &Keys {
        &self.draft.keys
    }

    /// The key of the owner's copy in a Region: see [`Keys::owner_key`] for which comes first
    pub fn owner_key(&self, region: &Region) -> Option<&KeyRef> {
        self.draft.keys.owner_key(region)
    }

    /// The key of a recipient's copy in a Region: see [`Keys::recipient_key`] for which comes first
    pub fn recipient_key(&self, account: AccountId, region: &Region) -> Option<&KeyRef> {
        self.draft.keys.recipient_key(account, region)
    }

    /// Who of the accounts has what is opened of the owner's images for no longer than copies take;
    /// nobody where what is opened stays, or nothing is opened for copies
    pub(crate) fn lease(&self, accounts: &BTreeSet<AccountId>) -> Option<Lease> {
        let closes = self.recipients_get() == RecipientsGet::Copy
            && self.copies().source_access == SourceAccess::Close
            && !accounts.is_empty();
        closes.then(|| Lease::of(accounts.clone(), self.key_access()))
    }

    /// How recipients get to use the keys of encrypted images
    pub fn key_access(&self) -> KeyAccess {
        self.draft.key_access
    }

    /// What happens to snapshot permissions: as set, or else
    /// [`LeaveAsIs`](SnapshotSharing::LeaveAsIs) for shares and [`ForCopy`](SnapshotSharing::ForCopy) for
    /// copies in the recipients
    pub fn snapshots(&self) -> SnapshotSharing {
        self.draft.snapshots.unwrap_or(match self.recipients_get() {
            RecipientsGet::Share => SnapshotSharing::LeaveAsIs,
            RecipientsGet::Copy => SnapshotSharing::ForCopy,
        })
    }

    /// How copies are made
    pub fn copies(&self) -> &Copies {
        &self.draft.copies
    }

    /// The tags that are written
    pub fn tags(&self) -> &DistributionTags {
        &self.draft.tags
    }

    /// Whether images get the tags [`DISTRIBUTED`](Self::DISTRIBUTED), `true`, and
    /// [`DISTRIBUTED_DATE`](Self::DISTRIBUTED_DATE), `YYYY-MM-DD`
    pub fn distributed_tags(&self) -> bool {
        self.draft.distributed_tags
    }

    /// The parameters of Systems Manager that get the image's id
    pub fn parameters(&self) -> &Parameters {
        &self.draft.parameters
    }

    /// The older images that are deprecated, if any are
    pub fn predecessors(&self) -> Option<&Predecessors> {
        self.draft.predecessors.as_ref()
    }

    /// Deregistration protection and deprecation of the image and its copies
    pub fn protection(&self) -> &Protection {
        &self.draft.protection
    }

    /// The services whose roles in recipient accounts get a grant on keys
    pub fn service_linked_roles(&self) -> BTreeSet<LaunchService> {
        self.draft.service_linked_roles.iter().copied().collect()
    }

    /// Whether each recipient account is asked if it could launch the image
    pub fn rehearse(&self) -> bool {
        self.draft.rehearse.is_asked()
    }

    /// What launches are rehearsed with
    pub fn rehearsal(&self) -> &Rehearse {
        &self.draft.rehearse
    }

    /// The distribution as it is written down
    pub fn draft(&self) -> &DistributionDraft {
        &self.draft
    }

    /// The key of the tag that says that an image was distributed
    pub const DISTRIBUTED: &'static str = "Distributed";
    /// The key of the tag that says when
    pub const DISTRIBUTED_DATE: &'static str = "DistributedDate";

    /// The distribution as a file in JSON
    pub fn to_json(&self) -> String {
        self.draft.to_json()
    }
}

impl TryFrom<DistributionDraft> for Distribution {
    type Error = DistributionError;

    fn try_from(draft: DistributionDraft) -> Result<Self, Self::Error> {
        draft.build()
    }
}

impl From<Distribution> for DistributionDraft {
    fn from(distribution: Distribution) -> Self {
        distribution.draft
    }
}
