//! The filters that EC2's listings take.

use super::super::refusal::Refusal;
use super::pattern::matches_pattern;
use crate::resource::Tags;

/// The most values that the filters of one call have together
const VALUES_IN_CALL: usize = 200;

/// One filter: what it names has to match one of its values
///
/// A value may have the wildcards `*` and `?`; a backslash takes their meaning away.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Filter {
    pub(crate) name: String,
    pub(crate) values: Vec<String>,
}

impl Filter {
    pub(crate) fn new(name: impl Into<String>, values: Vec<String>) -> Self {
        Self {
            name: name.into(),
            values,
        }
    }

    /// Whether one of the things that there are matches one of the values
    pub(crate) fn matches<T: AsRef<str>>(&self, there_are: impl IntoIterator<Item = T>) -> bool {
        there_are.into_iter().any(|thing| {
            let mut values = self.values.iter();
            values.any(|value| matches_pattern(value, thing.as_ref()))
        })
    }

    /// The values, if none of them has a wildcard
    pub(crate) fn exact_values(&self) -> Option<&[String]> {
        let is_exact = |value: &String| !value.contains(['*', '?', '\\']);
        self.values.iter().all(is_exact).then_some(&self.values)
    }
}

/// Whether all filters match; `there_is` gives what the thing has for the name of a filter
pub(crate) fn all_match<T: AsRef<str>>(
    filters: &[Filter],
    there_is: impl Fn(&str) -> Vec<T>,
) -> bool {
    filters
        .iter()
        .all(|filter| filter.matches(there_is(&filter.name)))
}

/// Whether it is `tag:<key>`
pub(crate) fn is_tag_filter(name: &str) -> bool {
    name.strip_prefix("tag:").is_some_and(|key| !key.is_empty())
}

/// What tags have for the filters `tag-key` and `tag:<key>`; nothing for another filter
pub(crate) fn tag_values(tags: &Tags, filter: &str) -> Vec<String> {
    match filter.strip_prefix("tag:") {
        Some(key) => tags.get(key).cloned().into_iter().collect(),
        None if filter == "tag-key" => tags.keys().cloned().collect(),
        None => Vec::new(),
    }
}

/// What is wrong with filters by themselves
pub(crate) fn check_filters(
    filters: &[Filter],
    is_known: impl Fn(&str) -> bool,
) -> Result<(), Refusal> {
    if let Some(unknown) = filters.iter().find(|filter| !is_known(&filter.name)) {
        return Err(Refusal::new(
            "InvalidParameterValue",
            format!("The filter '{}' is invalid", unknown.name),
        ));
    }
    let values: usize = filters.iter().map(|filter| filter.values.len()).sum();
    if values > VALUES_IN_CALL {
        return Err(Refusal::new(
            "FilterLimitExceeded",
            format!(
                "The maximum number of filter values specified on a single call is {VALUES_IN_CALL}"
            ),
        ));
    }
    match filters.iter().find(|filter| filter.values.is_empty()) {
        // The code and the text are not documented.
        Some(empty) => Err(Refusal::new(
            "InvalidParameterValue",
            format!("The filter '{}' has no values", empty.name),
        )),
        None => Ok(()),
    }
}
