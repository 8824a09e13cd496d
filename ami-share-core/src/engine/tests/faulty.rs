//! A backend that fails on purpose, and watches how many calls are under way.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;

use crate::api_error::{ApiError, ApiErrorKind};
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

/// What happens at one call
#[derive(Clone, Debug)]
pub(super) enum Fault {
    /// AWS refuses with the code, and nothing is done
    Code(&'static str),
    /// It is done, and the answer never arrives
    LoseAnswer,
    /// Neither is it done nor is there an answer
    LoseRequest,
}

/// Which calls a fault is for
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Calls {
    All,
    Of(&'static str),
    Writes,
}

/// Passes calls on, except the one that a fault is set for
pub(super) struct Faulty<B> {
    inner: B,
    /// The fault, the calls it is for, and how many of these pass first
    fault: Mutex<Option<(Fault, Calls, usize)>>,
    /// What looks on after every call
    watch: Option<Box<dyn Fn() + Send + Sync>>,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
}

impl<B: Backend> Faulty<B> {
    pub(super) fn new(inner: B) -> Self {
        Self {
            inner,
            fault: Mutex::default(),
            watch: None,
            under_way: AtomicUsize::new(0),
            most_under_way: AtomicUsize::new(0),
        }
    }

    /// The call of the operation after `passes` others fails
    pub(super) fn fail(self, operation: &'static str, passes: usize, fault: Fault) -> Self {
        *self.fault.lock().unwrap() = Some((fault, Calls::Of(operation), passes));
        self
    }

    /// The write after `passes` others fails, whichever it is
    pub(super) fn fail_write(self, passes: usize, fault: Fault) -> Self {
        *self.fault.lock().unwrap() = Some((fault, Calls::Writes, passes));
        self
    }

    /// The call after `passes` others fails, whichever it is
    pub(super) fn fail_any(self, passes: usize, fault: Fault) -> Self {
        *self.fault.lock().unwrap() = Some((fault, Calls::All, passes));
        self
    }

    /// Looks on after every call, also after those that fail
    pub(super) fn watched(self, watch: impl Fn() + Send + Sync + 'static) -> Self {
        let watch: Box<dyn Fn() + Send + Sync> = Box::new(watch);
        Self {
            watch: Some(watch),
            ..self
        }
    }

    /// Whether the call was made that the fault was set for
    pub(super) fn has_failed(&self) -> bool {
        self.fault.lock().unwrap().is_none()
    }

    pub(super) fn most_under_way(&self) -> usize {
        self.most_under_way.load(Ordering::SeqCst)
    }

    fn fault_of(&self, operation: &str) -> Option<Fault> {
        let is_write = ["Modify", "Create", "Delete", "Cancel", "Put", "Revoke"]
            .iter()
            .any(|verb| operation.starts_with(verb));
        let mut script = self.fault.lock().unwrap();
        let (_, wanted, passes) = script.as_mut()?;
        let is_meant = match wanted {
            Calls::All => true,
            Calls::Of(wanted) => *wanted == operation,
            Calls::Writes => is_write,
        };
        if !is_meant {
            return None;
        }
        if *passes > 0 {
            *passes -= 1;
            return None;
        }
        script.take().map(|(fault, ..)| fault)
    }

    async fn call<T>(
        &self,
        operation: &str,
        work: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        let under_way = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_under_way.fetch_max(under_way, Ordering::SeqCst);
        tokio::task::yield_now().await;
        let lost = || ApiError::without_code(operation, ApiErrorKind::Transient, "no answer");
        let result = match self.fault_of(operation) {
            None => work.await,
            Some(Fault::Code(code)) => Err(ApiError::from_code(operation, code, "on purpose")),
            Some(Fault::LoseRequest) => Err(lost()),
            Some(Fault::LoseAnswer) => work.await.and_then(|_| Err(lost())),
        };
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        if let Some(watch) = &self.watch {
            watch();
        }
        result
    }
}

impl<B: fmt::Debug> fmt::Debug for Faulty<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faulty")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

macro_rules! pass_on {
    ($($operation:literal $method:ident($($name:ident: $type:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl<B: Backend> Backend for Faulty<B> {
            $(
                async fn $method(&self, region: &Region, $($name: $type),*) -> Result<$answer, ApiError> {
                    self.call($operation, self.inner.$method(region, $($name),*)).await
                }
            )*
        }
    };
}

pass_on! {
    "DescribeImages" describe_images(images: &[ImageId]) -> Vec<Image>;
    "DescribeImages" count_public_images() -> usize;
    "DescribeImages" describe_shared_images(next_token: Option<String>) -> Page<SharedImage>;
    "DescribeImageAttribute" describe_launch_permissions(image: &ImageId) -> PrincipalSet;
    "ModifyImageAttribute" modify_launch_permissions(image: &ImageId, add: &[Principal], remove: &[Principal]) -> RequestId;
    "CancelImageLaunchPermission" cancel_image_launch_permission(image: &ImageId) -> RequestId;
    "DescribeSnapshots" describe_snapshots(snapshots: &[SnapshotId]) -> Vec<Snapshot>;
    "DescribeSnapshotAttribute" describe_create_volume_permissions(snapshot: &SnapshotId) -> PrincipalSet;
    "ModifySnapshotAttribute" modify_create_volume_permissions(snapshot: &SnapshotId, change: SnapshotChange<'_>) -> RequestId;
    "GetImageBlockPublicAccessState" get_image_block_public_access_state() -> BlockPublicAccess;
    "GetSnapshotBlockPublicAccessState" get_snapshot_block_public_access_state() -> SnapshotBlockPublicAccess;
    "CreateTags" create_tags(resources: &[ResourceId], tags: &Tags) -> RequestId;
    "DeleteTags" delete_tags(resources: &[ResourceId], tags: &Tags) -> RequestId;
    "ListAccounts" list_accounts_under(principal: &Principal) -> Vec<AccountId>;
    "DescribeImages" describe_encrypted_images(shared_with: &[AccountId]) -> Vec<Image>;
    "DescribeKey" describe_key(key: &KeyArn) -> Key;
    "GetKeyPolicy" get_key_policy(key: &KeyArn) -> KeyPolicy;
    "PutKeyPolicy" put_key_policy(key: &KeyArn, policy: &KeyPolicy) -> RequestId;
    "ListGrants" list_grants(key: &KeyArn, grantee: Option<&str>) -> Vec<KeyGrant>;
    "CreateGrant" create_grant(key: &KeyArn, grant: &NewGrant<'_>) -> RequestId;
    "RevokeGrant" revoke_grant(key: &KeyArn, grant_id: &str) -> RequestId;
    "CreateKey" create_key(key: &NewKey<'_>) -> KeyArn;
    "CreateAlias" create_alias(alias: &str, key: &KeyArn) -> RequestId;
    "DescribeOrganizationalUnit" organizational_unit_path(unit: &OrganizationalUnitArn) -> OrganizationalUnitPath;
}
