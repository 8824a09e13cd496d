use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use crate::api_error::ApiError;
use crate::id::{AccountId, ImageId, Region, ResourceId, SnapshotId};
use crate::principal::{Principal, PrincipalSet};
use crate::resource::{
    BlockPublicAccess, Image, SharedImage, Snapshot, SnapshotBlockPublicAccess, Tags,
};

/// The id that AWS gave a request, for its support; absent where it gave none
pub type RequestId = Option<String>;

/// One page of a listing
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// What is on the page; a page that is not the last may be empty
    pub items: Vec<T>,
    /// What to ask the next page with, if there is one
    pub next_token: Option<String>,
}

/// One change of a snapshot's create-volume permission
///
/// EC2 takes additions or removals in one call, not both, and at most 500.
#[derive(Clone, Copy, Debug)]
pub enum SnapshotChange<'a> {
    /// These get the permission
    Add(&'a [Principal]),
    /// These lose it
    Remove(&'a [Principal]),
}

/// What the engine needs of AWS, one method an operation, called by an account in a Region
///
/// Methods have no defaults: a backend implements every one, so that none is forgotten. Where AWS
/// answers in pages or limits the ids of one call, the method does as many calls as it takes,
/// unless it returns a [`Page`]. Errors carry AWS's own code. A backend retries what is throttled
/// or failed in passing before it gives up.
#[async_trait]
pub trait Backend: Debug + Send + Sync + 'static {
    /// [`DescribeImages`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html)
    /// by id, disabled and deprecated ones included
    ///
    /// Images that do not exist or are not visible are left out, never an error. One call for
    /// 1,000 ids, unless some are missing.
    async fn describe_images(
        &self,
        region: &Region,
        images: &[ImageId],
    ) -> Result<Vec<Image>, ApiError>;

    /// `DescribeImages` with `Owners=self` and `is-public`: how many images of the caller are public
    async fn count_public_images(&self, region: &Region) -> Result<usize, ApiError>;

    /// `DescribeImages` with `ExecutableUsers=self`: what others share with the caller, directly, or
    /// through an organization or OU; public images are not listed
    ///
    /// One page of it, deprecated images included. The caller's own images are not listed.
    async fn describe_shared_images(
        &self,
        region: &Region,
        next_token: Option<String>,
    ) -> Result<Page<SharedImage>, ApiError>;

    /// [`DescribeImageAttribute`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImageAttribute.html)
    /// of `launchPermission`
    ///
    /// A caller that is not the owner gets the code `AuthFailure`.
    async fn describe_launch_permissions(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> Result<PrincipalSet, ApiError>;

    /// [`ModifyImageAttribute`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyImageAttribute.html)
    /// of `launchPermission`, additions and removals in one call
    async fn modify_launch_permissions(
        &self,
        region: &Region,
        image: &ImageId,
        add: &[Principal],
        remove: &[Principal],
    ) -> Result<RequestId, ApiError>;

    /// [`CancelImageLaunchPermission`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CancelImageLaunchPermission.html):
    /// the caller gives up what was shared with its own account id
    async fn cancel_image_launch_permission(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> Result<RequestId, ApiError>;

    /// [`DescribeSnapshots`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html)
    /// by id, one call for up to 1,000
    async fn describe_snapshots(
        &self,
        region: &Region,
        snapshots: &[SnapshotId],
    ) -> Result<Vec<Snapshot>, ApiError>;

    /// [`DescribeSnapshotAttribute`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshotAttribute.html)
    /// of `createVolumePermission`
    async fn describe_create_volume_permissions(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
    ) -> Result<PrincipalSet, ApiError>;

    /// [`ModifySnapshotAttribute`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySnapshotAttribute.html)
    /// of `createVolumePermission`, for accounts and the public
    async fn modify_create_volume_permissions(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
        change: SnapshotChange<'_>,
    ) -> Result<RequestId, ApiError>;

    /// [`GetImageBlockPublicAccessState`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetImageBlockPublicAccessState.html)
    async fn get_image_block_public_access_state(
        &self,
        region: &Region,
    ) -> Result<BlockPublicAccess, ApiError>;

    /// [`GetSnapshotBlockPublicAccessState`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetSnapshotBlockPublicAccessState.html)
    async fn get_snapshot_block_public_access_state(
        &self,
        region: &Region,
    ) -> Result<SnapshotBlockPublicAccess, ApiError>;

    /// [`CreateTags`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html):
    /// the same tags on up to 1,000 resources
    async fn create_tags(
        &self,
        region: &Region,
        resources: &[ResourceId],
        tags: &Tags,
    ) -> Result<RequestId, ApiError>;

    /// [`DeleteTags`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html)
    /// by key and value: a tag whose value is another one stays
    async fn delete_tags(
        &self,
        region: &Region,
        resources: &[ResourceId],
        tags: &Tags,
    ) -> Result<RequestId, ApiError>;

    /// The active accounts of an organization or below an OU, nested OUs included, in order
    /// ([`ListAccounts`](https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html),
    /// [`ListAccountsForParent`](https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccountsForParent.html))
    ///
    /// Only the management account and delegated administrators may ask. An account principal is
    /// its own only member; the public has no members that could be listed (`InvalidInputException`).
    async fn list_accounts_under(
        &self,
        region: &Region,
        principal: &Principal,
    ) -> Result<Vec<AccountId>, ApiError>;
}

macro_rules! forward_backend {
    ($pointer:ident) => {
        #[async_trait]
        #[deny(clippy::missing_trait_methods)]
        impl<B: Backend + ?Sized> Backend for $pointer<B> {
            async fn describe_images(
                &self,
                region: &Region,
                images: &[ImageId],
            ) -> Result<Vec<Image>, ApiError> {
                (**self).describe_images(region, images).await
            }

            async fn count_public_images(&self, region: &Region) -> Result<usize, ApiError> {
                (**self).count_public_images(region).await
            }

            async fn describe_shared_images(
                &self,
                region: &Region,
                next_token: Option<String>,
            ) -> Result<Page<SharedImage>, ApiError> {
                (**self).describe_shared_images(region, next_token).await
            }

            async fn describe_launch_permissions(
                &self,
                region: &Region,
                image: &ImageId,
            ) -> Result<PrincipalSet, ApiError> {
                (**self).describe_launch_permissions(region, image).await
            }

            async fn modify_launch_permissions(
                &self,
                region: &Region,
                image: &ImageId,
                add: &[Principal],
                remove: &[Principal],
            ) -> Result<RequestId, ApiError> {
                (**self)
                    .modify_launch_permissions(region, image, add, remove)
                    .await
            }

            async fn cancel_image_launch_permission(
                &self,
                region: &Region,
                image: &ImageId,
            ) -> Result<RequestId, ApiError> {
                (**self).cancel_image_launch_permission(region, image).await
            }

            async fn describe_snapshots(
                &self,
                region: &Region,
                snapshots: &[SnapshotId],
            ) -> Result<Vec<Snapshot>, ApiError> {
                (**self).describe_snapshots(region, snapshots).await
            }

            async fn describe_create_volume_permissions(
                &self,
                region: &Region,
                snapshot: &SnapshotId,
            ) -> Result<PrincipalSet, ApiError> {
                (**self)
                    .describe_create_volume_permissions(region, snapshot)
                    .await
            }

            async fn modify_create_volume_permissions(
                &self,
                region: &Region,
                snapshot: &SnapshotId,
                change: SnapshotChange<'_>,
            ) -> Result<RequestId, ApiError> {
                (**self)
                    .modify_create_volume_permissions(region, snapshot, change)
                    .await
            }

            async fn get_image_block_public_access_state(
                &self,
                region: &Region,
            ) -> Result<BlockPublicAccess, ApiError> {
                (**self).get_image_block_public_access_state(region).await
            }

            async fn get_snapshot_block_public_access_state(
                &self,
                region: &Region,
            ) -> Result<SnapshotBlockPublicAccess, ApiError> {
                (**self)
                    .get_snapshot_block_public_access_state(region)
                    .await
            }

            async fn create_tags(
                &self,
                region: &Region,
                resources: &[ResourceId],
                tags: &Tags,
            ) -> Result<RequestId, ApiError> {
                (**self).create_tags(region, resources, tags).await
            }

            async fn delete_tags(
                &self,
                region: &Region,
                resources: &[ResourceId],
                tags: &Tags,
            ) -> Result<RequestId, ApiError> {
                (**self).delete_tags(region, resources, tags).await
            }

            async fn list_accounts_under(
                &self,
                region: &Region,
                principal: &Principal,
            ) -> Result<Vec<AccountId>, ApiError> {
                (**self).list_accounts_under(region, principal).await
            }
        }
    };
}

forward_backend!(Arc);
forward_backend!(Box);
