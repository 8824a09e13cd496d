//! Images, snapshots, volumes, instances, their permissions and tags, and the settings that decide
//! over sharing.

// What only calls over the wire ask for has no caller without the server.

mod allowed;
mod arn;
#[cfg_attr(not(feature = "simulator-server"), allow(dead_code))]
mod copy_image;
#[cfg_attr(not(feature = "simulator-server"), allow(dead_code))]
mod create_image;
mod create_snapshot;
mod create_volume_permission;
#[cfg_attr(not(feature = "simulator-server"), allow(dead_code))]
mod deprecation;
#[cfg_attr(not(feature = "simulator-server"), allow(dead_code))]
mod describe_image;
#[cfg_attr(not(feature = "simulator-server"), allow(dead_code))]
mod encryption;
#[cfg_attr(not(feature = "simulator-server"), allow(dead_code))]
mod filter;
#[cfg_attr(not(feature = "simulator-server"), allow(dead_code))]
mod image;
#[cfg_attr(not(feature = "simulator-server"), allow(dead_code))]
mod image_attribute;
mod image_filter;
#[cfg_attr(not(feature = "simulator-server"), allow(dead_code))]
mod instance;
mod launch_permission;
#[cfg_attr(not(feature = "simulator-server"), allow(dead_code))]
mod life;
mod page;
mod pattern;
mod progress;
#[cfg_attr(not(feature = "simulator-server"), allow(dead_code))]
mod protection;
mod region;
#[cfg_attr(not(feature = "simulator-server"), allow(dead_code))]
mod register_image;
mod setting;
mod snapshot;
mod spec;
mod tag;
#[cfg_attr(not(feature = "simulator-server"), allow(dead_code))]
mod volume;

pub(crate) use allowed::AllowedImage;
pub use allowed::{AllowedImages, AllowedImagesState, ImageCriterion};
#[cfg(feature = "simulator-server")]
pub(crate) use arn::arn;
pub(crate) use arn::{image_arn, resource_arn, snapshot_arn};
pub(crate) use copy_image::Copies;
#[cfg(feature = "simulator-server")]
pub(crate) use copy_image::CopyRequest;
#[cfg(feature = "simulator-server")]
pub(crate) use create_image::ImageOfInstance;
#[cfg(feature = "simulator-server")]
pub(crate) use create_snapshot::SnapshotCopy;
#[cfg(feature = "simulator-server")]
pub(crate) use describe_image::{ExecutableBy, ImageOwner, ImageQuery};
#[cfg(feature = "simulator-server")]
pub(crate) use encryption::Encryption;
#[cfg(feature = "simulator-server")]
pub(crate) use filter::{Filter, check_filters};
pub(crate) use image::ImageRecord;
#[cfg(feature = "simulator-server")]
pub(crate) use image::{BlankDevice, DeregistrationProtection, ImageDevice, ImageVolume};
#[cfg(feature = "simulator-server")]
pub(crate) use image_attribute::NewValue;
#[cfg(feature = "simulator-server")]
pub(crate) use image_filter::root_device_type;
pub(crate) use instance::InstanceRecord;
#[cfg(feature = "simulator-server")]
pub(crate) use instance::{Launch, LaunchDevice};
#[cfg(feature = "simulator-server")]
pub(crate) use life::device;
#[cfg(feature = "simulator-server")]
pub(crate) use pattern::matches_pattern;
#[cfg(feature = "simulator-server")]
pub(crate) use progress::{Progress, Stage};
#[cfg(feature = "simulator-server")]
pub(crate) use region::zones;
#[cfg(feature = "simulator-server")]
pub(crate) use register_image::{NewDevice, NewImage, NewSource};
pub(crate) use setting::{Quotas, Settings};
pub(crate) use snapshot::SnapshotRecord;
pub use spec::ImageSpec;
pub(crate) use tag::Taggable;
#[cfg(feature = "simulator-server")]
pub(crate) use tag::{TagSets, TagsToDelete, check_tags};
#[cfg(feature = "simulator-server")]
pub(crate) use volume::NewVolume;
pub(crate) use volume::VolumeRecord;
