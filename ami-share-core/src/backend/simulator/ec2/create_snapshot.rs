//! How snapshots come and go.

use std::time::Duration;

use super::super::call::Caller;
use super::super::eventual::Eventual;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::super::world::World;
use super::encryption::{ChosenKey, Encryption, KeptKey};
use super::progress::{Progress, Stage};
use super::snapshot::SnapshotRecord;
use super::tag::TagSets;
use crate::id::{ImageId, KeyArn, Region, SnapshotId};
use crate::resource::{ImageState, Tags};

/// What `CopySnapshot` asks for
#[derive(Clone, Debug)]
pub(crate) struct SnapshotCopy {
    pub(crate) source_region: Region,
    pub(crate) source: SnapshotId,
    pub(crate) description: String,
    pub(crate) encryption: Encryption,
    pub(crate) tags: Tags,
}

impl State {
    /// A snapshot of a volume, under the volume's key
    pub(crate) fn create_snapshot_of(
        &mut self,
        caller: Caller<'_>,
        volume: &str,
        description: String,
        tags: Tags,
    ) -> Result<SnapshotId, Refusal> {
        let record = self.own_volume(caller, volume)?;
        if !matches!(record.status(self.now()), "available" | "in-use") {
            return Err(Refusal::new(
                "IncorrectState",
                format!("The volume '{volume}' is not available."),
            ));
        }
        let (size, key) = (record.size, record.key.clone());
        // That a snapshot fails later whose key cannot be used is known of copies alone.
        let opened = key
            .as_ref()
            .map(|key| self.ebs_key_opens(caller.identity, key, super::super::kms::KeyUse::Launch));
        let failure = match opened {
            Some(Err(_)) => Some(Self::KEY_NOT_ACCESSIBLE.to_owned()),
            _ => None,
        };
        let chosen = ChosenKey { key, failure };
        let volume = Some(volume.to_owned());
        Ok(self.store_snapshot(caller, chosen, volume, size, description, tags))
    }

    /// A copy in the caller's Region, of a snapshot in that Region or another
    ///
    /// "It fails silently" where a key cannot be used: the copy is there, and ends as `error`.
    pub(crate) fn copy_snapshot(
        &mut self,
        caller: Caller<'_>,
        copy: SnapshotCopy,
    ) -> Result<SnapshotId, Refusal> {
        let SnapshotCopy {
            source_region,
            source,
            description,
            encryption,
            tags,
        } = copy;
        encryption.check()?;
        if source_region.partition() != caller.region.partition() {
            return Err(Refusal::new(
                "InvalidParameterValue",
                format!("Value ({source_region}) for parameter sourceRegion is invalid."),
            ));
        }
        let there = Caller {
            region: &source_region,
            ..caller
        };
        let record = self.seen_snapshot(there, &source)?;
        record.check_complete(self.now())?;
        let (size, source_key) = (record.volume_size, record.key.clone());
        if encryption.encrypted == Some(false) && source_key.is_some() {
            return Err(Refusal::new(
                "InvalidRequest",
                format!(
                    "Snapshot {source} is encrypted. Creating an unencrypted copy from an \
                     encrypted snapshot is not supported."
                ),
            ));
        }
        self.check_snapshot_copies(caller)?;
        let chosen =
            self.choose_key(caller, &encryption, source_key.as_ref(), KeptKey::Never);
        Ok(self.store_snapshot(caller, chosen, None, size, description, tags))
    }

    /// The text is AWS's
    fn check_snapshot_copies(&self, caller: Caller<'_>) -> Result<(), Refusal> {
        let quota = self.quotas(caller.account).snapshot_copies;
        let now = self.now();
        // Only copies have no volume of this world.
        let under_way = self
            .snapshots_in(caller.region)
            .filter(|record| record.owner == caller.account && record.volume.is_none())
            .filter(|record| matches!(record.progress.stage(now), Stage::Pending { .. }))
            .count();
        if under_way < quota {
            return Ok(());
        }
        Err(Refusal::new(
            "ResourceLimitExceeded",
            format!(
                "Too many snapshot copies in progress. The limit is {quota} for this destination \
                 region."
            ),
        ))
    }

    fn store_snapshot(
        &mut self,
        caller: Caller<'_>,
        ChosenKey { key, failure }: ChosenKey,
        volume: Option<String>,
        volume_size: u32,
        description: String,
        tags: Tags,
    ) -> SnapshotId {
        let id = self.mint_snapshot_id();
        let mut progress = Progress::lasting(self.now(), self.snapshot_time);
        progress.failure = failure;
        let record = SnapshotRecord {
            id: id.clone(),
            owner: caller.account,
            key,
            volume,
            volume_size,
            description,
            progress,
            permissions: Eventual::default(),
            tags: TagSets::with(caller.account, tags),
        };
        self.snapshots
            .entry(caller.region.clone())
            .or_default()
            .insert(id.clone(), record);
        id
    }

    /// Takes a snapshot away that no image is made of
    ///
    /// Also the snapshots of a disabled image stay.
    pub(crate) fn delete_snapshot(
        &mut self,
        caller: Caller<'_>,
        snapshot: &SnapshotId,
    ) -> Result<(), Refusal> {
        self.own_snapshot(caller, snapshot)?;
        if let Some(image) = self.image_of(caller.region, snapshot) {
            // The text is AWS's.
            return Err(Refusal::new(
                "InvalidSnapshot.InUse",
                format!("The snapshot {snapshot} is currently in use by {image}"),
            ));
        }
        if let Some(snapshots) = self.snapshots.get_mut(caller.region) {
            snapshots.remove(snapshot);
        }
        Ok(())
    }

    /// An image that is made of the snapshot
    fn image_of(&self, region: &Region, snapshot: &SnapshotId) -> Option<&ImageId> {
        let images = self.images.get(region)?;
        images
            .values()
            .filter(|image| !image.gone && image.state != ImageState::Deregistered)
            .find(|image| image.snapshots.iter().any(|behind| behind.id == *snapshot))
            .map(|image| &image.id)
    }
}

/// Snapshots beside images
impl World {
    /// A new unencrypted snapshot, or one under a key, that is shared with nobody
    ///
    /// `size` is that of its volume, in GiB.
    pub fn create_snapshot(
        &self,
        region: &Region,
        owner: crate::id::AccountId,
        size: u32,
        key: Option<KeyArn>,
    ) -> SnapshotId {
        let identity = super::super::iam::Identity::Root(owner);
        let caller = Caller {
            account: owner,
            region,
            identity: &identity,
        };
        let chosen = ChosenKey { key, failure: None };
        self.state()
            .store_snapshot(caller, chosen, None, size, String::new(), Tags::new())
    }

    /// How long a snapshot, or a copy of one, is `pending` that is started from now on; no time
    /// until it is set
    pub fn set_snapshot_time(&self, time: Duration) {
        self.state().snapshot_time = time;
    }
}
