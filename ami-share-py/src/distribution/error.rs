//! `DistributionProblem`: what is wrong with a file, and where.

use ami_share_core::distribution::{self, DistributionError};
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error;
use crate::value::{quoted, value_methods};

/// One thing that is wrong with a distribution, and where
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DistributionProblem(WrittenFault);

/// A problem as it is written down
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct WrittenFault {
    line: Option<u64>,
    field: String,
    problem: String,
    expected: Option<String>,
    nearest: Option<String>,
    text: String,
}

impl From<&distribution::DistributionProblem> for WrittenFault {
    fn from(problem: &distribution::DistributionProblem) -> Self {
        Self {
            line: problem.line,
            field: problem.field.clone(),
            problem: problem.problem.clone(),
            expected: problem.expected.clone(),
            nearest: problem.nearest.clone(),
            text: problem.to_string(),
        }
    }
}

#[pymethods]
impl DistributionProblem {
    #[getter]
    fn line(&self) -> Option<u64> {
        self.0.line
    }

    #[getter]
    fn field(&self) -> &str {
        &self.0.field
    }

    #[getter]
    fn problem(&self) -> &str {
        &self.0.problem
    }

    #[getter]
    fn expected(&self) -> Option<&str> {
        self.0.expected.as_deref()
    }

    #[getter]
    fn nearest(&self) -> Option<&str> {
        self.0.nearest.as_deref()
    }

    fn __str__(&self) -> &str {
        &self.0.text
    }

    fn __repr__(&self) -> String {
        let line = self.0.line.map(|line| line.to_string());
        format!(
            "DistributionProblem(line={}, field={}, problem={})",
            line.unwrap_or_else(|| "None".into()),
            quoted(self.field()),
            quoted(self.problem())
        )
    }
}

value_methods!(DistributionProblem);

/// Why there is no distribution
pub(super) fn raised(wrong: &DistributionError) -> PyErr {
    let problems = wrong.problems().iter();
    let problems = problems.map(|problem| DistributionProblem(problem.into()));
    let file = wrong.file().map(|file| file.display().to_string());
    error::distribution(wrong.to_string(), file, problems.collect())
}
