//! Parameters, their versions, and how one is found.

use std::collections::BTreeMap;

use super::super::call::Caller;
use super::super::clock::Moment;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::name::{ParameterName, Selector, arn_of};
use crate::id::{AccountId, Region};

/// The parameters of all accounts
#[derive(Debug, Default)]
pub(crate) struct Parameters(BTreeMap<(Region, AccountId), BTreeMap<String, Parameter>>);

#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) tags: BTreeMap<String, String>,
    /// Never empty, the oldest first
    pub(super) versions: Vec<Version>,
}

/// What a parameter is, or was
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) number: u64,
    pub(crate) kind: ParameterKind,
    pub(crate) value: String,
    pub(crate) description: Option<String>,
    pub(crate) data_type: String,
    pub(crate) tier: Tier,
    pub(crate) modified: Moment,
    /// The ARN of who wrote it
    pub(crate) modified_by: String,
    pub(crate) labels: Vec<String>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ParameterKind {
    Text,
    TextList,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Tier {
    Standard,
    Advanced,
}

/// A version of a parameter, and the selector that it was asked for with
#[derive(Clone, Debug)]
pub(crate) struct Found<'a> {
    pub(crate) parameter: &'a Parameter,
    pub(crate) version: &'a Version,
    pub(crate) selector: Option<Selector>,
}

impl ParameterKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Text => "String",
            Self::TextList => "StringList",
        }
    }
}

impl Tier {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "Standard",
            Self::Advanced => "Advanced",
        }
    }
}

impl Parameter {
    /// The version that counts
    pub(crate) fn latest(&self) -> Option<&Version> {
        self.versions.last()
    }

    /// All versions that are kept, the oldest first
    pub(crate) fn history(&self) -> &[Version] {
        &self.versions
    }
}

#[cfg(feature = "simulator-server")]
impl Parameters {
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Region, AccountId, &Parameter)> {
        self.0.iter().flat_map(|((region, account), own)| {
            own.values()
                .map(move |parameter| (region, *account, parameter))
        })
    }

    /// Puts a parameter as it was
    pub(crate) fn restore(&mut self, region: &Region, account: AccountId, parameter: Parameter) {
        let own = self.0.entry((region.clone(), account)).or_default();
        own.insert(parameter.name.clone(), parameter);
    }
}

#[cfg(feature = "simulator-server")]
impl Parameter {
    /// With these versions, the oldest first, of which there is at least one
    pub(crate) fn restored(
        name: String,
        arn: String,
        tags: BTreeMap<String, String>,
        versions: Vec<Version>,
    ) -> Self {
        Self {
            name,
            arn,
            tags,
            versions,
        }
    }
}

impl Parameters {
    pub(crate) fn of(&self, caller: Caller<'_>) -> impl Iterator<Item = &Parameter> {
        let own = self.0.get(&(caller.region.clone(), caller.account));
        own.into_iter().flat_map(BTreeMap::values)
    }

    pub(super) fn own_mut(&mut self, caller: Caller<'_>) -> &mut BTreeMap<String, Parameter> {
        let at = (caller.region.clone(), caller.account);
        self.0.entry(at).or_default()
    }

    pub(crate) fn get(&self, caller: Caller<'_>, name: &str) -> Option<&Parameter> {
        let own = self.0.get(&(caller.region.clone(), caller.account))?;
        let bare = || own.get(name.strip_prefix('/')?);
        own.get(name).or_else(bare)
    }

    pub(super) fn get_mut(&mut self, caller: Caller<'_>, name: &str) -> Option<&mut Parameter> {
        let name = self.get(caller, name)?.name.clone();
        self.own_mut(caller).get_mut(&name)
    }
}

impl State {
    /// A parameter by its name or ARN and perhaps a selector, once the caller may do this to it
    pub(crate) fn find_parameter(
        &self,
        caller: Caller<'_>,
        action: &str,
        text: &str,
    ) -> Result<Found<'_>, Refusal> {
        let asked = ParameterName::parse(caller, text).ok_or_else(not_found)?;
        self.authorize(caller, action, &arn_of(caller, &asked.name), &[])?;
        let parameter = self.parameters.get(caller, &asked.name);
        let parameter = parameter.ok_or_else(not_found)?;
        let version = match &asked.selector {
            None => parameter.latest(),
            Some(Selector::Version(number)) => {
                let mut versions = parameter.versions.iter();
                versions.find(|version| version.number == *number)
            }
            Some(Selector::Label(label)) => {
                let mut versions = parameter.versions.iter();
                versions.find(|version| version.labels.contains(label))
            }
        };
        let version =
            version.ok_or_else(|| version_not_found(parameter, asked.selector.as_ref()))?;
        Ok(Found {
            parameter,
            version,
            selector: asked.selector,
        })
    }

    pub(crate) fn delete_parameter(
        &mut self,
        caller: Caller<'_>,
        text: &str,
    ) -> Result<(), Refusal> {
        let name = self
            .parameters
            .get(caller, text)
            .map(|own| own.name.clone());
        let name = name.ok_or_else(not_found)?;
        self.parameters.own_mut(caller).remove(&name);
        Ok(())
    }

    /// The tags of a parameter, to read or change
    pub(crate) fn parameter_tags(
        &mut self,
        caller: Caller<'_>,
        name: &str,
    ) -> Result<&mut BTreeMap<String, String>, Refusal> {
        match self.parameters.get_mut(caller, name) {
            Some(parameter) => Ok(&mut parameter.tags),
            None => Err(Refusal::new(
                "InvalidResourceId",
                "The resource ID isn't valid. Verify that you entered the correct ID and try again.",
            )),
        }
    }
}

pub(crate) fn not_found() -> Refusal {
    Refusal::new("ParameterNotFound", "")
}

pub(super) fn version_not_found(parameter: &Parameter, selector: Option<&Selector>) -> Refusal {
    let selector = selector.map(Selector::text).unwrap_or_default();
    Refusal::new(
        "ParameterVersionNotFound",
        format!(
            "Systems Manager could not find version {} of {}. Verify the version and try again.",
            selector.trim_start_matches(':'),
            parameter.name
        ),
    )
}
