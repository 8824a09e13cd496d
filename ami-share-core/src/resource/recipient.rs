use serde::{Deserialize, Serialize};

use super::Timestamp;
use crate::id::AccountId;

/// Which images an account lets itself see and launch
/// ([Allowed AMIs](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-allowed-amis.html))
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AllowedImagesSettings {
    /// All
    Disabled,
    /// All; those that would not be are marked
    AuditMode,
    /// Its own, and those that meet its criteria; others are as if they did not exist
    Enabled,
}

/// A parameter of Systems Manager's Parameter Store
/// ([`Parameter`](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Parameter.html))
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Parameter {
    /// Its value
    pub value: String,
    /// `text` or `aws:ec2:image`
    pub data_type: String,
    /// 1 for the first value, and one more for each later one
    pub version: i64,
}

/// How far a usage report is
/// ([`ImageUsageReport`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImageUsageReport.html))
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UsageReportState {
    /// EC2 still counts
    Pending,
    /// It can be read
    Available,
    /// It was not made, and why
    Failed(String),
}

/// How much an account uses an image
/// ([`ImageUsageReportEntry`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImageUsageReportEntry.html))
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ImageUsage {
    /// The account
    pub account: AccountId,
    /// What uses it, such as `ec2:Instance` or `ec2:LaunchTemplate`
    pub resource_type: String,
    /// How many of them
    pub count: u64,
    /// When EC2 counted
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Timestamp>,
}
