use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::ec2::{DeregistrationProtection, ImageRecord, Progress, StateReason};
use super::super::eventual::Eventual;
use super::super::state::State;
use super::device::{BlankFile, DeviceFile};
use super::is_default;
use super::loader::{Loader, moment, parsed};
use super::snapshot::tags_of_others;
use super::wrong::Wrong;
use crate::document::At;
use crate::id::{ImageId, Region};
use crate::resource::{ImageState, RootDevice, Tags};

/// An image (AMI)
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct ImageFile {
    /// Its id; made by counting if there is none
    #[serde(default, skip_serializing_if = "is_default")]
    id: Option<String>,
    /// The account that owns it, by id or name
    owner: String,
    /// Its name
    name: String,
    /// Its description
    #[serde(default, skip_serializing_if = "is_default")]
    description: String,
    /// When it was created
    #[serde(default, skip_serializing_if = "is_default")]
    created: Option<String>,
    /// `available`, `pending`, `failed`, `disabled`, `deregistered`, or another state of AWS
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    #[serde(default, skip_serializing_if = "is_default")]
    state: Option<ImageState>,
    /// Why it failed
    #[serde(default, skip_serializing_if = "is_default")]
    state_reason: Option<String>,
    /// Whether it was deregistered so long ago that nobody sees it any more
    #[serde(default, skip_serializing_if = "is_default")]
    gone: bool,
    /// `ebs` if nothing is said, or `instance-store`
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    #[serde(default, skip_serializing_if = "is_default")]
    root_device: Option<RootDevice>,
    /// The root device, `/dev/xvda` if nothing is said
    #[serde(default, skip_serializing_if = "is_default")]
    root_device_name: Option<String>,
    /// `x86_64` if nothing is said
    #[serde(default, skip_serializing_if = "is_default")]
    architecture: Option<String>,
    /// `hvm` if nothing is said, or `paravirtual`
    #[serde(default, skip_serializing_if = "is_default")]
    virtualization: Option<String>,
    /// Such as `uefi`
    #[serde(default, skip_serializing_if = "is_default")]
    boot_mode: Option<String>,
    /// Whether it wants version 2 of the instance metadata service
    #[serde(default, skip_serializing_if = "is_default")]
    imds_v2: bool,
    /// Whether it has enhanced networking; it has if nothing is said
    #[serde(default, skip_serializing_if = "is_default")]
    ena_support: Option<bool>,
    /// The snapshots behind it; if nothing is said, an EBS image has one that is not encrypted
    #[serde(default, skip_serializing_if = "is_default")]
    snapshots: Option<Vec<DeviceFile>>,
    /// The devices that have no snapshot
    #[serde(default, skip_serializing_if = "is_default")]
    blank_devices: Vec<BlankFile>,
    /// Where its manifest is in S3, of an image that is backed by instance store
    #[serde(default, skip_serializing_if = "is_default")]
    manifest: Option<String>,
    /// When it was launched last
    #[serde(default, skip_serializing_if = "is_default")]
    last_launched: Option<String>,
    /// The product codes of AWS Marketplace
    #[serde(default, skip_serializing_if = "is_default")]
    product_codes: Vec<String>,
    /// With whom it is shared: accounts, organizations and OUs by id, ARN or name, or `all`
    #[serde(default, skip_serializing_if = "is_default")]
    launch_permissions: Vec<String>,
    /// From when on it is deprecated
    #[serde(default, skip_serializing_if = "is_default")]
    deprecation: Option<String>,
    /// What keeps it from being deregistered
    #[serde(default, skip_serializing_if = "is_default")]
    deregistration_protection: ProtectionFile,
    /// The image that it was copied from
    #[serde(default, skip_serializing_if = "is_default")]
    source: Option<SourceFile>,
    /// How far the copy is that made it
    #[serde(default, skip_serializing_if = "is_default")]
    copying: Option<ProgressFile>,
    /// The tags that its owner put on it
    #[serde(default, skip_serializing_if = "is_default")]
    tags: Tags,
    /// The tags that other accounts put on it, which they alone see, by account
    #[serde(default, skip_serializing_if = "is_default")]
    tags_of_others: BTreeMap<String, Tags>,
}

/// Deregistration protection
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum ProtectionFile {
    #[default]
    Off,
    On,
    /// It holds for a day when it is switched off
    OnWithCooldown,
    /// It was switched off, and holds until then
    CoolingDownUntil(String),
}

/// An image in a Region
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct SourceFile {
    image: String,
    region: String,
}

/// Work of AWS that takes time
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct ProgressFile {
    /// When it started
    started: String,
    /// When it ends
    ends: String,
    /// Why it fails when it ends, if it does
    #[serde(default, skip_serializing_if = "is_default")]
    failure: Option<String>,
}

impl ImageFile {
    /// Has the image known by its id
    pub(super) fn name_it(
        &self,
        loader: &mut Loader,
        region: &Region,
        at: &At<'_>,
    ) -> Result<(), Wrong> {
        match &self.id {
            Some(id) => loader.take(region, id, &at.field("id")),
            None => Ok(()),
        }
    }

    pub(super) fn load(
        self,
        loader: &mut Loader,
        region: &Region,
        at: &At<'_>,
    ) -> Result<(), Wrong> {
        let owner = loader.account(&self.owner, &at.field("owner"))?;
        let id: Option<ImageId> = match &self.id {
            Some(id) => Some(parsed(id, &at.field("id"))?),
            None => None,
        };
        let root_device = self.root_device.unwrap_or(RootDevice::Ebs);
        let devices = self.snapshots.unwrap_or_else(|| match root_device {
            RootDevice::Ebs => vec![DeviceFile::default()],
            RootDevice::InstanceStore => Vec::new(),
        });
        let mut snapshots = Vec::with_capacity(devices.len());
        for (index, device) in devices.into_iter().enumerate() {
            let at = at.field("snapshots");
            snapshots.push(device.load(loader, region, owner, index, &at.item(index))?);
        }
        let at_permissions = at.field("launch_permissions");
        let permissions = loader.principals(&self.launch_permissions, &at_permissions)?;
        let at_others = at.field("tags_of_others");
        let tags = loader.tags(owner, self.tags, self.tags_of_others, &at_others)?;
        let source = match &self.source {
            Some(source) => Some(source.load(&at.field("source"))?),
            None => None,
        };
        let copying = match self.copying {
            Some(copying) => Some(copying.load(&at.field("copying"))?),
            None => None,
        };
        let at_deprecation = at.field("deprecation");
        let deprecation = self.deprecation.as_deref();
        let deprecation = deprecation
            .map(|text| moment(text, &at_deprecation))
            .transpose()?;
        let id = id.unwrap_or_else(|| loader.state.mint_image_id());
        let created = loader.moment(self.created.as_deref(), &at.field("created"))?;
        let last_launched = match &self.last_launched {
            Some(text) => Some(moment(text, &at.field("last_launched"))?),
            None => None,
        };
        let new = ImageRecord::new(id, owner, self.name, created);
        let record = ImageRecord {
            description: self.description,
            manifest: self.manifest,
            last_launched,
            state_reason: self.state_reason.map(|message| StateReason {
                code: StateReason::FAILED,
                message,
            }),
            blank_devices: self
                .blank_devices
                .into_iter()
                .map(BlankFile::load)
                .collect(),
            copying,
            source,
            deprecation,
            protection: self
                .deregistration_protection
                .load(&at.field("deregistration_protection"))?,
            architecture: self.architecture.unwrap_or(new.architecture),
            boot_mode: self.boot_mode,
            imds_v2: self.imds_v2,
            root_device_name: self.root_device_name.unwrap_or(new.root_device_name),
            virtualization: self.virtualization.unwrap_or(new.virtualization),
            ena_support: self.ena_support.unwrap_or(true),
            state: self.state.unwrap_or(ImageState::Available),
            root_device,
            snapshots,
            product_codes: self.product_codes,
            permissions: Eventual::new(permissions),
            tags,
            gone: self.gone,
            ..new
        };
        loader.state.add_image(region, record);
        Ok(())
    }

    fn of(record: &ImageRecord) -> Self {
        Self {
            id: Some(record.id.to_string()),
            owner: record.owner.to_string(),
            name: record.name.clone(),
            description: record.description.clone(),
            created: Some(record.created.iso_8601()),
            state: Some(record.state.clone()),
            state_reason: record.state_reason.as_ref().map(|it| it.message.clone()),
            gone: record.gone,
            blank_devices: record.blank_devices.iter().map(BlankFile::of).collect(),
            manifest: record.manifest.clone(),
            last_launched: record.last_launched.map(|moment| moment.iso_8601()),
            root_device: Some(record.root_device),
            root_device_name: Some(record.root_device_name.clone()),
            architecture: Some(record.architecture.clone()),
            virtualization: Some(record.virtualization.clone()),
            boot_mode: record.boot_mode.clone(),
            imds_v2: record.imds_v2,
            ena_support: Some(record.ena_support),
            snapshots: Some(record.snapshots.iter().map(DeviceFile::of).collect()),
            product_codes: record.product_codes.clone(),
            launch_permissions: record
                .permissions
                .current()
                .iter()
                .map(ToString::to_string)
                .collect(),
            deprecation: record.deprecation.map(|moment| moment.iso_8601()),
            deregistration_protection: ProtectionFile::of(record.protection),
            source: record.source.as_ref().map(|(image, region)| SourceFile {
                image: image.to_string(),
                region: region.to_string(),
            }),
            copying: record.copying.as_ref().map(ProgressFile::of),
            tags: record.tags.by(record.owner),
            tags_of_others: tags_of_others(&record.tags, record.owner),
        }
    }
}

impl ProtectionFile {
    fn load(self, at: &At<'_>) -> Result<DeregistrationProtection, Wrong> {
        Ok(match self {
            Self::Off => DeregistrationProtection::Off,
            Self::On => DeregistrationProtection::On {
                with_cooldown: false,
            },
            Self::OnWithCooldown => DeregistrationProtection::On {
                with_cooldown: true,
            },
            Self::CoolingDownUntil(text) => DeregistrationProtection::CoolingDown {
                until: moment(&text, at)?,
            },
        })
    }

    fn of(protection: DeregistrationProtection) -> Self {
        match protection {
            DeregistrationProtection::Off => Self::Off,
            DeregistrationProtection::On {
                with_cooldown: false,
            } => Self::On,
            DeregistrationProtection::On {
                with_cooldown: true,
            } => Self::OnWithCooldown,
            DeregistrationProtection::CoolingDown { until } => {
                Self::CoolingDownUntil(until.iso_8601())
            }
        }
    }
}

impl SourceFile {
    fn load(&self, at: &At<'_>) -> Result<(ImageId, Region), Wrong> {
        let image = parsed(&self.image, &at.field("image"))?;
        let region = parsed(&self.region, &at.field("region"))?;
        Ok((image, region))
    }
}

impl ProgressFile {
    fn load(self, at: &At<'_>) -> Result<Progress, Wrong> {
        Ok(Progress {
            started: moment(&self.started, &at.field("started"))?,
            ends: moment(&self.ends, &at.field("ends"))?,
            failure: self.failure,
        })
    }

    fn of(progress: &Progress) -> Self {
        Self {
            started: progress.started.iso_8601(),
            ends: progress.ends.iso_8601(),
            failure: progress.failure.clone(),
        }
    }
}

pub(super) fn saved(state: &State, region: &Region) -> Vec<ImageFile> {
    let records = state.images.get(region).into_iter().flatten();
    records.map(|(_, record)| ImageFile::of(record)).collect()
}
