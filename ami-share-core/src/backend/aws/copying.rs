use async_trait::async_trait;

use super::{AwsBackend, copies, images, keys, snapshots};
use crate::api_error::ApiError;
use crate::backend::{CopyBackend, ImageQuery, NewCopy, RequestId};
use crate::id::{ImageId, KeyRef, Region, SnapshotId};
use crate::resource::{ImageDetails, Key, SnapshotProgress, Timestamp};

#[async_trait]
impl CopyBackend for AwsBackend {
    async fn describe_image_details(
        &self,
        region: &Region,
        images: &[ImageId],
    ) -> Result<Vec<ImageDetails>, ApiError> {
        images::describe_image_details(&self.clients.ec2(region), images).await
    }

    async fn find_own_images(
        &self,
        region: &Region,
        query: &ImageQuery,
    ) -> Result<Vec<ImageDetails>, ApiError> {
        images::find_own_images(&self.clients.ec2(region), query).await
    }

    async fn copy_image(
        &self,
        region: &Region,
        copy: &NewCopy<'_>,
    ) -> Result<(ImageId, RequestId), ApiError> {
        copies::copy_image(&self.clients.ec2(region), copy).await
    }

    async fn describe_snapshot_progress(
        &self,
        region: &Region,
        snapshots: &[SnapshotId],
    ) -> Result<Vec<SnapshotProgress>, ApiError> {
        snapshots::describe_snapshot_progress(&self.clients.ec2(region), snapshots).await
    }

    async fn deregister_image(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> Result<RequestId, ApiError> {
        copies::deregister_image(&self.clients.ec2(region), image).await
    }

    async fn delete_snapshot(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
    ) -> Result<RequestId, ApiError> {
        snapshots::delete_snapshot(&self.clients.ec2(region), snapshot).await
    }

    async fn modify_image_description(
        &self,
        region: &Region,
        image: &ImageId,
        description: &str,
    ) -> Result<RequestId, ApiError> {
        copies::modify_image_description(&self.clients.ec2(region), image, description).await
    }

    async fn enable_image_deregistration_protection(
        &self,
        region: &Region,
        image: &ImageId,
        with_cooldown: bool,
    ) -> Result<RequestId, ApiError> {
        let ec2 = self.clients.ec2(region);
        copies::enable_image_deregistration_protection(&ec2, image, with_cooldown).await
    }

    async fn enable_image_deprecation(
        &self,
        region: &Region,
        image: &ImageId,
        at: Timestamp,
    ) -> Result<RequestId, ApiError> {
        copies::enable_image_deprecation(&self.clients.ec2(region), image, at).await
    }

    async fn find_key(&self, region: &Region, key: &KeyRef) -> Result<Key, ApiError> {
        keys::find_key(&self.clients.kms(region), key).await
    }
}
