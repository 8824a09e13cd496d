use std::fmt;

use async_trait::async_trait;

use super::call::Caller;
use super::state::State;
use super::world::World;
use crate::api_error::ApiError;
use crate::backend::{Backend, Page, RequestId, SnapshotChange};
use crate::id::{AccountId, ImageId, Region, ResourceId, SnapshotId};
use crate::principal::{Principal, PrincipalSet};
use crate::resource::{
    BlockPublicAccess, Image, SharedImage, Snapshot, SnapshotBlockPublicAccess, Tags,
};

/// One account's access to a [`World`]
///
/// Answers at once; no method waits for anything.
#[derive(Clone)]
pub struct SimulatedBackend {
    world: World,
    account: AccountId,
}

impl SimulatedBackend {
    pub(super) fn new(world: World, account: AccountId) -> Self {
        Self { world, account }
    }

    /// The account that it calls as
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The world that it calls
    pub fn world(&self) -> &World {
        &self.world
    }

    fn call<T>(&self, region: &Region, rule: impl FnOnce(&mut State, Caller<'_>) -> T) -> T {
        let account = self.account;
        rule(&mut self.world.state(), Caller { account, region })
    }
}

impl fmt::Debug for SimulatedBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedBackend")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

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
    }

    async fn count_public_images(&self, region: &Region) -> Result<usize, ApiError> {
        self.call(region, |state, caller| {
            state.read(caller, "DescribeImages", |state| {
                Ok(state.count_public_images(caller))
            })
        })
    }

    async fn describe_shared_images(
        &self,
        region: &Region,
        next_token: Option<String>,
    ) -> Result<Page<SharedImage>, ApiError> {
        self.call(region, |state, caller| {
            state.read(caller, "DescribeImages", |state| {
                state.describe_shared_images(caller, next_token.as_deref())
            })
        })
    }

    async fn describe_launch_permissions(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> Result<PrincipalSet, ApiError> {
        self.call(region, |state, caller| {
            state.read(caller, "DescribeImageAttribute", |state| {
                state.describe_launch_permissions(caller, image)
            })
        })
    }

    async fn modify_launch_permissions(
        &self,
        region: &Region,
        image: &ImageId,
        add: &[Principal],
        remove: &[Principal],
    ) -> Result<RequestId, ApiError> {
        self.call(region, |state, caller| {
            state.write(caller, "ModifyImageAttribute", |state| {
                state.modify_launch_permissions(caller, image, add, remove)
            })
        })
    }

    async fn cancel_image_launch_permission(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> Result<RequestId, ApiError> {
        self.call(region, |state, caller| {
            state.write(caller, "CancelImageLaunchPermission", |state| {
                state.cancel_image_launch_permission(caller, image)
            })
        })
    }

    async fn describe_snapshots(
        &self,
        region: &Region,
        snapshots: &[SnapshotId],
    ) -> Result<Vec<Snapshot>, ApiError> {
        self.call(region, |state, caller| {
            state.describe_snapshots(caller, snapshots)
        })
    }

    async fn describe_create_volume_permissions(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
    ) -> Result<PrincipalSet, ApiError> {
        self.call(region, |state, caller| {
            state.read(caller, "DescribeSnapshotAttribute", |state| {
                state.describe_create_volume_permissions(caller, snapshot)
            })
        })
    }

    async fn modify_create_volume_permissions(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
        change: SnapshotChange<'_>,
    ) -> Result<RequestId, ApiError> {
        self.call(region, |state, caller| {
            state.write(caller, "ModifySnapshotAttribute", |state| {
                state.modify_create_volume_permissions(caller, snapshot, change)
            })
        })
    }

    async fn get_image_block_public_access_state(
        &self,
        region: &Region,
    ) -> Result<BlockPublicAccess, ApiError> {
        self.call(region, |state, caller| {
            state.read(caller, "GetImageBlockPublicAccessState", |state| {
                Ok(state.own_settings(caller).images)
            })
        })
    }

    async fn get_snapshot_block_public_access_state(
        &self,
        region: &Region,
    ) -> Result<SnapshotBlockPublicAccess, ApiError> {
        self.call(region, |state, caller| {
            state.read(caller, "GetSnapshotBlockPublicAccessState", |state| {
                Ok(state.own_settings(caller).snapshots)
            })
        })
    }

    async fn create_tags(
        &self,
        region: &Region,
        resources: &[ResourceId],
        tags: &Tags,
    ) -> Result<RequestId, ApiError> {
        self.call(region, |state, caller| {
            state.write(caller, "CreateTags", |state| {
                state.create_tags(caller, resources, tags)
            })
        })
    }

    async fn delete_tags(
        &self,
        region: &Region,
        resources: &[ResourceId],
        tags: &Tags,
    ) -> Result<RequestId, ApiError> {
        self.call(region, |state, caller| {
            state.write(caller, "DeleteTags", |state| {
                state.delete_tags(caller, resources, tags)
            })
        })
    }

    async fn list_accounts_under(
        &self,
        region: &Region,
        principal: &Principal,
    ) -> Result<Vec<AccountId>, ApiError> {
        self.call(region, |state, caller| {
            state.list_accounts_under(caller, principal)
        })
    }
}
