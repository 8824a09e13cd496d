use std::collections::BTreeSet;
use std::time::SystemTime;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::primitives::DateTime;
use aws_sdk_ec2::types::{Filter, ImageUsageReportEntry, ImageUsageResourceTypeRequest};

use super::convert::parse;
use super::error::{api_error, unreadable};
use super::settings::unknown_state;
use crate::api_error::ApiError;
use crate::id::{AccountId, ImageId};
use crate::resource::{ImageUsage, Timestamp, UsageReport, UsageReportState};

const DESCRIBE: &str = "DescribeImageUsageReports";
const PENDING: &str = "pending";
const DESCRIBE_ENTRIES: &str = "DescribeImageUsageReportEntries";
const PAGE: i32 = 1_000;

pub(super) async fn create_image_usage_report(
    ec2: &Client,
    image: &ImageId,
    accounts: &[AccountId],
) -> Result<String, ApiError> {
    const OPERATION: &str = "CreateImageUsageReport";
    let types = ImageUsage::RESOURCE_TYPES.map(|name| {
        let of_type = ImageUsageResourceTypeRequest::builder();
        of_type.resource_type(name).build()
    });
    let accounts: Vec<String> = accounts.iter().map(ToString::to_string).collect();
    let answer = ec2
        .create_image_usage_report()
        .image_id(image.as_str())
        .set_resource_types(Some(types.into()))
        .set_account_ids((!accounts.is_empty()).then_some(accounts))
        .send()
        .await
        .map_err(|error| api_error(OPERATION, error))?;
    answer
        .report_id
        .ok_or_else(|| unreadable(OPERATION, "the id of the report is missing"))
}

pub(super) async fn find_pending_image_usage_report(
    ec2: &Client,
    image: &ImageId,
) -> Result<Option<UsageReport>, ApiError> {
    let pending = Filter::builder().name("state").values(PENDING).build();
    let mut pages = ec2
        .describe_image_usage_reports()
        .image_ids(image.as_str())
        .filters(pending)
        .into_paginator()
        .items()
        .send();
    let Some(found) = pages.next().await else {
        return Ok(None);
    };
    let found = found.map_err(|error| api_error(DESCRIBE, error))?;
    let id = found
        .report_id()
        .ok_or_else(|| unreadable(DESCRIBE, "the id of the report is missing"))?;
    let accounts = found.account_ids().iter();
    let accounts = accounts.map(|account| parse(DESCRIBE, "the account", Some(account)));
    let types = found.resource_types().iter();
    let types = types.filter_map(|of_type| of_type.resource_type());
    Ok(Some(UsageReport {
        id: id.to_owned(),
        accounts: accounts.collect::<Result<BTreeSet<AccountId>, _>>()?,
        resource_types: types.map(str::to_owned).collect(),
    }))
}

pub(super) async fn describe_image_usage_report(
    ec2: &Client,
    report: &str,
) -> Result<UsageReportState, ApiError> {
    let answer = ec2
        .describe_image_usage_reports()
        .report_ids(report)
        .send()
        .await
        .map_err(|error| api_error(DESCRIBE, error))?;
    let found = answer
        .image_usage_reports()
        .iter()
        .find(|found| found.report_id() == Some(report))
        .ok_or_else(|| unreadable(DESCRIBE, format_args!("`{report}` is not in it")))?;
    match found.state() {
        Some("available") => Ok(UsageReportState::Available),
        Some("error") => {
            let reason = found.state_reason().unwrap_or_default();
            Ok(UsageReportState::Failed(reason.to_owned()))
        }
        Some(PENDING) => Ok(UsageReportState::Pending),
        other => Err(unknown_state(DESCRIBE, other)),
    }
}

pub(super) async fn describe_image_usage_report_entries(
    ec2: &Client,
    report: &str,
) -> Result<Vec<ImageUsage>, ApiError> {
    let mut pages = ec2
        .describe_image_usage_report_entries()
        .report_ids(report)
        .into_paginator()
        .page_size(PAGE)
        .items()
        .send();
    let mut usages = Vec::new();
    while let Some(entry) = pages.next().await {
        let entry = entry.map_err(|error| api_error(DESCRIBE_ENTRIES, error))?;
        usages.push(usage(&entry)?);
    }
    Ok(usages)
}

fn usage(entry: &ImageUsageReportEntry) -> Result<ImageUsage, ApiError> {
    let missing = |what: &str| unreadable(DESCRIBE_ENTRIES, format_args!("{what} is missing"));
    let count = entry
        .usage_count()
        .ok_or_else(|| missing("how often the image is used"))?;
    Ok(ImageUsage {
        account: parse(DESCRIBE_ENTRIES, "the account", entry.account_id())?,
        resource_type: entry
            .resource_type()
            .ok_or_else(|| missing("what uses the image"))?
            .to_owned(),
        count: u64::try_from(count).map_err(|error| unreadable(DESCRIBE_ENTRIES, error))?,
        counted: entry.report_creation_time().map(timestamp).transpose()?,
    })
}

fn timestamp(time: &DateTime) -> Result<Timestamp, ApiError> {
    let time = SystemTime::try_from(*time);
    time.map(Timestamp::from)
        .map_err(|error| unreadable(DESCRIBE_ENTRIES, error))
}
