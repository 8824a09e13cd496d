//! Images, snapshots, volumes, instances, their permissions and tags, and the settings that decide
//! over sharing.

mod allowed;
mod arn;
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
mod image_filter;
mod instance;
mod launch_permission;
mod life;
mod page;
mod pattern;
mod progress;
mod protection;
mod region;
mod register_image;
mod setting;
mod snapshot;
mod spec;
mod tag;
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
