//! Images, snapshots, their permissions and tags, and the settings that decide over sharing.

mod arn;
mod describe_image;
mod image;
mod launch_permission;
mod life;
mod progress;
mod setting;
mod snapshot;
mod spec;
mod tag;

pub(crate) use arn::{arn, image_arn, resource_arn, snapshot_arn};
pub(crate) use image::ImageRecord;
pub(crate) use progress::{Progress, Stage};
pub(crate) use setting::{Quotas, Settings};
pub(crate) use snapshot::SnapshotRecord;
pub use spec::ImageSpec;
