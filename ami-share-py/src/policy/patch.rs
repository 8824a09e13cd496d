//! `PatchedPolicy`: a key policy with our statements in it, and what that changed.

use ami_share_core::policy::{self, Administration, Patched};
use ami_share_core::report::html;
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use super::diff::PolicyDiff;
use super::key_policy::KeyPolicy;
use crate::value::{short_list, value_methods};

/// A key policy with the wanted statements in it, and what that changed
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct PatchedPolicy(WrittenPatch);

/// A patched policy as it is written down
#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct WrittenPatch {
    before: policy::KeyPolicy,
    policy: policy::KeyPolicy,
    added: Vec<String>,
    changed: Vec<String>,
    removed: Vec<String>,
    administration: String,
    administration_reason: String,
}

#[pymethods]
impl PatchedPolicy {
    #[getter]
    fn policy(&self) -> KeyPolicy {
        self.0.policy.clone().into()
    }

    #[getter]
    fn before(&self) -> KeyPolicy {
        self.0.before.clone().into()
    }

    #[getter]
    fn added(&self) -> Vec<String> {
        self.0.added.clone()
    }

    #[getter]
    fn changed(&self) -> Vec<String> {
        self.0.changed.clone()
    }

    #[getter]
    fn removed(&self) -> Vec<String> {
        self.0.removed.clone()
    }

    #[getter]
    fn is_unchanged(&self) -> bool {
        self.0.before == self.0.policy
    }

    #[getter]
    fn administration(&self) -> &str {
        &self.0.administration
    }

    #[getter]
    fn administration_reason(&self) -> &str {
        &self.0.administration_reason
    }

    #[getter]
    fn diff(&self) -> PolicyDiff {
        PolicyDiff::between(&self.0.before, &self.0.policy)
    }

    fn __str__(&self) -> String {
        self.0.before.diff(&self.0.policy).to_string()
    }

    fn __repr__(&self) -> String {
        format!(
            "PatchedPolicy(added={}, changed={}, removed={})",
            short_list(self.0.added.iter()),
            short_list(self.0.changed.iter()),
            short_list(self.0.removed.iter())
        )
    }

    fn _repr_html_(&self) -> String {
        html::policy_diff(&self.0.before.diff(&self.0.policy))
    }
}

impl PatchedPolicy {
    pub(super) fn of(patched: &Patched) -> Self {
        let administration = match patched.administration() {
            Administration::Kept { .. } => "kept",
            Administration::Untouched => "untouched",
            // What is not known by name here is not known to be kept.
            Administration::Unknown { .. } | _ => "unknown",
        };
        Self(WrittenPatch {
            before: patched.before().clone(),
            policy: patched.policy().clone(),
            added: patched.added().to_vec(),
            changed: patched.changed().to_vec(),
            removed: patched.removed().to_vec(),
            administration: administration.into(),
            administration_reason: patched.administration().to_string(),
        })
    }
}

value_methods!(PatchedPolicy);
