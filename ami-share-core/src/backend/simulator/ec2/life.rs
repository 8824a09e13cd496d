//! How images come, change and go: what happens beside the port.

use super::super::call::Caller;
use super::super::eventual::Eventual;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::image::{ImageDevice, ImageRecord, ImageVolume, unavailable};
use super::progress::Progress;
use super::snapshot::SnapshotRecord;
use super::spec::{Encryption, ImageSpec};
use super::tag::TagSets;
use crate::id::{AccountId, ImageId, KeyArn, Region, SnapshotId};
use crate::principal::PrincipalSet;
use crate::resource::{ImageState, Tags};

/// The size of a volume where nothing is said, in GiB
const SIZE: u32 = 8;

impl State {
    pub(crate) fn register_image(
        &mut self,
        region: &Region,
        owner: AccountId,
        spec: ImageSpec,
    ) -> ImageId {
        let mut snapshots = Vec::new();
        for (index, encryption) in spec.snapshots().iter().enumerate() {
            let key = match encryption {
                Encryption::None => None,
                Encryption::OwnersKey => Some(self.golden_images_key(region, owner)),
                Encryption::AwsEbs => Some(self.aws_ebs_key(region, owner)),
                Encryption::Key(key) => Some(key.clone()),
            };
            let encrypted = key.is_some();
            let progress = Progress::done(self.now());
            snapshots.push(ImageDevice {
                id: self.add_snapshot(region, owner, key, SIZE, progress, Tags::new()),
                encrypted,
                volume: ImageVolume {
                    device: device(index),
                    size: SIZE,
                    kind: "gp3".to_owned(),
                    delete_on_termination: true,
                },
            });
        }
        let id = self.mint_image_id();
        let record = ImageRecord {
            description: spec.description,
            architecture: spec.architecture,
            state: spec.state,
            root_device: spec.root_device,
            snapshots,
            product_codes: spec.product_codes,
            tags: TagSets::with(owner, spec.tags),
            ..ImageRecord::new(id.clone(), owner, spec.name, self.now())
        };
        self.add_image(region, record);
        id
    }

    pub(crate) fn add_snapshot(
        &mut self,
        region: &Region,
        owner: AccountId,
        key: Option<KeyArn>,
        volume_size: u32,
        progress: Progress,
        tags: Tags,
    ) -> SnapshotId {
        let id = self.mint_snapshot_id();
        let record = SnapshotRecord {
            id: id.clone(),
            owner,
            key,
            volume: None,
            volume_size,
            description: String::new(),
            progress,
            completion: None,
            permissions: Eventual::default(),
            tags: TagSets::with(owner, tags),
        };
        self.snapshots
            .entry(region.clone())
            .or_default()
            .insert(id.clone(), record);
        id
    }

    /// Makes the image private: all its launch permissions go
    pub(crate) fn disable_image(
        &mut self,
        region: &Region,
        image: &ImageId,
    ) -> Result<(), Refusal> {
        self.change_state(region, image, &ImageState::Available, ImageState::Disabled)?;
        self.store_launch_permissions(region, image, PrincipalSet::new());
        Ok(())
    }

    /// Makes the image available again, private as it is
    pub(crate) fn enable_image(&mut self, region: &Region, image: &ImageId) -> Result<(), Refusal> {
        self.change_state(region, image, &ImageState::Disabled, ImageState::Available)
    }

    fn change_state(
        &mut self,
        region: &Region,
        image: &ImageId,
        from: &ImageState,
        to: ImageState,
    ) -> Result<(), Refusal> {
        let record = self.live_image(region, image)?;
        // The code for an image in the wrong state is not documented for these operations.
        if record.state != *from {
            return Err(unavailable(record));
        }
        record.state = to;
        Ok(())
    }

    /// Takes the image away; its snapshots stay, as they do on AWS unless it is told otherwise
    ///
    /// A copy that runs is cancelled. That its half-made snapshots go with it is not documented.
    pub(crate) fn deregister_image(
        &mut self,
        region: &Region,
        image: &ImageId,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let record = self.live_image(region, image)?;
        record.protection.check(image, now)?;
        record.state = ImageState::Deregistered;
        record.gone = true;
        // Nobody can read it any more, so there is nobody to be late.
        record.permissions = Eventual::default();
        let devices = record.snapshots.clone();
        if self.copies.stop(region, image) {
            for device in devices {
                self.remove_snapshot(region, &device.id);
            }
        }
        Ok(())
    }

    /// Takes the caller's image away and then deletes its snapshots, as far as that can be done;
    /// the answer says with AWS's codes what became of each
    pub(crate) fn deregister_with_snapshots(
        &mut self,
        caller: Caller<'_>,
        image: &ImageId,
        mut may_delete: impl FnMut(&Self, &SnapshotId) -> bool,
    ) -> Result<Vec<(SnapshotId, &'static str)>, Refusal> {
        let devices = match self.image(caller.region, image) {
            Some(record) => record.snapshots.clone(),
            None => Vec::new(),
        };
        self.deregister_image(caller.region, image)?;
        let mut results = Vec::new();
        for device in devices {
            let Some(owner) = self.snapshot(caller.region, &device.id).map(|of| of.owner) else {
                continue;
            };
            let mut others = self.images_of_snapshot(caller.region, &device.id);
            let in_use = others.next().is_some();
            drop(others);
            let code = if in_use {
                "skipped"
            } else if owner != caller.account || !may_delete(self, &device.id) {
                "missing-permissions"
            } else {
                self.remove_snapshot(caller.region, &device.id);
                "success"
            };
            results.push((device.id, code));
        }
        Ok(results)
    }

    fn remove_snapshot(&mut self, region: &Region, snapshot: &SnapshotId) {
        if let Some(snapshots) = self.snapshots.get_mut(region) {
            snapshots.remove(snapshot);
        }
    }

    pub(crate) fn set_image_state(
        &mut self,
        region: &Region,
        image: &ImageId,
        state: ImageState,
    ) -> Result<(), Refusal> {
        let disables = state == ImageState::Disabled;
        let record = self.live_image(region, image)?;
        record.state = state;
        record.state_reason = None;
        self.copies.stop(region, image);
        if disables {
            self.store_launch_permissions(region, image, PrincipalSet::new());
        }
        Ok(())
    }

    /// The image, whoever owns it, unless it was deregistered
    pub(crate) fn live_image(
        &mut self,
        region: &Region,
        image: &ImageId,
    ) -> Result<&mut ImageRecord, Refusal> {
        self.image_mut(region, image)
            .filter(|record| !record.gone)
            .ok_or_else(|| Refusal::images_not_found([image]))
    }
}

/// `/dev/xvda`, `/dev/xvdb` and so on; `/dev/xvdaa` behind `/dev/xvdz`
pub(crate) fn device(index: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = Some(index);
    while let Some(number) = rest {
        letters.extend(('a'..='z').nth(number % 26));
        rest = (number / 26).checked_sub(1);
    }
    let suffix: String = letters.iter().rev().collect();
    format!("/dev/xvd{suffix}")
}
