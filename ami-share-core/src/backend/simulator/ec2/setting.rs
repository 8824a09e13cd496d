use super::super::call::Caller;
use super::super::state::State;
use crate::id::{AccountId, Region};
use crate::resource::{BlockPublicAccess, SnapshotBlockPublicAccess};

/// What an account may have of a thing
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quotas {
    /// Accounts, organizations and OUs that one image is shared with
    pub(crate) entities: usize,
    /// Public images in one Region
    pub(crate) public_images: usize,
}

/// The defaults of [AMI quotas](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-quotas.html)
impl Default for Quotas {
    fn default() -> Self {
        Self {
            entities: 1_000,
            public_images: 5,
        }
    }
}

/// The settings of an account in a Region
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) images: BlockPublicAccess,
    pub(crate) snapshots: SnapshotBlockPublicAccess,
}

/// Those of a new account: for AMIs, public access is blocked unless it is switched on; for
/// snapshots, it is not blocked until somebody blocks it
impl Default for Settings {
    fn default() -> Self {
        Self {
            images: BlockPublicAccess::BlockNewSharing,
            snapshots: SnapshotBlockPublicAccess::Unblocked,
        }
    }
}

impl State {
    pub(crate) fn quotas(&self, account: AccountId) -> Quotas {
        self.quotas.get(&account).copied().unwrap_or_default()
    }

    pub(crate) fn settings(&self, region: &Region, account: AccountId) -> Settings {
        self.settings
            .get(region)
            .and_then(|of_region| of_region.get(&account))
            .copied()
            .unwrap_or_default()
    }

    pub(crate) fn settings_mut(&mut self, region: &Region, account: AccountId) -> &mut Settings {
        self.settings
            .entry(region.clone())
            .or_default()
            .entry(account)
            .or_default()
    }

    /// The setting as its own account sees it
    pub(crate) fn own_settings(&self, caller: Caller<'_>) -> Settings {
        self.settings(caller.region, caller.account)
    }
}
