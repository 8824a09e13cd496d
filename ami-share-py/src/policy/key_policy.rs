//! `KeyPolicy` and its statements.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, OnceLock};

use ami_share_core::policy::{self, KeyStatements, Policy, TrustedParties, Version};
use ami_share_core::report::html;
use pyo3::prelude::*;
use pyo3::types::PyType;
use serde::{Deserialize, Serialize};

use super::decision::Decision;
use super::diff::PolicyDiff;
use super::evaluate::Question;
use super::lint::LintFinding;
use super::patch::PatchedPolicy;
use super::recipients::Recipients;
use crate::argument::{Texts, ids};
use crate::error;
use crate::value::{self, quoted, texts, value_methods};

/// A key policy as text that is known to be one
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug)]
pub(crate) struct KeyPolicy {
    pub(super) document: policy::KeyPolicy,
    /// Read at the first evaluation
    typed: Arc<OnceLock<Policy>>,
}

#[pymethods]
impl KeyPolicy {
    #[staticmethod]
    fn parse(text: &str) -> PyResult<Self> {
        let document =
            policy::KeyPolicy::parse(text).map_err(|wrong| error::invalid_key_policy(&wrong))?;
        Ok(document.into())
    }

    #[getter]
    fn size(&self) -> usize {
        self.document.size()
    }

    #[getter]
    fn version(&self) -> &'static str {
        match self.document.version() {
            Version::V2008 => "2008-10-17",
            // No later version is known to AWS.
            Version::V2012 | _ => "2012-10-17",
        }
    }

    #[getter]
    fn id(&self) -> Option<String> {
        self.document.id().map(Into::into)
    }

    #[getter]
    fn statements(&self) -> Vec<PolicyStatement> {
        let written = |statement: policy::StatementText<'_>| {
            PolicyStatement(WrittenStatement {
                index: statement.index(),
                sid: statement.sid().map(Into::into),
                text: statement.as_str().into(),
                is_ours: statement.is_ours(),
            })
        };
        self.document.statements().map(written).collect()
    }

    fn shared_with(&self) -> PyResult<Vec<String>> {
        let found = self.found()?;
        let mut all = texts(found.account_ids());
        all.extend(texts(found.iam_principals()));
        all.extend(texts(found.organization_ids()));
        all.extend(texts(found.organizational_units()));
        Ok(all)
    }

    fn is_equivalent_to(&self, other: &Self) -> bool {
        self.document.is_equivalent_to(&other.document)
    }

    fn diff(&self, after: &Self) -> PolicyDiff {
        PolicyDiff::between(&self.document, &after.document)
    }

    #[pyo3(signature = (*, accounts=None, iam_principals=None, organizations=None,
        organizational_units=None, service_roles=None, via_ec2_in=None, key=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn patched(
        &self,
        accounts: Option<Texts>,
        iam_principals: Option<Texts>,
        organizations: Option<Texts>,
        organizational_units: Option<Texts>,
        service_roles: Option<Texts>,
        via_ec2_in: Option<String>,
        key: Option<String>,
    ) -> PyResult<PatchedPolicy> {
        let wanted = Recipients {
            accounts,
            iam_principals,
            organizations,
            organizational_units,
            service_roles,
            via_ec2_in,
            key,
        };
        self.patch(&wanted.added_to(KeyStatements::new())?)
    }

    #[pyo3(signature = (*, accounts=None, iam_principals=None, organizations=None,
        organizational_units=None, service_roles=None, via_ec2_in=None, key=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn patched_with(
        &self,
        accounts: Option<Texts>,
        iam_principals: Option<Texts>,
        organizations: Option<Texts>,
        organizational_units: Option<Texts>,
        service_roles: Option<Texts>,
        via_ec2_in: Option<String>,
        key: Option<String>,
    ) -> PyResult<PatchedPolicy> {
        let more = Recipients {
            accounts,
            iam_principals,
            organizations,
            organizational_units,
            service_roles,
            via_ec2_in,
            key,
        };
        self.patch(&more.added_to(self.found()?)?)
    }

    #[pyo3(signature = (*, accounts=None, iam_principals=None, organizations=None,
        organizational_units=None, key=None))]
    fn patched_without(
        &self,
        accounts: Option<Texts>,
        iam_principals: Option<Texts>,
        organizations: Option<Texts>,
        organizational_units: Option<Texts>,
        key: Option<String>,
    ) -> PyResult<PatchedPolicy> {
        let less = Recipients {
            accounts,
            iam_principals,
            organizations,
            organizational_units,
            key,
            ..Recipients::default()
        };
        self.patch(&less.taken_from(self.found()?)?)
    }

    fn without_ours(&self) -> PyResult<PatchedPolicy> {
        self.patch(&KeyStatements::new())
    }

    #[pyo3(signature = (*, trusted_accounts=None, trusted_organizations=None))]
    fn lint(
        &self,
        trusted_accounts: Option<Texts>,
        trusted_organizations: Option<Texts>,
    ) -> PyResult<Vec<LintFinding>> {
        let findings = match (trusted_accounts, trusted_organizations) {
            (None, None) => self.document.lint(),
            (accounts, organizations) => self
                .document
                .lint_against(&trusted(accounts, organizations)?),
        };
        Ok(findings.iter().map(LintFinding::of).collect())
    }

    #[pyo3(signature = (*, principal, action, key, session_name=None, context=None,
        context_is_complete=false, encryption_context=None, not_given="unknown",
        identity_policies=None, boundary=None, session_policies=None,
        service_control_policies=None, resource_control_policies=None, grants=None,
        key_state=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn evaluate(
        &self,
        principal: &str,
        action: &str,
        key: &str,
        session_name: Option<&str>,
        context: Option<Bound<'_, PyAny>>,
        context_is_complete: bool,
        encryption_context: Option<Bound<'_, PyAny>>,
        not_given: &str,
        identity_policies: Option<Bound<'_, PyAny>>,
        boundary: Option<Bound<'_, PyAny>>,
        session_policies: Option<Bound<'_, PyAny>>,
        service_control_policies: Option<Bound<'_, PyAny>>,
        resource_control_policies: Option<Bound<'_, PyAny>>,
        grants: Option<Bound<'_, PyAny>>,
        key_state: Option<&str>,
    ) -> PyResult<Decision> {
        let mut question = Question::new(principal, session_name, action, key)?;
        question.context(context.as_ref(), encryption_context.as_ref())?;
        if context_is_complete {
            question.complete();
        }
        question.not_given(not_given)?;
        question.identity(identity_policies.as_ref())?;
        question.boundary(boundary.as_ref())?;
        question.session(session_policies.as_ref())?;
        question.service_control(service_control_policies.as_ref())?;
        question.resource_control(resource_control_policies.as_ref())?;
        question.grants(grants.as_ref())?;
        question.key_state(key_state)?;
        Ok(question.ask(self.typed()?))
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("json")?
            .call_method1("loads", (self.document.as_str(),))
    }

    fn __str__(&self) -> &str {
        self.document.as_str()
    }

    fn __repr__(&self) -> String {
        let sids = self.document.statements().map(|statement| {
            let sid = statement.sid();
            sid.map_or_else(|| statement.index().to_string(), Into::into)
        });
        format!(
            "KeyPolicy(statements={}, size={})",
            value::short_list(sids),
            self.size()
        )
    }

    fn _repr_html_(&self) -> String {
        html::key_policy(&self.document)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.document.as_str().hash(&mut hasher);
        hasher.finish()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let class: Bound<'py, PyType> = slf.get_type();
        Ok((class.getattr("parse")?, (slf.get().__str__().to_owned(),)))
    }
}

impl KeyPolicy {
    pub(crate) fn document(&self) -> &policy::KeyPolicy {
        &self.document
    }

    fn found(&self) -> PyResult<KeyStatements> {
        KeyStatements::found_in(&self.document).map_err(|edited| error::edited(&edited))
    }

    fn patch(&self, wanted: &KeyStatements) -> PyResult<PatchedPolicy> {
        let patched = self.document.patched(wanted);
        let patched = patched.map_err(|refused| error::patch_refused(&refused))?;
        Ok(PatchedPolicy::of(&patched))
    }

    fn typed(&self) -> PyResult<&Policy> {
        if let Some(typed) = self.typed.get() {
            return Ok(typed);
        }
        let typed = self.document.to_policy();
        let typed = typed.map_err(|wrong| error::invalid_policy("text", &wrong))?;
        Ok(self.typed.get_or_init(|| typed))
    }
}

/// Either list makes that there is one; what the other does not name is not trusted
fn trusted(accounts: Option<Texts>, organizations: Option<Texts>) -> PyResult<TrustedParties> {
    let mut problems = Vec::new();
    let accounts = accounts.unwrap_or_default();
    let accounts: Vec<_> = ids("trusted_accounts", accounts, &mut problems);
    let organizations = organizations.unwrap_or_default();
    let organizations: Vec<_> = ids("trusted_organizations", organizations, &mut problems);
    if !problems.is_empty() {
        return Err(error::invalid_request(problems));
    }
    let trusted = TrustedParties::new();
    let trusted = accounts.into_iter().fold(trusted, TrustedParties::account);
    Ok(organizations
        .iter()
        .fold(trusted, TrustedParties::organization))
}

impl From<policy::KeyPolicy> for KeyPolicy {
    fn from(document: policy::KeyPolicy) -> Self {
        let typed = Arc::default();
        Self { document, typed }
    }
}

impl PartialEq for KeyPolicy {
    fn eq(&self, other: &Self) -> bool {
        self.document == other.document
    }
}

/// A statement of a key policy, as it stands there
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct PolicyStatement(WrittenStatement);

/// A statement as it is written down
#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct WrittenStatement {
    index: usize,
    sid: Option<String>,
    text: String,
    is_ours: bool,
}

#[pymethods]
impl PolicyStatement {
    #[getter]
    fn index(&self) -> usize {
        self.0.index
    }

    #[getter]
    fn sid(&self) -> Option<&str> {
        self.0.sid.as_deref()
    }

    #[getter]
    fn is_ours(&self) -> bool {
        self.0.is_ours
    }

    fn __str__(&self) -> &str {
        &self.0.text
    }

    fn __repr__(&self) -> String {
        let sid = self.0.sid.as_deref().map_or("None".into(), quoted);
        format!("PolicyStatement(index={}, sid={sid})", self.0.index)
    }
}

value_methods!(PolicyStatement);
