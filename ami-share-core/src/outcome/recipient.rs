use serde::{Deserialize, Serialize};

use super::{ParameterReport, RecipientTagReport, ServiceLinkedRoleReport};
use crate::access::Finding;
use crate::api_error::ApiError;

/// What became of one thing that was to be written for recipients
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum RecipientOutcome {
    /// It was so already, and nothing was written
    AsAsked,
    /// It was written, and reading back showed it
    Done {
        /// The id that AWS gave the request; none if the answer was lost and only reading back showed
        /// that it was done
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
    },
    /// It is not so, and nothing was to be written: what writing it would meet
    Missing {
        /// Whether it could be written, and if not, why
        finding: Finding,
    },
    /// AWS refused it; nothing was changed by it
    Failed {
        /// What AWS said
        error: ApiError,
        /// What to do about it, where that is known
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mend: Option<String>,
    },
    /// The call was made, and whether it took effect could not be seen in time
    Unconfirmed {
        /// What was seen instead
        because: String,
        /// The id that AWS gave the request
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
    },
}

impl RecipientOutcome {
    /// Whether it is as asked for now, and was seen to be
    pub fn is_good(&self) -> bool {
        matches!(self, Self::AsAsked | Self::Done { .. })
    }

    /// Whether something was written
    pub fn is_written(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Unconfirmed { .. })
    }
}

/// What was written for recipients, whichever it was
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RecipientReport {
    /// Parameters that hold images
    Parameters(ParameterReport),
    /// Grants for the roles of services
    ServiceLinkedRoles(ServiceLinkedRoleReport),
    /// Tags
    Tags(RecipientTagReport),
}

impl RecipientReport {
    /// What became of each thing
    pub fn outcomes(&self) -> Vec<&RecipientOutcome> {
        match self {
            Self::Parameters(report) => {
                let parameters = report.parameters().iter();
                parameters.map(|parameter| &parameter.outcome).collect()
            }
            Self::ServiceLinkedRoles(report) => {
                let grants = report.grants().iter();
                grants.map(|grant| &grant.outcome).collect()
            }
            Self::Tags(report) => report.tags().iter().map(|tags| &tags.outcome).collect(),
        }
    }
}

impl From<ParameterReport> for RecipientReport {
    fn from(report: ParameterReport) -> Self {
        Self::Parameters(report)
    }
}

impl From<ServiceLinkedRoleReport> for RecipientReport {
    fn from(report: ServiceLinkedRoleReport) -> Self {
        Self::ServiceLinkedRoles(report)
    }
}

impl From<RecipientTagReport> for RecipientReport {
    fn from(report: RecipientTagReport) -> Self {
        Self::Tags(report)
    }
}
