//! What many listings of EC2 take: filters and pages.

use super::super::super::ec2::{Filter, check_filters};
use super::super::super::refusal::Refusal;
use super::super::params::{Params, invalid, missing};

/// The parameter `Filter.N`
pub(crate) fn filters(params: &Params) -> Result<Vec<Filter>, Refusal> {
    let mut filters = Vec::new();
    for item in params.items("Filter") {
        let name = item.text("Name").filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| missing("Filter.Name"))?;
        let values = item.texts("Value").into_iter().map(str::to_owned);
        filters.push(Filter::new(name, values.collect()));
    }
    check_filters(&filters)?;
    Ok(filters)
}

/// The parameter `MaxResults`, within the bounds of the operation
pub(crate) fn max_results(
    params: &Params,
    least: usize,
    most: usize,
) -> Result<Option<usize>, Refusal> {
    let Some(text) = params.text("MaxResults").filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let items: usize = text.parse().map_err(|_| invalid("maxResults", text))?;
    if (least..=most).contains(&items) {
        return Ok(Some(items));
    }
    Err(Refusal::new(
        "InvalidParameterValue",
        format!(
            "Value ( {items} ) for parameter maxResults is invalid. Expecting a value between \
             {least} and {most}."
        ),
    ))
}

/// The parameter `NextToken`, if it is given and not empty
pub(crate) fn next_token(params: &Params) -> Option<&str> {
    params.text("NextToken").filter(|token| !token.is_empty())
}
