//! Which parameters a listing is asked for.

use serde::Deserialize;

use super::super::super::refusal::Refusal;
use super::super::super::ssm::{Parameter, Version};

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Filter {
    key: String,
    option: Option<String>,
    #[serde(default)]
    values: Vec<String>,
}

impl Filter {
    /// Refuses a filter that there is not
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let options: &[&str] = match self.key.as_str() {
            "Name" => &["Equals", "BeginsWith", "Contains"],
            "Path" => &["OneLevel", "Recursive"],
            "Type" | "Tier" | "DataType" | "Label" => &["Equals"],
            key if key.starts_with("tag:") => &["Equals"],
            key => {
                return Err(Refusal::new(
                    "InvalidFilterKey",
                    format!("The specified key isn't valid: {key}"),
                ));
            }
        };
        match &self.option {
            Some(option) if !options.contains(&option.as_str()) => Err(Refusal::new(
                "InvalidFilterOption",
                format!(
                    "The following filter option is not valid: {option}. Valid options include: [{}].",
                    options.join(", ")
                ),
            )),
            _ if self.values.is_empty() && !self.key.starts_with("tag:") => Err(Refusal::new(
                "InvalidFilterValue",
                "The filter value isn't valid. Verify the value and try again.",
            )),
            _ => Ok(()),
        }
    }

    fn passes(&self, parameter: &Parameter, version: &Version) -> bool {
        let option = self.option.as_deref();
        let any = |holds: &dyn Fn(&str) -> bool| self.values.iter().any(|value| holds(value));
        match self.key.as_str() {
            "Name" => any(&|value| match option {
                Some("BeginsWith") => parameter.name.starts_with(value),
                Some("Contains") => parameter.name.contains(value),
                _ => parameter.name == value,
            }),
            "Path" => any(&|value| {
                let path = format!("{}/", value.trim_end_matches('/'));
                let rest = parameter.name.strip_prefix(&path);
                rest.is_some_and(|rest| option == Some("Recursive") || !rest.contains('/'))
            }),
            "Type" => any(&|value| version.kind.as_str() == value),
            "Tier" => any(&|value| version.tier.as_str() == value),
            "DataType" => any(&|value| version.data_type == value),
            "Label" => any(&|value| version.labels.iter().any(|label| label == value)),
            key => {
                let key = key.strip_prefix("tag:").unwrap_or_default();
                let tag = parameter.tags.get(key);
                tag.is_some_and(|tag| self.values.is_empty() || self.values.contains(tag))
            }
        }
    }
}

/// Whether the parameter is one that all filters ask for
pub(super) fn passes(
    parameter: &Parameter,
    version: &Version,
    filters: &[Filter],
) -> Result<bool, Refusal> {
    filters.iter().try_for_each(Filter::check)?;
    Ok(filters
        .iter()
        .all(|filter| filter.passes(parameter, version)))
}
