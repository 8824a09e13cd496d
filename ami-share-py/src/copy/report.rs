//! `CopyReport`: what became of every copy.

use ami_share_core::outcome;
use ami_share_core::report::html;
use pyo3::prelude::*;

use super::request::CopyRequest;
use super::result::CopyResult;
use crate::report::Report;
use crate::value::{printed_methods, quoted, value_methods};

/// What became of every copy that was asked for
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CopyReport(pub(crate) outcome::CopyReport);

#[pymethods]
impl CopyReport {
    #[getter]
    fn request(&self) -> CopyRequest {
        CopyRequest(self.0.request().clone())
    }

    #[getter]
    fn opened(&self) -> Option<Report> {
        self.0.opened().cloned().map(Report)
    }

    #[getter]
    fn copies(&self) -> Vec<CopyResult> {
        self.0.copies().iter().cloned().map(CopyResult).collect()
    }

    #[getter]
    fn closed(&self) -> Vec<Report> {
        self.0.closed().iter().cloned().map(Report).collect()
    }

    #[getter]
    fn left_open(&self) -> Vec<String> {
        self.0.left_open().to_vec()
    }

    #[getter]
    fn other_leases(&self) -> Vec<String> {
        self.0.other_leases().to_vec()
    }

    #[getter]
    fn is_complete(&self) -> bool {
        self.0.is_complete()
    }

    fn __repr__(&self) -> String {
        let copies = self.0.copies();
        let complete = copies.iter().filter(|copy| copy.is_complete()).count();
        format!(
            "CopyReport(source_image={}, complete={complete}, copies={})",
            quoted(self.0.request().source_image().as_str()),
            copies.len()
        )
    }
}

value_methods!(CopyReport);
printed_methods!(CopyReport, html::copy_report);
