//! Sets one thing on an image of the caller.

use super::Engine;
use crate::api_error::ApiError;
use crate::backend::{CopyBackend, RequestId};
use crate::id::{ImageId, Region};
use crate::outcome::SettingReport;
use crate::plan::CopySetting;
use crate::request::DeregistrationProtection;

impl<B: CopyBackend> Engine<B> {
    pub(super) async fn set_on(
        &self,
        region: &Region,
        image: &ImageId,
        setting: CopySetting,
    ) -> SettingReport {
        let (request_id, error) = match self.call_for(region, image, &setting).await {
            Ok(request_id) => (request_id, None),
            Err(error) => (None, Some(error)),
        };
        SettingReport {
            setting,
            error,
            request_id,
        }
    }

    async fn call_for(
        &self,
        region: &Region,
        image: &ImageId,
        setting: &CopySetting,
    ) -> Result<RequestId, ApiError> {
        let backend = &self.backend;
        match setting {
            CopySetting::CreateTags { resources, tags } => {
                backend.create_tags(region, resources, tags).await
            }
            CopySetting::EnableImageDeregistrationProtection { protection } => {
                let cooldown = *protection == DeregistrationProtection::WithCooldown;
                backend
                    .enable_image_deregistration_protection(region, image, cooldown)
                    .await
            }
            CopySetting::EnableImageDeprecation { at } => {
                backend.enable_image_deprecation(region, image, *at).await
            }
            CopySetting::ModifyImageAttribute { description } => {
                backend
                    .modify_image_description(region, image, description)
                    .await
            }
        }
    }
}
