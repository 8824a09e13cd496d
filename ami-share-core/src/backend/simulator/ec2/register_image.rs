//! `RegisterImage`: an image from snapshots, or from a manifest in S3.

use super::super::call::Caller;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::image::{BlankDevice, ImageDevice, ImageRecord, ImageVolume};
use super::image_attribute::check_description;
use super::progress::Stage;
use super::tag::TagSets;
use crate::id::{AccountId, ImageId, Region, SnapshotId};
use crate::resource::{RootDevice, Tags};

/// What `RegisterImage` is asked to make
#[derive(Clone, Debug, Default)]
pub(crate) struct NewImage {
    pub(crate) name: String,
    pub(crate) description: String,
    /// Where the manifest is in S3, of an image that is to be backed by instance store
    pub(crate) manifest: Option<String>,
    pub(crate) architecture: Option<String>,
    pub(crate) virtualization: Option<String>,
    pub(crate) root_device_name: Option<String>,
    pub(crate) ena_support: bool,
    pub(crate) boot_mode: Option<String>,
    pub(crate) imds_v2: bool,
    pub(crate) devices: Vec<NewDevice>,
    pub(crate) tags: Tags,
}

#[derive(Clone, Debug)]
pub(crate) struct NewDevice {
    pub(crate) device: String,
    pub(crate) source: NewSource,
}

#[derive(Clone, Debug)]
pub(crate) enum NewSource {
    Volume {
        snapshot: Option<SnapshotId>,
        size: Option<u32>,
        kind: Option<String>,
        delete_on_termination: Option<bool>,
        encrypted: Option<bool>,
    },
    InstanceStore(String),
}

const ARCHITECTURES: [&str; 5] = ["i386", "x86_64", "arm64", "x86_64_mac", "arm64_mac"];
const BOOT_MODES: [&str; 3] = ["legacy-bios", "uefi", "uefi-preferred"];
const VIRTUALIZATIONS: [&str; 2] = ["hvm", "paravirtual"];
const VOLUME_TYPES: [&str; 7] = ["standard", "io1", "io2", "gp2", "sc1", "st1", "gp3"];
/// The length of a name, in characters
const NAME: std::ops::RangeInclusive<usize> = 3..=128;

impl State {
    pub(crate) fn register_new_image(
        &mut self,
        caller: Caller<'_>,
        new: NewImage,
    ) -> Result<ImageId, Refusal> {
        check_name(&new.name)?;
        check_description(&new.description)?;
        check_choice("architecture", new.architecture.as_deref(), &ARCHITECTURES)?;
        check_choice("bootMode", new.boot_mode.as_deref(), &BOOT_MODES)?;
        check_choice(
            "virtualizationType",
            new.virtualization.as_deref(),
            &VIRTUALIZATIONS,
        )?;
        self.check_name_is_free(caller.region, caller.account, &new.name)?;

        let mut snapshots = Vec::new();
        let mut blank_devices = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        for device in &new.devices {
            if names.contains(&device.device.as_str()) {
                return Err(bad_mapping(format!(
                    "{} is specified more than once",
                    device.device
                )));
            }
            names.push(&device.device);
            match self.device(caller, device)? {
                Device::OfSnapshot(device) => snapshots.push(device),
                Device::Blank(device) => blank_devices.push(device),
            }
        }
        let root_device_name = new
            .root_device_name
            .unwrap_or_else(|| "/dev/sda1".to_owned());
        let root_device = match new.manifest {
            Some(_) => RootDevice::InstanceStore,
            None => RootDevice::Ebs,
        };
        let has_root = snapshots
            .iter()
            .any(|device| device.volume.device == root_device_name);
        if root_device == RootDevice::Ebs && !has_root {
            return Err(bad_mapping("No root snapshot specified in device mapping."));
        }

        let id = self.mint_image_id();
        // The defaults of architecture and virtualization are the documented ones.
        let record = ImageRecord {
            description: new.description,
            manifest: new.manifest,
            architecture: new.architecture.unwrap_or_else(|| "i386".to_owned()),
            boot_mode: new.boot_mode,
            imds_v2: new.imds_v2,
            root_device_name,
            virtualization: new
                .virtualization
                .unwrap_or_else(|| "paravirtual".to_owned()),
            ena_support: new.ena_support,
            root_device,
            snapshots,
            blank_devices,
            tags: TagSets::with(caller.account, new.tags),
            ..ImageRecord::new(id.clone(), caller.account, new.name, self.now())
        };
        self.add_image(caller.region, record);
        Ok(id)
    }

    fn device(&self, caller: Caller<'_>, new: &NewDevice) -> Result<Device, Refusal> {
        let device = new.device.clone();
        let (snapshot, size, kind, delete_on_termination, encrypted) = match &new.source {
            NewSource::InstanceStore(name) => {
                return Ok(Device::Blank(BlankDevice::InstanceStore {
                    device,
                    name: name.clone(),
                }));
            }
            NewSource::Volume {
                snapshot,
                size,
                kind,
                delete_on_termination,
                encrypted,
            } => (snapshot, size, kind, delete_on_termination, encrypted),
        };
        check_choice("volumeType", kind.as_deref(), &VOLUME_TYPES)?;
        let volume = |size| ImageVolume {
            device: device.clone(),
            size,
            // The type where none is given is not documented.
            kind: kind.clone().unwrap_or_else(|| "gp2".to_owned()),
            delete_on_termination: delete_on_termination.unwrap_or(true),
        };
        let Some(snapshot) = snapshot else {
            let size = size.ok_or_else(|| {
                bad_mapping(format!(
                    "Device {device} has neither a snapshot nor a volume size"
                ))
            })?;
            return Ok(Device::Blank(BlankDevice::Volume {
                encrypted: encrypted.unwrap_or(false),
                volume: volume(size),
            }));
        };
        let record = self.seen_snapshot(caller, snapshot)?;
        // That somebody else's snapshot cannot be registered, even if it is shared, is not
        // documented; AWS's guide copies it first.
        if record.owner != caller.account {
            return Err(Refusal::new(
                "AuthFailure",
                format!("Not authorized for snapshot:{snapshot}"),
            ));
        }
        if record.progress.stage(self.now()) != Stage::Done {
            return Err(Refusal::new(
                "IncorrectState",
                format!("The snapshot {snapshot} is not in the state 'completed'."),
            ));
        }
        if encrypted.is_some() {
            return Err(bad_mapping(format!(
                "the encrypted flag cannot be specified since device {device} has a snapshot \
                 specified."
            )));
        }
        let size = size.unwrap_or(record.volume_size);
        if size < record.volume_size {
            return Err(bad_mapping(format!(
                "Volume of size {size}GB is smaller than snapshot '{snapshot}', expect size >= {}GB",
                record.volume_size
            )));
        }
        Ok(Device::OfSnapshot(ImageDevice {
            id: snapshot.clone(),
            encrypted: record.is_encrypted(),
            volume: volume(size),
        }))
    }

    /// An account does not take a name that an image of its own has in the Region
    pub(crate) fn check_name_is_free(
        &self,
        region: &Region,
        account: AccountId,
        name: &str,
    ) -> Result<(), Refusal> {
        let mut images = self
            .images
            .get(region)
            .into_iter()
            .flat_map(|of| of.values());
        match images.find(|image| image.owner == account && !image.gone && image.name == name) {
            Some(other) => Err(Refusal::new(
                "InvalidAMIName.Duplicate",
                format!("AMI name {name} is already in use by AMI {}", other.id),
            )),
            None => Ok(()),
        }
    }
}

enum Device {
    OfSnapshot(ImageDevice),
    Blank(BlankDevice),
}

pub(crate) fn check_name(name: &str) -> Result<(), Refusal> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "()[] ./-'@_".contains(c);
    if NAME.contains(&name.chars().count()) && name.chars().all(is_allowed) {
        return Ok(());
    }
    Err(Refusal::new(
        "InvalidAMIName.Malformed",
        "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, \
         '(', ')', '.', '-', '/' and '_'",
    ))
}

fn check_choice(name: &str, value: Option<&str>, choices: &[&str]) -> Result<(), Refusal> {
    match value {
        Some(other) if !choices.contains(&other) => Err(Refusal::new(
            "InvalidParameterValue",
            format!("Value ({other}) for parameter {name} is invalid."),
        )),
        _ => Ok(()),
    }
}

fn bad_mapping(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidBlockDeviceMapping", message)
}
