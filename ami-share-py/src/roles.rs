//! `Roles`: by which role each account is reached.

use std::collections::BTreeMap;
use std::time::Duration;

use ami_share_core as core;
use ami_share_core::id::{AccountId, IamPrincipalArn};
use ami_share_core::request::RequestError;
use ami_share_core::resource::Tags;
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use crate::argument::{Texts, ids};
use crate::reason::WrittenProblem;
use crate::recipient::finished;
use crate::value::{quoted, value_methods};

/// By which role each account is reached
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Roles(pub(crate) CheckedRoles);

/// Roles as they are written down, with the core's of them
#[derive(Clone, Deserialize, PartialEq, Serialize)]
#[serde(try_from = "WrittenRoles", into = "WrittenRoles")]
pub(crate) struct CheckedRoles {
    written: WrittenRoles,
    core: core::Roles,
}

/// The external id is in the written form, and never shown
#[derive(Clone, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct WrittenRoles {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    template: Option<String>,
    #[serde(default)]
    roles: BTreeMap<AccountId, IamPrincipalArn>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    session_name: String,
    #[serde(default)]
    session_tags: Tags,
    duration_seconds: u64,
}

impl std::fmt::Debug for CheckedRoles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.core.fmt(f)
    }
}

impl CheckedRoles {
    pub(crate) fn to_core(&self) -> core::Roles {
        self.core.clone()
    }
}

impl TryFrom<WrittenRoles> for CheckedRoles {
    type Error = RequestError;

    fn try_from(written: WrittenRoles) -> Result<Self, RequestError> {
        let mut core = core::Roles::builder()
            .session_name(written.session_name.as_str())
            .duration(Duration::from_secs(written.duration_seconds));
        if let Some(template) = &written.template {
            core = core.template(template.as_str());
        }
        for (account, role) in &written.roles {
            core = core.role(*account, role.clone());
        }
        if let Some(id) = &written.external_id {
            core = core.external_id(id.as_str());
        }
        for (key, value) in &written.session_tags {
            core = core.session_tag(key.as_str(), value.as_str());
        }
        let core = core.build()?;
        Ok(Self { written, core })
    }
}

impl From<CheckedRoles> for WrittenRoles {
    fn from(roles: CheckedRoles) -> Self {
        roles.written
    }
}

#[pymethods]
impl Roles {
    #[new]
    #[pyo3(signature = (template=None, *, roles=None, external_id=None,
        session_name="ami-share", session_tags=None, duration=None))]
    fn new(
        template: Option<String>,
        roles: Option<BTreeMap<String, String>>,
        external_id: Option<String>,
        session_name: &str,
        session_tags: Option<Tags>,
        duration: Option<Duration>,
    ) -> PyResult<Self> {
        let mut problems = Vec::new();
        if template.is_none() && roles.as_ref().is_none_or(BTreeMap::is_empty) {
            let message = "no role is named: give `template`, or `roles` by account";
            problems.push(WrittenProblem::new("template", message));
        }
        let mut by_account = BTreeMap::new();
        for (account, role) in roles.unwrap_or_default() {
            let one = |text| Texts(vec![text]);
            let account: Vec<AccountId> = ids("roles", one(account), &mut problems);
            let role: Vec<IamPrincipalArn> = ids("roles", one(role), &mut problems);
            by_account.extend(account.into_iter().zip(role));
        }
        let written = WrittenRoles {
            template,
            roles: by_account,
            external_id,
            session_name: session_name.to_owned(),
            session_tags: session_tags.unwrap_or_default(),
            duration_seconds: duration.unwrap_or(core::Roles::DURATION).as_secs(),
        };
        finished(written.try_into(), problems).map(Self)
    }

    #[getter]
    fn template(&self) -> Option<&str> {
        self.0.written.template.as_deref()
    }

    #[getter]
    fn roles(&self) -> BTreeMap<String, String> {
        let roles = self.0.written.roles.iter();
        roles
            .map(|(account, role)| (account.to_string(), role.to_string()))
            .collect()
    }

    #[getter]
    fn session_name(&self) -> &str {
        &self.0.written.session_name
    }

    #[getter]
    fn session_tags(&self) -> Tags {
        self.0.written.session_tags.clone()
    }

    #[getter]
    fn duration(&self) -> Duration {
        Duration::from_secs(self.0.written.duration_seconds)
    }

    fn role_of(&self, account: &str) -> PyResult<Option<String>> {
        let account = crate::argument::named_id("account", account)?;
        let role = self.0.core.role_of(account);
        Ok(role.map(|role| role.arn.to_string()))
    }

    fn __repr__(&self) -> String {
        let template = self.template().map_or_else(|| "None".into(), quoted);
        let accounts = self.0.written.roles.len();
        let name = quoted(self.session_name());
        format!("Roles(template={template}, roles={accounts}, session_name={name})")
    }
}

value_methods!(Roles);
