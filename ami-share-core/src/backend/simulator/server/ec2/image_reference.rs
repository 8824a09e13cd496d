//! `DescribeImageReferences`.

use std::collections::BTreeSet;

use super::super::super::call::Caller;
use super::super::super::ec2::{ImageReference, REFERRING, ReferenceQuery};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::{Params, invalid, missing};
use super::super::service::{QueryAction, anything};
use super::super::xml::Element;
use super::id::parse_image_id;
use super::listing::Paging;

const NAME: &str = "DescribeImageReferences";

pub(crate) const ACTIONS: &[QueryAction] = &[QueryAction {
    name: NAME,
    takes: &[
        "ImageId",
        "IncludeAllResourceTypes",
        "MaxResults",
        "NextToken",
        "ResourceType",
    ],
    on: anything,
    run: describe,
}];

/// The most images of one call
const IMAGES: usize = 10;
const STATES: [&str; 6] = [
    "pending",
    "running",
    "shutting-down",
    "stopped",
    "stopping",
    "terminated",
];
const VERSIONS: std::ops::RangeInclusive<u32> = 1..=10_000;

fn describe(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let query = query(params)?;
    let paging = Paging::of(state, caller, NAME, params)?;
    let found = state.image_references(caller, &query)?.into_iter();
    let listing = found.map(|found| (format!("{} {}", found.image, found.arn), found));
    let mut listing: Vec<(String, ImageReference)> = listing.collect();
    listing.sort();
    Ok(paging.page("imageReferenceSet", listing, |found| {
        Element::item(vec![
            Element::text("imageId", found.image.to_string()),
            Element::text("resourceType", found.kind),
            Element::text("arn", found.arn),
        ])
    }))
}

/// The codes for what is missing or too much are not documented
fn query(params: &Params) -> Result<ReferenceQuery, Refusal> {
    let images = params.texts("ImageId").into_iter().map(parse_image_id);
    let images: BTreeSet<_> = images.collect::<Result<_, _>>()?;
    if images.is_empty() {
        return Err(missing("ImageId"));
    }
    if images.len() > IMAGES {
        return Err(Refusal::new(
            "InvalidParameterValue",
            format!("One call names at most {IMAGES} images."),
        ));
    }
    let mut query = ReferenceQuery {
        images,
        ..ReferenceQuery::default()
    };
    if params.flag("IncludeAllResourceTypes")? {
        query.kinds.extend(REFERRING);
    }
    for item in params.items("ResourceType") {
        read_kind(item, &mut query)?;
    }
    if query.kinds.is_empty() {
        return Err(missing("ResourceTypes"));
    }
    Ok(query)
}

fn read_kind(item: &Params, query: &mut ReferenceQuery) -> Result<(), Refusal> {
    const KIND: &str = "ResourceType";
    item.only(KIND, &[KIND, "ResourceTypeOption"])?;
    let name = item.required(KIND)?;
    let known = REFERRING.into_iter().find(|known| *known == name);
    query
        .kinds
        .insert(known.ok_or_else(|| invalid("resourceType", name))?);
    for option in item.items("ResourceTypeOption") {
        option.only("ResourceTypeOption", &["OptionName", "OptionValue"])?;
        let option_name = option.required("OptionName")?;
        for value in option.texts("OptionValue") {
            let is_known = match (name, option_name) {
                ("ec2:Instance", "state-name") => STATES.contains(&value),
                // There are no launch templates.
                ("ec2:LaunchTemplate", "version-depth") => {
                    value.parse().is_ok_and(|depth| VERSIONS.contains(&depth))
                }
                _ => return Err(invalid("optionName", option_name)),
            };
            if !is_known {
                return Err(invalid("optionValue", value));
            }
            if option_name == "state-name" {
                query.states.insert(value.to_owned());
            }
        }
    }
    Ok(())
}
