//! `LintFinding`: something suspicious in a key policy.

use ami_share_core::policy::{self, LintProblem};
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use crate::value::{quoted, value_methods};

/// Something suspicious in a statement
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct LintFinding(WrittenFinding);

/// A finding as it is written down
#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct WrittenFinding {
    statement: usize,
    sid: Option<String>,
    kind: String,
    message: String,
    mend: String,
    text: String,
}

#[pymethods]
impl LintFinding {
    #[getter]
    fn statement(&self) -> usize {
        self.0.statement
    }

    #[getter]
    fn sid(&self) -> Option<&str> {
        self.0.sid.as_deref()
    }

    #[getter]
    fn kind(&self) -> &str {
        &self.0.kind
    }

    #[getter]
    fn message(&self) -> &str {
        &self.0.message
    }

    #[getter]
    fn mend(&self) -> &str {
        &self.0.mend
    }

    fn __str__(&self) -> &str {
        &self.0.text
    }

    fn __repr__(&self) -> String {
        format!(
            "LintFinding(kind={}, statement={}, message={})",
            quoted(&self.0.kind),
            self.0.statement,
            quoted(&self.0.message)
        )
    }
}

impl LintFinding {
    pub(super) fn of(finding: &policy::LintFinding) -> Self {
        let statement = finding.statement();
        Self(WrittenFinding {
            statement: statement.index(),
            sid: statement.sid().map(str::to_owned),
            kind: kind(finding.problem()).into(),
            message: finding.problem().to_string(),
            mend: finding.mend().into(),
            text: finding.to_string(),
        })
    }
}

fn kind(problem: &LintProblem) -> &'static str {
    match problem {
        LintProblem::DeadPrincipal { .. } => "dead_principal",
        LintProblem::NoEffect { .. } => "no_effect",
        LintProblem::OldVariable { .. } => "old_variable",
        LintProblem::OpenToTheWorld { .. } => "open_to_the_world",
        LintProblem::RepeatedKey { .. } => "repeated_key",
        LintProblem::RepeatedSid { .. } => "repeated_sid",
        LintProblem::UnknownKey { .. } => "unknown_key",
        LintProblem::UnknownOperator { .. } => "unknown_operator",
        LintProblem::Untrusted { .. } => "untrusted",
        // The enum may grow; a new kind is told by its text until it has a word.
        _ => "other",
    }
}

value_methods!(LintFinding);
