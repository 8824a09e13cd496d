//! Images, snapshots, their permissions and tags, and the settings that decide over sharing.

mod allowed;
mod arn;
mod describe_image;
mod image;
mod launch_permission;
mod life;
mod pattern;
mod progress;
mod setting;
mod snapshot;
mod spec;
mod tag;

pub(crate) use allowed::AllowedImage;
pub use allowed::{AllowedImages, AllowedImagesState, ImageCriterion};
pub(crate) use arn::{arn, image_arn, resource_arn, snapshot_arn};
pub(crate) use image::ImageRecord;
#[cfg(feature = "simulator-server")]
pub(crate) use pattern::matches_pattern;
pub(crate) use progress::{Progress, Stage};
pub(crate) use setting::{Quotas, Settings};
pub(crate) use snapshot::SnapshotRecord;
pub use spec::ImageSpec;
#[cfg(feature = "simulator-server")]
pub(crate) use tag::check_tags;
