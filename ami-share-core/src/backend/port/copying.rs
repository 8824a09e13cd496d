use std::sync::Arc;

use async_trait::async_trait;

use super::{Backend, RequestId};
use crate::api_error::ApiError;
use crate::id::{ImageId, KeyArn, KeyRef, Region, SnapshotId};
use crate::resource::{ImageDetails, Key, SnapshotProgress, Tags, Timestamp};

/// Which of the caller's own images are looked for
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ImageQuery {
    /// The name, with EC2's wildcards `*` and `?`; any where there is none
    pub name: Option<String>,
    /// Tags that the images have, with these values
    pub tags: Tags,
}

/// A copy of an image that is to be made
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NewCopy<'a> {
    /// The Region of the source
    pub source_region: &'a Region,
    /// The source
    pub source: &'a ImageId,
    /// The name of the copy, 3 to 128 characters
    pub name: &'a str,
    /// Its description, up to 255 characters
    pub description: Option<&'a str>,
    /// The key that all its snapshots are encrypted under, in the Region of the copy
    ///
    /// Without one, neither `Encrypted` nor `KmsKeyId` is sent.
    pub key: Option<&'a KeyArn>,
    /// Whether the source's tags are copied, as far as AWS copies them
    pub copy_tags: bool,
    /// Tags that the image has from the start
    pub image_tags: &'a Tags,
    /// Tags that the snapshots have from the start
    pub snapshot_tags: &'a Tags,
    /// The same token and parameters give the copy that was started before; up to 64 ASCII characters
    pub client_token: Option<&'a str>,
    /// For a
    /// [time-based copy](https://docs.aws.amazon.com/ebs/latest/userguide/time-based-copies.html): 15 to
    /// 2,880 minutes in steps of 15
    pub completion_minutes: Option<u16>,
}

/// What the engine needs of AWS to make copies of images and to look after them
#[async_trait]
pub trait CopyBackend: Backend {
    /// [`DescribeImages`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html)
    /// by id, in full, disabled and deprecated ones included; those that are not found are left out
    async fn describe_image_details(
        &self,
        region: &Region,
        images: &[ImageId],
    ) -> Result<Vec<ImageDetails>, ApiError>;

    /// `DescribeImages` with `Owners=self`: the caller's own images that the query asks for, all pages
    async fn find_own_images(
        &self,
        region: &Region,
        query: &ImageQuery,
    ) -> Result<Vec<ImageDetails>, ApiError>;

    /// [`CopyImage`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html) into
    /// `region`
    ///
    /// That it succeeds proves nothing: keys are checked later, and the copy then ends as `failed`.
    async fn copy_image(
        &self,
        region: &Region,
        copy: &NewCopy<'_>,
    ) -> Result<(ImageId, RequestId), ApiError>;

    /// [`DescribeSnapshots`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html)
    /// by id: how far they are; one call for up to 1,000. Those that are not found are left out.
    async fn describe_snapshot_progress(
        &self,
        region: &Region,
        snapshots: &[SnapshotId],
    ) -> Result<Vec<SnapshotProgress>, ApiError>;

    /// [`DeregisterImage`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeregisterImage.html);
    /// its snapshots stay
    async fn deregister_image(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> Result<RequestId, ApiError>;

    /// [`DeleteSnapshot`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSnapshot.html)
    async fn delete_snapshot(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
    ) -> Result<RequestId, ApiError>;

    /// [`ModifyImageAttribute`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyImageAttribute.html)
    /// of `description`
    async fn modify_image_description(
        &self,
        region: &Region,
        image: &ImageId,
        description: &str,
    ) -> Result<RequestId, ApiError>;

    /// [`EnableImageDeregistrationProtection`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageDeregistrationProtection.html);
    /// with a cooldown it holds for 24 hours after it was disabled
    async fn enable_image_deregistration_protection(
        &self,
        region: &Region,
        image: &ImageId,
        with_cooldown: bool,
    ) -> Result<RequestId, ApiError>;

    /// [`EnableImageDeprecation`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageDeprecation.html)
    async fn enable_image_deprecation(
        &self,
        region: &Region,
        image: &ImageId,
        at: Timestamp,
    ) -> Result<RequestId, ApiError>;

    /// [`DescribeKey`](https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html) by id,
    /// ARN, alias or alias ARN, as the caller sees it in the Region
    async fn find_key(&self, region: &Region, key: &KeyRef) -> Result<Key, ApiError>;
}

macro_rules! forward_copy_backend {
    ($pointer:ident) => {
        #[async_trait]
        #[deny(clippy::missing_trait_methods)]
        impl<B: CopyBackend + ?Sized> CopyBackend for $pointer<B> {
            async fn describe_image_details(
                &self,
                region: &Region,
                images: &[ImageId],
            ) -> Result<Vec<ImageDetails>, ApiError> {
                (**self).describe_image_details(region, images).await
            }

            async fn find_own_images(
                &self,
                region: &Region,
                query: &ImageQuery,
            ) -> Result<Vec<ImageDetails>, ApiError> {
                (**self).find_own_images(region, query).await
            }

            async fn copy_image(
                &self,
                region: &Region,
                copy: &NewCopy<'_>,
            ) -> Result<(ImageId, RequestId), ApiError> {
                (**self).copy_image(region, copy).await
            }

            async fn describe_snapshot_progress(
                &self,
                region: &Region,
                snapshots: &[SnapshotId],
            ) -> Result<Vec<SnapshotProgress>, ApiError> {
                (**self).describe_snapshot_progress(region, snapshots).await
            }

            async fn deregister_image(
                &self,
                region: &Region,
                image: &ImageId,
            ) -> Result<RequestId, ApiError> {
                (**self).deregister_image(region, image).await
            }

            async fn delete_snapshot(
                &self,
                region: &Region,
                snapshot: &SnapshotId,
            ) -> Result<RequestId, ApiError> {
                (**self).delete_snapshot(region, snapshot).await
            }

            async fn modify_image_description(
                &self,
                region: &Region,
                image: &ImageId,
                description: &str,
            ) -> Result<RequestId, ApiError> {
                (**self)
                    .modify_image_description(region, image, description)
                    .await
            }

            async fn enable_image_deregistration_protection(
                &self,
                region: &Region,
                image: &ImageId,
                with_cooldown: bool,
            ) -> Result<RequestId, ApiError> {
                (**self)
                    .enable_image_deregistration_protection(region, image, with_cooldown)
                    .await
            }

            async fn enable_image_deprecation(
                &self,
                region: &Region,
                image: &ImageId,
                at: Timestamp,
            ) -> Result<RequestId, ApiError> {
                (**self).enable_image_deprecation(region, image, at).await
            }

            async fn find_key(&self, region: &Region, key: &KeyRef) -> Result<Key, ApiError> {
                (**self).find_key(region, key).await
            }
        }
    };
}

forward_copy_backend!(Arc);
forward_copy_backend!(Box);
