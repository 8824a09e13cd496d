use super::super::call::Caller;
use super::super::state::State;
use super::super::world::World;
use super::allowed::AllowedImages;
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
    /// Copies of snapshots that are under way in one destination Region
    pub(crate) snapshot_copies: usize,
}

/// The defaults of [AMI quotas](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-quotas.html)
/// and [EBS quotas](https://docs.aws.amazon.com/ebs/latest/userguide/ebs-resource-quotas.html)
impl Default for Quotas {
    fn default() -> Self {
        Self {
            entities: 1_000,
            public_images: 5,
            image_copies: 300,
            snapshot_copies: 20,
        }
    }
}

/// The settings of an account in a Region
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) images: BlockPublicAccess,
    pub(crate) snapshots: SnapshotBlockPublicAccess,
    /// Whether every new volume and copy of a snapshot is encrypted
    pub(crate) encryption_by_default: bool,
    /// The key for that, unless it is `aws/ebs`
    pub(crate) default_key: Option<KeyArn>,
    pub(crate) allowed: AllowedImages,
    /// Whether the default VPC is still there, which instances go to that name no subnet
    pub(crate) default_vpc: bool,
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
            allowed: AllowedImages::default(),
            default_vpc: true,
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

    /// The key that encrypts what names no key: the account's choice, or `aws/ebs`
    pub(crate) fn default_ebs_key(&mut self, region: &Region, account: AccountId) -> KeyArn {
        match self.settings(region, account).default_key {
            Some(key) => key,
            None => self.aws_ebs_key(region, account),
        }
    }
}

/// Encryption of new volumes, how many copies there can be, and where instances go
impl World {
    /// Deletes the account's default VPC in a Region: launches there have to name a subnet
    pub fn delete_default_vpc(&self, account: AccountId, region: &Region) {
        self.state().settings_mut(region, account).default_vpc = false;
    }

    /// Switches EBS encryption by default on or off; it is off until it is set
    pub fn set_ebs_encryption_by_default(&self, account: AccountId, region: &Region, on: bool) {
        let mut state = self.state();
        state.settings_mut(region, account).encryption_by_default = on;
    }

    /// Sets the key that encrypts volumes and copies that name none; `None` is `aws/ebs`
    pub fn set_ebs_default_key(&self, account: AccountId, region: &Region, key: Option<KeyArn>) {
        let mut state = self.state();
        state.settings_mut(region, account).default_key = key;
    }

    /// Sets how many snapshots the account can be copying to one Region at a time; 20 until it is
    /// set
    pub fn set_snapshot_copy_quota(&self, account: AccountId, quota: usize) {
        let mut state = self.state();
        state.quotas.entry(account).or_default().snapshot_copies = quota;
    }
}
