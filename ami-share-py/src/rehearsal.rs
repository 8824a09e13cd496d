//! `RehearsalRequest` and `Rehearsal`: what recipients are answered that rehearse launches.

use ami_share_core::outcome;
use ami_share_core::report::html;
use ami_share_core::request;
use pyo3::prelude::*;

use crate::argument::Texts;
use crate::recipient::{accounts, all, finished, named_getters, named_images, with_images};
use crate::value::{id_getters, printed_methods, quoted, short_list, value_methods, word};
use crate::verification::{Finding, finding_methods};

/// Launches that are to be rehearsed by recipients
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RehearsalRequest(pub(crate) request::RehearsalRequest);

#[pymethods]
impl RehearsalRequest {
    #[new]
    #[pyo3(signature = (*, images, accounts, region=None, instance_type=None, subnet=None, copy=false))]
    fn new(
        images: &Bound<'_, PyAny>,
        accounts: Texts,
        region: Option<String>,
        instance_type: Option<String>,
        subnet: Option<&str>,
        copy: bool,
    ) -> PyResult<Self> {
        let mut problems = Vec::new();
        let accounts = self::accounts(Some(accounts), &mut problems);
        let mut builder = request::RehearsalRequest::builder()
            .accounts(accounts)
            .copy(copy);
        if let Some(instance_type) = instance_type {
            builder = builder.instance_type(instance_type);
        }
        if let Some(subnet) = subnet {
            builder = builder.subnet(subnet);
        }
        let builder = with_images!(builder, named_images(region, images, &mut problems)?);
        finished(builder.build(), problems).map(Self)
    }

    #[getter]
    fn instance_type(&self) -> Option<&str> {
        self.0.instance_type()
    }

    #[getter]
    fn subnet(&self) -> Option<&str> {
        self.0.subnet().map(|subnet| subnet.as_str())
    }

    #[getter]
    fn copy(&self) -> bool {
        self.0.copy()
    }

    fn __repr__(&self) -> String {
        format!(
            "RehearsalRequest(images={}, accounts={})",
            short_list(all(self.0.images())),
            short_list(self.0.accounts().iter())
        )
    }
}

/// What AWS answered recipients that rehearsed launches
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rehearsal(pub(crate) outcome::Rehearsal);

#[pymethods]
impl Rehearsal {
    #[getter]
    fn images(&self) -> Vec<ImageRehearsal> {
        let images = self.0.images().iter().cloned();
        images.map(ImageRehearsal).collect()
    }

    #[getter]
    fn answer(&self) -> String {
        word(&self.0.answer())
    }

    fn __repr__(&self) -> String {
        format!(
            "Rehearsal(answer={}, images={})",
            quoted(&self.answer()),
            self.0.images().len()
        )
    }
}

/// What one account was answered about one image
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct ImageRehearsal(outcome::ImageRehearsal);

#[pymethods]
impl ImageRehearsal {
    #[getter]
    fn launch(&self) -> Finding {
        Finding(self.0.launch.clone())
    }

    #[getter]
    fn copy(&self) -> Option<Finding> {
        self.0.copy.clone().map(Finding)
    }

    #[getter]
    fn visible(&self) -> Finding {
        Finding(self.0.visible())
    }

    #[getter]
    fn calls(&self) -> Vec<CallFinding> {
        self.0.calls.iter().cloned().map(CallFinding).collect()
    }

    fn __repr__(&self) -> String {
        format!(
            "ImageRehearsal(image={}, account={}, launch={})",
            quoted(&self.image()),
            quoted(&self.account()),
            quoted(&word(&self.0.launch.answer))
        )
    }
}

/// What one call of a recipient says
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct CallFinding(outcome::CallFinding);

named_getters!(RehearsalRequest);
value_methods!(RehearsalRequest);
value_methods!(Rehearsal);
printed_methods!(Rehearsal, html::rehearsal);
id_getters!(ImageRehearsal, region, image, account);
value_methods!(ImageRehearsal);
finding_methods!(CallFinding, call);
value_methods!(CallFinding);
