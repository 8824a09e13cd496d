use async_trait::async_trait;

use super::super::call::Asked;
use super::super::ec2::{Taggable, image_arn, snapshot_arn};
use super::SimulatedBackend;
use crate::api_error::ApiError;
use crate::backend::{Backend, NewGrant, NewKey, Page, RequestId, SnapshotChange};
use crate::id::{
    AccountId, ImageId, KeyArn, OrganizationalUnitArn, OrganizationalUnitPath, Region, ResourceId,
    SnapshotId,
};
use crate::policy::KeyPolicy;
use crate::principal::{Principal, PrincipalSet};
use crate::resource::{
    BlockPublicAccess, Image, Key, KeyGrant, SharedImage, Snapshot, SnapshotBlockPublicAccess, Tags,
};

#[async_trait]
impl Backend for SimulatedBackend {
    async fn describe_images(
        &self,
        region: &Region,
        images: &[ImageId],
    ) -> Result<Vec<Image>, ApiError> {
        self.call(region, |state, caller| {
            state.describe_images(caller, images)
        })
        .await
    }

    async fn count_public_images(&self, region: &Region) -> Result<usize, ApiError> {
        self.call(region, |state, caller| {
            state.read(caller, Asked::ec2("DescribeImages"), |state| {
                Ok(state.count_public_images(caller))
            })
        })
        .await
    }

    async fn describe_shared_images(
        &self,
        region: &Region,
        next_token: Option<String>,
    ) -> Result<Page<SharedImage>, ApiError> {
        self.call(region, |state, caller| {
            state.read(caller, Asked::ec2("DescribeImages"), |state| {
                state.describe_shared_images(caller, next_token.as_deref())
            })
        })
        .await
    }

    async fn describe_launch_permissions(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> Result<PrincipalSet, ApiError> {
        self.call(region, |state, caller| {
            state.read(
                caller,
                Asked::ec2("DescribeImageAttribute").on([image_arn(caller.region, image)]),
                |state| state.describe_launch_permissions(caller, image),
            )
        })
        .await
    }

    async fn modify_launch_permissions(
        &self,
        region: &Region,
        image: &ImageId,
        add: &[Principal],
        remove: &[Principal],
    ) -> Result<RequestId, ApiError> {
        self.call(region, |state, caller| {
            state.write(
                caller,
                Asked::ec2("ModifyImageAttribute").on([image_arn(caller.region, image)]),
                |state| state.modify_launch_permissions(caller, image, add, remove),
            )
        })
        .await
    }

    async fn cancel_image_launch_permission(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> Result<RequestId, ApiError> {
        self.call(region, |state, caller| {
            state.write(
                caller,
                Asked::ec2("CancelImageLaunchPermission").on([image_arn(caller.region, image)]),
                |state| state.cancel_image_launch_permission(caller, image),
            )
        })
        .await
    }

    async fn describe_snapshots(
        &self,
        region: &Region,
        snapshots: &[SnapshotId],
    ) -> Result<Vec<Snapshot>, ApiError> {
        self.call(region, |state, caller| {
            state.describe_snapshots(caller, snapshots)
        })
        .await
    }

    async fn describe_create_volume_permissions(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
    ) -> Result<PrincipalSet, ApiError> {
        self.call(region, |state, caller| {
            state.read(
                caller,
                Asked::ec2("DescribeSnapshotAttribute").on([snapshot_arn(caller.region, snapshot)]),
                |state| state.describe_create_volume_permissions(caller, snapshot),
            )
        })
        .await
    }

    async fn modify_create_volume_permissions(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
        change: SnapshotChange<'_>,
    ) -> Result<RequestId, ApiError> {
        self.call(region, |state, caller| {
            state.write(
                caller,
                Asked::ec2("ModifySnapshotAttribute").on([snapshot_arn(caller.region, snapshot)]),
                |state| state.modify_create_volume_permissions(caller, snapshot, change),
            )
        })
        .await
    }

    async fn get_image_block_public_access_state(
        &self,
        region: &Region,
    ) -> Result<BlockPublicAccess, ApiError> {
        self.call(region, |state, caller| {
            state.read(
                caller,
                Asked::ec2("GetImageBlockPublicAccessState"),
                |state| Ok(state.own_settings(caller).images),
            )
        })
        .await
    }

    async fn get_snapshot_block_public_access_state(
        &self,
        region: &Region,
    ) -> Result<SnapshotBlockPublicAccess, ApiError> {
        self.call(region, |state, caller| {
            state.read(
                caller,
                Asked::ec2("GetSnapshotBlockPublicAccessState"),
                |state| Ok(state.own_settings(caller).snapshots),
            )
        })
        .await
    }

    async fn create_tags(
        &self,
        region: &Region,
        resources: &[ResourceId],
        tags: &Tags,
    ) -> Result<RequestId, ApiError> {
        self.call(region, |state, caller| {
            state.write(
                caller,
                Asked::ec2("CreateTags").on(resources.iter().map(|id| id.arn(caller.region))),
                |state| state.create_tags(caller, &taggable(resources), tags),
            )
        })
        .await
    }

    async fn delete_tags(
        &self,
        region: &Region,
        resources: &[ResourceId],
        tags: &Tags,
    ) -> Result<RequestId, ApiError> {
        self.call(region, |state, caller| {
            state.write(
                caller,
                Asked::ec2("DeleteTags").on(resources.iter().map(|id| id.arn(caller.region))),
                |state| state.delete_tags(caller, &taggable(resources), tags),
            )
        })
        .await
    }

    async fn list_accounts_under(
        &self,
        region: &Region,
        principal: &Principal,
    ) -> Result<Vec<AccountId>, ApiError> {
        self.call(region, |state, caller| {
            state.list_accounts_under(caller, principal)
        })
        .await
    }

    async fn describe_encrypted_images(
        &self,
        region: &Region,
        shared_with: &[AccountId],
    ) -> Result<Vec<Image>, ApiError> {
        self.call(region, |state, caller| {
            state.describe_encrypted_images(caller, shared_with)
        })
        .await
    }

    async fn describe_key(&self, region: &Region, key: &KeyArn) -> Result<Key, ApiError> {
        self.call(region, |state, caller| state.read_key(caller, key.as_str()))
            .await
    }

    async fn get_key_policy(&self, region: &Region, key: &KeyArn) -> Result<KeyPolicy, ApiError> {
        self.call(region, |state, caller| state.read_key_policy(caller, key))
            .await
    }

    async fn put_key_policy(
        &self,
        region: &Region,
        key: &KeyArn,
        policy: &KeyPolicy,
    ) -> Result<RequestId, ApiError> {
        self.call(region, |state, caller| {
            state.write_key_policy(caller, key, policy)
        })
        .await
    }

    async fn list_grants(
        &self,
        region: &Region,
        key: &KeyArn,
        grantee: Option<&str>,
    ) -> Result<Vec<KeyGrant>, ApiError> {
        self.call(region, |state, caller| {
            state.read_grants(caller, key, grantee)
        })
        .await
    }

    async fn create_grant(
        &self,
        region: &Region,
        key: &KeyArn,
        grant: &NewGrant<'_>,
    ) -> Result<RequestId, ApiError> {
        self.call(region, |state, caller| {
            state.write_grant(caller, key, grant)
        })
        .await
    }

    async fn revoke_grant(
        &self,
        region: &Region,
        key: &KeyArn,
        grant_id: &str,
    ) -> Result<RequestId, ApiError> {
        self.call(region, |state, caller| {
            state.end_grant_by_id(caller, key, grant_id)
        })
        .await
    }

    async fn create_key(&self, region: &Region, key: &NewKey<'_>) -> Result<KeyArn, ApiError> {
        self.call(region, |state, caller| state.write_key(caller, key))
            .await
    }

    async fn create_alias(
        &self,
        region: &Region,
        alias: &str,
        key: &KeyArn,
    ) -> Result<RequestId, ApiError> {
        self.call(region, |state, caller| {
            state.write_alias(caller, alias, key)
        })
        .await
    }

    async fn organizational_unit_path(
        &self,
        region: &Region,
        unit: &OrganizationalUnitArn,
    ) -> Result<OrganizationalUnitPath, ApiError> {
        self.call(region, |state, caller| {
            state.organizational_unit_path(caller, unit)
        })
        .await
    }
}

fn taggable(resources: &[ResourceId]) -> Vec<Taggable> {
    resources.iter().map(Taggable::from).collect()
}
