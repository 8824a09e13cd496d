//! `ServiceLinkedRoleRequest` and its report: grants for roles of services in recipients.

use ami_share_core::outcome;
use ami_share_core::report::html;
use ami_share_core::request;
use pyo3::prelude::*;

use super::named::{accounts, all, finished, named_getters, named_images, with_images};
use super::outcome::outcome_getters;
use crate::argument::Texts;
use crate::policy::service_roles;
use crate::value::{
    ended_getters, id_getters, printed_methods, quoted, short_list, texts, value_methods,
};

/// Grants by which services of recipients get at encrypted images
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ServiceLinkedRoleRequest(pub(crate) request::ServiceLinkedRoleRequest);

#[pymethods]
impl ServiceLinkedRoleRequest {
    #[new]
    #[pyo3(signature = (*, images, accounts, service_roles, region=None, diagnose=false))]
    fn new(
        images: &Bound<'_, PyAny>,
        accounts: Texts,
        service_roles: Texts,
        region: Option<String>,
        diagnose: bool,
    ) -> PyResult<Self> {
        let mut problems = Vec::new();
        let accounts = self::accounts(Some(accounts), &mut problems);
        let roles = self::service_roles(service_roles, &mut problems);
        let builder = request::ServiceLinkedRoleRequest::builder()
            .accounts(accounts)
            .service_roles(roles)
            .diagnose(diagnose);
        let builder = with_images!(builder, named_images(region, images, &mut problems)?);
        finished(builder.build(), problems).map(Self)
    }

    #[getter]
    fn service_roles(&self) -> Vec<String> {
        texts(self.0.service_roles())
    }

    #[getter]
    fn diagnose(&self) -> bool {
        self.0.diagnoses()
    }

    fn __repr__(&self) -> String {
        format!(
            "ServiceLinkedRoleRequest(images={}, accounts={}, service_roles={})",
            short_list(all(self.0.images())),
            short_list(self.0.accounts().iter()),
            short_list(self.0.service_roles().iter())
        )
    }
}

/// What became of the grants for the roles of services
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ServiceLinkedRoleReport(pub(crate) outcome::ServiceLinkedRoleReport);

#[pymethods]
impl ServiceLinkedRoleReport {
    #[getter]
    fn grants(&self) -> Vec<ServiceRoleGrant> {
        let grants = self.0.grants().iter().cloned();
        grants.map(ServiceRoleGrant).collect()
    }

    fn __repr__(&self) -> String {
        format!("ServiceLinkedRoleReport(grants={})", self.0.grants().len())
    }
}

/// What became of one grant
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Debug, PartialEq)]
pub(crate) struct ServiceRoleGrant(outcome::ServiceRoleGrant);

#[pymethods]
impl ServiceRoleGrant {
    #[getter]
    fn key(&self) -> &str {
        self.0.key.as_str()
    }

    #[getter]
    fn role(&self) -> String {
        self.0.role.to_string()
    }

    #[getter]
    fn grantee(&self) -> &str {
        &self.0.grantee
    }

    #[getter]
    fn statement(&self) -> Option<&str> {
        self.0.statement.as_deref()
    }

    fn __repr__(&self) -> String {
        format!(
            "ServiceRoleGrant(account={}, role={}, key={}, outcome={})",
            quoted(&self.account()),
            quoted(&self.role()),
            quoted(self.key()),
            quoted(&super::outcome::word(&self.0.outcome).unwrap_or_default())
        )
    }
}

outcome_getters!(ServiceRoleGrant);
named_getters!(ServiceLinkedRoleRequest);
value_methods!(ServiceLinkedRoleRequest);
ended_getters!(ServiceLinkedRoleReport);
value_methods!(ServiceLinkedRoleReport);
printed_methods!(ServiceLinkedRoleReport, html::service_linked_roles);
id_getters!(ServiceRoleGrant, region, account);
value_methods!(ServiceRoleGrant);
