//! Tags: their own actions, and the tags that other actions put on what they make.

use std::collections::BTreeMap;

use super::super::super::call::Caller;
use super::super::super::ec2::{Taggable, TagsToDelete, all_match, arn, check_tags};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::Params;
use super::super::service::{QueryAction, anything};
use super::super::xml::Element;
use super::done;
use super::listing::{Paging, filters, or_tag};
use crate::resource::Tags;

pub(crate) const ACTIONS: &[QueryAction] = &[
    QueryAction {
        name: "CreateTags",
        takes: &["ResourceId", "Tag"],
        on: arns,
        run: |state, caller, params| {
            let tags = tags(params)?;
            state.create_tags(caller, &resources(params)?, &tags)?;
            Ok(done())
        },
    },
    QueryAction {
        name: "DeleteTags",
        takes: &["ResourceId", "Tag"],
        on: arns,
        run: |state, caller, params| {
            let tags = tags_to_delete(params)?;
            state.delete_tags_by_key(caller, &resources(params)?, &tags)?;
            Ok(done())
        },
    },
    QueryAction {
        name: "DescribeTags",
        takes: &["Filter", "MaxResults", "NextToken"],
        on: anything,
        run: describe,
    },
];

fn resources(params: &Params) -> Result<Vec<Taggable>, Refusal> {
    let texts = params.texts("ResourceId").into_iter();
    texts
        .map(|text| {
            Taggable::parse(text)
                .ok_or_else(|| Refusal::new("InvalidID", format!("The ID '{text}' is not valid")))
        })
        .collect()
}

fn arns(caller: Caller<'_>, params: &Params) -> Vec<String> {
    let Ok(resources) = resources(params) else {
        return anything(caller, params);
    };
    resources
        .iter()
        .map(|resource| {
            let own = Some(caller.account);
            let (account, kind) = match resource {
                Taggable::Image(_) => (None, "image"),
                Taggable::Snapshot(_) => (None, "snapshot"),
                Taggable::Volume(_) => (own, "volume"),
                Taggable::Instance(_) => (own, "instance"),
            };
            arn(caller.region, account, kind, resource.as_str())
        })
        .collect()
}

/// A key without a value stands for every value; one with an empty value for that value alone
fn tags_to_delete(params: &Params) -> Result<TagsToDelete, Refusal> {
    let mut tags = TagsToDelete::new();
    for item in params.items("Tag") {
        item.only("Tag", &["Key", "Value"])?;
        let key = item.text("Key").unwrap_or_default();
        let value = item.text("Value").map(str::to_owned);
        if tags.insert(key.to_owned(), value).is_some() {
            return Err(invalid(format!("Duplicate tag key '{key}' specified.")));
        }
    }
    Ok(tags)
}

fn describe(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    const FILTERS: [&str; 4] = ["key", "resource-id", "resource-type", "value"];
    let filters = filters(params, or_tag(&FILTERS))?;
    let paging = Paging::of(state, caller, "DescribeTags", params)?;
    let mut listing = Vec::new();
    for (id, kind, tags) in state.all_tags(caller) {
        for (key, value) in tags {
            let is_asked_for = all_match(&filters, |filter| match filter {
                "key" => vec![key.as_str()],
                "resource-id" => vec![id],
                "resource-type" => vec![kind],
                "value" => vec![value.as_str()],
                other if other.strip_prefix("tag:") == Some(key.as_str()) => vec![value.as_str()],
                _ => Vec::new(),
            });
            if is_asked_for {
                let place = format!("{id}/{key}");
                listing.push((place, (id, kind, key, value)));
            }
        }
    }
    listing.sort();
    let item = |(id, kind, key, value): (&str, &'static str, String, String)| {
        Element::item(vec![
            Element::text("resourceId", id.to_owned()),
            Element::text("resourceType", kind),
            Element::text("key", key),
            Element::text("value", value),
        ])
    };
    Ok(paging.page("tagSet", listing.into_iter(), item))
}

/// The tags of an action that makes one kind of resource
pub(crate) fn one_kind(params: &Params, kind: &'static str) -> Result<Tags, Refusal> {
    let mut by_type = tag_specifications(params, &[kind])?;
    Ok(by_type.remove(kind).unwrap_or_default())
}

/// Who tags what it makes has to be allowed to tag, too
pub(crate) fn authorize_tagging(
    state: &State,
    caller: Caller<'_>,
    action: &str,
    arn: &str,
    tags: &Tags,
) -> Result<(), Refusal> {
    if tags.is_empty() {
        return Ok(());
    }
    state.authorize(
        caller,
        "ec2:CreateTags",
        arn,
        &[("ec2:CreateAction", action)],
    )
}

/// The parameter `TagSpecification.N`: the tags for each type of resource that an action makes
///
/// The texts are AWS's, except for that of a type which is named twice.
pub(crate) fn tag_specifications(
    params: &Params,
    allowed_types: &[&'static str],
) -> Result<BTreeMap<&'static str, Tags>, Refusal> {
    let mut by_type = BTreeMap::new();
    for item in params.items("TagSpecification") {
        item.only("TagSpecification", &["ResourceType", "Tag"])?;
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
        item.only("Tag", &["Key", "Value"])?;
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
