//! Reads what a request depends on: once, in batches, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, TryStreamExt, stream};

use super::Engine;
use super::observe_keys::KeyReading;
use crate::api_error::ApiError;
use crate::backend::Backend;
use crate::id::{ImageId, Region};
use crate::principal::Principal;
use crate::request::{Direction, ShareRequest, SnapshotSharing};
use crate::resource::{
    Image, ImageState, Observed, ObservedImage, ObservedRegion, ObservedSnapshot, Reading,
};

impl<B: Backend> Engine<B> {
    /// Reads everything that a plan for the request depends on
    pub(super) async fn observe(&self, request: &ShareRequest) -> Result<Observed, ApiError> {
        let mut observed = self.observe_images(request).await?;
        self.observe_keys(request, &mut observed, KeyReading::Plan)
            .await;
        if request.direction() == Direction::Revoke {
            return Ok(observed);
        }
        if request.principals().contains(&Principal::Public) {
            for (region, found) in &mut observed.regions {
                self.observe_settings(request, region, found).await;
            }
        }
        if request.snapshots() == SnapshotSharing::ForCopy {
            let groups = request.principals().iter();
            for group in groups.filter(|p| !p.can_hold_snapshot_permission()) {
                self.observe_members(request, group, &mut observed).await;
            }
        }
        Ok(observed)
    }

    /// Reads the images of the request with their permissions, and no account settings
    pub(super) async fn observe_images(
        &self,
        request: &ShareRequest,
    ) -> Result<Observed, ApiError> {
        let regions: Vec<(Region, Vec<Image>)> = stream::iter(request.images().clone())
            .map(|(region, ids)| self.describe(region, ids))
            .buffered(self.options.concurrency)
            .try_collect()
            .await?;
        let mut observed = Observed::default();
        let mut images = Vec::new();
        for (region, found) in regions {
            observed.regions.entry(region.clone()).or_default();
            images.extend(found.into_iter().map(|image| (region.clone(), image)));
        }
        let mut reads = stream::iter(images)
            .map(|(region, image)| self.observe_image(request, region, image))
            .buffer_unordered(self.options.concurrency);
        while let Some((region, image)) = reads.try_next().await? {
            let found = observed.regions.entry(region).or_default();
            found.images.insert(image.image.id.clone(), image);
        }
        drop(reads);
        for (region, found) in &mut observed.regions {
            self.observe_snapshots(request, region, found).await?;
        }
        Ok(observed)
    }

    /// Reads who belongs to an organization or OU; that it cannot be read is an answer too
    pub(super) async fn observe_members(
        &self,
        request: &ShareRequest,
        group: &Principal,
        observed: &mut Observed,
    ) {
        let Some(region) = request.images().keys().next() else {
            return;
        };
        if !observed.members.contains_key(group) {
            let accounts = self.backend.list_accounts_under(region, group).await;
            observed.members.insert(group.clone(), accounts.into());
        }
    }

    async fn describe(
        &self,
        region: Region,
        ids: BTreeSet<ImageId>,
    ) -> Result<(Region, Vec<Image>), ApiError> {
        let ids: Vec<ImageId> = ids.into_iter().collect();
        let images = self.backend.describe_images(&region, &ids).await?;
        Ok((region, images))
    }

    async fn observe_image(
        &self,
        request: &ShareRequest,
        region: Region,
        image: Image,
    ) -> Result<(Region, ObservedImage), ApiError> {
        let mut observed = ObservedImage {
            launch_permissions: None,
            snapshots: BTreeMap::new(),
            image,
        };
        if observed.image.state != ImageState::Available {
            return Ok((region, observed));
        }
        let permissions = self
            .backend
            .describe_launch_permissions(&region, &observed.image.id)
            .await;
        match permissions {
            Ok(permissions) => observed.launch_permissions = Some(permissions),
            // The caller could describe the image, so its credentials are good: it is not the owner.
            Err(error) if error.code() == Some("AuthFailure") => {
                return Ok((region, observed));
            }
            Err(error) => return Err(error),
        }
        if request.snapshots() == SnapshotSharing::ForCopy {
            for snapshot in &observed.image.snapshots {
                let permissions = self
                    .backend
                    .describe_create_volume_permissions(&region, &snapshot.id)
                    .await?;
                let read = ObservedSnapshot {
                    create_volume_permissions: Some(permissions),
                    ..ObservedSnapshot::default()
                };
                observed.snapshots.insert(snapshot.id.clone(), read);
            }
        }
        Ok((region, observed))
    }

    /// Reads the settings that decide whether images may become public, where one is to become so
    async fn observe_settings(
        &self,
        request: &ShareRequest,
        region: &Region,
        found: &mut ObservedRegion,
    ) {
        let not_public = |image: &ObservedImage| {
            let permissions = image.launch_permissions.as_ref();
            permissions.is_some_and(|permissions| !permissions.contains(&Principal::Public))
        };
        if found.images.values().any(not_public) {
            let setting = self
                .backend
                .get_image_block_public_access_state(region)
                .await;
            found.image_block_public_access = Some(setting.into());
            let count = self.backend.count_public_images(region).await;
            found.public_images = Some(count.into());
        }
        if request.snapshots() == SnapshotSharing::ForCopy {
            let setting = self
                .backend
                .get_snapshot_block_public_access_state(region)
                .await;
            found.snapshot_block_public_access = Some(Reading::from(setting));
        }
    }
}
