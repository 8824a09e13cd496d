//! Pointers to a [`Sharer`] are one too.

use std::sync::Arc;

use async_trait::async_trait;

use super::Sharer;
use crate::backend::{Page, RequestId};
use crate::engine::ApplyOptions;
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

macro_rules! forward_sharer {
    ($pointer:ident) => {
        #[async_trait]
        #[deny(clippy::missing_trait_methods)]
        impl<S: Sharer + ?Sized> Sharer for $pointer<S> {
            async fn plan(&self, request: &ShareRequest) -> Result<Plan, Error> {
                (**self).plan(request).await
            }

            async fn apply(&self, plan: &Plan, options: &ApplyOptions) -> Result<Report, Error> {
                (**self).apply(plan, options).await
            }

            async fn share(&self, request: &ShareRequest) -> Result<Report, Error> {
                (**self).share(request).await
            }

            async fn revoke(&self, request: &ShareRequest) -> Result<Report, Error> {
                (**self).revoke(request).await
            }

            async fn verify(&self, request: &ShareRequest) -> Result<Verification, Error> {
                (**self).verify(request).await
            }

            async fn explain(
                &self,
                region: &Region,
                image: &ImageId,
                principals: &PrincipalSet,
            ) -> Result<Verification, Error> {
                (**self).explain(region, image, principals).await
            }

            async fn create_key_for_sharing(&self, key: &SharingKey) -> Result<KeyArn, Error> {
                (**self).create_key_for_sharing(key).await
            }

            async fn plan_copies(&self, request: &CopyRequest) -> Result<CopyPlan, Error> {
                (**self).plan_copies(request).await
            }

            async fn apply_copies(
                &self,
                plan: &CopyPlan,
                options: &ApplyOptions,
            ) -> Result<CopyReport, Error> {
                (**self).apply_copies(plan, options).await
            }

            async fn copy(&self, request: &CopyRequest) -> Result<CopyReport, Error> {
                (**self).copy(request).await
            }

            async fn shared_with_me(
                &self,
                region: &Region,
                next_token: Option<String>,
            ) -> Result<Page<SharedImage>, Error> {
                (**self).shared_with_me(region, next_token).await
            }

            async fn give_up(&self, region: &Region, image: &ImageId) -> Result<RequestId, Error> {
                (**self).give_up(region, image).await
            }

            async fn rehearse(&self, request: &RehearsalRequest) -> Result<Rehearsal, Error> {
                (**self).rehearse(request).await
            }

            async fn grant_service_linked_roles(
                &self,
                request: &ServiceLinkedRoleRequest,
            ) -> Result<ServiceLinkedRoleReport, Error> {
                (**self).grant_service_linked_roles(request).await
            }

            async fn put_image_parameters(
                &self,
                request: &ParameterRequest,
            ) -> Result<ParameterReport, Error> {
                (**self).put_image_parameters(request).await
            }

            async fn tag_for_recipients(
                &self,
                request: &RecipientTagRequest,
            ) -> Result<RecipientTagReport, Error> {
                (**self).tag_for_recipients(request).await
            }

            async fn usage(&self, request: &UsageRequest) -> Result<ImageUsageReport, Error> {
                (**self).usage(request).await
            }
        }
    };
}

forward_sharer!(Arc);
forward_sharer!(Box);
