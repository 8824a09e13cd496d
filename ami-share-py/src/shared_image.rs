//! `SharedImage`: what others share with the caller.

use ami_share_core::resource::{self, Tags};
use pyo3::prelude::*;

use crate::value::{quoted, value_methods};

/// An image that somebody shares with the caller
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct SharedImage(pub(crate) resource::SharedImage);

#[pymethods]
impl SharedImage {
    #[getter]
    fn id(&self) -> &str {
        self.0.id.as_str()
    }

    #[getter]
    fn owner(&self) -> String {
        self.0.owner.to_string()
    }

    #[getter]
    fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    #[getter]
    fn state(&self) -> &str {
        self.0.state.as_str()
    }

    #[getter]
    fn public(&self) -> bool {
        self.0.public
    }

    #[getter]
    fn tags(&self) -> Tags {
        self.0.tags.clone()
    }

    fn __repr__(&self) -> String {
        let name = self.name().map_or_else(|| "None".into(), quoted);
        format!(
            "SharedImage(id={}, owner={}, name={name})",
            quoted(self.id()),
            quoted(&self.owner())
        )
    }
}

value_methods!(SharedImage);
