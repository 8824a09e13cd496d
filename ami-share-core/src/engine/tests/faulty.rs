//! A backend that fails on purpose, and watches how many calls are under way.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;

use crate::api_error::{ApiError, ApiErrorKind};
use crate::backend::{
    Backend, CopyBackend, ImageQuery, NewCopy, NewGrant, NewKey, Page, RecipientBackend, RequestId,
    Role, RoleBackend, SnapshotChange,
};
use crate::id::{
    AccountId, ImageId, KeyArn, KeyRef, OrganizationalUnitArn, OrganizationalUnitPath, Region,
    ResourceId, SnapshotId, SubnetId,
};
use crate::policy::KeyPolicy;
use crate::principal::{Principal, PrincipalSet};
use crate::resource::{
    AllowedImagesSettings, BlockPublicAccess, Image, ImageDetails, ImageUsage, Key, KeyGrant,
    Parameter, SharedImage, Snapshot, SnapshotBlockPublicAccess, SnapshotProgress, Tags, Timestamp,
    UsageReport, UsageReportState,
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

/// What the operations that write begin with
const WRITES: [&str; 9] = [
    "Cancel",
    "Copy",
    "Create",
    "Delete",
    "Deregister",
    "Enable",
    "Modify",
    "Put",
    "Revoke",
];

/// Which calls a fault is for
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Calls {
    All,
    Of(&'static str),
    Writes,
}

/// What a rehearsal's operation is called by, before AWS's name of it
const REHEARSAL: &str = "DryRun ";

/// Passes calls on, except the one that a fault is set for
///
/// A handle of a role, and a clone, count and fail together with the one that they are of. The
/// operation of a rehearsal is `DryRun CopyImage`, `DryRun CreateGrant` or `DryRun RunInstances`. That
/// a role is assumed is no call here: let it fail by `World::set_faults`.
#[derive(Clone)]
pub(super) struct Faulty<B> {
    inner: B,
    script: Arc<Script>,
    /// What looks on after every call
    watch: Option<Arc<dyn Fn() + Send + Sync>>,
}

#[derive(Default)]
struct Script {
    /// The fault, the calls it is for, and how many of these pass first
    fault: Mutex<Option<(Fault, Calls, usize)>>,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
}

impl<B: Backend> Faulty<B> {
    pub(super) fn new(inner: B) -> Self {
        Self {
            inner,
            script: Arc::default(),
            watch: None,
        }
    }

    /// The call of the operation after `passes` others fails
    pub(super) fn fail(self, operation: &'static str, passes: usize, fault: Fault) -> Self {
        *self.script.fault.lock().unwrap() = Some((fault, Calls::Of(operation), passes));
        self
    }

    /// The write after `passes` others fails, whichever it is
    pub(super) fn fail_write(self, passes: usize, fault: Fault) -> Self {
        *self.script.fault.lock().unwrap() = Some((fault, Calls::Writes, passes));
        self
    }

    /// The call after `passes` others fails, whichever it is
    pub(super) fn fail_any(self, passes: usize, fault: Fault) -> Self {
        *self.script.fault.lock().unwrap() = Some((fault, Calls::All, passes));
        self
    }

    /// Looks on after every call, also after those that fail
    pub(super) fn watched(self, watch: impl Fn() + Send + Sync + 'static) -> Self {
        let watch: Arc<dyn Fn() + Send + Sync> = Arc::new(watch);
        Self {
            watch: Some(watch),
            ..self
        }
    }

    /// Whether the call was made that the fault was set for
    pub(super) fn has_failed(&self) -> bool {
        self.script.fault.lock().unwrap().is_none()
    }

    pub(super) fn most_under_way(&self) -> usize {
        self.script.most_under_way.load(Ordering::SeqCst)
    }

    async fn call<T>(
        &self,
        operation: &str,
        work: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        let script = &self.script;
        let under_way = script.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        script.most_under_way.fetch_max(under_way, Ordering::SeqCst);
        tokio::task::yield_now().await;
        let fault = script.fault_of(operation);
        let operation = operation.trim_start_matches(REHEARSAL);
        let lost = || ApiError::without_code(operation, ApiErrorKind::Transient, "no answer");
        let result = match fault {
            None => work.await,
            Some(Fault::Code(code)) => Err(ApiError::from_code(operation, code, "on purpose")),
            Some(Fault::LoseRequest) => Err(lost()),
            Some(Fault::LoseAnswer) => work.await.and_then(|_| Err(lost())),
        };
        script.under_way.fetch_sub(1, Ordering::SeqCst);
        if let Some(watch) = &self.watch {
            watch();
        }
        result
    }
}

impl Script {
    fn fault_of(&self, operation: &str) -> Option<Fault> {
        let is_write = WRITES.iter().any(|verb| operation.starts_with(verb));
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
}

impl<B: fmt::Debug> fmt::Debug for Faulty<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faulty")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

macro_rules! pass_on {
    ($port:ident; $($operation:literal $method:ident($($name:ident: $type:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl<B: $port> $port for Faulty<B> {
            $(
                async fn $method(&self, region: &Region, $($name: $type),*) -> Result<$answer, ApiError> {
                    self.call($operation, self.inner.$method(region, $($name),*)).await
                }
            )*
        }
    };
}

pass_on! {
    Backend;
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

pass_on! {
    CopyBackend;
    "DescribeImages" describe_image_details(images: &[ImageId]) -> Vec<ImageDetails>;
    "DescribeImages" find_own_images(query: &ImageQuery) -> Vec<ImageDetails>;
    "CopyImage" copy_image(copy: &NewCopy<'_>) -> (ImageId, RequestId);
    "DescribeSnapshots" describe_snapshot_progress(snapshots: &[SnapshotId]) -> Vec<SnapshotProgress>;
    "DeregisterImage" deregister_image(image: &ImageId) -> RequestId;
    "DeleteSnapshot" delete_snapshot(snapshot: &SnapshotId) -> RequestId;
    "ModifyImageAttribute" modify_image_description(image: &ImageId, description: &str) -> RequestId;
    "EnableImageDeregistrationProtection" enable_image_deregistration_protection(image: &ImageId, with_cooldown: bool) -> RequestId;
    "EnableImageDeprecation" enable_image_deprecation(image: &ImageId, at: Timestamp) -> RequestId;
    "DescribeKey" find_key(key: &KeyRef) -> Key;
}

pass_on! {
    RecipientBackend;
    "DryRun RunInstances" rehearse_launch(image: &ImageId, instance_type: &str, subnet: Option<&SubnetId>) -> ();
    "DryRun CopyImage" rehearse_copy(copy: &NewCopy<'_>) -> ();
    "DryRun CreateGrant" rehearse_grant(key: &KeyArn, grant: &NewGrant<'_>) -> ();
    "GetAllowedImagesSettings" get_allowed_images_settings() -> AllowedImagesSettings;
    "GetParameter" get_parameter(name: &str) -> Option<Parameter>;
    "PutParameter" put_image_parameter(name: &str, image: &ImageId) -> RequestId;
    "CreateImageUsageReport" create_image_usage_report(image: &ImageId, accounts: &[AccountId]) -> String;
    "DescribeImageUsageReports" find_pending_image_usage_report(image: &ImageId) -> Option<UsageReport>;
    "DescribeImageUsageReports" describe_image_usage_report(report: &str) -> UsageReportState;
    "DescribeImageUsageReportEntries" describe_image_usage_report_entries(report: &str) -> Vec<ImageUsage>;
}

#[async_trait]
impl<B: RoleBackend> RoleBackend for Faulty<B> {
    async fn caller_account(&self, region: &Region) -> Result<AccountId, ApiError> {
        self.call("GetCallerIdentity", self.inner.caller_account(region))
            .await
    }

    fn assume_role(&self, role: &Role) -> Self {
        Self {
            inner: self.inner.assume_role(role),
            script: Arc::clone(&self.script),
            watch: self.watch.clone(),
        }
    }
}
