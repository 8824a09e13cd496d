//! Images, snapshots, their permissions and tags, and the settings that decide over sharing.

mod allowed;
mod arn;
// Copies are asked for over the wire alone.
#[cfg_attr(not(feature = "simulator-server"), allow(dead_code))]
mod copy_image;
mod deprecation;
mod describe_image;
mod filter;
mod image;
#[cfg_attr(not(feature = "simulator-server"), allow(dead_code))]
mod image_attribute;
mod image_filter;
mod launch_permission;
mod life;
mod page;
mod pattern;
mod progress;
mod protection;
#[cfg_attr(not(feature = "simulator-server"), allow(dead_code))]
mod register_image;
mod setting;
mod snapshot;
mod spec;
mod tag;

pub(crate) use allowed::AllowedImage;
pub use allowed::{AllowedImages, AllowedImagesState, ImageCriterion};
pub(crate) use arn::{arn, image_arn, resource_arn, snapshot_arn};
pub(crate) use copy_image::{Copies, CopyRequest};
pub(crate) use describe_image::{ExecutableBy, ImageOwner, ImageQuery};
pub(crate) use filter::{Filter, check_filters};
pub(crate) use image::{BlankDevice, ImageRecord, ImageVolume};
pub(crate) use image_attribute::NewValue;
pub(crate) use image_filter::root_device_type;
#[cfg(feature = "simulator-server")]
pub(crate) use pattern::matches_pattern;
pub(crate) use progress::{Progress, Stage};
pub(crate) use register_image::{NewDevice, NewImage, NewSource};
pub(crate) use setting::{Quotas, Settings};
pub(crate) use snapshot::SnapshotRecord;
pub use spec::ImageSpec;
#[cfg(feature = "simulator-server")]
pub(crate) use tag::check_tags;
