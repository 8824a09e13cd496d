//! `Decision`: what becomes of a request, and why.

use ami_share_core::policy::evaluate::{self, Finding, Layer, Reason};
use ami_share_core::report::html;
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use crate::value::{quoted, value_methods};

/// What becomes of a request, and why
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct Decision(WrittenDecision);

/// A decision as it is written down
#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct WrittenDecision {
    verdict: String,
    access: String,
    is_denied_explicitly: bool,
    reasons: Vec<WrittenReason>,
}

/// One reason of a decision
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct DecisionReason(WrittenReason);

/// A reason as it is written down
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct WrittenReason {
    layer: String,
    policy: Option<usize>,
    statement: Option<usize>,
    sid: Option<String>,
    kind: String,
    operator: Option<String>,
    condition_key: Option<String>,
    message: String,
    text: String,
}

#[pymethods]
impl Decision {
    #[getter]
    fn verdict(&self) -> &str {
        &self.0.verdict
    }

    #[getter]
    fn access(&self) -> &str {
        &self.0.access
    }

    #[getter]
    fn reasons(&self) -> Vec<DecisionReason> {
        self.0.reasons.iter().cloned().map(DecisionReason).collect()
    }

    #[getter]
    fn is_allowed(&self) -> bool {
        self.0.verdict == "allowed"
    }

    #[getter]
    fn is_denied_explicitly(&self) -> bool {
        self.0.is_denied_explicitly
    }

    fn __bool__(&self) -> bool {
        self.is_allowed()
    }

    fn __str__(&self) -> String {
        let reasons = self.0.reasons.iter();
        let reasons: String = reasons
            .map(|reason| format!("\n  {}", reason.text))
            .collect();
        format!("{}{reasons}", self.0.verdict)
    }

    fn __repr__(&self) -> String {
        format!(
            "Decision(verdict={}, access={}, reasons={})",
            quoted(&self.0.verdict),
            quoted(&self.0.access),
            self.0.reasons.len()
        )
    }

    fn _repr_html_(&self) -> String {
        let reasons = self.0.reasons.iter().map(|reason| reason.text.clone());
        html::listing(&self.0.verdict, reasons)
    }
}

#[pymethods]
impl DecisionReason {
    #[getter]
    fn layer(&self) -> &str {
        &self.0.layer
    }

    #[getter]
    fn policy(&self) -> Option<usize> {
        self.0.policy
    }

    #[getter]
    fn statement(&self) -> Option<usize> {
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
    fn operator(&self) -> Option<&str> {
        self.0.operator.as_deref()
    }

    #[getter]
    fn condition_key(&self) -> Option<&str> {
        self.0.condition_key.as_deref()
    }

    #[getter]
    fn message(&self) -> &str {
        &self.0.message
    }

    fn __str__(&self) -> &str {
        &self.0.text
    }

    fn __repr__(&self) -> String {
        format!(
            "DecisionReason(layer={}, kind={}, message={})",
            quoted(&self.0.layer),
            quoted(&self.0.kind),
            quoted(&self.0.message)
        )
    }
}

impl From<evaluate::Decision> for Decision {
    fn from(decision: evaluate::Decision) -> Self {
        Self(WrittenDecision {
            verdict: decision.verdict.to_string(),
            access: decision.access.to_string(),
            is_denied_explicitly: decision.is_denied_explicitly(),
            reasons: decision.reasons.iter().map(written).collect(),
        })
    }
}

fn written(reason: &Reason) -> WrittenReason {
    let condition = match &reason.finding {
        Finding::ConditionFails { operator, key, .. } => Some((operator, key)),
        Finding::Unclear { condition, .. } => condition.as_ref().map(|(one, other)| (one, other)),
        _ => None,
    };
    WrittenReason {
        layer: layer(reason.layer).into(),
        policy: reason.policy,
        statement: reason.statement,
        sid: reason.sid.as_deref().map(str::to_owned),
        kind: kind(&reason.finding).into(),
        operator: condition.map(|(operator, _)| operator.as_str().to_owned()),
        condition_key: condition.map(|(_, key)| key.as_str().to_owned()),
        message: reason.finding.to_string(),
        text: reason.to_string(),
    }
}

// The enums may grow; what is new is told by its text until it has a word.

fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Boundary => "boundary",
        Layer::Grants => "grants",
        Layer::Identity => "identity",
        Layer::KeyState => "key_state",
        Layer::ResourceControl => "resource_control",
        Layer::ResourcePolicy => "key_policy",
        Layer::ServiceControl => "service_control",
        Layer::Session => "session",
        _ => "other",
    }
}

fn kind(finding: &Finding) -> &'static str {
    match finding {
        Finding::Allows => "allows",
        Finding::Denies => "denies",
        Finding::ConditionFails { .. } => "condition_fails",
        Finding::NothingAllows => "nothing_allows",
        Finding::RootUser => "root_user",
        Finding::KeyState(_) => "key_state",
        Finding::Unclear { .. } => "unclear",
        _ => "other",
    }
}

value_methods!(Decision);
value_methods!(DecisionReason);
