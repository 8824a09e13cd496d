//! The devices of an image.

use serde::{Deserialize, Serialize};

use super::super::ec2::{BlankDevice, ImageDevice, ImageVolume, Progress, device as device_of};
use super::is_default;
use super::loader::{Loader, parsed};
use super::snapshot::DEFAULT_SIZE;
use super::wrong::Wrong;
use crate::document::At;
use crate::id::{AccountId, Region};
use crate::resource::Tags;

/// A device of an image with the snapshot behind it
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub(super) struct DeviceFile {
    /// The device, such as `/dev/xvda`; the next one if nothing is said
    #[serde(skip_serializing_if = "is_default")]
    device: Option<String>,
    /// One of the `snapshots` of the Region, by id or name; if nothing is said, a new one is made
    #[serde(skip_serializing_if = "is_default")]
    snapshot: Option<String>,
    /// The key that the new snapshot is encrypted under, by ARN, id or alias
    #[serde(skip_serializing_if = "is_default")]
    encrypted_with: Option<String>,
    /// The size of the volume in GiB; that of the snapshot if nothing is said
    #[serde(skip_serializing_if = "is_default")]
    size: Option<u32>,
    /// The type of the volume, `gp3` if nothing is said
    #[serde(skip_serializing_if = "is_default")]
    volume_type: Option<String>,
    /// Whether the volume stays when its instance ends
    #[serde(skip_serializing_if = "is_default")]
    keep: bool,
}

/// A device without a snapshot: a new volume, or one of the instance store
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct BlankFile {
    /// The device, such as `/dev/xvdb`
    device: String,
    /// The name of a volume of the instance store, such as `ephemeral0`
    #[serde(default, skip_serializing_if = "is_default")]
    instance_store: Option<String>,
    /// The size of a new volume in GiB
    #[serde(default, skip_serializing_if = "is_default")]
    size: Option<u32>,
    /// The type of a new volume, `gp3` if nothing is said
    #[serde(default, skip_serializing_if = "is_default")]
    volume_type: Option<String>,
    /// Whether a new volume is encrypted
    #[serde(default, skip_serializing_if = "is_default")]
    encrypted: bool,
    /// Whether a new volume stays when its instance ends
    #[serde(default, skip_serializing_if = "is_default")]
    keep: bool,
}

impl DeviceFile {
    pub(super) fn load(
        self,
        loader: &mut Loader,
        region: &Region,
        owner: AccountId,
        index: usize,
        at: &At<'_>,
    ) -> Result<ImageDevice, Wrong> {
        let (id, size, encrypted) = match &self.snapshot {
            Some(text) => {
                if self.encrypted_with.is_some() {
                    return Err(at.field("encrypted_with").wrong(
                        "it is for a new snapshot, and `snapshot` names one that is there",
                    ));
                }
                let at = at.field("snapshot");
                let named = loader.snapshots.get(&(region.clone(), text.clone()));
                let id = match named {
                    Some(id) => id.clone(),
                    None => parsed(text, &at)?,
                };
                let record = loader.state.snapshot(region, &id).ok_or_else(|| {
                    at.wrong(format_args!("there is no snapshot `{text}` in `{region}`"))
                })?;
                let size = self.size.unwrap_or(record.volume_size);
                (id, size, record.is_encrypted())
            }
            None => {
                let key = match &self.encrypted_with {
                    Some(text) => {
                        Some(loader.key(region, owner, text, &at.field("encrypted_with"))?)
                    }
                    None => None,
                };
                let encrypted = key.is_some();
                let size = self.size.unwrap_or(DEFAULT_SIZE);
                let progress = Progress::done(loader.start);
                let state = &mut loader.state;
                let id = state.add_snapshot(region, owner, key, size, progress, Tags::new());
                (id, size, encrypted)
            }
        };
        Ok(ImageDevice {
            id,
            encrypted,
            volume: ImageVolume {
                device: self.device.unwrap_or_else(|| device_of(index)),
                size,
                kind: self.volume_type.unwrap_or_else(|| GP3.to_owned()),
                delete_on_termination: !self.keep,
            },
        })
    }

    pub(super) fn of(device: &ImageDevice) -> Self {
        Self {
            device: Some(device.volume.device.clone()),
            snapshot: Some(device.id.to_string()),
            encrypted_with: None,
            size: Some(device.volume.size),
            volume_type: Some(device.volume.kind.clone()),
            keep: !device.volume.delete_on_termination,
        }
    }
}

const GP3: &str = "gp3";

impl BlankFile {
    pub(super) fn load(self) -> BlankDevice {
        match self.instance_store {
            Some(name) => BlankDevice::InstanceStore {
                device: self.device,
                name,
            },
            None => BlankDevice::Volume {
                encrypted: self.encrypted,
                volume: ImageVolume {
                    device: self.device,
                    size: self.size.unwrap_or(DEFAULT_SIZE),
                    kind: self.volume_type.unwrap_or_else(|| GP3.to_owned()),
                    delete_on_termination: !self.keep,
                },
            },
        }
    }

    pub(super) fn of(blank: &BlankDevice) -> Self {
        match blank {
            BlankDevice::InstanceStore { device, name } => Self {
                device: device.clone(),
                instance_store: Some(name.clone()),
                ..Self::default()
            },
            BlankDevice::Volume { encrypted, volume } => Self {
                device: volume.device.clone(),
                instance_store: None,
                size: Some(volume.size),
                volume_type: Some(volume.kind.clone()),
                encrypted: *encrypted,
                keep: !volume.delete_on_termination,
            },
        }
    }
}
