//! What the filters of `DescribeImages` look at.

use super::super::call::Caller;
use super::super::state::State;
use super::filter::{Filter, is_tag_filter};
use super::image::{BlankDevice, ImageRecord};
use crate::resource::RootDevice;

/// Filters that are there, but whose things no image of this world has
const NEVER: [&str; 21] = [
    "free-tier-eligible",
    "image-watermark.source-image-creation-time",
    "image-watermark.source-image-id",
    "image-watermark.source-image-region",
    "image-watermark.watermark-creation-time",
    "image-watermark.watermark-key",
    "instance-type-specification.supported-instance-type",
    "instance-type-specification.unsupported-instance-type",
    "kernel-id",
    // The alias of an owner is for AWS's own images alone.
    "owner-alias",
    "platform",
    "public-ssm-parameter-name",
    "ramdisk-id",
    "scan-result.critical-fix-available-since",
    "scan-result.finding-scan-date",
    "scan-result.high-fix-available-since",
    "scan-result.highest-finding-severity-label",
    "scan-result.informational-fix-available-since",
    "scan-result.low-fix-available-since",
    "scan-result.medium-fix-available-since",
    "sriov-net-support",
];

const KNOWN: [&str; 31] = [
    "architecture",
    "block-device-mapping.delete-on-termination",
    "block-device-mapping.device-name",
    "block-device-mapping.encrypted",
    "block-device-mapping.snapshot-id",
    "block-device-mapping.volume-size",
    "block-device-mapping.volume-type",
    "boot-mode",
    "creation-date",
    "description",
    "ena-support",
    "hypervisor",
    "image-allowed",
    "image-id",
    "image-type",
    "is-public",
    "manifest-location",
    "name",
    "owner-id",
    "product-code",
    "product-code.type",
    "root-device-name",
    "root-device-type",
    "source-image-id",
    "source-image-region",
    "source-instance-id",
    "state",
    "state-reason-code",
    "state-reason-message",
    "tag-key",
    "virtualization-type",
];

pub(crate) fn is_image_filter(name: &str) -> bool {
    KNOWN.contains(&name) || NEVER.contains(&name) || is_tag_filter(name)
}

impl State {
    /// Whether what the filter names is of the image, as the caller sees it
    pub(crate) fn is_match(
        &self,
        caller: Caller<'_>,
        filter: &Filter,
        image: &ImageRecord,
    ) -> bool {
        let one = |thing: &str| filter.matches([thing]);
        let flag = |flag: bool| one(if flag { "true" } else { "false" });
        match filter.name.as_str() {
            "architecture" => one(&image.architecture),
            "boot-mode" => filter.matches(&image.boot_mode),
            "creation-date" => one(&image.created.iso_8601()),
            "description" => one(&image.description),
            "ena-support" => flag(image.ena_support),
            "hypervisor" => one("xen"),
            "image-allowed" => {
                let allowed = self.is_allowed_image(caller.region, caller.account, image);
                // Where the setting is off, every image is taken for allowed; that is not documented.
                flag(allowed.flag().unwrap_or(true))
            }
            "image-id" => one(image.id.as_str()),
            "image-type" => one("machine"),
            "is-public" => flag(image.is_public()),
            "manifest-location" => filter.matches(&image.manifest),
            "name" => one(&image.name),
            "owner-id" => one(&image.owner.to_string()),
            "product-code" => filter.matches(&image.product_codes),
            "product-code.type" => !image.product_codes.is_empty() && one("marketplace"),
            "root-device-name" => one(&image.root_device_name),
            "root-device-type" => one(root_device_type(image.root_device)),
            "source-image-id" => filter.matches(image.source.as_ref().map(|(id, _)| id.as_str())),
            "source-image-region" => {
                filter.matches(image.source.as_ref().map(|(_, region)| region.as_str()))
            }
            "source-instance-id" => filter.matches(&image.source_instance),
            "state" => one(image.state.as_str()),
            "state-reason-code" => {
                filter.matches(image.state_reason.as_ref().map(|reason| reason.code))
            }
            "state-reason-message" => {
                filter.matches(image.state_reason.as_ref().map(|reason| &reason.message))
            }
            "tag-key" => {
                let tags = image.tags.of_image(image.owner, caller.account);
                filter.matches(tags.keys())
            }
            "virtualization-type" => one(&image.virtualization),
            name => match name.strip_prefix("tag:") {
                Some(key) => {
                    let tags = image.tags.of_image(image.owner, caller.account);
                    filter.matches(tags.get(key))
                }
                None => name
                    .strip_prefix("block-device-mapping.")
                    .is_some_and(|what| filter.matches(of_devices(image, what))),
            },
        }
    }
}

/// What one field of the block device mappings is
fn of_devices(image: &ImageRecord, what: &str) -> Vec<String> {
    let from_snapshots = image
        .snapshots
        .iter()
        .map(|device| (Some(&device.id), device.encrypted, &device.volume));
    let blank = image
        .blank_devices
        .iter()
        .filter_map(|device| match device {
            BlankDevice::Volume { encrypted, volume } => Some((None, *encrypted, volume)),
            BlankDevice::InstanceStore { .. } => None,
        });
    from_snapshots
        .chain(blank)
        .filter_map(|(snapshot, encrypted, volume)| match what {
            "delete-on-termination" => Some(volume.delete_on_termination.to_string()),
            "device-name" => Some(volume.device.clone()),
            "encrypted" => Some(encrypted.to_string()),
            "snapshot-id" => snapshot.map(ToString::to_string),
            "volume-size" => Some(volume.size.to_string()),
            "volume-type" => Some(volume.kind.clone()),
            _ => None,
        })
        .collect()
}

pub(crate) fn root_device_type(root_device: RootDevice) -> &'static str {
    match root_device {
        RootDevice::Ebs => "ebs",
        RootDevice::InstanceStore => "instance-store",
    }
}
