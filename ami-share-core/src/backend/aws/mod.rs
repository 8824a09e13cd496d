//! The real backend, on the AWS SDK for Rust.
//!
//! ```no_run
//! use ami_share_core::backend::Backend;
//! use ami_share_core::backend::aws::AwsBackend;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let backend = AwsBackend::builder().profile("golden-images").build().await?;
//! let region = "eu-central-1".parse()?;
//! let images = backend
//!     .describe_images(&region, &["ami-0123456789abcdef0".parse()?])
//!     .await?;
//! # Ok(())
//! # }
//! ```

mod builder;
mod clients;
mod config;
mod convert;
mod copies;
mod copying;
mod error;
mod images;
mod keys;
mod organizations;
mod parameters;
mod recipient;
mod rehearsal;
mod role;
mod session;
mod settings;
mod snapshots;
mod tags;
#[cfg(test)]
mod tests;
mod usage_reports;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

pub use self::builder::{AwsBackendBuilder, AwsBackendError};
use self::clients::Clients;
use super::{Backend, NewGrant, NewKey, Page, RequestId, SnapshotChange};
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

/// The real AWS, called with the credentials of one account
///
/// Clones are free and share everything: one pool of connections for all Regions and services, a
/// client for each Region, made when it is first needed, and one retry budget for each Region and
/// service. Two backends never share a retry budget, so an account that is throttled does not cost
/// another account its retries.
///
/// One that [assumes a role](super::RoleBackend::assume_role) is a backend of its own on the same pool:
/// the role is assumed once for all Regions and services, and again five minutes before its session ends.
#[derive(Clone)]
pub struct AwsBackend {
    clients: Arc<Clients>,
}

impl AwsBackend {
    /// A backend with chosen credentials, endpoint, retries or clients
    pub fn builder() -> AwsBackendBuilder {
        AwsBackendBuilder::default()
    }

    /// A backend with what the environment and the default profile say
    ///
    /// Credentials are looked for when the first call is made, not here.
    pub async fn from_env() -> Self {
        AwsBackendBuilder::default().connect().await
    }

    pub(self) fn with_clients(clients: Clients) -> Self {
        Self {
            clients: Arc::new(clients),
        }
    }
}

/// Names the Regions that have a client; credentials and endpoints are never shown
impl fmt::Debug for AwsBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsBackend")
            .field("regions", &self.clients.regions())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Backend for AwsBackend {
    async fn describe_images(
        &self,
        region: &Region,
        images: &[ImageId],
    ) -> Result<Vec<Image>, ApiError> {
        images::describe_images(&self.clients.ec2(region), images).await
    }

    async fn count_public_images(&self, region: &Region) -> Result<usize, ApiError> {
        images::count_public_images(&self.clients.ec2(region)).await
    }

    async fn describe_shared_images(
        &self,
        region: &Region,
        next_token: Option<String>,
    ) -> Result<Page<SharedImage>, ApiError> {
        images::describe_shared_images(&self.clients.ec2(region), next_token).await
    }

    async fn describe_launch_permissions(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> Result<PrincipalSet, ApiError> {
        images::describe_launch_permissions(&self.clients.ec2(region), image).await
    }

    async fn modify_launch_permissions(
        &self,
        region: &Region,
        image: &ImageId,
        add: &[Principal],
        remove: &[Principal],
    ) -> Result<RequestId, ApiError> {
        images::modify_launch_permissions(&self.clients.ec2(region), image, add, remove).await
    }

    async fn cancel_image_launch_permission(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> Result<RequestId, ApiError> {
        images::cancel_image_launch_permission(&self.clients.ec2(region), image).await
    }

    async fn describe_snapshots(
        &self,
        region: &Region,
        snapshots: &[SnapshotId],
    ) -> Result<Vec<Snapshot>, ApiError> {
        snapshots::describe_snapshots(&self.clients.ec2(region), snapshots).await
    }

    async fn describe_create_volume_permissions(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
    ) -> Result<PrincipalSet, ApiError> {
        snapshots::describe_create_volume_permissions(&self.clients.ec2(region), snapshot).await
    }

    async fn modify_create_volume_permissions(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
        change: SnapshotChange<'_>,
    ) -> Result<RequestId, ApiError> {
        let ec2 = self.clients.ec2(region);
        snapshots::modify_create_volume_permissions(&ec2, snapshot, change).await
    }

    async fn get_image_block_public_access_state(
        &self,
        region: &Region,
    ) -> Result<BlockPublicAccess, ApiError> {
        settings::get_image_block_public_access_state(&self.clients.ec2(region)).await
    }

    async fn get_snapshot_block_public_access_state(
        &self,
        region: &Region,
    ) -> Result<SnapshotBlockPublicAccess, ApiError> {
        settings::get_snapshot_block_public_access_state(&self.clients.ec2(region)).await
    }

    async fn create_tags(
        &self,
        region: &Region,
        resources: &[ResourceId],
        tags: &Tags,
    ) -> Result<RequestId, ApiError> {
        tags::create_tags(&self.clients.ec2(region), resources, tags).await
    }

    async fn delete_tags(
        &self,
        region: &Region,
        resources: &[ResourceId],
        tags: &Tags,
    ) -> Result<RequestId, ApiError> {
        tags::delete_tags(&self.clients.ec2(region), resources, tags).await
    }

    async fn list_accounts_under(
        &self,
        region: &Region,
        principal: &Principal,
    ) -> Result<Vec<AccountId>, ApiError> {
        let organizations = self.clients.organizations(region);
        organizations::list_accounts_under(&organizations, principal).await
    }

    async fn describe_encrypted_images(
        &self,
        region: &Region,
        shared_with: &[AccountId],
    ) -> Result<Vec<Image>, ApiError> {
        images::describe_encrypted_images(&self.clients.ec2(region), shared_with).await
    }

    async fn describe_key(&self, region: &Region, key: &KeyArn) -> Result<Key, ApiError> {
        keys::describe_key(&self.clients.kms(region), key).await
    }

    async fn get_key_policy(&self, region: &Region, key: &KeyArn) -> Result<KeyPolicy, ApiError> {
        keys::get_key_policy(&self.clients.kms(region), key).await
    }

    async fn put_key_policy(
        &self,
        region: &Region,
        key: &KeyArn,
        policy: &KeyPolicy,
    ) -> Result<RequestId, ApiError> {
        keys::put_key_policy(&self.clients.kms(region), key, policy).await
    }

    async fn list_grants(
        &self,
        region: &Region,
        key: &KeyArn,
        grantee: Option<&str>,
    ) -> Result<Vec<KeyGrant>, ApiError> {
        keys::list_grants(&self.clients.kms(region), key, grantee).await
    }

    async fn create_grant(
        &self,
        region: &Region,
        key: &KeyArn,
        grant: &NewGrant<'_>,
    ) -> Result<RequestId, ApiError> {
        keys::create_grant(&self.clients.kms(region), key, grant).await
    }

    async fn revoke_grant(
        &self,
        region: &Region,
        key: &KeyArn,
        grant_id: &str,
    ) -> Result<RequestId, ApiError> {
        keys::revoke_grant(&self.clients.kms(region), key, grant_id).await
    }

    async fn create_key(&self, region: &Region, key: &NewKey<'_>) -> Result<KeyArn, ApiError> {
        keys::create_key(&self.clients.kms(region), key).await
    }

    async fn create_alias(
        &self,
        region: &Region,
        alias: &str,
        key: &KeyArn,
    ) -> Result<RequestId, ApiError> {
        keys::create_alias(&self.clients.kms(region), alias, key).await
    }

    async fn organizational_unit_path(
        &self,
        region: &Region,
        unit: &OrganizationalUnitArn,
    ) -> Result<OrganizationalUnitPath, ApiError> {
        let organizations = self.clients.organizations(region);
        organizations::organizational_unit_path(&organizations, unit).await
    }
}
