//! `Verification`: what is there against what was asked for.

use ami_share_core::access;
use ami_share_core::outcome;
use ami_share_core::report::html;
use pyo3::prelude::*;

use crate::request::ShareRequest;
use crate::value::{id_getters, printed_methods, quoted, texts, value_methods, word};

/// Desired against actual, per image and principal
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Verification(pub(crate) outcome::Verification);

#[pymethods]
impl Verification {
    #[getter]
    fn request(&self) -> ShareRequest {
        ShareRequest(self.0.request().clone())
    }

    #[getter]
    fn images(&self) -> Vec<ImageVerification> {
        let images = self.0.images().iter().cloned();
        images.map(ImageVerification).collect()
    }

    #[getter]
    fn cannot_undo(&self) -> Vec<String> {
        self.0.cannot_undo().to_vec()
    }

    #[getter]
    fn as_desired(&self) -> String {
        word(&self.0.as_desired())
    }

    fn __repr__(&self) -> String {
        format!(
            "Verification(as_desired={}, images={})",
            quoted(&self.as_desired()),
            self.0.images().len()
        )
    }
}

/// What was found at one image
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct ImageVerification(outcome::ImageVerification);

#[pymethods]
impl ImageVerification {
    #[getter]
    fn state(&self) -> Option<&str> {
        self.0.state.as_ref().map(|state| state.as_str())
    }

    #[getter]
    fn principals(&self) -> Vec<PrincipalCheck> {
        let checks = self.0.principals.iter().cloned();
        checks.map(PrincipalCheck).collect()
    }

    #[getter]
    fn unexpected(&self) -> Vec<String> {
        texts(&self.0.unexpected)
    }

    #[getter]
    fn as_desired(&self) -> String {
        word(&self.0.as_desired())
    }

    fn __repr__(&self) -> String {
        format!(
            "ImageVerification(region={}, image={}, as_desired={})",
            quoted(&self.region()),
            quoted(&self.image()),
            quoted(&self.as_desired())
        )
    }
}

/// What was found for one principal at one image
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct PrincipalCheck(outcome::PrincipalCheck);

#[pymethods]
impl PrincipalCheck {
    #[getter]
    fn principal(&self) -> String {
        self.0.principal.to_string()
    }

    #[getter]
    fn launch(&self) -> Finding {
        Finding(self.0.launch.clone())
    }

    #[getter]
    fn copy(&self) -> Option<Finding> {
        self.0.copy.clone().map(Finding)
    }

    #[getter]
    fn layers(&self) -> Vec<LayerFinding> {
        self.0.layers.iter().cloned().map(LayerFinding).collect()
    }

    #[getter]
    fn as_desired(&self) -> String {
        word(&self.0.as_desired)
    }

    fn __repr__(&self) -> String {
        format!(
            "PrincipalCheck(principal={}, as_desired={})",
            quoted(&self.principal()),
            quoted(&self.as_desired())
        )
    }
}

/// Yes, no or unknown, with its reason and what would mend it
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct Finding(pub(crate) access::Finding);

#[pymethods]
impl Finding {
    #[getter]
    fn answer(&self) -> String {
        word(&self.0.answer)
    }

    #[getter]
    fn reason(&self) -> &str {
        &self.0.reason
    }

    #[getter]
    fn mend(&self) -> Option<&str> {
        self.0.mend.as_deref()
    }

    fn __str__(&self) -> String {
        format!("{}: {}", self.0.answer, self.0.reason)
    }

    fn __repr__(&self) -> String {
        format!(
            "Finding(answer={}, reason={})",
            quoted(&self.answer()),
            quoted(self.reason())
        )
    }
}

/// What one layer says
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct LayerFinding(access::LayerFinding);

/// What says something of one thing: what says it, of what, and its answer
macro_rules! finding_methods {
    ($class:ident, $what:ident) => {
        #[pyo3::pymethods]
        impl $class {
            #[getter]
            fn $what(&self) -> String {
                $crate::value::word(&self.0.$what)
            }

            #[getter]
            fn of(&self) -> &str {
                &self.0.of
            }

            #[getter]
            fn answer(&self) -> String {
                $crate::value::word(&self.0.finding.answer)
            }

            #[getter]
            fn reason(&self) -> &str {
                &self.0.finding.reason
            }

            #[getter]
            fn mend(&self) -> Option<&str> {
                self.0.finding.mend.as_deref()
            }

            fn __str__(&self) -> String {
                let (what, of, finding) = (&self.0.$what, &self.0.of, &self.0.finding);
                format!("{what} of {of}: {}: {}", finding.answer, finding.reason)
            }

            fn __repr__(&self) -> String {
                let parts = [self.$what(), self.of().to_owned(), self.answer()];
                let [what, of, answer] = parts.map(|part| $crate::value::quoted(&part));
                let (class, name) = (stringify!($class), stringify!($what));
                format!("{class}({name}={what}, of={of}, answer={answer})")
            }
        }
    };
}

pub(crate) use finding_methods;

value_methods!(Verification);
printed_methods!(Verification, html::verification);
id_getters!(ImageVerification, region, image);
value_methods!(ImageVerification);
value_methods!(PrincipalCheck);
value_methods!(Finding);
finding_methods!(LayerFinding, layer);
value_methods!(LayerFinding);
