use async_trait::async_trait;

use super::{AwsBackend, keys, parameters, rehearsal, settings, usage_reports};
use crate::api_error::ApiError;
use crate::backend::{NewCopy, NewGrant, RecipientBackend, RequestId};
use crate::id::{AccountId, ImageId, KeyArn, Region, SubnetId};
use crate::resource::{
    AllowedImagesSettings, ImageUsage, Parameter, UsageReport, UsageReportState,
};

#[async_trait]
impl RecipientBackend for AwsBackend {
    async fn rehearse_launch(
        &self,
        region: &Region,
        image: &ImageId,
        instance_type: &str,
        subnet: Option<&SubnetId>,
    ) -> Result<(), ApiError> {
        rehearsal::rehearse_launch(&self.clients.ec2(region), image, instance_type, subnet).await
    }

    async fn rehearse_copy(&self, region: &Region, copy: &NewCopy<'_>) -> Result<(), ApiError> {
        rehearsal::rehearse_copy(&self.clients.ec2(region), copy).await
    }

    async fn rehearse_grant(
        &self,
        region: &Region,
        key: &KeyArn,
        grant: &NewGrant<'_>,
    ) -> Result<(), ApiError> {
        keys::rehearse_grant(&self.clients.kms(region), key, grant).await
    }

    async fn get_allowed_images_settings(
        &self,
        region: &Region,
    ) -> Result<AllowedImagesSettings, ApiError> {
        settings::get_allowed_images_settings(&self.clients.ec2(region)).await
    }

    async fn get_parameter(
        &self,
        region: &Region,
        name: &str,
    ) -> Result<Option<Parameter>, ApiError> {
        parameters::get_parameter(&self.clients.ssm(region), name).await
    }

    async fn put_image_parameter(
        &self,
        region: &Region,
        name: &str,
        image: &ImageId,
    ) -> Result<RequestId, ApiError> {
        parameters::put_image_parameter(&self.clients.ssm(region), name, image).await
    }

    async fn create_image_usage_report(
        &self,
        region: &Region,
        image: &ImageId,
        accounts: &[AccountId],
    ) -> Result<String, ApiError> {
        let ec2 = self.clients.ec2(region);
        usage_reports::create_image_usage_report(&ec2, image, accounts).await
    }

    async fn find_pending_image_usage_report(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> Result<Option<UsageReport>, ApiError> {
        let ec2 = self.clients.ec2(region);
        usage_reports::find_pending_image_usage_report(&ec2, image).await
    }

    async fn describe_image_usage_report(
        &self,
        region: &Region,
        report: &str,
    ) -> Result<UsageReportState, ApiError> {
        usage_reports::describe_image_usage_report(&self.clients.ec2(region), report).await
    }

    async fn describe_image_usage_report_entries(
        &self,
        region: &Region,
        report: &str,
    ) -> Result<Vec<ImageUsage>, ApiError> {
        usage_reports::describe_image_usage_report_entries(&self.clients.ec2(region), report).await
    }
}
