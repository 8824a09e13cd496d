//! `DistributionVerification`: what a distribution asks for against what is there.

use ami_share_core::distribution;
use ami_share_core::report::html;
use pyo3::prelude::*;

use crate::rehearsal::Rehearsal;
use crate::value::{id_getters, printed_methods, quoted, truth, value_methods, word};
use crate::verification::Verification;

/// What a distribution asks for against what is there
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DistributionVerification(pub(crate) distribution::DistributionVerification);

#[pymethods]
impl DistributionVerification {
    #[getter]
    fn shares(&self) -> Vec<(String, Verification)> {
        let shares = self.0.shares.iter();
        shares
            .map(|(region, share)| (region.to_string(), Verification(share.clone())))
            .collect()
    }

    #[getter]
    fn copies(&self) -> Vec<CopyCheck> {
        self.0.copies.iter().cloned().map(CopyCheck).collect()
    }

    #[getter]
    fn missing(&self) -> Vec<String> {
        self.0.missing.clone()
    }

    #[getter]
    fn unknown(&self) -> Vec<String> {
        self.0.unknown.clone()
    }

    #[getter]
    fn rehearsal(&self) -> Option<Rehearsal> {
        self.0.rehearsal.clone().map(Rehearsal)
    }

    #[getter]
    fn answer(&self) -> String {
        word(&self.0.answer())
    }

    #[getter]
    fn is_ok(&self) -> bool {
        self.0.is_ok()
    }

    fn __repr__(&self) -> String {
        format!(
            "DistributionVerification(is_ok={}, shares={}, copies={})",
            truth(self.is_ok()),
            self.0.shares.len(),
            self.0.copies.len()
        )
    }
}

/// Whether a copy is there
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct CopyCheck(distribution::CopyCheck);

#[pymethods]
impl CopyCheck {
    #[getter]
    fn image(&self) -> Option<&str> {
        self.0.image.as_ref().map(|image| image.as_str())
    }

    #[getter]
    fn missing(&self) -> Vec<String> {
        self.0.missing.clone()
    }

    #[getter]
    fn is_ok(&self) -> bool {
        self.0.is_ok()
    }

    fn __repr__(&self) -> String {
        format!(
            "CopyCheck(account={}, region={}, is_ok={})",
            quoted(&self.account()),
            quoted(&self.region()),
            truth(self.is_ok())
        )
    }
}

value_methods!(DistributionVerification);
printed_methods!(DistributionVerification, html::distribution_verification);
id_getters!(CopyCheck, account, region);
value_methods!(CopyCheck);
