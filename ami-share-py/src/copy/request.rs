//! `CopyRequest`: which copies are wanted, made from keyword arguments.

use std::collections::BTreeMap;
use std::time::SystemTime;

use ami_share_core as core;
use ami_share_core::request::{CopyPermissions, SourceAccess};
use ami_share_core::resource::{Tags, Timestamp};
use pyo3::prelude::*;
use pyo3::types::PyMapping;

use super::arguments::Arguments;
use crate::argument::Texts;
use crate::value::{dashed_word, quoted, short_list, texts, time, to_python, value_methods, word};

/// Copies of one image that are wanted
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CopyRequest(pub(crate) core::CopyRequest);

#[pymethods]
impl CopyRequest {
    #[new]
    #[pyo3(signature = (*, source_region, source_image, regions=None, accounts=None,
        own_account=false, destinations=None, key=None, region_keys=None, account_keys=None,
        made_by="recipient", name=None, description=None, copy_tags=true, image_tags=None,
        snapshot_tags=None, share_with=None, replicate_permissions=false, protection=None,
        deprecate_at=None, completion_minutes=None, source_access="keep", key_access="auto",
        on_failure="clean-up", images_at_once=None, snapshots_at_once=None, time_limit_minutes=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        source_region: String,
        source_image: String,
        regions: Option<Texts>,
        accounts: Option<Texts>,
        own_account: bool,
        destinations: Option<Bound<'_, PyMapping>>,
        key: Option<String>,
        region_keys: Option<BTreeMap<String, String>>,
        account_keys: Option<Bound<'_, PyMapping>>,
        made_by: &str,
        name: Option<String>,
        description: Option<String>,
        copy_tags: bool,
        image_tags: Option<Tags>,
        snapshot_tags: Option<Tags>,
        share_with: Option<Texts>,
        replicate_permissions: bool,
        protection: Option<&str>,
        deprecate_at: Option<SystemTime>,
        completion_minutes: Option<u16>,
        source_access: &str,
        key_access: &str,
        on_failure: &str,
        images_at_once: Option<usize>,
        snapshots_at_once: Option<usize>,
        time_limit_minutes: Option<u32>,
    ) -> PyResult<Self> {
        let mut arguments = Arguments::default();
        arguments.source(source_region, source_image);
        arguments.places(
            regions.unwrap_or_default(),
            accounts.unwrap_or_default(),
            own_account,
        );
        if let Some(destinations) = destinations {
            arguments.destinations(&destinations)?;
        }
        arguments.keys(key, region_keys.unwrap_or_default(), account_keys.as_ref())?;
        arguments.maker(made_by);
        arguments.texts(name, description);
        arguments.tags(
            copy_tags,
            image_tags.unwrap_or_default(),
            snapshot_tags.unwrap_or_default(),
        );
        arguments.permissions(share_with, replicate_permissions);
        arguments.protection(protection, deprecate_at.map(Timestamp::from));
        arguments.access(source_access, key_access);
        arguments.on_failure(on_failure);
        arguments.limits(
            completion_minutes,
            images_at_once,
            snapshots_at_once,
            time_limit_minutes,
        );
        arguments.build().map(Self)
    }

    #[getter]
    fn source_region(&self) -> &str {
        self.0.source_region().as_str()
    }

    #[getter]
    fn source_image(&self) -> &str {
        self.0.source_image().as_str()
    }

    #[getter]
    fn destinations(&self) -> Vec<(Option<String>, String)> {
        let destinations = self.0.destinations().iter();
        destinations
            .map(|to| (to.account.map(|id| id.to_string()), to.region.to_string()))
            .collect()
    }

    #[getter]
    fn accounts(&self) -> Vec<String> {
        texts(self.0.accounts())
    }

    #[getter]
    fn regions(&self) -> Vec<String> {
        let regions = self.0.destinations().iter().map(|to| &to.region);
        texts(regions.collect::<std::collections::BTreeSet<_>>())
    }

    #[getter]
    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        to_python(py, self.0.keys())
    }

    #[getter]
    fn made_by(&self) -> String {
        dashed_word(&self.0.made_by())
    }

    #[getter]
    fn name(&self) -> Option<&str> {
        self.0.name()
    }

    #[getter]
    fn description(&self) -> Option<&str> {
        self.0.description()
    }

    #[getter]
    fn copy_tags(&self) -> bool {
        self.0.copies_tags()
    }

    #[getter]
    fn image_tags(&self) -> Tags {
        self.0.image_tags().clone()
    }

    #[getter]
    fn snapshot_tags(&self) -> Tags {
        self.0.snapshot_tags().clone()
    }

    #[getter]
    fn share_with(&self) -> Option<Vec<String>> {
        match self.0.permissions() {
            CopyPermissions::Principals(principals) => Some(texts(principals)),
            CopyPermissions::Private | CopyPermissions::Replicate => None,
        }
    }

    #[getter]
    fn replicate_permissions(&self) -> bool {
        *self.0.permissions() == CopyPermissions::Replicate
    }

    #[getter]
    fn protection(&self) -> Option<String> {
        self.0.protection().as_ref().map(dashed_word)
    }

    #[getter]
    fn deprecate_at(&self) -> Option<SystemTime> {
        self.0.deprecate_at().map(time)
    }

    #[getter]
    fn completion_minutes(&self) -> Option<u16> {
        self.0.completion_minutes()
    }

    #[getter]
    fn source_access(&self) -> String {
        dashed_word::<SourceAccess>(&self.0.source_access())
    }

    #[getter]
    fn key_access(&self) -> String {
        word(&self.0.key_access())
    }

    #[getter]
    fn on_failure(&self) -> String {
        dashed_word(&self.0.on_failure())
    }

    #[getter]
    fn images_at_once(&self) -> usize {
        self.0.limits().images
    }

    #[getter]
    fn snapshots_at_once(&self) -> usize {
        self.0.limits().snapshots
    }

    #[getter]
    fn time_limit_minutes(&self) -> u32 {
        self.0.limits().minutes
    }

    fn __repr__(&self) -> String {
        format!(
            "CopyRequest(source_region={}, source_image={}, destinations={})",
            quoted(self.source_region()),
            quoted(self.source_image()),
            short_list(self.0.destinations().iter())
        )
    }
}

value_methods!(CopyRequest);
