//! `Plan` and its steps.

use ami_share_core::plan::{self, Action};
use ami_share_core::report::html;
use ami_share_core::resource::Tags;
use pyo3::prelude::*;

use crate::error;
use crate::reason::{Notice, WrittenProblem};
use crate::request::{ShareRequest, direction};
use crate::value::{printed_methods, quoted, short_list, texts, value_methods, word};

/// What is to be done, why, and for which world
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan(pub(crate) plan::Plan);

#[pymethods]
impl Plan {
    #[getter]
    fn request(&self) -> ShareRequest {
        ShareRequest(self.0.request().clone())
    }

    #[getter]
    fn steps(&self) -> Vec<Step> {
        self.0.steps().iter().cloned().map(Step).collect()
    }

    #[getter]
    fn notices(&self) -> Vec<Notice> {
        self.0.notices().iter().cloned().map(Notice).collect()
    }

    #[getter]
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn caller_iam_policy(&self) -> PyResult<String> {
        let made = self.0.caller_iam_policy();
        made.map_err(|wrong| {
            error::invalid_argument(WrittenProblem::new("plan", wrong.to_string()))
        })
    }

    fn __repr__(&self) -> String {
        format!(
            "Plan(direction={}, steps={}, notices={})",
            quoted(&direction(self.0.request())),
            self.0.steps().len(),
            self.0.notices().len()
        )
    }
}

/// One call that a plan makes
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct Step(pub(crate) plan::Step);

#[pymethods]
impl Step {
    #[getter]
    fn region(&self) -> &str {
        self.0.region.as_str()
    }

    #[getter]
    fn image(&self) -> Option<&str> {
        self.0.image.as_ref().map(|image| image.as_str())
    }

    #[getter]
    fn operation(&self) -> &str {
        self.0.action.operation()
    }

    #[getter]
    fn reason(&self) -> &str {
        &self.0.reason
    }

    #[getter]
    fn risk(&self) -> String {
        word(&self.0.risk())
    }

    #[getter]
    fn resources(&self) -> Vec<String> {
        match &self.0.action {
            Action::CreateTags { resources, .. } | Action::DeleteTags { resources, .. } => {
                texts(resources)
            }
            action => match action.key() {
                Some(key) => vec![key.to_string()],
                None => texts(action.permission_of()),
            },
        }
    }

    #[getter]
    fn added(&self) -> Vec<String> {
        match &self.0.action {
            Action::CreateGrant { grantee, .. } => vec![grantee.clone()],
            Action::PutKeyPolicy { add, .. } => add.texts().collect(),
            action => texts(action.added()),
        }
    }

    #[getter]
    fn removed(&self) -> Vec<String> {
        match &self.0.action {
            Action::PutKeyPolicy { remove, .. } => remove.texts().collect(),
            Action::RevokeGrant { grantee, .. } => vec![grantee.clone()],
            action => texts(action.removed()),
        }
    }

    #[getter]
    fn key(&self) -> Option<&str> {
        self.0.action.key().map(|key| key.as_str())
    }

    #[getter]
    fn diff(&self) -> Option<&str> {
        match &self.0.action {
            Action::PutKeyPolicy { diff, .. } => Some(diff),
            _ => None,
        }
    }

    #[getter]
    fn grant_name(&self) -> Option<&str> {
        match &self.0.action {
            Action::CreateGrant { name, .. } | Action::RevokeGrant { name, .. } => Some(name),
            _ => None,
        }
    }

    #[getter]
    fn grant_operations(&self) -> Vec<String> {
        match &self.0.action {
            Action::CreateGrant { operations, .. } | Action::RevokeGrant { operations, .. } => {
                operations.iter().cloned().collect()
            }
            _ => Vec::new(),
        }
    }

    #[getter]
    fn tags(&self) -> Tags {
        match &self.0.action {
            Action::CreateTags { tags, .. } | Action::DeleteTags { tags, .. } => tags.clone(),
            _ => Tags::new(),
        }
    }

    fn __str__(&self) -> String {
        let resources = self.resources().join(", ");
        let Self(plan::Step { region, reason, .. }) = self;
        format!("{} of {resources} in {region}: {reason}", self.operation())
    }

    fn __repr__(&self) -> String {
        format!(
            "Step(operation={}, region={}, resources={}, risk={})",
            quoted(self.operation()),
            quoted(self.region()),
            short_list(self.resources().iter()),
            quoted(&self.risk())
        )
    }
}

value_methods!(Plan);
printed_methods!(Plan, html::plan);
value_methods!(Step);
