use std::sync::Arc;

use async_trait::async_trait;

use super::{Backend, NewCopy, NewGrant, RequestId};
use crate::api_error::ApiError;
use crate::id::{AccountId, ImageId, KeyArn, Region, SubnetId};
use crate::resource::{
    AllowedImagesSettings, ImageUsage, Parameter, UsageReport, UsageReportState,
};

/// What the engine needs of AWS on the side of a recipient, and to know who uses an image
#[async_trait]
pub trait RecipientBackend: Backend {
    /// [`RunInstances`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html) with
    /// `DryRun`: succeeds where EC2 answers `DryRunOperation`
    ///
    /// EC2 looks at identity policies, whether the image can be seen, and whether there is a subnet: the
    /// one given, or else the default VPC's; not at keys.
    async fn rehearse_launch(
        &self,
        region: &Region,
        image: &ImageId,
        instance_type: &str,
        subnet: Option<&SubnetId>,
    ) -> Result<(), ApiError>;

    /// `CopyImage` with `DryRun`: succeeds where EC2 answers `DryRunOperation`
    async fn rehearse_copy(&self, region: &Region, copy: &NewCopy<'_>) -> Result<(), ApiError>;

    /// [`CreateGrant`](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html) with
    /// `DryRun`: succeeds where KMS answers `DryRunOperationException`
    async fn rehearse_grant(
        &self,
        region: &Region,
        key: &KeyArn,
        grant: &NewGrant<'_>,
    ) -> Result<(), ApiError>;

    /// [`GetAllowedImagesSettings`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetAllowedImagesSettings.html)
    async fn get_allowed_images_settings(
        &self,
        region: &Region,
    ) -> Result<AllowedImagesSettings, ApiError>;

    /// [`GetParameter`](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html);
    /// none where Parameter Store has none of that name
    async fn get_parameter(
        &self,
        region: &Region,
        name: &str,
    ) -> Result<Option<Parameter>, ApiError>;

    /// [`PutParameter`](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html)
    /// of data type [`aws:ec2:image`](Parameter::IMAGE), over the value that is there: Parameter Store keeps that one as an
    /// earlier version
    async fn put_image_parameter(
        &self,
        region: &Region,
        name: &str,
        image: &ImageId,
    ) -> Result<RequestId, ApiError>;

    /// [`CreateImageUsageReport`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImageUsageReport.html)
    /// over [all kinds of resources](ImageUsage::RESOURCE_TYPES); its id
    ///
    /// Of up to 200 accounts, or of all accounts where none is given.
    async fn create_image_usage_report(
        &self,
        region: &Region,
        image: &ImageId,
        accounts: &[AccountId],
    ) -> Result<String, ApiError>;

    /// [`DescribeImageUsageReports`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImageUsageReports.html)
    /// of an image that are pending: EC2 lets it have one; none where it has none
    async fn find_pending_image_usage_report(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> Result<Option<UsageReport>, ApiError>;

    /// [`DescribeImageUsageReports`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImageUsageReports.html)
    /// by id
    async fn describe_image_usage_report(
        &self,
        region: &Region,
        report: &str,
    ) -> Result<UsageReportState, ApiError>;

    /// [`DescribeImageUsageReportEntries`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImageUsageReportEntries.html)
    /// of one report, all pages
    async fn describe_image_usage_report_entries(
        &self,
        region: &Region,
        report: &str,
    ) -> Result<Vec<ImageUsage>, ApiError>;
}

macro_rules! forward_recipient_backend {
    ($pointer:ident) => {
        #[async_trait]
        #[deny(clippy::missing_trait_methods)]
        impl<B: RecipientBackend + ?Sized> RecipientBackend for $pointer<B> {
            async fn rehearse_launch(
                &self,
                region: &Region,
                image: &ImageId,
                instance_type: &str,
                subnet: Option<&SubnetId>,
            ) -> Result<(), ApiError> {
                (**self)
                    .rehearse_launch(region, image, instance_type, subnet)
                    .await
            }

            async fn rehearse_copy(
                &self,
                region: &Region,
                copy: &NewCopy<'_>,
            ) -> Result<(), ApiError> {
                (**self).rehearse_copy(region, copy).await
            }

            async fn rehearse_grant(
                &self,
                region: &Region,
                key: &KeyArn,
                grant: &NewGrant<'_>,
            ) -> Result<(), ApiError> {
                (**self).rehearse_grant(region, key, grant).await
            }

            async fn get_allowed_images_settings(
                &self,
                region: &Region,
            ) -> Result<AllowedImagesSettings, ApiError> {
                (**self).get_allowed_images_settings(region).await
            }

            async fn get_parameter(
                &self,
                region: &Region,
                name: &str,
            ) -> Result<Option<Parameter>, ApiError> {
                (**self).get_parameter(region, name).await
            }

            async fn put_image_parameter(
                &self,
                region: &Region,
                name: &str,
                image: &ImageId,
            ) -> Result<RequestId, ApiError> {
                (**self).put_image_parameter(region, name, image).await
            }

            async fn create_image_usage_report(
                &self,
                region: &Region,
                image: &ImageId,
                accounts: &[AccountId],
            ) -> Result<String, ApiError> {
                (**self)
                    .create_image_usage_report(region, image, accounts)
                    .await
            }

            async fn find_pending_image_usage_report(
                &self,
                region: &Region,
                image: &ImageId,
            ) -> Result<Option<UsageReport>, ApiError> {
                (**self)
                    .find_pending_image_usage_report(region, image)
                    .await
            }

            async fn describe_image_usage_report(
                &self,
                region: &Region,
                report: &str,
            ) -> Result<UsageReportState, ApiError> {
                (**self).describe_image_usage_report(region, report).await
            }

            async fn describe_image_usage_report_entries(
                &self,
                region: &Region,
                report: &str,
            ) -> Result<Vec<ImageUsage>, ApiError> {
                (**self)
                    .describe_image_usage_report_entries(region, report)
                    .await
            }
        }
    };
}

forward_recipient_backend!(Arc);
forward_recipient_backend!(Box);
