//! `Report` and what became of each step.

use ami_share_core::outcome::{self, StepOutcome};
use ami_share_core::report::html;
use pyo3::prelude::*;

use crate::error;
use crate::plan::Step;
use crate::reason::Notice;
use crate::request::{self, ShareRequest};
use crate::value::{ended_getters, printed_methods, quoted, text_field, value_methods};
use crate::verification::Verification;

/// What became of every step of a plan
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug)]
pub(crate) struct Report(pub(crate) outcome::Report);

/// By what its JSON form holds, which what was read back is no part of
impl PartialEq for Report {
    fn eq(&self, other: &Self) -> bool {
        self.0.request() == other.0.request()
            && self.0.steps() == other.0.steps()
            && self.0.notices() == other.0.notices()
    }
}

#[pymethods]
impl Report {
    #[getter]
    fn request(&self) -> ShareRequest {
        ShareRequest(self.0.request().clone())
    }

    #[getter]
    fn steps(&self) -> Vec<StepReport> {
        self.0.steps().iter().cloned().map(StepReport).collect()
    }

    #[getter]
    fn notices(&self) -> Vec<Notice> {
        self.0.notices().iter().cloned().map(Notice).collect()
    }

    fn verification(&self) -> Option<Verification> {
        self.0.verification().map(Verification)
    }

    fn __repr__(&self) -> String {
        let steps = self.0.steps();
        format!(
            "Report(direction={}, done={}, steps={})",
            quoted(&request::direction(self.0.request())),
            steps.iter().filter(|step| step.outcome.is_done()).count(),
            steps.len()
        )
    }
}

/// A step and what became of it
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct StepReport(outcome::StepReport);

#[pymethods]
impl StepReport {
    #[getter]
    fn step(&self) -> Step {
        Step(self.0.step.clone())
    }

    #[getter]
    fn outcome(&self) -> Option<String> {
        outcome_word(&self.0.outcome)
    }

    #[getter]
    fn is_done(&self) -> bool {
        self.0.outcome.is_done()
    }

    #[getter]
    fn request_id(&self) -> Option<&str> {
        match &self.0.outcome {
            StepOutcome::Done { request_id } | StepOutcome::Unconfirmed { request_id, .. } => {
                request_id.as_deref()
            }
            StepOutcome::Failed { error } => error.request_id(),
            _ => None,
        }
    }

    #[getter]
    fn because(&self) -> Option<String> {
        because(&self.0.outcome)
    }

    #[getter]
    fn error<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match &self.0.outcome {
            StepOutcome::Failed { error } => error::api_object(py, error).map(Some),
            _ => Ok(None),
        }
    }

    fn __str__(&self) -> String {
        let outcome = self.outcome().unwrap_or_default().replace('_', " ");
        let operation = self.0.step.action.operation();
        match self.because() {
            Some(because) => format!("{operation}: {outcome}: {because}"),
            None => format!("{operation}: {outcome}"),
        }
    }

    fn __repr__(&self) -> String {
        format!(
            "StepReport(operation={}, outcome={})",
            quoted(self.0.step.action.operation()),
            quoted(&self.outcome().unwrap_or_default())
        )
    }
}

ended_getters!(Report);
value_methods!(Report);
printed_methods!(Report, html::report);
value_methods!(StepReport);

/// `done`, `failed`, `not_attempted` or `unconfirmed`
pub(crate) fn outcome_word(outcome: &StepOutcome) -> Option<String> {
    text_field(outcome, "outcome")
}

/// Why a step was not done, or not seen to be done
pub(crate) fn because(outcome: &StepOutcome) -> Option<String> {
    match outcome {
        StepOutcome::Failed { error } => Some(error.to_string()),
        StepOutcome::NotAttempted { because } | StepOutcome::Unconfirmed { because, .. } => {
            Some(because.clone())
        }
        _ => None,
    }
}
