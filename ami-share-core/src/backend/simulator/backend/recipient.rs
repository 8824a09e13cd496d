use async_trait::async_trait;

use super::super::call::{Asked, Service};
use super::super::ec2::{
    AllowedImagesState, Launch, Stage, UsageKind, UsageRequest, arn, image_arn,
};
use super::super::refusal::Refusal;
use super::super::ssm::{self, ParameterKind, ParameterSpec};
use super::SimulatedBackend;
use super::copying::{may_tag_copy, to_copy};
use crate::api_error::ApiError;
use crate::backend::{NewCopy, NewGrant, RecipientBackend, RequestId};
use crate::id::{AccountId, ImageId, KeyArn, Region, SubnetId};
use crate::resource::{
    AllowedImagesSettings, ImageUsage, Parameter, Tags, UsageReport, UsageReportState,
};

#[async_trait]
impl RecipientBackend for SimulatedBackend {
    async fn rehearse_launch(
        &self,
        region: &Region,
        image: &ImageId,
        instance_type: &str,
        subnet: Option<&SubnetId>,
    ) -> Result<(), ApiError> {
        let launch = Launch {
            image: Some(image.clone()),
            least: 1,
            most: 1,
            kind: Some(instance_type.to_owned()),
            subnet: subnet.map(ToString::to_string),
            ..Launch::default()
        };
        let rehearsal = self.call(region, |state, caller| {
            let own = Some(caller.account);
            let made = ["instance", "volume"].map(|kind| arn(caller.region, own, kind, "*"));
            let on = std::iter::once(image_arn(caller.region, image)).chain(made);
            let on = on.chain(subnet.map(|id| arn(caller.region, own, "subnet", id.as_str())));
            state.read(caller, Asked::ec2("RunInstances").on(on), |state| {
                state.check_launch(caller, &launch)?;
                Err(Refusal::dry_run())
            })
        });
        would_be_done(rehearsal.await)
    }

    async fn rehearse_copy(&self, region: &Region, copy: &NewCopy<'_>) -> Result<(), ApiError> {
        let rehearsal = self.call(region, |state, caller| {
            state.read(caller, to_copy(caller, copy), |state| {
                may_tag_copy(state, caller, copy)?;
                Err(Refusal::dry_run())
            })
        });
        would_be_done(rehearsal.await)
    }

    async fn rehearse_grant(
        &self,
        region: &Region,
        key: &KeyArn,
        grant: &NewGrant<'_>,
    ) -> Result<(), ApiError> {
        let rehearsal = self.call(region, |state, caller| {
            state.rehearse_grant(caller, key, grant)
        });
        would_be_done(rehearsal.await)
    }

    async fn get_allowed_images_settings(
        &self,
        region: &Region,
    ) -> Result<AllowedImagesSettings, ApiError> {
        self.call(region, |state, caller| {
            state.read(caller, Asked::ec2("GetAllowedImagesSettings"), |state| {
                Ok(match state.own_settings(caller).allowed.state {
                    AllowedImagesState::Disabled => AllowedImagesSettings::Disabled,
                    AllowedImagesState::AuditMode => AllowedImagesSettings::AuditMode,
                    AllowedImagesState::Enabled => AllowedImagesSettings::Enabled,
                })
            })
        })
        .await
    }

    async fn get_parameter(
        &self,
        region: &Region,
        name: &str,
    ) -> Result<Option<Parameter>, ApiError> {
        let parameter = self.call(region, |state, caller| {
            let asked = Asked::of(Service::Ssm, "GetParameter").by_rule();
            state.read(caller, asked, |state| {
                let found = state.find_parameter(caller, "ssm:GetParameter", name)?;
                Ok(Parameter {
                    value: found.version.value.clone(),
                    data_type: found.version.data_type.clone(),
                    version: i64::try_from(found.version.number).unwrap_or(i64::MAX),
                })
            })
        });
        match parameter.await {
            Ok(parameter) => Ok(Some(parameter)),
            Err(error) if error.code() == Some("ParameterNotFound") => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn put_image_parameter(
        &self,
        region: &Region,
        name: &str,
        image: &ImageId,
    ) -> Result<RequestId, ApiError> {
        let spec = ParameterSpec {
            name: name.to_owned(),
            value: image.to_string(),
            kind: Some(ParameterKind::Text),
            overwrite: true,
            data_type: Some(ssm::IMAGE.to_owned()),
            ..ParameterSpec::default()
        };
        self.call(region, |state, caller| {
            let asked = Asked::of(Service::Ssm, "PutParameter").by_rule();
            state.write(caller, asked, |state| {
                state.authorize(caller, "ssm:PutParameter", &ssm::arn_of(caller, name), &[])?;
                state.put_parameter(caller, spec).map(|_| ())
            })
        })
        .await
    }

    async fn create_image_usage_report(
        &self,
        region: &Region,
        image: &ImageId,
        accounts: &[AccountId],
    ) -> Result<String, ApiError> {
        let kinds = ImageUsage::RESOURCE_TYPES.map(|name| UsageKind {
            name,
            version_depth: None,
        });
        let request = UsageRequest {
            image: image.clone(),
            kinds: kinds.into(),
            accounts: accounts.iter().copied().collect(),
            tags: Tags::new(),
        };
        self.call(region, |state, caller| {
            let own = Some(caller.account);
            let report = arn(caller.region, own, "image-usage-report", "*");
            let asked = Asked::ec2("CreateImageUsageReport");
            let asked = asked.on([image_arn(caller.region, image), report]);
            state.read(caller, asked, |state| {
                state.create_usage_report(caller, request, None)
            })
        })
        .await
    }

    async fn find_pending_image_usage_report(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> Result<Option<UsageReport>, ApiError> {
        self.call(region, |state, caller| {
            state.read(caller, Asked::ec2("DescribeImageUsageReports"), |state| {
                let now = state.now();
                let mut reports = state.usage_reports(caller);
                let found = reports.find(|report| {
                    let stage = report.progress.stage(now);
                    report.request.image == *image && matches!(stage, Stage::Pending { .. })
                });
                Ok(found.map(|found| {
                    let kinds = found.request.kinds.iter();
                    UsageReport {
                        id: found.id.clone(),
                        accounts: found.request.accounts.clone(),
                        resource_types: kinds.map(|kind| kind.name.to_owned()).collect(),
                    }
                }))
            })
        })
        .await
    }

    async fn describe_image_usage_report(
        &self,
        region: &Region,
        report: &str,
    ) -> Result<UsageReportState, ApiError> {
        self.call(region, |state, caller| {
            state.read(caller, Asked::ec2("DescribeImageUsageReports"), |state| {
                let report = state.usage_report(caller, report)?;
                Ok(match report.progress.stage(state.now()) {
                    Stage::Pending { .. } => UsageReportState::Pending,
                    Stage::Done => UsageReportState::Available,
                    Stage::Failed { reason } => UsageReportState::Failed(reason.to_owned()),
                })
            })
        })
        .await
    }

    async fn describe_image_usage_report_entries(
        &self,
        region: &Region,
        report: &str,
    ) -> Result<Vec<ImageUsage>, ApiError> {
        const OPERATION: &str = "DescribeImageUsageReportEntries";
        self.call(region, |state, caller| {
            state.read(caller, Asked::ec2(OPERATION), |state| {
                let report = state.usage_report(caller, report)?;
                let entries = report.entries(state.now()).iter();
                let usage = entries.map(|entry| ImageUsage {
                    account: entry.account,
                    resource_type: entry.kind.to_owned(),
                    count: u64::try_from(entry.count).unwrap_or(u64::MAX),
                    counted: Some(report.created().timestamp()),
                });
                Ok(usage.collect())
            })
        })
        .await
    }
}

/// A rehearsal never succeeds: what would have been done is told by a code of its own
fn would_be_done(rehearsal: Result<(), ApiError>) -> Result<(), ApiError> {
    rehearsal.or_else(|error| match error.code() {
        Some(Refusal::DRY_RUN | Refusal::DRY_RUN_OF_KMS) => Ok(()),
        _ => Err(error),
    })
}
