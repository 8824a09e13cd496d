//! Images, snapshots, volumes, instances, their permissions and tags, and the settings that decide
//! over sharing.

mod allowed;
mod arn;
mod completion;
mod copies;
mod copy_image;
mod create_image;
mod create_snapshot;
mod create_volume_permission;
mod deprecation;
mod describe_image;
mod encryption;
mod filter;
mod image;
mod image_attribute;
mod image_details;
mod image_filter;
mod image_reference;
mod instance;
mod launch;
mod launch_permission;
mod life;
mod pattern;
mod progress;
mod protection;
mod region;
mod register_image;
mod setting;
mod snapshot;
mod snapshot_progress;
mod spec;
mod tag;
mod usage_report;
mod volume;

pub(crate) use allowed::AllowedImage;
pub use allowed::{AllowedImages, AllowedImagesState, ImageCriterion};
pub(crate) use arn::{arn, image_arn, snapshot_arn};
pub(crate) use completion::Completion;
pub(crate) use copies::Copies;
pub(crate) use copy_image::CopyRequest;
pub(crate) use create_image::ImageOfInstance;
pub(crate) use create_snapshot::SnapshotCopy;
pub(crate) use describe_image::{ExecutableBy, ImageOwner, ImageQuery, unreadable};
pub(crate) use encryption::Encryption;
pub(crate) use filter::{Filter, all_match, check_filters, is_tag_filter, tag_values};
pub(crate) use image::{
    BlankDevice, DeregistrationProtection, ImageDevice, ImageRecord, ImageVolume, StateReason,
};
pub(crate) use image_attribute::NewValue;
pub(crate) use image_filter::{is_image_filter, root_device_type};
pub(crate) use image_reference::{ImageReference, REFERRING, ReferenceQuery};
pub(crate) use instance::{InstanceRecord, Launch, LaunchDevice};
pub(crate) use life::device;
pub(crate) use progress::{Progress, Stage};
pub(crate) use region::zones;
pub(crate) use register_image::{NewDevice, NewImage, NewSource};
pub(crate) use setting::{Quotas, Settings};
pub(crate) use snapshot::SnapshotRecord;
pub use spec::ImageSpec;
pub(crate) use tag::{TagSets, Taggable, TagsToDelete, check_tags};
pub(crate) use usage_report::{UsageEntry, UsageKind, UsageReport, UsageRequest};
pub(crate) use volume::{NewVolume, VolumeRecord};
