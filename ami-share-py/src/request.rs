//! `ShareRequest`: what is wanted, made from keyword arguments.

use std::collections::BTreeMap;

use ami_share_core::request::{Direction, RemovalLimit};
use ami_share_core::resource::Tags;
use ami_share_core::{Principal, ShareRequest as CoreRequest};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;

use crate::argument::{Texts, chosen};
use crate::request_arguments::{Arguments, KEY_ACCESS};
use crate::value::{quoted, short_list, texts, value_methods, word};

/// What is wanted: which images, which principals, and which way
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ShareRequest(pub(crate) CoreRequest);

#[pymethods]
impl ShareRequest {
    #[new]
    #[pyo3(signature = (*, images, region=None, accounts=None, organizations=None,
        organizational_units=None, public=false, principals=None, direction="share",
        removal_limit=None, snapshots=None, key_access="auto",
        key_cleanup="by-reference", key_principals=None, service_roles=None, unit_paths=None,
        tags=None, public_consent="withheld",
        trusted_accounts=None, trusted_organizations=None, entities_per_image=None,
        public_images=None, launch_permissions_per_call=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        images: Bound<'_, PyAny>,
        region: Option<String>,
        accounts: Option<Texts>,
        organizations: Option<Texts>,
        organizational_units: Option<Texts>,
        public: bool,
        principals: Option<Texts>,
        direction: &str,
        removal_limit: Option<Bound<'_, PyAny>>,
        snapshots: Option<String>,
        key_access: &str,
        key_cleanup: &str,
        key_principals: Option<Texts>,
        service_roles: Option<Texts>,
        unit_paths: Option<Texts>,
        tags: Option<Tags>,
        public_consent: &str,
        trusted_accounts: Option<Texts>,
        trusted_organizations: Option<Texts>,
        entities_per_image: Option<usize>,
        public_images: Option<usize>,
        launch_permissions_per_call: Option<usize>,
    ) -> PyResult<Self> {
        let mut arguments = Arguments::default();
        arguments.images(region, &images)?;
        arguments.accounts(accounts.unwrap_or_default());
        arguments.organizations(organizations.unwrap_or_default());
        arguments.organizational_units(organizational_units.unwrap_or_default());
        arguments.principals(principals.unwrap_or_default());
        arguments.public(public, public_consent);
        arguments.direction(direction, removal_limit.as_ref());
        arguments.snapshots(snapshots.as_deref());
        arguments.keys(key_access, key_cleanup);
        arguments.key_principals(key_principals.unwrap_or_default());
        arguments.service_roles(service_roles.unwrap_or_default());
        arguments.unit_paths(unit_paths.unwrap_or_default());
        arguments.tags(tags.unwrap_or_default());
        arguments.trusted(trusted_accounts, trusted_organizations);
        arguments.limits(
            entities_per_image,
            public_images,
            launch_permissions_per_call,
        );
        arguments.build().map(Self)
    }

    fn to_revoke(&self) -> Self {
        Self(self.0.to_revoke())
    }

    fn with_key_access(&self, key_access: &str) -> PyResult<Self> {
        let key_access = chosen("key_access", key_access, KEY_ACCESS)?;
        Ok(Self(self.0.with_key_access(key_access)))
    }

    #[getter]
    fn images(&self) -> BTreeMap<String, Vec<String>> {
        let images = self.0.images().iter();
        images
            .map(|(region, images)| (region.to_string(), texts(images)))
            .collect()
    }

    #[getter]
    fn principals(&self) -> Vec<String> {
        texts(self.0.principals())
    }

    #[getter]
    fn accounts(&self) -> Vec<String> {
        self.principals_if(|principal| matches!(principal, Principal::Account(_)))
    }

    #[getter]
    fn organizations(&self) -> Vec<String> {
        self.principals_if(|principal| matches!(principal, Principal::Organization(_)))
    }

    #[getter]
    fn organizational_units(&self) -> Vec<String> {
        self.principals_if(|principal| matches!(principal, Principal::OrganizationalUnit(_)))
    }

    #[getter]
    fn public(&self) -> bool {
        self.0.principals().contains(&Principal::Public)
    }

    #[getter]
    fn direction(&self) -> String {
        direction(&self.0)
    }

    #[getter]
    fn removal_limit<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Direction::Exactly { limit } = self.0.direction() else {
            return Ok(None);
        };
        match limit {
            RemovalLimit::Principals(most) => most.into_bound_py_any(py),
            RemovalLimit::Percent(percent) => format!("{percent}%").into_bound_py_any(py),
            RemovalLimit::Unlimited => "unlimited".into_bound_py_any(py),
        }
        .map(Some)
    }

    #[getter]
    fn snapshots(&self) -> String {
        word(&self.0.snapshots())
    }

    #[getter]
    fn key_access(&self) -> String {
        word(&self.0.key_access())
    }

    #[getter]
    fn key_cleanup(&self) -> String {
        word(&self.0.key_cleanup())
    }

    #[getter]
    fn key_principals(&self) -> Vec<String> {
        texts(self.0.key_principals())
    }

    #[getter]
    fn service_roles(&self) -> Vec<String> {
        texts(self.0.service_roles())
    }

    #[getter]
    fn unit_paths(&self) -> Vec<String> {
        texts(self.0.unit_paths())
    }

    #[getter]
    fn tags(&self) -> Tags {
        self.0.tags().clone()
    }

    #[getter]
    fn public_consent(&self) -> String {
        word(&self.0.public_consent())
    }

    #[getter]
    fn trusted_accounts(&self) -> Option<Vec<String>> {
        self.0.trusted().map(|trusted| texts(&trusted.accounts))
    }

    #[getter]
    fn trusted_organizations(&self) -> Option<Vec<String>> {
        let trusted = self.0.trusted();
        trusted.map(|trusted| texts(&trusted.organizations))
    }

    #[getter]
    fn entities_per_image(&self) -> usize {
        self.0.limits().entities_per_image
    }

    #[getter]
    fn public_images(&self) -> usize {
        self.0.limits().public_images
    }

    #[getter]
    fn launch_permissions_per_call(&self) -> usize {
        self.0.limits().launch_permissions_per_call
    }

    fn __repr__(&self) -> String {
        let images = self.0.images().iter().map(|(region, images)| {
            let images = short_list(images.iter());
            format!("{}: {images}", quoted(region.as_str()))
        });
        let images: Vec<String> = images.collect();
        format!(
            "ShareRequest(direction={}, images={{{}}}, principals={})",
            quoted(&self.direction()),
            images.join(", "),
            short_list(self.0.principals().iter())
        )
    }
}

impl ShareRequest {
    fn principals_if(&self, keep: impl Fn(&Principal) -> bool) -> Vec<String> {
        texts(self.0.principals().iter().filter(|p| keep(p)))
    }
}

value_methods!(ShareRequest);

/// `share`, `revoke` or `exactly`
pub(crate) fn direction(request: &CoreRequest) -> String {
    match request.direction() {
        Direction::Share => "share",
        Direction::Revoke => "revoke",
        Direction::Exactly { .. } => "exactly",
    }
    .into()
}
