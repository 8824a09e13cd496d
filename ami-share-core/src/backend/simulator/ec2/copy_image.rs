//! `CopyImage`: who may copy what, under which key, and how the copy ends.

use super::super::call::Caller;
use super::super::kms::KeyUse;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::allowed::AllowedImage;
use super::completion::Completion;
use super::encryption::{Encryption, KeptKey, SourceKey};
use super::image::{ImageDevice, ImageRecord, unavailable};
use super::image_attribute::check_description;
use super::progress::Progress;
use super::register_image::check_name;
use super::tag::{TagSets, check_tags, is_reserved};
use crate::id::{AccountId, ImageId, KeyArn, Region, SnapshotId};
use crate::resource::{ImageState, RootDevice, Tags};

/// The most characters of a client token
const TOKEN: usize = 64;
/// What AWS says of a copy whose key it cannot use
const NO_KEY: &str = "AMI snapshot copy failed with error: Given key ID is not accessible. You must \
                      have DescribeKey permissions on the default CMK";

/// What `CopyImage` is asked for
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct CopyRequest {
    pub(crate) source: ImageId,
    pub(crate) source_region: Region,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) encryption: Encryption,
    pub(crate) copy_tags: bool,
    pub(crate) image_tags: Tags,
    pub(crate) snapshot_tags: Tags,
    /// Each snapshot is done within it
    pub(crate) completion: Option<Completion>,
    pub(crate) token: Option<String>,
}

/// A snapshot of the source, and the key of its copy
struct CopiedDevice {
    device: ImageDevice,
    size: u32,
    key: Option<KeyArn>,
}

impl State {
    /// Starts a copy into the caller's Region
    ///
    /// The order of the checks is not documented.
    pub(crate) fn copy_image(
        &mut self,
        caller: Caller<'_>,
        request: CopyRequest,
    ) -> Result<ImageId, Refusal> {
        check_request(&request)?;
        if let Some(image) = self.copied_before(caller, &request)? {
            return Ok(image);
        }
        let source = self.copyable_image(caller, &request)?;
        let is_own = source.owner == caller.account;
        if source.root_device == RootDevice::InstanceStore
            && request.encryption.encrypted == Some(true)
        {
            // That it cannot be encrypted is documented; neither code nor text are.
            return Err(Refusal::new(
                "InvalidRequest",
                "An instance store-backed AMI cannot be encrypted by a copy.",
            ));
        }
        let tags = copied_tags(caller.account, source, &request);
        check_tags(&tags)?;
        let devices = source.snapshots.clone();
        // Names are not unique among copies, which AWS does not document: clients report copies of one
        // name, and that only `RegisterImage` and `CreateImage` refuse it (coreos/mantle,
        // `findAndDedupeImage`; openshift/openshift-tools#993).
        self.check_running_copies(caller)?;

        let (copied, locked) = self.keys_of_copy(caller, &request, is_own, &devices)?;
        let (time, fault) = self.faults.next_copy();
        let time = request.completion.map_or(time, |within| within.bound(time));
        let mut progress = Progress::lasting(self.now(), time);
        progress.failure = if locked {
            Some(NO_KEY.to_owned())
        } else {
            fault
        };
        let id = self.mint_image_id();
        let record = self.copy_of(caller, &request, id.clone(), copied, progress, tags)?;
        self.add_image(caller.region, record);
        self.copies.remember(caller, request, &id);
        Ok(id)
    }

    /// The source, if the caller may copy it
    fn copyable_image(
        &self,
        caller: Caller<'_>,
        request: &CopyRequest,
    ) -> Result<&ImageRecord, Refusal> {
        let region = &request.source_region;
        if region.partition() != caller.region.partition() {
            // That nothing is copied across partitions is documented; neither code nor text are.
            return Err(Refusal::new(
                "InvalidParameterValue",
                format!("Value ({region}) for parameter sourceRegion is invalid."),
            ));
        }
        let source = self
            .image(region, &request.source)
            .filter(|image| self.sees(caller.account, image))
            .filter(|image| {
                self.is_allowed_image(region, caller.account, image) != AllowedImage::Hidden
            })
            .ok_or_else(|| Refusal::images_not_found([&request.source]))?;
        if source.state != ImageState::Available {
            return Err(unavailable(source));
        }
        if source.owner == caller.account {
            return Ok(source);
        }
        if !source.product_codes.is_empty() {
            return Err(Refusal::new(
                "InvalidRequest",
                "Images from AWS Marketplace cannot be copied to another AWS account",
            ));
        }
        let can_read = |id: &SnapshotId| {
            self.snapshot(region, id).is_some_and(|snapshot| {
                snapshot.owner == caller.account
                    || self.may_create_volumes(region, caller.account, snapshot)
            })
        };
        // Nobody shares a bucket in this world.
        if source.root_device == RootDevice::InstanceStore
            || !source.snapshots.iter().all(|device| can_read(&device.id))
        {
            return Err(Refusal::new(
                "InvalidRequest",
                "You do not have permission to access the storage of this ami",
            ));
        }
        Ok(source)
    }

    /// The key of each copied snapshot, and whether one of the keys cannot be used
    fn keys_of_copy(
        &mut self,
        caller: Caller<'_>,
        request: &CopyRequest,
        is_own: bool,
        devices: &[ImageDevice],
    ) -> Result<(Vec<CopiedDevice>, bool), Refusal> {
        let stays_in_region = request.source_region == *caller.region;
        let mut copied = Vec::new();
        let mut locked = false;
        for device in devices {
            let Some(snapshot) = self.snapshot(&request.source_region, &device.id) else {
                return Err(Refusal::snapshot_not_found(&device.id));
            };
            let (size, owner) = (snapshot.volume_size, snapshot.owner);
            let source = snapshot.key.clone().map(|key| SourceKey {
                key,
                read: KeyUse::CopyFrom,
            });
            if source.is_some() && request.encryption.encrypted == Some(false) {
                return Err(Refusal::new(
                    "InvalidRequest",
                    format!(
                        "Snapshot {} is encrypted. Creating an unencrypted copy from an encrypted \
                         snapshot is not supported.",
                        device.id
                    ),
                ));
            }
            // `CopySnapshot` is documented to take the key of AWS in another Region; that `CopyImage`
            // does the same is not.
            let kept = if is_own && !stays_in_region {
                KeptKey::Never
            } else {
                KeptKey::Own(owner)
            };
            let chosen = self.choose_key(caller, &request.encryption, source.as_ref(), kept);
            locked |= chosen.failure.is_some();
            copied.push(CopiedDevice {
                device: device.clone(),
                size,
                key: chosen.key,
            });
        }
        Ok((copied, locked))
    }

    /// The record of the copy, with its new snapshots
    ///
    /// Launch permissions, deprecation and deregistration protection are not copied.
    fn copy_of(
        &mut self,
        caller: Caller<'_>,
        request: &CopyRequest,
        id: ImageId,
        copied: Vec<CopiedDevice>,
        progress: Progress,
        tags: Tags,
    ) -> Result<ImageRecord, Refusal> {
        let now = self.now();
        let mut snapshots = Vec::new();
        for CopiedDevice { device, size, key } in copied {
            let encrypted = key.is_some();
            let snapshot = self.add_snapshot(
                caller.region,
                caller.account,
                key,
                size,
                progress.clone(),
                request.snapshot_tags.clone(),
            );
            if let Some(record) = self.snapshot_mut(caller.region, &snapshot) {
                record.completion = request.completion;
                record.description = format!(
                    "Copied for DestinationAmi {id} from SourceAmi {} for SourceSnapshot {}. \
                     Task created on {}.",
                    request.source,
                    device.id,
                    now.milliseconds()
                );
            }
            snapshots.push(ImageDevice {
                id: snapshot,
                encrypted,
                ..device
            });
        }
        let source = self
            .image(&request.source_region, &request.source)
            .ok_or_else(|| Refusal::images_not_found([&request.source]))?;
        Ok(ImageRecord {
            // What it is where none is given is not documented.
            description: request.description.clone(),
            copying: Some(progress),
            source: Some((request.source.clone(), request.source_region.clone())),
            manifest: source.manifest.clone(),
            architecture: source.architecture.clone(),
            boot_mode: source.boot_mode.clone(),
            imds_v2: source.imds_v2,
            root_device_name: source.root_device_name.clone(),
            virtualization: source.virtualization.clone(),
            ena_support: source.ena_support,
            state: ImageState::Pending,
            root_device: source.root_device,
            snapshots,
            blank_devices: source.blank_devices.clone(),
            product_codes: source.product_codes.clone(),
            tags: TagSets::with(caller.account, tags),
            ..ImageRecord::new(id, caller.account, request.name.clone(), now)
        })
    }
}

/// What is wrong with a request by itself
fn check_request(request: &CopyRequest) -> Result<(), Refusal> {
    check_name(&request.name)?;
    check_description(&request.description)?;
    check_tags(&request.snapshot_tags)?;
    request.encryption.check()?;
    match &request.token {
        Some(token) if token.len() > TOKEN || !token.is_ascii() => Err(Refusal::new(
            "InvalidParameterValue",
            format!("A client token has at most {TOKEN} ASCII characters."),
        )),
        _ => Ok(()),
    }
}

/// The tags of the copy: what is asked for, and of the source what goes along
///
/// That a tag that is asked for replaces the one that goes along is not documented.
fn copied_tags(account: AccountId, source: &ImageRecord, request: &CopyRequest) -> Tags {
    let mut tags = if request.copy_tags {
        source.tags.of_image(source.owner, account)
    } else {
        Tags::new()
    };
    tags.retain(|key, _| !is_reserved(key));
    let asked = request.image_tags.iter();
    tags.extend(asked.map(|(key, value)| (key.clone(), value.clone())));
    tags
}
