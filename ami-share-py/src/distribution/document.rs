//! `Distribution`: which image goes to whom, where and how.

use std::path::PathBuf;

use ami_share_core::distribution::{self, DistributionDraft};
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyType};

use super::error::raised;
use super::import::Imported;
use crate::argument::{json_text, named_id};
use crate::value::{self, quoted, short_list, texts, to_python, word};

/// Which image goes to whom, where and how
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Distribution(pub(crate) distribution::Distribution);

type Read = Result<distribution::Distribution, distribution::DistributionError>;

fn checked(read: Read) -> PyResult<Distribution> {
    read.map(Distribution).map_err(|wrong| raised(&wrong))
}

#[pymethods]
impl Distribution {
    #[classmethod]
    fn load(_class: &Bound<'_, PyType>, py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        checked(py.detach(|| distribution::Distribution::load(path)))
    }

    #[classmethod]
    fn from_yaml(_class: &Bound<'_, PyType>, text: &str) -> PyResult<Self> {
        checked(distribution::Distribution::from_yaml(text))
    }

    #[classmethod]
    fn from_toml(_class: &Bound<'_, PyType>, text: &str) -> PyResult<Self> {
        checked(distribution::Distribution::from_toml(text))
    }

    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, text: &str) -> PyResult<Self> {
        checked(distribution::Distribution::from_json(text))
    }

    #[classmethod]
    fn from_dict(_class: &Bound<'_, PyType>, fields: &Bound<'_, PyMapping>) -> PyResult<Self> {
        let text = json_text("fields", fields.as_any())?;
        checked(distribution::Distribution::from_json(&text))
    }

    #[classmethod]
    fn from_image_builder(_class: &Bound<'_, PyType>, text: &str) -> PyResult<Imported> {
        let imported = distribution::Distribution::from_image_builder(text);
        imported.map(Imported::from).map_err(|wrong| raised(&wrong))
    }

    #[classmethod]
    fn from_packer(_class: &Bound<'_, PyType>, text: &str) -> PyResult<Imported> {
        let imported = distribution::Distribution::from_packer(text);
        imported.map(Imported::from).map_err(|wrong| raised(&wrong))
    }

    #[getter]
    fn image<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.0.draft().image)
    }

    #[getter]
    fn image_region(&self) -> &str {
        self.0.image().region.as_str()
    }

    #[getter]
    fn regions(&self) -> Vec<String> {
        texts(self.0.regions())
    }

    #[getter]
    fn copy_regions(&self) -> Vec<String> {
        texts(self.0.copy_regions())
    }

    #[getter]
    fn recipients(&self) -> Vec<String> {
        texts(self.0.recipients())
    }

    #[getter]
    fn recipients_get(&self) -> String {
        word(&self.0.recipients_get())
    }

    #[getter]
    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.0.draft().keys)
    }

    #[getter]
    fn tags<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.0.draft().tags)
    }

    #[getter]
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.0.draft().parameters)
    }

    #[getter]
    fn predecessors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.0.draft().predecessors)
    }

    #[getter]
    fn protection<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, &self.0.draft().protection)
    }

    fn role_of(&self, account: &str) -> PyResult<Option<String>> {
        let role = self.0.role(named_id("account", account)?);
        Ok(role.map(|role| role.to_string()))
    }

    fn to_json(&self) -> String {
        self.0.to_json()
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python::<DistributionDraft>(py, self.0.draft())
    }

    fn __hash__(&self) -> PyResult<u64> {
        value::hash(self.0.draft())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let make = slf.get_type().getattr("from_json")?;
        Ok((make, (slf.get().to_json(),)))
    }

    fn __repr__(&self) -> String {
        format!(
            "Distribution(image_region={}, regions={}, recipients={}, recipients_get={})",
            quoted(self.image_region()),
            short_list(self.0.regions().iter()),
            short_list(self.0.recipients().iter()),
            quoted(&self.recipients_get())
        )
    }
}
