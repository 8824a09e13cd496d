//! `PolicyDiff`: what differs between two key policies.

use ami_share_core::policy::{self, DiffMark};
use ami_share_core::report::html;
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use super::key_policy::KeyPolicy;
use crate::value::{quoted, value_methods};

/// What differs between two key policies, by statement and line
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct PolicyDiff(WrittenDiff);

/// A difference as it is written down
#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct WrittenDiff {
    before: policy::KeyPolicy,
    after: policy::KeyPolicy,
}

#[pymethods]
impl PolicyDiff {
    #[getter]
    fn before(&self) -> KeyPolicy {
        self.0.before.clone().into()
    }

    #[getter]
    fn after(&self) -> KeyPolicy {
        self.0.after.clone().into()
    }

    #[getter]
    fn is_empty(&self) -> bool {
        self.diff().is_empty()
    }

    #[getter]
    fn summary(&self) -> String {
        self.diff().summary()
    }

    #[getter]
    fn lines(&self) -> Vec<(&'static str, String)> {
        let diff = self.diff();
        let lines = diff.lines().iter();
        lines
            .map(|line| (mark(line.mark), line.text.clone()))
            .collect()
    }

    fn __str__(&self) -> String {
        self.diff().to_string()
    }

    fn __repr__(&self) -> String {
        format!("PolicyDiff({})", quoted(&self.summary()))
    }

    fn _repr_html_(&self) -> String {
        html::policy_diff(&self.diff())
    }
}

impl PolicyDiff {
    pub(super) fn between(before: &policy::KeyPolicy, after: &policy::KeyPolicy) -> Self {
        Self(WrittenDiff {
            before: before.clone(),
            after: after.clone(),
        })
    }

    fn diff(&self) -> policy::PolicyDiff {
        self.0.before.diff(&self.0.after)
    }
}

fn mark(mark: DiffMark) -> &'static str {
    match mark {
        DiffMark::Add => "+",
        DiffMark::Change => "~",
        DiffMark::Keep => " ",
        DiffMark::Remove => "-",
    }
}

value_methods!(PolicyDiff);
