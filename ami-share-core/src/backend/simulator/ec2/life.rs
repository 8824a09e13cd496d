//! How images come, change and go: what happens beside the port.

use super::super::eventual::Eventual;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::image::{DeregistrationProtection, ImageRecord, unavailable};
use super::progress::Progress;
use super::snapshot::SnapshotRecord;
use super::spec::ImageSpec;
use super::tag::TagSets;
use crate::id::{AccountId, ImageId, Region, SnapshotId};
use crate::principal::PrincipalSet;
use crate::resource::{ImageSnapshot, ImageState};

impl State {
    pub(crate) fn register_image(
        &mut self,
        region: &Region,
        owner: AccountId,
        spec: ImageSpec,
    ) -> ImageId {
        let snapshots = spec
            .snapshots()
            .iter()
            .enumerate()
            .map(|(index, &encrypted)| ImageSnapshot {
                id: self.create_snapshot(region, owner, encrypted),
                device: device(index),
                encrypted: Some(encrypted),
            })
            .collect();
        let id = self.mint_image_id();
        let record = ImageRecord {
            id: id.clone(),
            owner,
            name: spec.name,
            description: String::new(),
            created: self.now(),
            copying: None,
            source: None,
            deprecation: None,
            protection: DeregistrationProtection::Off,
            architecture: "x86_64".to_owned(),
            boot_mode: None,
            imds_v2: false,
            root_device_name: device(0),
            virtualization: "hvm".to_owned(),
            ena_support: true,
            state: spec.state,
            root_device: spec.root_device,
            snapshots,
            product_codes: spec.product_codes,
            permissions: Eventual::default(),
            tags: TagSets::with(owner, spec.tags),
            gone: false,
        };
        self.images
            .entry(region.clone())
            .or_default()
            .insert(id.clone(), record);
        id
    }

    fn create_snapshot(
        &mut self,
        region: &Region,
        owner: AccountId,
        encrypted: bool,
    ) -> SnapshotId {
        let key = encrypted.then(|| self.aws_ebs_key(region, owner));
        let id = self.mint_snapshot_id();
        let record = SnapshotRecord {
            id: id.clone(),
            owner,
            key,
            volume: None,
            volume_size: 8,
            description: String::new(),
            progress: Progress::done(self.now()),
            permissions: Eventual::default(),
            tags: TagSets::default(),
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
    pub(crate) fn deregister_image(
        &mut self,
        region: &Region,
        image: &ImageId,
    ) -> Result<(), Refusal> {
        let record = self.live_image(region, image)?;
        record.state = ImageState::Deregistered;
        record.gone = true;
        // Nobody can read it any more, so there is nobody to be late.
        record.permissions = Eventual::default();
        Ok(())
    }

    pub(crate) fn set_image_state(
        &mut self,
        region: &Region,
        image: &ImageId,
        state: ImageState,
    ) -> Result<(), Refusal> {
        let disables = state == ImageState::Disabled;
        self.live_image(region, image)?.state = state;
        if disables {
            self.store_launch_permissions(region, image, PrincipalSet::new());
        }
        Ok(())
    }

    fn live_image(
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
fn device(index: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = Some(index);
    while let Some(number) = rest {
        letters.extend(('a'..='z').nth(number % 26));
        rest = (number / 26).checked_sub(1);
    }
    let suffix: String = letters.iter().rev().collect();
    format!("/dev/xvd{suffix}")
}
