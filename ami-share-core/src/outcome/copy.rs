use serde::{Deserialize, Serialize};

use super::{CopyFailure, Report};
use crate::api_error::ApiError;
use crate::id::{AccountId, Destination, ImageId, KeyArn, ResourceId, SnapshotId};
use crate::plan::CopySetting;
use crate::request::CopyRequest;
use crate::resource::Timestamp;

/// What became of every copy that was asked for
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CopyReport {
    version: CopyReportVersion,
    request: CopyRequest,
    /// How the source was opened for the accounts that copied it
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opened: Option<Report>,
    copies: Vec<CopyResult>,
    /// How what was opened was closed again
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    closed: Vec<Report>,
    /// Why what was opened could not be closed, where it could not
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left_open: Vec<String>,
    /// The keys of the source's tags that tell of leases of other runs
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    other_leases: Vec<String>,
}

/// The versions of the JSON form that this release reads
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
enum CopyReportVersion {
    #[default]
    #[serde(rename = "ami-share/copy-report/1")]
    One,
}

/// One copy and what became of it
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CopyResult {
    /// Where it goes
    pub destination: Destination,
    /// The account that owns it
    pub account: AccountId,
    /// The copy, where there is one
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageId>,
    /// Its snapshots, as far as they were seen
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub snapshots: Vec<SnapshotId>,
    /// The key that it was to be encrypted under, where one was given
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyArn>,
    /// What became of it
    pub outcome: CopyOutcome,
    /// When this run started it, or first looked at it
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    /// When it was seen to have ended
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// The id that AWS gave the `CopyImage`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// In what it is not as it was to be: keys, and how it boots
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<CopyDifference>,
    /// What was set on it afterwards
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<SettingReport>,
    /// How it was shared, together with the other copies of its account and Region
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<Shared>,
}

/// How a copy was shared
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shared {
    /// By this
    By(Box<Report>),
    /// It was not
    Not {
        /// Why
        because: String,
    },
}

/// What became of a copy
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum CopyOutcome {
    /// It was made, and is available
    Copied,
    /// An earlier run made it, and it is available
    Found,
    /// It failed, and why
    Failed {
        /// Why
        failure: CopyFailure,
        /// What became of what there was of it
        remains: Remains,
    },
    /// It was not complete when the time was up or the run was cancelled
    Unfinished {
        /// Which of them
        because: String,
        /// What became of what there was of it
        remains: Remains,
    },
    /// It was not tried
    NotAttempted {
        /// Why not
        because: String,
    },
}

/// What became of what a copy left behind
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Remains {
    /// There was nothing
    Nothing,
    /// Whether there is something could not be seen: look for images and snapshots with the tags
    /// [`SOURCE_TAG`](crate::plan::SOURCE_TAG) and [`COPY_TAG`](crate::plan::COPY_TAG), or run it again
    Unknown,
    /// The image was deregistered and its snapshots were deleted
    CleanedUp,
    /// They were kept, as the request says
    Kept,
    /// Some could not be removed
    Left {
        /// These
        resources: Vec<ResourceId>,
        /// What AWS said of the first
        error: Box<ApiError>,
    },
}

/// In what a copy is not as it was to be
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CopyDifference {
    /// EC2's name of it, such as `BootMode`, or `KmsKeyId`
    pub field: String,
    /// What it was to be
    pub wanted: String,
    /// What it is
    pub actual: String,
}

/// Something that was set on a copy
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SettingReport {
    /// What
    pub setting: CopySetting,
    /// Why it is not set, where AWS refused
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
    /// The id that AWS gave the request
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl CopyOutcome {
    /// Whether there is an available copy
    pub fn is_available(&self) -> bool {
        matches!(self, Self::Copied | Self::Found)
    }
}

impl CopyResult {
    /// Whether there is an available copy which is as it was to be, and shared as asked
    pub fn is_complete(&self) -> bool {
        self.outcome.is_available()
            && self.differences.is_empty()
            && self.settings.iter().all(|report| report.error.is_none())
            && match &self.shared {
                None => true,
                Some(Shared::By(report)) => report.is_complete(),
                Some(Shared::Not { .. }) => false,
            }
    }
}

impl CopyReport {
    pub(crate) fn new(request: CopyRequest, copies: Vec<CopyResult>) -> Self {
        Self {
            version: CopyReportVersion::default(),
            request,
            opened: None,
            copies,
            closed: Vec::new(),
            left_open: Vec::new(),
            other_leases: Vec::new(),
        }
    }

    pub(crate) fn opened_by(self, opened: Option<Report>) -> Self {
        Self { opened, ..self }
    }

    pub(crate) fn closed_by(self, closed: Vec<Report>, left_open: Vec<String>) -> Self {
        Self {
            closed,
            left_open,
            ..self
        }
    }

    pub(crate) fn beside(self, other_leases: Vec<String>) -> Self {
        Self {
            other_leases,
            ..self
        }
    }

    /// The keys of the source's tags that tell of other leases, as the source was seen: of runs for other
    /// accounts that were under way, or did not come to their end
    pub fn other_leases(&self) -> &[String] {
        &self.other_leases
    }

    /// What was asked for
    pub fn request(&self) -> &CopyRequest {
        &self.request
    }

    /// How the source was opened for the accounts that copied it, if it had to be
    pub fn opened(&self) -> Option<&Report> {
        self.opened.as_ref()
    }

    /// All copies, in the order of their destinations
    pub fn copies(&self) -> &[CopyResult] {
        &self.copies
    }

    /// How what was opened was closed again, where that was asked for
    pub fn closed(&self) -> &[Report] {
        &self.closed
    }

    /// Why what was to be closed is still open; empty where nothing is
    pub fn left_open(&self) -> &[String] {
        &self.left_open
    }

    /// Whether every copy is available, as it was to be and shared as asked, and what was to be closed
    /// is closed
    pub fn is_complete(&self) -> bool {
        self.copies.iter().all(CopyResult::is_complete)
            && self.closed.iter().all(Report::is_complete)
            && self.left_open.is_empty()
    }
}
