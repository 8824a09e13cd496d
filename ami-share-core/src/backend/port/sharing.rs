use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use crate::api_error::ApiError;
use crate::id::{
    AccountId, ImageId, KeyArn, OrganizationalUnitArn, OrganizationalUnitPath, Region, ResourceId,
    SnapshotId,
};
use crate::policy::KeyPolicy;
use crate::principal::{Principal, PrincipalSet};
use crate::resource::{
    BlockPublicAccess, Image, Key, KeyGrant, SharedImage, Snapshot, SnapshotBlockPublicAccess, Tags,
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

/// A grant that is to be made
#[derive(Clone, Copy, Debug)]
pub struct NewGrant<'a> {
    /// The ARN of an account's root, of a role or of a user
    pub grantee: &'a str,
    /// Its name; the same name and parameters give the grant that is there already
    pub name: &'a str,
    /// What it allows, such as `Decrypt`
    pub operations: &'a BTreeSet<String>,
}

/// A key that is to be made
#[derive(Clone, Copy, Debug)]
pub struct NewKey<'a> {
    /// Its policy
    pub policy: &'a KeyPolicy,
    /// What it is for, in words
    pub description: &'a str,
    /// Whether it can have replicas in other Regions
    pub multi_region: bool,
    /// Its tags
    pub tags: &'a Tags,
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

    /// [`DescribeImages`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html)
    /// with `Owners=self` and `block-device-mapping.encrypted`: the caller's own encrypted images
    ///
    /// Where accounts are given, those alone that are shared with one of them by its own id.
    async fn describe_encrypted_images(
        &self,
        region: &Region,
        shared_with: &[AccountId],
    ) -> Result<Vec<Image>, ApiError>;

    /// [`DescribeKey`](https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html)
    async fn describe_key(&self, region: &Region, key: &KeyArn) -> Result<Key, ApiError>;

    /// [`GetKeyPolicy`](https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html); only
    /// the account of the key may ask
    async fn get_key_policy(&self, region: &Region, key: &KeyArn) -> Result<KeyPolicy, ApiError>;

    /// [`PutKeyPolicy`](https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html), with
    /// KMS's safety check
    ///
    /// Not tried again where KMS throttles or fails: by then somebody else may have put another policy.
    async fn put_key_policy(
        &self,
        region: &Region,
        key: &KeyArn,
        policy: &KeyPolicy,
    ) -> Result<RequestId, ApiError>;

    /// [`ListGrants`](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html): all pages,
    /// or the grants of one grantee
    async fn list_grants(
        &self,
        region: &Region,
        key: &KeyArn,
        grantee: Option<&str>,
    ) -> Result<Vec<KeyGrant>, ApiError>;

    /// [`CreateGrant`](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html)
    async fn create_grant(
        &self,
        region: &Region,
        key: &KeyArn,
        grant: &NewGrant<'_>,
    ) -> Result<RequestId, ApiError>;

    /// [`RevokeGrant`](https://docs.aws.amazon.com/kms/latest/APIReference/API_RevokeGrant.html)
    async fn revoke_grant(
        &self,
        region: &Region,
        key: &KeyArn,
        grant_id: &str,
    ) -> Result<RequestId, ApiError>;

    /// [`CreateKey`](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html): a symmetric
    /// customer managed key
    async fn create_key(&self, region: &Region, key: &NewKey<'_>) -> Result<KeyArn, ApiError>;

    /// [`CreateAlias`](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html)
    async fn create_alias(
        &self,
        region: &Region,
        alias: &str,
        key: &KeyArn,
    ) -> Result<RequestId, ApiError>;

    /// Where an OU stands in its organization
    /// ([`DescribeOrganizationalUnit`](https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganizationalUnit.html),
    /// and its parents up to the root where that does not tell)
    ///
    /// Only the management account and delegated administrators may ask.
    async fn organizational_unit_path(
        &self,
        region: &Region,
        unit: &OrganizationalUnitArn,
    ) -> Result<OrganizationalUnitPath, ApiError>;
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

            async fn describe_encrypted_images(
                &self,
                region: &Region,
                shared_with: &[AccountId],
            ) -> Result<Vec<Image>, ApiError> {
                (**self)
                    .describe_encrypted_images(region, shared_with)
                    .await
            }

            async fn describe_key(&self, region: &Region, key: &KeyArn) -> Result<Key, ApiError> {
                (**self).describe_key(region, key).await
            }

            async fn get_key_policy(
                &self,
                region: &Region,
                key: &KeyArn,
            ) -> Result<KeyPolicy, ApiError> {
                (**self).get_key_policy(region, key).await
            }

            async fn put_key_policy(
                &self,
                region: &Region,
                key: &KeyArn,
                policy: &KeyPolicy,
            ) -> Result<RequestId, ApiError> {
                (**self).put_key_policy(region, key, policy).await
            }

            async fn list_grants(
                &self,
                region: &Region,
                key: &KeyArn,
                grantee: Option<&str>,
            ) -> Result<Vec<KeyGrant>, ApiError> {
                (**self).list_grants(region, key, grantee).await
            }

            async fn create_grant(
                &self,
                region: &Region,
                key: &KeyArn,
                grant: &NewGrant<'_>,
            ) -> Result<RequestId, ApiError> {
                (**self).create_grant(region, key, grant).await
            }

            async fn revoke_grant(
                &self,
                region: &Region,
                key: &KeyArn,
                grant_id: &str,
            ) -> Result<RequestId, ApiError> {
                (**self).revoke_grant(region, key, grant_id).await
            }

            async fn create_key(
                &self,
                region: &Region,
                key: &NewKey<'_>,
            ) -> Result<KeyArn, ApiError> {
                (**self).create_key(region, key).await
            }

            async fn create_alias(
                &self,
                region: &Region,
                alias: &str,
                key: &KeyArn,
            ) -> Result<RequestId, ApiError> {
                (**self).create_alias(region, alias, key).await
            }

            async fn organizational_unit_path(
                &self,
                region: &Region,
                unit: &OrganizationalUnitArn,
            ) -> Result<OrganizationalUnitPath, ApiError> {
                (**self).organizational_unit_path(region, unit).await
            }
        }
    };
}

forward_backend!(Arc);
forward_backend!(Box);
