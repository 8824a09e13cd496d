//! An observed image for unit tests.

use super::{Image, ImageSnapshot, ImageState, ObservedImage, ObservedSnapshot, RootDevice, Tags};
use crate::id::SnapshotId;
use crate::principal::PrincipalSet;

/// The owner of the images made here
pub(crate) const OWNER: &str = "999999999999";

/// Principals by their texts
pub(crate) fn set(principals: &[&str]) -> PrincipalSet {
    principals
        .iter()
        .map(|text| text.parse().unwrap())
        .collect()
}

/// An available image of [`OWNER`] with one unencrypted snapshot, and who has which permission
pub(crate) fn image(id: &str, launch: &[&str], create_volume: Option<&[&str]>) -> ObservedImage {
    let snapshot: SnapshotId = id.replace("ami", "snap").parse().unwrap();
    let read = ObservedSnapshot {
        create_volume_permissions: create_volume.map(set),
        key: None,
        tags: Some(Tags::new()),
    };
    ObservedImage {
        launch_permissions: Some(set(launch)),
        snapshots: [(snapshot.clone(), read)].into(),
        image: Image {
            id: id.parse().unwrap(),
            owner: OWNER.parse().unwrap(),
            name: Some("golden".into()),
            state: ImageState::Available,
            state_reason: None,
            public: false,
            root_device: RootDevice::Ebs,
            snapshots: vec![ImageSnapshot {
                id: snapshot,
                device: "/dev/xvda".into(),
                encrypted: Some(false),
            }],
            product_codes: Vec::new(),
            tags: Tags::new(),
        },
    }
}
