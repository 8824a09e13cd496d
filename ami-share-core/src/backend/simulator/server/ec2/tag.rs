//! Tags: their own actions, and the tags that other actions put on what they make.

use std::collections::BTreeMap;

use super::super::super::ec2::check_tags;
use super::super::super::refusal::Refusal;
use super::super::params::Params;
use super::super::service::QueryAction;
use super::super::xml::Element;
use crate::resource::Tags;

pub(crate) const ACTIONS: &[QueryAction] = &[];

/// The parameter `TagSpecification.N`: the tags for each type of resource that an action makes
///
/// The texts are AWS's, except for that of a type which is named twice.
pub(crate) fn tag_specifications(
    params: &Params,
    allowed_types: &[&'static str],
) -> Result<BTreeMap<&'static str, Tags>, Refusal> {
    let mut by_type = BTreeMap::new();
    for item in params.items("TagSpecification") {
        let Some(name) = item.text("ResourceType").filter(|name| !name.is_empty()) else {
            return Err(invalid("Tag specification resource type must have a value"));
        };
        let Some(kind) = allowed_types.iter().find(|allowed| **allowed == name) else {
            return Err(invalid(format!(
                "'{name}' is not a valid taggable resource type for this operation."
            )));
        };
        let tags = tags(item)?;
        if tags.is_empty() {
            return Err(invalid("Tag specification must have at least one tag"));
        }
        check_tags(&tags)?;
        if by_type.insert(*kind, tags).is_some() {
            return Err(invalid(format!(
                "The resource type '{name}' is in more than one tag specification."
            )));
        }
    }
    Ok(by_type)
}

/// The parameter `Tag.N`; a tag without a value has an empty one
pub(crate) fn tags(params: &Params) -> Result<Tags, Refusal> {
    let mut tags = Tags::new();
    for item in params.items("Tag") {
        let key = item.text("Key").unwrap_or_default();
        let value = item.text("Value").unwrap_or_default();
        if tags.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(invalid(format!("Duplicate tag key '{key}' specified.")));
        }
    }
    Ok(tags)
}

/// The tags of a resource in an answer
pub(crate) fn tag_set(tags: &Tags) -> Element {
    let items = tags.iter().map(|(key, value)| {
        Element::item(vec![
            Element::text("key", key.clone()),
            Element::text("value", value.clone()),
        ])
    });
    Element::list("tagSet", items)
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidParameterValue", message)
}
