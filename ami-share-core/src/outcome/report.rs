use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Verification;
use super::verify::verification_of;
use crate::api_error::ApiError;
use crate::plan::{Notice, Step};
use crate::request::ShareRequest;
use crate::resource::Observed;

/// What became of every step of a plan
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Report {
    version: ReportVersion,
    request: ShareRequest,
    steps: Vec<StepReport>,
    notices: Vec<Notice>,
    #[serde(skip)]
    after: SeenAfter,
}

/// The world as reading back showed it: no part of the JSON form, so that a report that was read from
/// JSON equals the one that was written
#[derive(Clone, Debug, Default)]
struct SeenAfter(Option<Arc<Observed>>);

impl PartialEq for SeenAfter {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for SeenAfter {}

/// The versions of the JSON form that this release reads
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
enum ReportVersion {
    #[default]
    #[serde(rename = "ami-share/report/1")]
    One,
}

/// A step and what became of it
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StepReport {
    /// The step
    pub step: Step,
    /// What became of it
    pub outcome: StepOutcome,
}

/// What became of a step
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum StepOutcome {
    /// It was done, and reading back showed it
    Done {
        /// The id that AWS gave the request; none if the answer was lost and only reading back
        /// showed that it was done
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
    },
    /// AWS refused it; nothing was changed by it
    Failed {
        /// What AWS said
        error: ApiError,
    },
    /// It was not tried
    NotAttempted {
        /// Why not
        because: String,
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

impl StepOutcome {
    /// Whether it was done and seen to be done
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done { .. })
    }
}

impl Report {
    pub(crate) fn new(request: ShareRequest, steps: Vec<StepReport>, notices: Vec<Notice>) -> Self {
        Self {
            version: ReportVersion::default(),
            request,
            steps,
            notices,
            after: SeenAfter::default(),
        }
    }

    /// The report with the world as reading back showed it
    pub(crate) fn seen_after(self, after: Observed) -> Self {
        Self {
            after: SeenAfter(Some(Arc::new(after))),
            ..self
        }
    }

    /// Desired against actual, by what reading back showed: no further call is made
    ///
    /// None for a report that was read from JSON; [`verify`](crate::Sharer::verify) reads everything
    /// anew.
    pub fn verification(&self) -> Option<Verification> {
        let after = self.after.0.as_ref()?;
        Some(verification_of(&self.request, after))
    }

    /// What was asked for
    pub fn request(&self) -> &ShareRequest {
        &self.request
    }

    /// All steps of the plan, in its order, with their outcomes
    ///
    /// A step on tags that was done for some of its resources only stands here twice: for those it was
    /// done for, and for the others.
    pub fn steps(&self) -> &[StepReport] {
        &self.steps
    }

    /// What the reader should know
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Whether every step was done and seen to be done
    pub fn is_complete(&self) -> bool {
        self.steps.iter().all(|step| step.outcome.is_done())
    }

    /// Whether there was anything to do
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}
