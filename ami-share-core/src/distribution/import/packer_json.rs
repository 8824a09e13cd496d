use std::collections::BTreeMap;

use serde_json::Value;

use super::super::error::DistributionError;
use super::field::{Budget, Field};
use super::packer::Source;

/// The builders of a template in JSON, with the variables in their place that have a literal default
pub(super) fn sources(text: &str) -> Result<Vec<Source>, DistributionError> {
    let template = super::json(text, "give a Packer template in JSON, or in HCL")?;
    let none = |_: &str| None;
    let variables: BTreeMap<&str, Field> = template
        .get("variables")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, default)| (name.as_str(), Field::of_json(default, &none)))
        .filter(|(_, default)| default.text().is_ok())
        .collect();
    let budget = Budget::default();
    let words = |word: &str| {
        let name = word
            .strip_prefix("user")?
            .trim()
            .trim_matches(['`', '"', '\'']);
        variables.get(name).map(|field| budget.copy(field))
    };
    let builders = template.get("builders").and_then(Value::as_array);
    Ok(builders
        .into_iter()
        .flatten()
        .enumerate()
        .map(|(index, builder)| Source {
            at: format!("builders[{index}]"),
            kind: builder
                .get("type")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            fields: Field::of_json(builder, &words),
        })
        .collect())
}
