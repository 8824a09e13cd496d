//! `CopyResult`: one copy and what became of it.

use std::time::SystemTime;

use ami_share_core::outcome::{self, CopyOutcome, Remains, Shared};
use pyo3::prelude::*;

use super::plan::CopySetting;
use crate::error;
use crate::report::Report;
use crate::value::{quoted, text_field, texts, time, truth, value_methods, word};

/// One copy and what became of it
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct CopyResult(pub(crate) outcome::CopyResult);

#[pymethods]
impl CopyResult {
    #[getter]
    fn account(&self) -> String {
        self.0.account.to_string()
    }

    #[getter]
    fn region(&self) -> &str {
        self.0.destination.region.as_str()
    }

    #[getter]
    fn image(&self) -> Option<&str> {
        self.0.image.as_ref().map(|image| image.as_str())
    }

    #[getter]
    fn snapshots(&self) -> Vec<String> {
        texts(&self.0.snapshots)
    }

    #[getter]
    fn key(&self) -> Option<&str> {
        self.0.key.as_ref().map(|key| key.as_str())
    }

    #[getter]
    fn outcome(&self) -> Option<String> {
        outcome_word(&self.0.outcome)
    }

    #[getter]
    fn is_available(&self) -> bool {
        self.0.outcome.is_available()
    }

    #[getter]
    fn is_complete(&self) -> bool {
        self.0.is_complete()
    }

    #[getter]
    fn failure(&self) -> Option<CopyFailure> {
        match &self.0.outcome {
            CopyOutcome::Failed { failure, .. } => Some(CopyFailure(failure.clone())),
            _ => None,
        }
    }

    #[getter]
    fn because(&self) -> Option<String> {
        because(&self.0.outcome)
    }

    #[getter]
    fn remains(&self) -> Option<&'static str> {
        let remains = self.what_remains()?;
        Some(match remains {
            Remains::Nothing => "nothing",
            Remains::Unknown => "unknown",
            Remains::CleanedUp => "cleaned_up",
            Remains::Kept => "kept",
            Remains::Left { .. } => "left",
        })
    }

    #[getter]
    fn left(&self) -> Vec<String> {
        match self.what_remains() {
            Some(Remains::Left { resources, .. }) => texts(resources),
            _ => Vec::new(),
        }
    }

    #[getter]
    fn started(&self) -> Option<SystemTime> {
        self.0.started.map(time)
    }

    #[getter]
    fn ended(&self) -> Option<SystemTime> {
        self.0.ended.map(time)
    }

    #[getter]
    fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    #[getter]
    fn differences(&self) -> Vec<CopyDifference> {
        let differences = self.0.differences.iter().cloned();
        differences.map(CopyDifference).collect()
    }

    #[getter]
    fn settings(&self) -> Vec<SettingReport> {
        let settings = self.0.settings.iter().cloned();
        settings.map(SettingReport).collect()
    }

    #[getter]
    fn shared(&self) -> Option<Report> {
        match &self.0.shared {
            Some(Shared::By(report)) => Some(Report((**report).clone())),
            _ => None,
        }
    }

    #[getter]
    fn not_shared_because(&self) -> Option<&str> {
        match &self.0.shared {
            Some(Shared::Not { because }) => Some(because),
            _ => None,
        }
    }

    fn __str__(&self) -> String {
        let place = format!("{}/{}", self.0.account, self.0.destination.region);
        let outcome = self.outcome().unwrap_or_default().replace('_', " ");
        match (self.because(), self.image()) {
            (Some(because), _) => format!("{place}: {outcome}: {because}"),
            (None, Some(image)) => format!("{place}: {outcome}: {image}"),
            (None, None) => format!("{place}: {outcome}"),
        }
    }

    fn __repr__(&self) -> String {
        format!(
            "CopyResult(account={}, region={}, outcome={})",
            quoted(&self.account()),
            quoted(self.region()),
            quoted(&self.outcome().unwrap_or_default())
        )
    }
}

impl CopyResult {
    fn what_remains(&self) -> Option<&Remains> {
        match &self.0.outcome {
            CopyOutcome::Failed { remains, .. } | CopyOutcome::Unfinished { remains, .. } => {
                Some(remains)
            }
            _ => None,
        }
    }
}

/// Why a copy failed
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct CopyFailure(outcome::CopyFailure);

#[pymethods]
impl CopyFailure {
    #[getter]
    fn cause(&self) -> String {
        word(&self.0.cause)
    }

    #[getter]
    fn message(&self) -> &str {
        &self.0.message
    }

    #[getter]
    fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    #[getter]
    fn mend(&self) -> &'static str {
        self.0.mend()
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!(
            "CopyFailure(cause={}, message={})",
            quoted(&self.cause()),
            quoted(self.message())
        )
    }
}

/// In what a copy is not as it was to be
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct CopyDifference(outcome::CopyDifference);

#[pymethods]
impl CopyDifference {
    #[getter]
    fn field(&self) -> &str {
        &self.0.field
    }

    #[getter]
    fn wanted(&self) -> &str {
        &self.0.wanted
    }

    #[getter]
    fn actual(&self) -> &str {
        &self.0.actual
    }

    fn __repr__(&self) -> String {
        format!(
            "CopyDifference(field={}, wanted={}, actual={})",
            quoted(self.field()),
            quoted(self.wanted()),
            quoted(self.actual())
        )
    }
}

/// Something that was set on a copy, and whether it was
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct SettingReport(pub(crate) outcome::SettingReport);

#[pymethods]
impl SettingReport {
    #[getter]
    fn setting(&self) -> CopySetting {
        CopySetting(self.0.setting.clone())
    }

    #[getter]
    fn is_done(&self) -> bool {
        self.0.error.is_none()
    }

    #[getter]
    fn error<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let error = self.0.error.as_ref();
        error.map(|error| error::api_object(py, error)).transpose()
    }

    #[getter]
    fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    fn __repr__(&self) -> String {
        format!(
            "SettingReport(operation={}, is_done={})",
            quoted(self.0.setting.operation()),
            truth(self.is_done())
        )
    }
}

value_methods!(CopyResult);
value_methods!(CopyFailure);
value_methods!(CopyDifference);
value_methods!(SettingReport);

/// `copied`, `found`, `failed`, `unfinished` or `not_attempted`
pub(crate) fn outcome_word(outcome: &CopyOutcome) -> Option<String> {
    text_field(outcome, "outcome")
}

/// Why there is no copy
pub(crate) fn because(outcome: &CopyOutcome) -> Option<String> {
    match outcome {
        CopyOutcome::Failed { failure, .. } => Some(failure.to_string()),
        CopyOutcome::Unfinished { because, .. } | CopyOutcome::NotAttempted { because } => {
            Some(because.clone())
        }
        _ => None,
    }
}
