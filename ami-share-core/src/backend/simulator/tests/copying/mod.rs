mod care;
mod copy;

use std::time::Duration;

use super::super::{Faults, NewKey};
use super::*;
use crate::backend::{CopyBackend, ImageQuery, NewCopy};
use crate::id::KeyArn;
use crate::resource::{ImageDetails, SnapshotProgress, Tags};

const MINUTE: Duration = Duration::from_secs(60);

fn elsewhere() -> Region {
    "us-east-1".parse().unwrap()
}

fn tags(pairs: &[(&str, &str)]) -> Tags {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

/// Copies of the image of a scene into another Region
struct Copying {
    scene: Scene,
    region: Region,
    key: KeyArn,
    tags: Tags,
}

impl Copying {
    fn new() -> Self {
        Self::of(ImageSpec::named("golden").tag("team", "images"))
    }

    fn of(spec: ImageSpec) -> Self {
        let scene = Scene::with(spec);
        let region = elsewhere();
        Self {
            key: scene.world.create_key(&region, owner(), NewKey::new()),
            scene,
            region,
            tags: Tags::new(),
        }
    }

    fn take(&self, time: Duration) {
        let faults = Faults::none().copies_take(time, Duration::ZERO);
        self.scene.world.set_faults(faults);
    }

    fn plain(&self) -> NewCopy<'_> {
        NewCopy {
            source_region: &self.scene.region,
            source: &self.scene.image,
            name: "golden-copy",
            description: None,
            key: Some(&self.key),
            copy_tags: false,
            image_tags: &self.tags,
            snapshot_tags: &self.tags,
            client_token: None,
            completion_minutes: None,
        }
    }

    async fn start(&self, copy: NewCopy<'_>) -> Result<ImageId, ApiError> {
        let started = self.scene.backend.copy_image(&self.region, &copy).await;
        started.map(|(image, request_id)| {
            assert!(request_id.is_some());
            image
        })
    }

    async fn details(&self, image: &ImageId) -> ImageDetails {
        let images = std::slice::from_ref(image);
        let backend = &self.scene.backend;
        let found = backend.describe_image_details(&self.region, images).await;
        let [details] = found.unwrap().try_into().unwrap();
        details
    }

    async fn progress(&self, image: &ImageId) -> SnapshotProgress {
        let snapshots = self.scene.world.snapshots_of(&self.region, image);
        let backend = &self.scene.backend;
        let found = backend.describe_snapshot_progress(&self.region, &snapshots);
        let [progress] = found.await.unwrap().try_into().unwrap();
        progress
    }

    async fn find(&self, region: &Region, query: &ImageQuery) -> Vec<ImageId> {
        let found = self.scene.backend.find_own_images(region, query).await;
        let found = found.unwrap().into_iter();
        found.map(|details| details.image.id).collect()
    }

    fn calls(&self) -> usize {
        let calls = self.scene.world.calls().len();
        self.scene.world.clear_calls();
        calls
    }
}
