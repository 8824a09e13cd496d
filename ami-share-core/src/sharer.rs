//! The verbs: what users call, embed and mock.

mod forward;

use std::fmt::Debug;

use async_trait::async_trait;

#[cfg(feature = "aws")]
use crate::backend::aws::AwsBackend;
#[cfg(feature = "simulator")]
use crate::backend::simulator::SimulatedBackend;
use crate::backend::{CopyBackend, Page, RecipientBackend, RequestId, RoleBackend};
use crate::engine::{ApplyOptions, Engine, EngineOptions, Roles};
use crate::error::Error;
use crate::id::{ImageId, KeyArn, Region};
use crate::outcome::{
    CopyReport, ImageUsageReport, ParameterReport, RecipientTagReport, Rehearsal, Report,
    ServiceLinkedRoleReport, Verification,
};
use crate::plan::{CopyPlan, Plan};
use crate::principal::PrincipalSet;
use crate::request::{
    CopyRequest, ParameterRequest, RecipientTagRequest, RehearsalRequest, ServiceLinkedRoleRequest,
    ShareRequest, SharingKey, UsageRequest,
};
use crate::resource::SharedImage;

/// Shares images as one thing
///
/// Code that shares images takes a `&dyn Sharer` (or an `Arc<dyn Sharer>`), so that its unit tests
/// can pass a `MockSharer` (feature `mock`) or a [`SimulatedSharer`].
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Sharer: Debug + Send + Sync {
    /// Reads the world once and says what would be done; writes nothing
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with every reason found, or [`Error::Api`] if something could not be read.
    async fn plan(&self, request: &ShareRequest) -> Result<Plan, Error>;

    /// Carries a plan out, after looking whether the world is still as the plan saw it
    ///
    /// A plan that was applied already, or whose end is there for another reason, is refused as
    /// out of date or does nothing, as `options` say.
    ///
    /// # Errors
    ///
    /// [`Error::WorldChanged`] before anything is written; [`Error::Incomplete`] with the report
    /// when a step was not done, or could not be seen to be done.
    async fn apply(&self, plan: &Plan, options: &ApplyOptions) -> Result<Report, Error>;

    /// Plans the request and carries it out at once, in the request's own direction
    ///
    /// Does nothing where the world already is as asked for. One image costs four calls, however
    /// many accounts there are: describe, read, modify, read back; an encrypted one costs six more: its
    /// snapshots, and its key and policy, which is put, read back and looked at once more.
    ///
    /// # Errors
    ///
    /// Those of [`plan`](Self::plan) and [`apply`](Self::apply).
    async fn share(&self, request: &ShareRequest) -> Result<Report, Error>;

    /// Takes back what the request gives: launch permission, snapshot permission, keys, tags
    ///
    /// A key closes last, and stays open for a principal that another image under it is shared with,
    /// unless the request's [`KeyCleanup`](crate::request::KeyCleanup) says otherwise.
    ///
    /// # Errors
    ///
    /// Those of [`share`](Self::share).
    async fn revoke(&self, request: &ShareRequest) -> Result<Report, Error>;

    /// Compares what the request asks for with what is there, per image and principal
    ///
    /// After a revoke, verify [`request.to_revoke()`](ShareRequest::to_revoke): it says what access
    /// remains, and through what.
    ///
    /// # Errors
    ///
    /// [`Error::Api`] if the images or their permissions could not be read.
    async fn verify(&self, request: &ShareRequest) -> Result<Verification, Error>;

    /// Says for each principal whether it can launch and copy the image, and why, layer by layer: image
    /// state, launch permission, snapshots, and for each key its state, policy and grants
    ///
    /// "Why can't 222222222222 launch this?" Every no has its mend; what could not be read is unknown.
    /// The caller owns the image. Judged are the administrators of an account.
    ///
    /// # Errors
    ///
    /// [`Error::Api`] if the image or its permissions could not be read.
    async fn explain(
        &self,
        region: &Region,
        image: &ImageId,
        principals: &PrincipalSet,
    ) -> Result<Verification, Error>;

    /// Makes a customer managed key with an alias, for images that are to be shared: its policy lets
    /// the principals use it from the start
    ///
    /// The mend for an image that is encrypted under an AWS managed key: copy it under this one.
    ///
    /// # Errors
    ///
    /// [`Error::Api`]; [`Error::Refused`] if the policy would be too large;
    /// [`Error::KeyWithoutAlias`] if the alias is taken.
    async fn create_key_for_sharing(&self, key: &SharingKey) -> Result<KeyArn, Error>;

    /// Reads source and destinations once and says which copies would be made, under which keys, what is
    /// opened for them, and which copies are there already; writes nothing
    ///
    /// # Errors
    ///
    /// [`Error::CopyRefused`] with every reason found, [`Error::Refused`] if the source cannot be opened
    /// for the accounts that are to copy it, or [`Error::Api`] if the source could not be read.
    async fn plan_copies(&self, request: &CopyRequest) -> Result<CopyPlan, Error>;

    /// Carries a plan of copies out: opens the source, copies, waits, makes the copies what they are to
    /// be, shares them, closes the source
    ///
    /// Adopts what earlier runs made or started, so that nothing is copied twice. Ends when every copy
    /// has ended, the request's time limit is reached, or `options` cancel it.
    ///
    /// # Errors
    ///
    /// [`Error::WorldChanged`] before anything is written; [`Error::CopyIncomplete`] with the report when
    /// a copy failed or is not as it was to be.
    async fn apply_copies(
        &self,
        plan: &CopyPlan,
        options: &ApplyOptions,
    ) -> Result<CopyReport, Error>;

    /// Plans the copies and makes them at once
    ///
    /// # Errors
    ///
    /// Those of [`plan_copies`](Self::plan_copies) and [`apply_copies`](Self::apply_copies).
    async fn copy(&self, request: &CopyRequest) -> Result<CopyReport, Error>;

    /// One page of the images that others share with the caller: directly, or through an
    /// organization or OU; public images are not listed
    ///
    /// Ask again with the page's `next_token` until there is none; a page may be empty before.
    ///
    /// # Errors
    ///
    /// [`Error::Api`] if they could not be listed.
    async fn shared_with_me(
        &self,
        region: &Region,
        next_token: Option<String>,
    ) -> Result<Page<SharedImage>, Error>;

    /// Gives up an image that was shared with the caller's own account id
    ///
    /// Only its owner can share it again. What comes through an organization, an OU or the public
    /// cannot be given up.
    ///
    /// # Errors
    ///
    /// [`Error::Api`] with AWS's answer.
    async fn give_up(&self, region: &Region, image: &ImageId) -> Result<RequestId, Error>;

    /// Lets recipients rehearse a launch, each by its role: whether they see the image, may launch it,
    /// and may use its keys; writes nothing
    ///
    /// All accounts and Regions are asked side by side. The keys of an image are known where the caller
    /// owns it. What [`Rehearsal`] proves, and what not, stands there.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] for accounts without a role, before anything else is called. What a recipient
    /// is refused is no error but an answer.
    async fn rehearse(&self, request: &RehearsalRequest) -> Result<Rehearsal, Error>;

    /// Makes grants by which services of recipients (Auto Scaling, EC2 Fleet, Spot) get at encrypted images:
    /// by each recipient's role, on every key of the images; a second run writes nothing
    ///
    /// The caller owns the images and lists the grants. For recipients to be let make them, share with
    /// [`service_role`](crate::request::ShareRequestBuilder::service_role) first. A request that
    /// diagnoses writes nothing and says what is missing.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] before anything is written: accounts without a role, images that are not
    /// encrypted or not the caller's, keys that cannot be used; [`Error::Api`] if the images could not be
    /// read; [`Error::RecipientsIncomplete`] with the report, which says what to mend.
    async fn grant_service_linked_roles(
        &self,
        request: &ServiceLinkedRoleRequest,
    ) -> Result<ServiceLinkedRoleReport, Error>;

    /// Puts images into a parameter of Parameter Store, per Region, in the caller's own account and in
    /// those of recipients by their roles, and reads it back
    ///
    /// Nothing is written before every account sees its image as available, and before the share is
    /// verified that the request names. A parameter that holds its image already is not written; what it
    /// held before is in the report, and in the parameter's history.
    ///
    /// # Errors
    ///
    /// Before anything is written: [`Error::Refused`] for accounts without a role, images that are not
    /// usable, and parameters of another data type; [`Error::NotVerified`]; [`Error::Api`].
    /// [`Error::RecipientsIncomplete`] with the report when not all was written and read back.
    async fn put_image_parameters(
        &self,
        request: &ParameterRequest,
    ) -> Result<ParameterReport, Error>;

    /// Tags images so that recipients see it: as the owner, under keys with `ec2:SharedTag/`, for all that
    /// an image is shared with; or by roles in each recipient, for that recipient alone
    ///
    /// Written is what is not there, one call for images that lack the same, and read back.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] before anything is written: accounts without a role, images that are not usable
    /// or not the caller's, more tags than EC2 allows; [`Error::RecipientsIncomplete`] with the report.
    async fn tag_for_recipients(
        &self,
        request: &RecipientTagRequest,
    ) -> Result<RecipientTagReport, Error>;

    /// Says which accounts use the caller's images and how much, and when each was launched last
    ///
    /// EC2 makes a report for each image, which is waited for; one that is pending already, of an earlier
    /// call, is waited for instead of a new one. What [`hurt_by`](crate::outcome::hurt_by)
    /// makes of it says who would be hurt by a revoke. A report that is not there in time is unknown, not
    /// empty.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] for images that are not found or not the caller's; [`Error::Api`] if the images
    /// could not be read.
    async fn usage(&self, request: &UsageRequest) -> Result<ImageUsageReport, Error>;
}

/// A [`Sharer`] over a backend; clones share its connections
///
/// The verbs need all four traits of the port, so that a backend with fewer makes no sharer:
///
/// ```compile_fail
/// use ami_share_core::BackendSharer;
/// use ami_share_core::backend::{Backend, CopyBackend, RoleBackend};
///
/// fn sharer<B: Backend + CopyBackend + RoleBackend>(backend: B) -> BackendSharer<B> {
///     BackendSharer::new(backend)
/// }
/// ```
///
/// ```
/// use ami_share_core::BackendSharer;
/// use ami_share_core::backend::{CopyBackend, RecipientBackend, RoleBackend};
///
/// fn sharer<B: CopyBackend + RecipientBackend + RoleBackend>(backend: B) -> BackendSharer<B> {
///     BackendSharer::new(backend)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct BackendSharer<B> {
    pub(crate) engine: Engine<B>,
}

/// A [`Sharer`] on AWS
#[cfg(feature = "aws")]
pub type AwsSharer = BackendSharer<AwsBackend>;

/// A [`Sharer`] on the simulator
#[cfg(feature = "simulator")]
pub type SimulatedSharer = BackendSharer<SimulatedBackend>;

impl<B: CopyBackend + RecipientBackend + RoleBackend> BackendSharer<B> {
    /// A sharer with the default options
    pub fn new(backend: B) -> Self {
        Self::with_options(backend, EngineOptions::default())
    }

    /// A sharer that works with other options
    pub fn with_options(backend: B, options: EngineOptions) -> Self {
        Self {
            engine: Engine::new(backend, options),
        }
    }

    /// The sharer with roles, by which it reaches other accounts
    ///
    /// A role is assumed when its first call is made, and its credentials are renewed before they end.
    #[must_use]
    pub fn with_roles(self, roles: Roles) -> Self {
        Self {
            engine: self.engine.with_roles(roles),
        }
    }
}

#[cfg(feature = "aws")]
impl BackendSharer<AwsBackend> {
    /// A sharer with the credentials and settings of the environment and the default profile
    ///
    /// Credentials are looked for when the first call is made, not here. For a named profile, other
    /// credentials, an `SdkConfig`, clients or an endpoint see [`AwsBackend::builder`].
    pub async fn from_env() -> Self {
        Self::new(AwsBackend::from_env().await)
    }
}

#[async_trait]
impl<B: CopyBackend + RecipientBackend + RoleBackend> Sharer for BackendSharer<B> {
    async fn plan(&self, request: &ShareRequest) -> Result<Plan, Error> {
        self.engine.plan(request).await
    }

    async fn apply(&self, plan: &Plan, options: &ApplyOptions) -> Result<Report, Error> {
        self.engine.apply(plan, options).await
    }

    async fn share(&self, request: &ShareRequest) -> Result<Report, Error> {
        let plan = self.engine.plan(request).await?;
        self.engine
            .apply(&plan, &ApplyOptions::just_planned())
            .await
    }

    async fn revoke(&self, request: &ShareRequest) -> Result<Report, Error> {
        self.share(&request.to_revoke()).await
    }

    async fn verify(&self, request: &ShareRequest) -> Result<Verification, Error> {
        self.engine.verify(request).await
    }

    async fn explain(
        &self,
        region: &Region,
        image: &ImageId,
        principals: &PrincipalSet,
    ) -> Result<Verification, Error> {
        self.engine.explain(region, image, principals).await
    }

    async fn create_key_for_sharing(&self, key: &SharingKey) -> Result<KeyArn, Error> {
        self.engine.create_key_for_sharing(key).await
    }

    async fn plan_copies(&self, request: &CopyRequest) -> Result<CopyPlan, Error> {
        self.engine.plan_copies(request).await
    }

    async fn apply_copies(
        &self,
        plan: &CopyPlan,
        options: &ApplyOptions,
    ) -> Result<CopyReport, Error> {
        self.engine.apply_copies(plan, options).await
    }

    async fn copy(&self, request: &CopyRequest) -> Result<CopyReport, Error> {
        let plan = self.engine.plan_copies(request).await?;
        let options = ApplyOptions::just_planned();
        self.engine.apply_copies(&plan, &options).await
    }

    async fn shared_with_me(
        &self,
        region: &Region,
        next_token: Option<String>,
    ) -> Result<Page<SharedImage>, Error> {
        let backend = self.engine.backend();
        Ok(backend.describe_shared_images(region, next_token).await?)
    }

    async fn give_up(&self, region: &Region, image: &ImageId) -> Result<RequestId, Error> {
        let backend = self.engine.backend();
        Ok(backend
            .cancel_image_launch_permission(region, image)
            .await?)
    }

    async fn rehearse(&self, request: &RehearsalRequest) -> Result<Rehearsal, Error> {
        self.engine.rehearse(request).await
    }

    async fn grant_service_linked_roles(
        &self,
        request: &ServiceLinkedRoleRequest,
    ) -> Result<ServiceLinkedRoleReport, Error> {
        self.engine.grant_service_linked_roles(request).await
    }

    async fn put_image_parameters(
        &self,
        request: &ParameterRequest,
    ) -> Result<ParameterReport, Error> {
        self.engine.put_image_parameters(request).await
    }

    async fn tag_for_recipients(
        &self,
        request: &RecipientTagRequest,
    ) -> Result<RecipientTagReport, Error> {
        self.engine.tag_for_recipients(request).await
    }

    async fn usage(&self, request: &UsageRequest) -> Result<ImageUsageReport, Error> {
        self.engine.usage(request).await
    }
}
