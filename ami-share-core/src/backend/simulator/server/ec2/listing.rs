//! What the listings of EC2 have in common: filters, and pages whose tokens belong to their query.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::super::super::call::Caller;
use super::super::super::ec2::matches_pattern;
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::{Params, invalid, missing};
use super::super::xml::Element;
use crate::resource::Tags;

/// The most values of all filters of a call
const VALUES_IN_CALL: usize = 200;
/// The bounds of `MaxResults`
const LEAST_RESULTS: usize = 5;
const MOST_RESULTS: usize = 1_000;

/// The parameter `Filter.N`: all have to match, each by any of its values
#[derive(Debug)]
pub(crate) struct Filters<'a>(Vec<(&'a str, Vec<&'a str>)>);

impl<'a> Filters<'a> {
    /// `known` are the filters that can be answered; `tag:` stands for every name that starts so
    pub(crate) fn of(params: &'a Params, known: &[&str]) -> Result<Self, Refusal> {
        let mut filters = Vec::new();
        for item in params.items("Filter") {
            only("Filter", item, &["Name", "Value"])?;
            // The code and the text are AWS's.
            let name = item.text("Name").unwrap_or("null");
            let is_known =
                known.contains(&name) || name.starts_with("tag:") && known.contains(&"tag:");
            if !is_known {
                return Err(Refusal::new(
                    "InvalidParameterValue",
                    format!("The filter '{name}' is invalid"),
                ));
            }
            let values = item.texts("Value");
            if values.is_empty() {
                // Not documented.
                return Err(missing(&format!("the values of the filter '{name}'")));
            }
            filters.push((name, values));
        }
        let values: usize = filters.iter().map(|(_, values)| values.len()).sum();
        if values > VALUES_IN_CALL {
            return Err(Refusal::new(
                "FilterLimitExceeded",
                format!(
                    "The maximum number of filter values specified on a single call is \
                     {VALUES_IN_CALL}"
                ),
            ));
        }
        Ok(Self(filters))
    }

    /// Whether all filters match; `values` are those of the thing for the name of a filter
    pub(crate) fn admit<T: AsRef<str>>(&self, values: impl Fn(&str) -> Vec<T>) -> bool {
        self.0.iter().all(|(name, wanted)| {
            let values = values(name);
            wanted.iter().any(|pattern| {
                values
                    .iter()
                    .any(|value| matches_pattern(pattern, value.as_ref()))
            })
        })
    }
}

/// The values that tags have for the filters `tag-key` and `tag:<key>`; none for another filter
pub(crate) fn tag_values(tags: &Tags, filter: &str) -> Vec<String> {
    match filter.strip_prefix("tag:") {
        Some(key) => tags.get(key).cloned().into_iter().collect(),
        None if filter == "tag-key" => tags.keys().cloned().collect(),
        None => Vec::new(),
    }
}

/// Refuses what stands below a parameter without being looked at
pub(crate) fn only(name: &str, params: &Params, known: &[&str]) -> Result<(), Refusal> {
    match params.names().find(|below| !known.contains(below)) {
        Some(unknown) => Err(Refusal::new(
            "UnknownParameter",
            format!("The parameter {name}.{unknown} is not recognized"),
        )),
        None => Ok(()),
    }
}

/// The place in a listing that a call asks for
#[derive(Debug)]
pub(crate) struct Paging {
    /// What tells the query from others
    query: String,
    /// Where the page before ended
    after: Option<String>,
    results: usize,
}

impl Paging {
    /// By `MaxResults` and `NextToken`; `action` is the one that lists
    ///
    /// Without `MaxResults` a page is as long as the world has it.
    pub(crate) fn of(
        state: &State,
        caller: Caller<'_>,
        action: &str,
        params: &Params,
    ) -> Result<Self, Refusal> {
        let most = match params.parsed::<usize>("MaxResults")? {
            Some(results) if results < LEAST_RESULTS => {
                return Err(Refusal::new(
                    "InvalidParameterValue",
                    format!(
                        "Value ( {results} ) for parameter maxResults is invalid. Expecting a \
                         value greater than {LEAST_RESULTS}."
                    ),
                ));
            }
            // What is over the bound gets as much as is within.
            Some(results) => results.min(MOST_RESULTS),
            None => MOST_RESULTS,
        };
        let mut hasher = DefaultHasher::new();
        (caller.account, caller.region.as_str(), action).hash(&mut hasher);
        hash(params, 0, &mut hasher);
        let query = format!("{:016x}", hasher.finish());
        let after = match params.text("NextToken").filter(|token| !token.is_empty()) {
            Some(token) => match token.strip_prefix(&query) {
                Some(after) if !after.is_empty() => Some(after.to_owned()),
                _ => {
                    return Err(Refusal::new(
                        // That AWS refuses the token of another query with this code too is not
                        // documented.
                        "InvalidParameterValue",
                        "Unable to parse pagination token",
                    ));
                }
            },
            None => None,
        };
        Ok(Self {
            query,
            after,
            results: most.min(state.page_size),
        })
    }

    /// One page of a listing in the order of its keys, as a list of that name and `nextToken`
    pub(crate) fn page<T>(
        &self,
        name: &'static str,
        listing: impl Iterator<Item = (String, T)>,
        tell: impl Fn(T) -> Element,
    ) -> Vec<Element> {
        let mut listing = listing
            .skip_while(|(key, _)| self.after.as_ref().is_some_and(|after| key <= after))
            .peekable();
        let mut last = None;
        let mut items = Vec::new();
        for (key, thing) in listing.by_ref().take(self.results) {
            last = Some(key);
            items.push(tell(thing));
        }
        let mut fields = vec![Element::list(name, items)];
        if let (Some(last), Some(_)) = (last, listing.peek()) {
            fields.push(Element::text("nextToken", format!("{}{last}", self.query)));
        }
        fields
    }
}

fn hash(params: &Params, depth: usize, hasher: &mut DefaultHasher) {
    params.value().hash(hasher);
    for name in params.names() {
        if depth == 0 && ["NextToken", "MaxResults"].contains(&name) {
            continue;
        }
        (depth, name).hash(hasher);
        if let Some(below) = params.below(name) {
            hash(below, depth + 1, hasher);
        }
    }
}

/// A parameter that is `true`, `false`, or not given
pub(crate) fn optional_flag(params: &Params, name: &str) -> Result<Option<bool>, Refusal> {
    match params.text(name).filter(|text| !text.is_empty()) {
        Some(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Some(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
        Some(text) => Err(invalid(name, text)),
        None => Ok(None),
    }
}

/// A text that is not empty
pub(crate) fn optional<'a>(params: &'a Params, name: &str) -> Option<&'a str> {
    params.text(name).filter(|text| !text.is_empty())
}

/// The answer of an action that says nothing but that it was done
pub(crate) fn done() -> Vec<Element> {
    vec![Element::flag("return", true)]
}
