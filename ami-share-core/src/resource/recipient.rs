use std::collections::BTreeSet;

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
    /// `text` or [`IMAGE`](Self::IMAGE)
    pub data_type: String,
    /// 1 for the first value, and one more for each later one
    pub version: i64,
}

impl Parameter {
    /// The data type of parameters that hold the id of an image, which Parameter Store looks for
    pub const IMAGE: &str = "aws:ec2:image";
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

/// What a usage report was asked about
/// ([`ImageUsageReport`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImageUsageReport.html))
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct UsageReport {
    /// Its id, `amiur-…`
    pub id: String,
    /// The accounts; none for all
    pub accounts: BTreeSet<AccountId>,
    /// The kinds of resources, such as `ec2:Instance`
    pub resource_types: BTreeSet<String>,
}

impl UsageReport {
    /// Whether it tells all of the accounts, or of all accounts where none is given
    pub(crate) fn covers(&self, accounts: &BTreeSet<AccountId>) -> bool {
        let has_type = |name: &&str| self.resource_types.contains(*name);
        let is_of_all = self.accounts.is_empty();
        let has_accounts = !accounts.is_empty() && accounts.is_subset(&self.accounts);
        ImageUsage::RESOURCE_TYPES.iter().all(has_type) && (is_of_all || has_accounts)
    }
}

/// How much an account uses an image
/// ([`ImageUsageReportEntry`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImageUsageReportEntry.html))
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ImageUsage {
    /// The account
    pub account: AccountId,
    /// What uses it, one of [`RESOURCE_TYPES`](Self::RESOURCE_TYPES)
    pub resource_type: String,
    /// How many of them
    pub count: u64,
    /// When EC2 counted
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Timestamp>,
}

impl ImageUsage {
    /// The kinds of resources that EC2 counts, and that are asked about
    pub const RESOURCE_TYPES: [&str; 4] = [
        "ec2:Instance",
        "ec2:LaunchTemplate",
        "imagebuilder:ImageRecipe",
        "imagebuilder:ContainerRecipe",
    ];
}
