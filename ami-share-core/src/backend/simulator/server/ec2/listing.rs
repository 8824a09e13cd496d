//! What the listings of EC2 have in common: filters and pages.

use super::super::super::call::Caller;
use super::super::super::ec2::{Filter, check_filters, is_tag_filter, unreadable};
use super::super::super::page::Place;
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::Params;
use super::super::xml::Element;

/// The bounds of `MaxResults`
const LEAST_RESULTS: usize = 5;
const MOST_RESULTS: usize = 1_000;

/// The parameter `Filter.N`; which filters are known, `known` says
pub(super) fn filters(
    params: &Params,
    is_known: impl Fn(&str) -> bool,
) -> Result<Vec<Filter>, Refusal> {
    let mut filters = Vec::new();
    for item in params.items("Filter") {
        item.only("Filter", &["Name", "Value"])?;
        // The text of a filter without a name is AWS's too.
        let name = item.optional("Name").unwrap_or("null");
        let values = item.texts("Value").into_iter().map(str::to_owned);
        filters.push(Filter::new(name, values.collect()));
    }
    check_filters(&filters, is_known)?;
    Ok(filters)
}

/// One of these filters, or one by a tag
pub(super) fn or_tag(known: &[&str]) -> impl Fn(&str) -> bool {
    move |name| known.contains(&name) || is_tag_filter(name)
}

/// The parameter `MaxResults`; what is over the bound gets as much as is within
pub(super) fn max_results(params: &Params) -> Result<Option<usize>, Refusal> {
    results_from(LEAST_RESULTS, params)
}

fn results_from(least: usize, params: &Params) -> Result<Option<usize>, Refusal> {
    match params.parsed::<usize>("MaxResults")? {
        Some(results) if results < least => Err(Refusal::new(
            "InvalidParameterValue",
            format!(
                "Value ( {results} ) for parameter maxResults is invalid. Expecting a value \
                 greater than {least}."
            ),
        )),
        results => Ok(results.map(|results| results.min(MOST_RESULTS))),
    }
}

/// The part of a listing that a call asks for
#[derive(Debug)]
pub(super) struct Paging {
    place: Place,
    most: usize,
}

impl Paging {
    /// By `MaxResults` and `NextToken`; `action` is the one that lists
    ///
    /// Without `MaxResults` everything is on one page, unless the world has smaller pages on purpose.
    pub(super) fn of(
        state: &State,
        caller: Caller<'_>,
        action: &str,
        params: &Params,
    ) -> Result<Self, Refusal> {
        Self::from(LEAST_RESULTS, state, caller, action, params)
    }

    /// The same where a page may have one item
    pub(super) fn of_any_size(
        state: &State,
        caller: Caller<'_>,
        action: &str,
        params: &Params,
    ) -> Result<Self, Refusal> {
        Self::from(1, state, caller, action, params)
    }

    fn from(
        least: usize,
        state: &State,
        caller: Caller<'_>,
        action: &str,
        params: &Params,
    ) -> Result<Self, Refusal> {
        let asked: Vec<(&str, Option<&Params>)> = params
            .names()
            .filter(|name| !["MaxResults", "NextToken"].contains(name))
            .map(|name| (name, params.below(name)))
            .collect();
        let query = (caller.account, caller.region, action, asked);
        Ok(Self {
            place: Place::of(&query, params.optional("NextToken")).map_err(unreadable)?,
            most: results_from(least, params)?
                .unwrap_or(usize::MAX)
                .min(state.page_limit()),
        })
    }

    /// One page of a listing in the order of its keys, as a list of that name and `nextToken`
    pub(super) fn page<T>(
        &self,
        name: &'static str,
        listing: impl IntoIterator<Item = (String, T)>,
        tell: impl Fn(T) -> Element,
    ) -> Vec<Element> {
        let page = self.place.page(listing, self.most);
        let mut fields = vec![Element::list(name, page.items.into_iter().map(tell))];
        fields.extend(
            page.next_token
                .map(|token| Element::text("nextToken", token)),
        );
        fields
    }
}
