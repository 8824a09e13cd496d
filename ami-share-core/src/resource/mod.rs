//! What was observed: images, snapshots, account settings, and all of them together.

mod copies;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod fixture;
mod image;
mod image_details;
mod key;
mod observed;
mod reading;
mod recipient;
mod setting;
mod snapshot;
mod snapshot_progress;
mod tag;
mod timestamp;

pub use copies::{ObservedCopies, ObservedDestination};
pub use image::{Image, ImageSnapshot, ImageState, RootDevice, SharedImage};
pub use image_details::{BootSettings, ImageDetails, ImageSource};
pub(crate) use key::account_of;
pub use key::{Key, KeyGrant, KeyManager, ObservedKey, StillNeeded};
pub use observed::{Observed, ObservedImage, ObservedRegion, ObservedSnapshot};
pub use reading::Reading;
pub use recipient::{AllowedImagesSettings, ImageUsage, Parameter, UsageReport, UsageReportState};
pub use setting::{BlockPublicAccess, SnapshotBlockPublicAccess};
pub use snapshot::Snapshot;
pub use snapshot_progress::SnapshotProgress;
pub use tag::{TagProblem, Tags};
pub use timestamp::{ParseTimestampError, Timestamp};
