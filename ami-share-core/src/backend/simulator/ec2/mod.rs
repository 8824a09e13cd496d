//! Images, snapshots, their permissions and tags, and the settings that decide over sharing.

mod allowed;
mod arn;
// Copies are asked for over the wire alone.
#[cfg_attr(not(feature = "simulator-server"), allow(dead_code))]
mod copy_image;
mod create_snapshot;
mod create_volume_permission;
mod deprecation;
mod describe_image;
mod encryption;
mod filter;
mod image;
#[cfg_attr(not(feature = "simulator-server"), allow(dead_code))]
mod image_attribute;
mod image_filter;
mod instance;
mod launch_permission;
mod life;
mod page;
mod pattern;
mod progress;
mod protection;
mod region;
#[cfg_attr(not(feature = "simulator-server"), allow(dead_code))]
mod register_image;
mod setting;
mod snapshot;
mod spec;
mod tag;
mod volume;

pub(crate) use allowed::AllowedImage;
pub use allowed::{AllowedImages, AllowedImagesState, ImageCriterion};
pub(crate) use arn::{arn, image_arn, resource_arn, snapshot_arn};
pub(crate) use copy_image::{Copies, CopyRequest};
#[cfg(feature = "simulator-server")]
pub(crate) use create_snapshot::SnapshotCopy;
pub(crate) use describe_image::{ExecutableBy, ImageOwner, ImageQuery};
#[cfg(feature = "simulator-server")]
pub(crate) use encryption::Encryption;
pub(crate) use filter::{Filter, check_filters};
pub(crate) use image::{BlankDevice, ImageRecord, ImageVolume};
#[cfg(feature = "simulator-server")]
pub(crate) use image::{DeregistrationProtection, ImageDevice, StateReason};
pub(crate) use image_attribute::NewValue;
pub(crate) use image_filter::root_device_type;
pub(crate) use instance::InstanceRecord;
#[cfg(feature = "simulator-server")]
pub(crate) use instance::{Launch, LaunchDevice};
#[cfg(feature = "simulator-server")]
pub(crate) use life::device;
#[cfg(feature = "simulator-server")]
pub(crate) use pattern::matches_pattern;
pub(crate) use progress::{Progress, Stage};
#[cfg(feature = "simulator-server")]
pub(crate) use region::zones;
pub(crate) use register_image::{NewDevice, NewImage, NewSource};
pub(crate) use setting::{Quotas, Settings};
pub(crate) use snapshot::SnapshotRecord;
pub use spec::ImageSpec;
#[cfg(feature = "simulator-server")]
pub(crate) use tag::TagSets;
pub(crate) use tag::Taggable;
#[cfg(feature = "simulator-server")]
pub(crate) use tag::{TagsToDelete, check_tags};
pub(crate) use volume::VolumeRecord;
#[cfg(feature = "simulator-server")]
pub(crate) use volume::{NewVolume, check_id};
