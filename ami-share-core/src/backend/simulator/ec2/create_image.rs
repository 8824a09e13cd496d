//! `CreateImage`: an image of an instance and its volumes.

use super::super::call::Caller;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::image::{ImageDevice, ImageRecord, ImageVolume};
use super::image_attribute::check_description;
use super::progress::Progress;
use super::register_image::check_name;
use super::tag::TagSets;
use crate::id::{ImageId, KeyArn};
use crate::resource::Tags;

/// What `CreateImage` is asked for
#[derive(Clone, Debug)]
pub(crate) struct ImageOfInstance {
    pub(crate) instance: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) image_tags: Tags,
    pub(crate) snapshot_tags: Tags,
}

/// A volume of the instance
struct Source {
    id: String,
    key: Option<KeyArn>,
    volume: ImageVolume,
}

impl State {
    /// An image like that of the caller's instance, with a snapshot of each of its volumes under the
    /// volume's key
    pub(crate) fn create_image(
        &mut self,
        caller: Caller<'_>,
        asked: ImageOfInstance,
    ) -> Result<ImageId, Refusal> {
        check_name(&asked.name)?;
        check_description(&asked.description)?;
        let instance = self.own_instance(caller, &asked.instance)?;
        if instance.end.is_some() {
            // The code is documented, the text is not.
            return Err(Refusal::new(
                "IncorrectInstanceState",
                format!("The instance '{}' is terminated.", asked.instance),
            ));
        }
        let base = instance.image.clone();
        self.check_name_is_free(caller.region, caller.account, &asked.name)?;
        let sources = self.volumes_of(caller, &asked.instance);

        let now = self.now();
        let id = self.mint_image_id();
        let mut snapshots = Vec::new();
        for source in sources {
            let encrypted = source.key.is_some();
            let snapshot = self.add_snapshot(
                caller.region,
                caller.account,
                source.key,
                source.volume.size,
                Progress::done(now),
                asked.snapshot_tags.clone(),
            );
            if let Some(record) = self.snapshot_mut(caller.region, &snapshot) {
                record.volume = Some(source.id);
                record.description = format!("Created by CreateImage({}) for {id}", asked.instance);
            }
            snapshots.push(ImageDevice {
                id: snapshot,
                encrypted,
                volume: source.volume,
            });
        }
        let mut record = ImageRecord {
            description: asked.description,
            source_instance: Some(asked.instance),
            snapshots,
            tags: TagSets::with(caller.account, asked.image_tags),
            ..ImageRecord::new(id.clone(), caller.account, asked.name, now)
        };
        // A deregistered image is still known, though nobody sees it.
        if let Some(base) = self.image(caller.region, &base) {
            record.architecture = base.architecture.clone();
            record.boot_mode = base.boot_mode.clone();
            record.imds_v2 = base.imds_v2;
            record.root_device_name = base.root_device_name.clone();
            record.virtualization = base.virtualization.clone();
            record.ena_support = base.ena_support;
            record.root_device = base.root_device;
            record.manifest = base.manifest.clone();
            record.product_codes = base.product_codes.clone();
        }
        self.add_image(caller.region, record);
        Ok(id)
    }

    fn volumes_of(&self, caller: Caller<'_>, instance: &str) -> Vec<Source> {
        let volumes = self.volumes.get(caller.region).into_iter();
        let mut sources: Vec<Source> = volumes
            .flat_map(|volumes| volumes.values())
            .filter_map(|record| {
                let attachment = record.attachment.as_ref()?;
                (attachment.instance == instance).then(|| Source {
                    id: record.id.clone(),
                    key: record.key.clone(),
                    volume: ImageVolume {
                        device: attachment.device.clone(),
                        size: record.size,
                        kind: record.kind.clone(),
                        delete_on_termination: attachment.delete_on_termination,
                    },
                })
            })
            .collect();
        sources.sort_by(|a, b| a.volume.device.cmp(&b.volume.device));
        sources
    }
}
