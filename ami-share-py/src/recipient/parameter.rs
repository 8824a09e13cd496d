//! `ParameterRequest` and `ParameterReport`: parameters that hold images.

use std::collections::BTreeMap;

use ami_share_core::outcome;
use ami_share_core::report::html;
use ami_share_core::request;
use pyo3::prelude::*;

use super::named::{accounts, finished};
use super::outcome::outcome_getters;
use crate::argument::Texts;
use crate::request::ShareRequest;
use crate::value::{
    ended_getters, id_getters, printed_methods, quoted, short_list, texts, value_methods,
};

/// A parameter that is to hold an image
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ParameterRequest(pub(crate) request::ParameterRequest);

#[pymethods]
impl ParameterRequest {
    #[new]
    #[pyo3(signature = (name, *, images, accounts=None, own_account=true, after=None))]
    fn new(
        name: &str,
        images: BTreeMap<String, String>,
        accounts: Option<Texts>,
        own_account: bool,
        after: Option<&ShareRequest>,
    ) -> PyResult<Self> {
        let mut problems = Vec::new();
        let named = self::accounts(accounts, &mut problems);
        let mut builder = request::ParameterRequest::builder(name).accounts(named);
        for (region, image) in images {
            builder = builder.image_in(region, image);
        }
        if !own_account {
            builder = builder.recipients_only();
        }
        if let Some(share) = after {
            builder = builder.after(share.0.clone());
        }
        finished(builder.build(), problems).map(Self)
    }

    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    #[getter]
    fn images(&self) -> BTreeMap<String, String> {
        let images = self.0.images().iter();
        images
            .map(|(region, image)| (region.to_string(), image.to_string()))
            .collect()
    }

    #[getter]
    fn accounts(&self) -> Vec<String> {
        texts(self.0.accounts())
    }

    #[getter]
    fn own_account(&self) -> bool {
        self.0.writes_own()
    }

    #[getter]
    fn after(&self) -> Option<ShareRequest> {
        self.0.after().cloned().map(ShareRequest)
    }

    fn __repr__(&self) -> String {
        format!(
            "ParameterRequest({}, images={}, accounts={})",
            quoted(self.name()),
            short_list(self.0.images().values()),
            short_list(self.0.accounts().iter())
        )
    }
}

/// What became of a parameter in every account and Region
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ParameterReport(pub(crate) outcome::ParameterReport);

#[pymethods]
impl ParameterReport {
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    #[getter]
    fn parameters(&self) -> Vec<WrittenParameter> {
        let parameters = self.0.parameters().iter().cloned();
        parameters.map(WrittenParameter).collect()
    }

    fn __repr__(&self) -> String {
        format!(
            "ParameterReport(name={}, parameters={})",
            quoted(self.name()),
            self.0.parameters().len()
        )
    }
}

/// What became of a parameter in one account and Region
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct WrittenParameter(outcome::WrittenParameter);

#[pymethods]
impl WrittenParameter {
    #[getter]
    fn before(&self) -> Option<&str> {
        let before = self.0.before.as_ref();
        before.map(|parameter| parameter.value.as_str())
    }

    #[getter]
    fn version(&self) -> Option<i64> {
        self.0.version
    }

    fn __repr__(&self) -> String {
        format!(
            "WrittenParameter(account={}, region={}, image={}, outcome={})",
            quoted(&self.account()),
            quoted(&self.region()),
            quoted(&self.image()),
            quoted(&super::outcome::word(&self.0.outcome).unwrap_or_default())
        )
    }
}

outcome_getters!(WrittenParameter);
value_methods!(ParameterRequest);
ended_getters!(ParameterReport);
value_methods!(ParameterReport);
printed_methods!(ParameterReport, html::parameters);
id_getters!(WrittenParameter, region, account, image);
value_methods!(WrittenParameter);
