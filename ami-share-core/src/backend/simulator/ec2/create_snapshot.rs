//! How snapshots come and go.

use std::collections::BTreeSet;

use super::super::call::Caller;
use super::super::eventual::Eventual;
use super::super::iam::Identity;
use super::super::kms::KeyUse;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::super::world::World;
use super::completion::Completion;
use super::encryption::{Encryption, KeptKey, SourceKey};
use super::image::ImageRecord;
use super::progress::{Progress, Stage};
use super::snapshot::SnapshotRecord;
use super::tag::TagSets;
use crate::id::{AccountId, KeyArn, Region, SnapshotId};
use crate::resource::Tags;

/// What `CopySnapshot` asks for
#[derive(Clone, Debug)]
pub(crate) struct SnapshotCopy {
    pub(crate) source_region: Region,
    pub(crate) source: SnapshotId,
    pub(crate) description: String,
    pub(crate) encryption: Encryption,
    pub(crate) completion: Option<Completion>,
    pub(crate) tags: Tags,
}

struct NewSnapshot {
    key: Option<KeyArn>,
    volume: Option<String>,
    size: u32,
    description: String,
    progress: Progress,
    completion: Option<Completion>,
    tags: Tags,
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
        // Whether a snapshot fails whose key cannot be used any more is not documented. The volume has
        // its data key, so that here it does not.
        let progress = Progress::done(self.now());
        let volume = Some(volume.to_owned());
        Ok(self.store_snapshot(
            caller,
            NewSnapshot {
                key,
                volume,
                size,
                description,
                progress,
                completion: None,
                tags,
            },
        ))
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
            completion,
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
        let source = source_key.map(|key| SourceKey {
            key,
            read: KeyUse::CopyFrom,
        });
        let chosen = self.choose_key(caller, &encryption, source.as_ref(), KeptKey::Never);
        let (time, fault) = self.faults.next_copy();
        let time = completion.map_or(time, |within| within.bound(time));
        let mut progress = Progress::lasting(self.now(), time);
        progress.failure = chosen.failure.or(fault);
        let volume = None;
        Ok(self.store_snapshot(
            caller,
            NewSnapshot {
                key: chosen.key,
                volume,
                size,
                description,
                progress,
                completion,
                tags,
            },
        ))
    }

    /// The text is AWS's
    ///
    /// Whether the snapshots of copies of images count too is not documented. An account may copy 300
    /// images into a Region at a time and 20 snapshots, so that here they do not.
    fn check_snapshot_copies(&self, caller: Caller<'_>) -> Result<(), Refusal> {
        let quota = self.quotas(caller.account).snapshot_copies;
        let now = self.now();
        let of_images: BTreeSet<&SnapshotId> = self
            .running_copies(caller)
            .flat_map(|image| &image.snapshots)
            .map(|device| &device.id)
            .collect();
        let under_way = self
            .snapshots_in(caller.region)
            .filter(|record| record.owner == caller.account && record.is_copy())
            .filter(|record| matches!(record.progress.stage(now), Stage::Pending { .. }))
            .filter(|record| !of_images.contains(&record.id))
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

    fn store_snapshot(&mut self, caller: Caller<'_>, new: NewSnapshot) -> SnapshotId {
        let id = self.mint_snapshot_id();
        let record = SnapshotRecord {
            id: id.clone(),
            owner: caller.account,
            key: new.key,
            volume: new.volume,
            volume_size: new.size,
            description: new.description,
            progress: new.progress,
            completion: new.completion,
            permissions: Eventual::default(),
            tags: TagSets::with(caller.account, new.tags),
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
        let image = self.images_of_snapshot(caller.region, snapshot).next();
        if let Some(ImageRecord { id: image, .. }) = image {
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
}

/// Snapshots beside images
impl World {
    /// A new unencrypted snapshot, or one under a key, that is shared with nobody
    ///
    /// `size` is that of its volume, in GiB.
    pub fn create_snapshot(
        &self,
        region: &Region,
        owner: AccountId,
        size: u32,
        key: Option<KeyArn>,
    ) -> SnapshotId {
        let identity = Identity::Root(owner);
        let caller = Caller {
            account: owner,
            region,
            identity: &identity,
        };
        let mut state = self.state();
        let progress = Progress::done(state.now());
        let new = NewSnapshot {
            key,
            volume: None,
            size,
            description: String::new(),
            progress,
            completion: None,
            tags: Tags::new(),
        };
        state.store_snapshot(caller, new)
    }
}
