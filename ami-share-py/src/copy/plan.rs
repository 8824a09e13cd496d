//! `CopyPlan` and the copies in it.

use ami_share_core::plan::{self, FoundCopy};
use ami_share_core::report::html;
use ami_share_core::resource::Tags;
use pyo3::prelude::*;

use super::request::CopyRequest;
use crate::plan::Plan;
use crate::value::{printed_methods, quoted, text_field, texts, to_python, value_methods};

/// Which copies are to be made, and what is opened for them
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CopyPlan(pub(crate) plan::CopyPlan);

#[pymethods]
impl CopyPlan {
    #[getter]
    fn request(&self) -> CopyRequest {
        CopyRequest(self.0.request().clone())
    }

    #[getter]
    fn caller(&self) -> String {
        self.0.caller().to_string()
    }

    #[getter]
    fn source<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, self.0.source())
    }

    #[getter]
    fn open(&self) -> Option<Plan> {
        self.0.open().cloned().map(Plan)
    }

    #[getter]
    fn left_open<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, self.0.left_open())
    }

    #[getter]
    fn other_leases(&self) -> Vec<&str> {
        self.0.other_leases()
    }

    #[getter]
    fn copies(&self) -> Vec<PlannedCopy> {
        self.0.copies().iter().cloned().map(PlannedCopy).collect()
    }

    #[getter]
    fn shares(&self) -> Vec<(String, Plan)> {
        let shares = self.0.shares().iter();
        shares
            .map(|(account, plan)| (account.to_string(), Plan(plan.clone())))
            .collect()
    }

    #[getter]
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn __repr__(&self) -> String {
        let copies = self.0.copies();
        let to_make = copies
            .iter()
            .filter(|copy| copy.found == FoundCopy::Nothing);
        format!(
            "CopyPlan(source_image={}, copies={}, to_make={})",
            quoted(self.0.request().source_image().as_str()),
            copies.len(),
            to_make.count()
        )
    }
}

/// One copy of a plan
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct PlannedCopy(plan::PlannedCopy);

#[pymethods]
impl PlannedCopy {
    #[getter]
    fn account(&self) -> String {
        self.0.account.to_string()
    }

    #[getter]
    fn region(&self) -> &str {
        self.0.destination.region.as_str()
    }

    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    #[getter]
    fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    #[getter]
    fn key(&self) -> Option<&str> {
        self.0.key.as_ref().map(|key| key.as_str())
    }

    #[getter]
    fn image_tags(&self) -> Tags {
        self.0.image_tags.clone()
    }

    #[getter]
    fn snapshot_tags(&self) -> Tags {
        self.0.snapshot_tags.clone()
    }

    #[getter]
    fn share_with(&self) -> Vec<String> {
        texts(&self.0.share_with)
    }

    #[getter]
    fn found(&self) -> Option<String> {
        text_field(&self.0.found, "found")
    }

    #[getter]
    fn image(&self) -> Option<&str> {
        self.0.found.image().map(|image| image.as_str())
    }

    #[getter]
    fn settings(&self) -> Vec<CopySetting> {
        match &self.0.found {
            FoundCopy::Available { settings, .. } => {
                settings.iter().cloned().map(CopySetting).collect()
            }
            FoundCopy::Nothing | FoundCopy::Pending { .. } => Vec::new(),
        }
    }

    #[getter]
    fn failed_before(&self) -> usize {
        self.0.failed_before
    }

    fn __repr__(&self) -> String {
        format!(
            "PlannedCopy(account={}, region={}, name={}, found={})",
            quoted(&self.account()),
            quoted(self.region()),
            quoted(self.name()),
            quoted(&self.found().unwrap_or_default())
        )
    }
}

/// Something that an available copy lacks, and the call that gives it
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct CopySetting(pub(crate) plan::CopySetting);

#[pymethods]
impl CopySetting {
    #[getter]
    fn operation(&self) -> &str {
        self.0.operation()
    }

    fn __repr__(&self) -> String {
        format!("CopySetting(operation={})", quoted(self.operation()))
    }
}

value_methods!(CopyPlan);
printed_methods!(CopyPlan, html::copy_plan);
value_methods!(PlannedCopy);
value_methods!(CopySetting);
