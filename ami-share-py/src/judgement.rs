//! What the simulator says: `Judgement` and `Call`.

use ami_share_core::id::{AccountId, Region};
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use crate::value::{id_getters, quoted, truth, value_methods};

/// Whether an account gets in, and why
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct Judgement(pub(crate) WrittenJudgement);

/// A judgement as it is written down
#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct WrittenJudgement {
    pub(crate) allowed: bool,
    pub(crate) reason: String,
}

#[pymethods]
impl Judgement {
    #[getter]
    fn allowed(&self) -> bool {
        self.0.allowed
    }

    #[getter]
    fn reason(&self) -> &str {
        &self.0.reason
    }

    fn __bool__(&self) -> bool {
        self.0.allowed
    }

    fn __repr__(&self) -> String {
        let allowed = truth(self.0.allowed);
        format!(
            "Judgement(allowed={allowed}, reason={})",
            quoted(&self.0.reason)
        )
    }
}

/// One call that was made to the simulated AWS
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct Call(pub(crate) WrittenCall);

/// A call as it is written down
#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct WrittenCall {
    pub(crate) request_id: String,
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    pub(crate) operation: String,
    pub(crate) error_code: Option<String>,
    pub(crate) write: bool,
}

#[pymethods]
impl Call {
    #[getter]
    fn request_id(&self) -> &str {
        &self.0.request_id
    }

    #[getter]
    fn operation(&self) -> &str {
        &self.0.operation
    }

    #[getter]
    fn error_code(&self) -> Option<&str> {
        self.0.error_code.as_deref()
    }

    #[getter]
    fn write(&self) -> bool {
        self.0.write
    }

    fn __repr__(&self) -> String {
        format!(
            "Call(operation={}, account={}, region={})",
            quoted(&self.0.operation),
            quoted(&self.account()),
            quoted(&self.region())
        )
    }
}

value_methods!(Judgement);
id_getters!(Call, account, region);
value_methods!(Call);
