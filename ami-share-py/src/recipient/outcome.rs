//! What became of one thing that was to be written for recipients.

use ami_share_core::outcome::RecipientOutcome;
use pyo3::prelude::*;

use crate::error;
use crate::value::text_field;
use crate::verification::Finding;

/// `as_asked`, `done`, `missing`, `failed` or `unconfirmed`
pub(super) fn word(outcome: &RecipientOutcome) -> Option<String> {
    text_field(outcome, "outcome")
}

pub(super) fn request_id(outcome: &RecipientOutcome) -> Option<&str> {
    match outcome {
        RecipientOutcome::Done { request_id }
        | RecipientOutcome::Unconfirmed { request_id, .. } => request_id.as_deref(),
        RecipientOutcome::Failed { error, .. } => error.request_id(),
        _ => None,
    }
}

pub(super) fn because(outcome: &RecipientOutcome) -> Option<String> {
    match outcome {
        RecipientOutcome::Failed { error, .. } => Some(error.to_string()),
        RecipientOutcome::Missing { finding } => Some(finding.reason.clone()),
        RecipientOutcome::Unconfirmed { because, .. } => Some(because.clone()),
        _ => None,
    }
}

pub(super) fn mend(outcome: &RecipientOutcome) -> Option<&str> {
    match outcome {
        RecipientOutcome::Failed { mend, .. } => mend.as_deref(),
        RecipientOutcome::Missing { finding } => finding.mend.as_deref(),
        _ => None,
    }
}

pub(super) fn finding(outcome: &RecipientOutcome) -> Option<Finding> {
    match outcome {
        RecipientOutcome::Missing { finding } => Some(Finding(finding.clone())),
        _ => None,
    }
}

pub(super) fn refused<'py>(
    py: Python<'py>,
    outcome: &RecipientOutcome,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    match outcome {
        RecipientOutcome::Failed { error, .. } => error::api_object(py, error).map(Some),
        _ => Ok(None),
    }
}

/// The attributes of a class that wraps something with an `outcome`
macro_rules! outcome_getters {
    ($class:ident) => {
        #[pyo3::pymethods]
        impl $class {
            #[getter]
            fn outcome(&self) -> Option<String> {
                $crate::recipient::outcome::word(&self.0.outcome)
            }

            #[getter]
            fn is_good(&self) -> bool {
                self.0.outcome.is_good()
            }

            #[getter]
            fn is_written(&self) -> bool {
                self.0.outcome.is_written()
            }

            #[getter]
            fn request_id(&self) -> Option<&str> {
                $crate::recipient::outcome::request_id(&self.0.outcome)
            }

            #[getter]
            fn because(&self) -> Option<String> {
                $crate::recipient::outcome::because(&self.0.outcome)
            }

            #[getter]
            fn mend(&self) -> Option<&str> {
                $crate::recipient::outcome::mend(&self.0.outcome)
            }

            #[getter]
            fn finding(&self) -> Option<$crate::verification::Finding> {
                $crate::recipient::outcome::finding(&self.0.outcome)
            }

            #[getter]
            fn error<'py>(
                &self,
                py: pyo3::Python<'py>,
            ) -> pyo3::PyResult<Option<pyo3::Bound<'py, pyo3::PyAny>>> {
                $crate::recipient::outcome::refused(py, &self.0.outcome)
            }
        }
    };
}

pub(super) use outcome_getters;
