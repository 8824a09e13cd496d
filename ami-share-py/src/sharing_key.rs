//! `SharingKey`: a new key for images that are to be shared.

use std::collections::BTreeSet;

use ami_share_core::Principal;
use ami_share_core::id::{AccountId, OrganizationalUnitPath, Region};
use ami_share_core::request::{self, RequestError};
use ami_share_core::resource::Tags;
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use crate::argument::{Texts, ids};
use crate::error;
use crate::reason::WrittenProblem;
use crate::value::{quoted, short_list, texts, value_methods};

/// A new customer managed key for images that are to be shared
#[pyclass(frozen, eq, module = "ami_share")]
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SharingKey(pub(crate) CheckedKey);

/// A key as it is written down, with the core's of it
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(try_from = "WrittenKey", into = "WrittenKey")]
pub(crate) struct CheckedKey {
    written: WrittenKey,
    core: request::SharingKey,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct WrittenKey {
    region: Region,
    owner: AccountId,
    alias: String,
    #[serde(default)]
    principals: BTreeSet<Principal>,
    #[serde(default)]
    unit_paths: BTreeSet<OrganizationalUnitPath>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    multi_region: bool,
    #[serde(default)]
    tags: Tags,
}

impl CheckedKey {
    pub(crate) fn to_core(&self) -> &request::SharingKey {
        &self.core
    }
}

impl TryFrom<WrittenKey> for CheckedKey {
    type Error = RequestError;

    fn try_from(written: WrittenKey) -> Result<Self, RequestError> {
        let alias = written.alias.as_str();
        let mut core = request::SharingKey::new(&written.region, written.owner, alias)?
            .description(written.description.as_str());
        for principal in &written.principals {
            core = core.principal(principal.clone())?;
        }
        for path in &written.unit_paths {
            core = core.unit_path(path.clone())?;
        }
        if written.multi_region {
            core = core.multi_region();
        }
        for (name, value) in &written.tags {
            core = core.tag(name, value);
        }
        Ok(Self { written, core })
    }
}

impl From<CheckedKey> for WrittenKey {
    fn from(key: CheckedKey) -> Self {
        key.written
    }
}

#[pymethods]
impl SharingKey {
    #[new]
    #[pyo3(signature = (*, region, owner, alias, accounts=None, organizations=None,
        organizational_units=None, principals=None, unit_paths=None, description="",
        multi_region=false, tags=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        region: String,
        owner: String,
        alias: String,
        accounts: Option<Texts>,
        organizations: Option<Texts>,
        organizational_units: Option<Texts>,
        principals: Option<Texts>,
        unit_paths: Option<Texts>,
        description: &str,
        multi_region: bool,
        tags: Option<Tags>,
    ) -> PyResult<Self> {
        let mut problems = Vec::new();
        let one = |text| Texts(vec![text]);
        let region: Vec<Region> = ids("region", one(region), &mut problems);
        let owner: Vec<AccountId> = ids("owner", one(owner), &mut problems);
        let mut named = BTreeSet::new();
        let mut add = |field, texts: Option<Texts>| {
            let found: Vec<Principal> = ids(field, texts.unwrap_or_default(), &mut problems);
            named.extend(found);
        };
        add("accounts", accounts);
        add("organizations", organizations);
        add("organizational_units", organizational_units);
        add("principals", principals);
        let unit_paths = ids("unit_paths", unit_paths.unwrap_or_default(), &mut problems);
        let (Some(region), Some(owner), true) = (
            region.into_iter().next(),
            owner.into_iter().next(),
            problems.is_empty(),
        ) else {
            return Err(error::invalid_request(problems));
        };
        let written = WrittenKey {
            region,
            owner,
            alias,
            principals: named,
            unit_paths,
            description: description.to_owned(),
            multi_region,
            tags: tags.unwrap_or_default(),
        };
        let checked = CheckedKey::try_from(written).map_err(|wrong| {
            let problems = wrong.problems().iter().map(WrittenProblem::from);
            error::invalid_request(problems.collect())
        })?;
        Ok(Self(checked))
    }

    #[getter]
    fn region(&self) -> &str {
        self.0.written.region.as_str()
    }

    #[getter]
    fn owner(&self) -> String {
        self.0.written.owner.to_string()
    }

    #[getter]
    fn alias(&self) -> &str {
        &self.0.written.alias
    }

    #[getter]
    fn principals(&self) -> Vec<String> {
        texts(&self.0.written.principals)
    }

    #[getter]
    fn unit_paths(&self) -> Vec<String> {
        texts(&self.0.written.unit_paths)
    }

    #[getter]
    fn description(&self) -> &str {
        &self.0.written.description
    }

    #[getter]
    fn multi_region(&self) -> bool {
        self.0.written.multi_region
    }

    #[getter]
    fn tags(&self) -> Tags {
        self.0.written.tags.clone()
    }

    fn __repr__(&self) -> String {
        format!(
            "SharingKey(region={}, owner={}, alias={}, principals={})",
            quoted(self.region()),
            quoted(&self.owner()),
            quoted(self.alias()),
            short_list(self.0.written.principals.iter())
        )
    }
}

value_methods!(SharingKey);
