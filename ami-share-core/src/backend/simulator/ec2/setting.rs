use super::super::call::Caller;
use super::super::state::State;
use crate::id::{AccountId, KeyArn, Region};
use crate::resource::{BlockPublicAccess, SnapshotBlockPublicAccess};

/// What an account may have of a thing
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quotas {
    /// Accounts, organizations and OUs that one image is shared with
    pub(crate) entities: usize,
    /// Public images in one Region
    pub(crate) public_images: usize,
    /// Copies of images that run at the same time into one Region
    pub(crate) image_copies: usize,
}

/// The defaults of [AMI quotas](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-quotas.html)
impl Default for Quotas {
    fn default() -> Self {
        Self {
            entities: 1_000,
            public_images: 5,
            image_copies: 300,
        }
    }
}

/// The settings of an account in a Region
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) images: BlockPublicAccess,
    pub(crate) snapshots: SnapshotBlockPublicAccess,
    pub(crate) encryption_by_default: bool,
    pub(crate) default_key: Option<KeyArn>,
}

/// Those of a new account: for AMIs, public access is blocked unless it is switched on; for
/// snapshots, it is not blocked until somebody blocks it
impl Default for Settings {
    fn default() -> Self {
        Self {
            images: BlockPublicAccess::BlockNewSharing,
            snapshots: SnapshotBlockPublicAccess::Unblocked,
            encryption_by_default: false,
            default_key: None,
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
            .cloned()
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
