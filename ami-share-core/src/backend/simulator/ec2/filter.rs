//! The filters that EC2's listings take.

use super::super::refusal::Refusal;
use super::pattern::matches_pattern;

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

    pub(crate) fn unknown(&self) -> Refusal {
        Refusal::new(
            "InvalidParameterValue",
            format!("The filter '{}' is invalid", self.name),
        )
    }
}

/// What is wrong with filters by themselves
pub(crate) fn check_filters(filters: &[Filter]) -> Result<(), Refusal> {
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
