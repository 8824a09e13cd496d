//! `Imported`: what could be taken over from another tool's file.

use ami_share_core::distribution::{self, DistributionDraft};
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use super::document::Distribution;
use super::error::raised;
use crate::value::{quoted, to_python, value_methods};

/// What could be taken over from another tool's file, and what could not
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct Imported(WrittenImport);

/// An import as it is written down
#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct WrittenImport {
    distribution: DistributionDraft,
    not_taken: Vec<WrittenNotTaken>,
}

/// A field that was not taken over
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct NotTaken(WrittenNotTaken);

/// The same as it is written down
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct WrittenNotTaken {
    field: String,
    why: String,
}

impl From<distribution::Imported> for Imported {
    fn from(imported: distribution::Imported) -> Self {
        let not_taken = imported.not_taken.into_iter();
        Self(WrittenImport {
            distribution: imported.distribution,
            not_taken: not_taken
                .map(|field| WrittenNotTaken {
                    field: field.field,
                    why: field.why,
                })
                .collect(),
        })
    }
}

#[pymethods]
impl Imported {
    #[getter]
    fn draft<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.0.distribution)
    }

    #[getter]
    fn not_taken(&self) -> Vec<NotTaken> {
        self.0.not_taken.iter().cloned().map(NotTaken).collect()
    }

    fn build(&self) -> PyResult<Distribution> {
        let built = self.0.distribution.clone().build();
        built.map(Distribution).map_err(|wrong| raised(&wrong))
    }

    fn __repr__(&self) -> String {
        format!("Imported(not_taken={})", self.0.not_taken.len())
    }
}

#[pymethods]
impl NotTaken {
    #[getter]
    fn field(&self) -> &str {
        &self.0.field
    }

    #[getter]
    fn why(&self) -> &str {
        &self.0.why
    }

    fn __str__(&self) -> String {
        format!("`{}`: {}", self.0.field, self.0.why)
    }

    fn __repr__(&self) -> String {
        format!(
            "NotTaken(field={}, why={})",
            quoted(self.field()),
            quoted(self.why())
        )
    }
}

value_methods!(Imported);
value_methods!(NotTaken);
