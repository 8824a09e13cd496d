//! What the SDK's answers become. What cannot be read is an error, never left out.

use std::str::FromStr;

use aws_sdk_ec2::types;

use super::error::unreadable;
use crate::api_error::ApiError;
use crate::id::ParseIdError;
use crate::principal::{Principal, PrincipalSet};
use crate::resource::{
    BootSettings, Image, ImageDetails, ImageSnapshot, ImageSource, ImageState, RootDevice,
    SharedImage, Snapshot, SnapshotProgress, Tags, Timestamp,
};

const DESCRIBE_IMAGES: &str = "DescribeImages";

pub(super) fn image(image: &types::Image) -> Result<Image, ApiError> {
    let SharedImage {
        id,
        owner,
        name,
        state,
        public,
        tags,
    } = shared_image(image)?;
    let snapshots = snapshots_of(image)?;
    Ok(Image {
        id,
        owner,
        name,
        state,
        state_reason: image
            .state_reason()
            .and_then(|reason| reason.message())
            .map(str::to_owned),
        public,
        root_device: root_device(image, &snapshots),
        snapshots,
        product_codes: image
            .product_codes()
            .iter()
            .filter_map(|code| code.product_code_id())
            .map(str::to_owned)
            .collect(),
        tags,
    })
}

pub(super) fn shared_image(image: &types::Image) -> Result<SharedImage, ApiError> {
    let state = image.state().map_or("", types::ImageState::as_str);
    Ok(SharedImage {
        id: parse(DESCRIBE_IMAGES, "the id of an image", image.image_id())?,
        owner: parse(DESCRIBE_IMAGES, "the owner of an image", image.owner_id())?,
        name: image.name().map(str::to_owned),
        state: ImageState::from(state),
        public: image.public().unwrap_or_default(),
        tags: tags(image.tags()),
    })
}

pub(super) fn image_details(details: &types::Image) -> Result<ImageDetails, ApiError> {
    let time = |what, text| timestamp(DESCRIBE_IMAGES, what, text);
    let source = match (details.source_image_region(), details.source_image_id()) {
        (Some(region), Some(image)) => Some(ImageSource {
            region: parse(DESCRIBE_IMAGES, "the Region of a source", Some(region))?,
            image: parse(DESCRIBE_IMAGES, "the id of a source", Some(image))?,
        }),
        _ => None,
    };
    Ok(ImageDetails {
        image: image(details)?,
        description: text(details.description()),
        created: time("when an image was made", details.creation_date())?,
        deprecation: time("when an image is deprecated", details.deprecation_time())?,
        deregistration_protection: text(details.deregistration_protection()),
        last_launched: time(
            "when an image was last launched",
            details.last_launched_time(),
        )?,
        source,
        boot: boot_settings(details),
    })
}

fn boot_settings(image: &types::Image) -> BootSettings {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    BootSettings {
        architecture: text(image.architecture().map(types::ArchitectureValues::as_str)),
        boot_mode: text(image.boot_mode().map(types::BootModeValues::as_str)),
        imds_support: text(image.imds_support().map(types::ImdsSupportValues::as_str)),
        tpm_support: text(image.tpm_support().map(types::TpmSupportValues::as_str)),
        virtualization: text(
            image
                .virtualization_type()
                .map(types::VirtualizationType::as_str),
        ),
        ena_support: image
            .ena_support()
            .as_ref()
            .map_or_else(String::new, bool::to_string),
        sriov_net_support: text(image.sriov_net_support()),
        root_device_name: text(image.root_device_name()),
        platform: text(image.platform().map(types::PlatformValues::as_str)),
    }
}

fn snapshots_of(image: &types::Image) -> Result<Vec<ImageSnapshot>, ApiError> {
    let mut snapshots = Vec::new();
    for mapping in image.block_device_mappings() {
        // An EBS volume without a snapshot starts empty.
        let Some((ebs, id)) = mapping
            .ebs()
            .and_then(|ebs| Some((ebs, ebs.snapshot_id()?)))
        else {
            continue;
        };
        snapshots.push(ImageSnapshot {
            id: parse(DESCRIBE_IMAGES, "the id of a snapshot", Some(id))?,
            device: mapping.device_name().unwrap_or_default().to_owned(),
            encrypted: ebs.encrypted(),
        });
    }
    Ok(snapshots)
}

/// The kind of root device; told from the snapshots where AWS does not say `ebs` or
/// `instance-store`, as for an image whose creation failed
fn root_device(image: &types::Image, snapshots: &[ImageSnapshot]) -> RootDevice {
    match image.root_device_type() {
        Some(types::DeviceType::Ebs) => RootDevice::Ebs,
        Some(types::DeviceType::InstanceStore) => RootDevice::InstanceStore,
        _ if snapshots.is_empty() => RootDevice::InstanceStore,
        _ => RootDevice::Ebs,
    }
}

pub(super) fn snapshot(snapshot: &types::Snapshot) -> Result<Snapshot, ApiError> {
    const OPERATION: &str = "DescribeSnapshots";
    Ok(Snapshot {
        id: parse(OPERATION, "the id of a snapshot", snapshot.snapshot_id())?,
        encrypted: snapshot
            .encrypted()
            .ok_or_else(|| unreadable(OPERATION, "whether a snapshot is encrypted is missing"))?,
        key: snapshot
            .kms_key_id()
            .map(|key| parse(OPERATION, "the key of a snapshot", Some(key)))
            .transpose()?,
        tags: tags(snapshot.tags()),
    })
}

pub(super) fn snapshot_progress(snapshot: &types::Snapshot) -> Result<SnapshotProgress, ApiError> {
    const OPERATION: &str = "DescribeSnapshots";
    let state = snapshot
        .state()
        .ok_or_else(|| unreadable(OPERATION, "the state of a snapshot is missing"))?;
    let percent = match text(snapshot.progress()) {
        None => None,
        Some(text) => Some(
            text.trim_end_matches('%')
                .parse()
                .ok()
                .filter(|percent| *percent <= 100)
                .ok_or_else(|| {
                    unreadable(
                        OPERATION,
                        format_args!("`{text}` is no progress in percent"),
                    )
                })?,
        ),
    };
    Ok(SnapshotProgress {
        id: parse(OPERATION, "the id of a snapshot", snapshot.snapshot_id())?,
        state: state.as_str().to_owned(),
        percent,
        message: text(snapshot.state_message()),
    })
}

pub(super) fn tags(tags: &[types::Tag]) -> Tags {
    tags.iter()
        .filter_map(|tag| Some((tag.key()?, tag.value().unwrap_or_default())))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

pub(super) fn launch_permissions(
    entries: Option<&[types::LaunchPermission]>,
) -> Result<PrincipalSet, ApiError> {
    const OPERATION: &str = "DescribeImageAttribute";
    let mut principals = PrincipalSet::new();
    for entry in entries.ok_or_else(|| no_permissions(OPERATION))? {
        let texts = [
            entry.user_id(),
            entry.group().map(types::PermissionGroup::as_str),
            entry.organization_arn(),
            entry.organizational_unit_arn(),
        ];
        add_principals(OPERATION, &texts, &mut principals)?;
    }
    Ok(principals)
}

pub(super) fn create_volume_permissions(
    entries: Option<&[types::CreateVolumePermission]>,
) -> Result<PrincipalSet, ApiError> {
    const OPERATION: &str = "DescribeSnapshotAttribute";
    let mut principals = PrincipalSet::new();
    for entry in entries.ok_or_else(|| no_permissions(OPERATION))? {
        let texts = [
            entry.user_id(),
            entry.group().map(types::PermissionGroup::as_str),
        ];
        add_principals(OPERATION, &texts, &mut principals)?;
    }
    Ok(principals)
}

/// EC2 answers with an empty list if nobody has a permission, never without any list
fn no_permissions(operation: &str) -> ApiError {
    unreadable(operation, "the list of permissions is missing")
}

/// Adds the principals of one entry, which has exactly one on AWS
fn add_principals(
    operation: &str,
    texts: &[Option<&str>],
    principals: &mut PrincipalSet,
) -> Result<(), ApiError> {
    if texts.iter().all(Option::is_none) {
        return Err(unreadable(
            operation,
            "a permission entry names no account, group, organization or OU, so it is of a kind \
             that this version does not know",
        ));
    }
    for text in texts.iter().flatten() {
        let principal = Principal::from_str(text).map_err(|error| unreadable(operation, error))?;
        principals.insert(principal);
    }
    Ok(())
}

/// The other way: a principal as an entry of `ModifyImageAttribute`
pub(super) fn launch_permission(principal: &Principal) -> types::LaunchPermission {
    let entry = types::LaunchPermission::builder();
    match principal {
        Principal::Account(id) => entry.user_id(id.to_string()),
        Principal::Organization(arn) => entry.organization_arn(arn.as_str()),
        Principal::OrganizationalUnit(arn) => entry.organizational_unit_arn(arn.as_str()),
        Principal::Public => entry.group(types::PermissionGroup::All),
    }
    .build()
}

/// What EC2 says; it leaves some things out by an empty text
fn text(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

fn timestamp(
    operation: &str,
    what: &str,
    written: Option<&str>,
) -> Result<Option<Timestamp>, ApiError> {
    text(written)
        .map(|written| written.parse())
        .transpose()
        .map_err(|error| unreadable(operation, format_args!("{what}: {error}")))
}

pub(super) fn parse<T: FromStr<Err = ParseIdError>>(
    operation: &str,
    what: &str,
    text: Option<&str>,
) -> Result<T, ApiError> {
    let text = text.ok_or_else(|| unreadable(operation, format_args!("{what} is missing")))?;
    text.parse().map_err(|error| unreadable(operation, error))
}
