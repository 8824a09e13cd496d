use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::call::Caller;
use super::super::iam::Identity;
use super::super::ssm::{Parameter, ParameterKind, Tier, Version, arn_of};
use super::super::state::State;
use super::is_default;
use super::loader::Loader;
use super::wrong::Wrong;
use crate::document::At;
use crate::id::Region;

/// A parameter of Systems Manager
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct ParameterFile {
    /// The account that it belongs to, by id or name
    owner: String,
    /// Its name, such as `/golden/latest`
    name: String,
    /// Its value, if it has one version
    #[serde(default, skip_serializing_if = "is_default")]
    value: Option<String>,
    /// Its versions, the oldest first
    #[serde(default, skip_serializing_if = "is_default")]
    versions: Vec<VersionFile>,
    /// Its tags
    #[serde(default, skip_serializing_if = "is_default")]
    tags: BTreeMap<String, String>,
}

/// One version of a parameter
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct VersionFile {
    /// Its number; one more than the one before if nothing is said
    #[serde(default, skip_serializing_if = "is_default")]
    number: Option<u64>,
    /// The value
    value: String,
    /// Whether it is a list of texts, `StringList`
    #[serde(default, skip_serializing_if = "is_default")]
    list: bool,
    /// What it is for
    #[serde(default, skip_serializing_if = "is_default")]
    description: Option<String>,
    /// `text` if nothing is said, or `aws:ec2:image`
    #[serde(default, skip_serializing_if = "is_default")]
    data_type: Option<String>,
    /// Whether it is of the advanced tier
    #[serde(default, skip_serializing_if = "is_default")]
    advanced: bool,
    /// When it was written
    #[serde(default, skip_serializing_if = "is_default")]
    modified: Option<String>,
    /// The ARN of who wrote it; the owner's root if nothing is said
    #[serde(default, skip_serializing_if = "is_default")]
    modified_by: Option<String>,
    /// Its labels
    #[serde(default, skip_serializing_if = "is_default")]
    labels: Vec<String>,
}

impl ParameterFile {
    pub(super) fn load(
        self,
        loader: &mut Loader,
        region: &Region,
        at: &At<'_>,
    ) -> Result<(), Wrong> {
        let owner = loader.account(&self.owner, &at.field("owner"))?;
        let mut files = self.versions;
        match self.value {
            Some(value) if files.is_empty() => files.push(VersionFile {
                value,
                ..VersionFile::default()
            }),
            None if !files.is_empty() => {}
            _ => {
                return Err(at
                    .field("name")
                    .wrong("a parameter has either a `value` or `versions`"));
            }
        }
        let identity = Identity::Root(owner);
        let caller = Caller {
            account: owner,
            region,
            identity: &identity,
        };
        let mut versions: Vec<Version> = Vec::new();
        for (index, file) in files.into_iter().enumerate() {
            let at = at.field("versions");
            let at = at.item(index);
            let before = versions.last().map_or(0, |version| version.number);
            let number = file.number.unwrap_or(before + 1);
            if number <= before {
                return Err(at
                    .field("number")
                    .wrong("the versions are not in the order of their numbers"));
            }
            versions.push(Version {
                number,
                kind: if file.list {
                    ParameterKind::TextList
                } else {
                    ParameterKind::Text
                },
                value: file.value,
                description: file.description,
                data_type: file.data_type.unwrap_or_else(|| "text".to_owned()),
                tier: if file.advanced {
                    Tier::Advanced
                } else {
                    Tier::Standard
                },
                modified: loader.moment(file.modified.as_deref(), &at.field("modified"))?,
                modified_by: file
                    .modified_by
                    .unwrap_or_else(|| identity.caller().to_string()),
                labels: file.labels,
            });
        }
        let arn = arn_of(caller, &self.name);
        let parameter = Parameter::restored(self.name, arn, self.tags, versions);
        loader.state.parameters.restore(region, owner, parameter);
        Ok(())
    }
}

impl VersionFile {
    fn of(version: &Version) -> Self {
        Self {
            number: Some(version.number),
            value: version.value.clone(),
            list: version.kind == ParameterKind::TextList,
            description: version.description.clone(),
            data_type: Some(version.data_type.clone()),
            advanced: version.tier == Tier::Advanced,
            modified: Some(version.modified.iso_8601()),
            modified_by: Some(version.modified_by.clone()),
            labels: version.labels.clone(),
        }
    }
}

pub(super) fn saved(state: &State, region: &Region) -> Vec<ParameterFile> {
    let all = state.parameters.all().filter(|(of, ..)| *of == region);
    all.map(|(_, owner, parameter)| ParameterFile {
        owner: owner.to_string(),
        name: parameter.name.clone(),
        value: None,
        versions: parameter.history().iter().map(VersionFile::of).collect(),
        tags: parameter.tags.clone(),
    })
    .collect()
}
