//! What was observed: images, snapshots, account settings, and all of them together.

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod fixture;
mod image;
mod key;
mod observed;
mod reading;
mod setting;
mod snapshot;
mod tag;

pub use image::{Image, ImageSnapshot, ImageState, RootDevice, SharedImage};
pub use key::{Key, KeyGrant, KeyManager, ObservedKey, StillNeeded};
pub use observed::{Observed, ObservedImage, ObservedRegion, ObservedSnapshot};
pub use reading::Reading;
pub use setting::{BlockPublicAccess, SnapshotBlockPublicAccess};
pub use snapshot::Snapshot;
pub use tag::{TagProblem, Tags};
