//! `Shard`: one part of a distribution, which runs on its own.

use std::collections::BTreeMap;

use ami_share_core::distribution;
use pyo3::prelude::*;

use super::document::Distribution;
use crate::value::{id_getters, quoted, texts, value_methods, word};

/// One part of a distribution, which runs on its own
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shard(pub(crate) distribution::Shard);

#[pymethods]
impl Shard {
    #[getter]
    fn stage(&self) -> String {
        word(&self.0.stage)
    }

    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    #[getter]
    fn accounts(&self) -> Vec<String> {
        texts(&self.0.accounts)
    }

    #[getter]
    fn close(&self) -> Vec<String> {
        texts(&self.0.close.principals)
    }

    #[getter]
    fn close_snapshots(&self) -> BTreeMap<String, Vec<String>> {
        let snapshots = self.0.close.snapshots.iter();
        snapshots
            .map(|(snapshot, principals)| (snapshot.to_string(), texts(principals)))
            .collect()
    }

    #[getter]
    fn deprecates(&self) -> bool {
        self.0.deprecates
    }

    #[getter]
    fn date(&self) -> &str {
        &self.0.date
    }

    #[getter]
    fn distribution(&self) -> Distribution {
        Distribution((*self.0.distribution).clone())
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!(
            "Shard(stage={}, account={}, region={})",
            quoted(&self.stage()),
            quoted(&self.account()),
            quoted(&self.region())
        )
    }
}

id_getters!(Shard, account, region, image);
value_methods!(Shard);
