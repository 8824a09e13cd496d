//! The filters that EC2's listings take.

use super::super::refusal::Refusal;

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
            values.any(|value| matches(value, thing.as_ref()))
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

#[derive(Clone, Copy, Eq, PartialEq)]
enum Part {
    Exactly(char),
    AnyOne,
    AnyNumber,
}

fn matches(pattern: &str, text: &str) -> bool {
    if !pattern.contains(['*', '?', '\\']) {
        return pattern == text;
    }
    let pattern = parts(pattern);
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut from) = (0, 0);
    // Where to go on if what follows the last `*` does not fit: it then takes one character more.
    let mut retry: Option<(usize, usize)> = None;
    while from < text.len() {
        match pattern.get(at) {
            Some(Part::AnyNumber) => {
                retry = Some((at + 1, from + 1));
                at += 1;
                continue;
            }
            Some(Part::AnyOne) => {
                (at, from) = (at + 1, from + 1);
                continue;
            }
            Some(Part::Exactly(wanted)) if text.get(from) == Some(wanted) => {
                (at, from) = (at + 1, from + 1);
                continue;
            }
            _ => {}
        }
        let Some((behind, next)) = retry else {
            return false;
        };
        (at, from) = (behind, next);
        retry = Some((behind, next + 1));
    }
    let rest = pattern.get(at..).unwrap_or_default();
    rest.iter().all(|part| *part == Part::AnyNumber)
}

fn parts(pattern: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        parts.push(match letter {
            '*' => Part::AnyNumber,
            '?' => Part::AnyOne,
            '\\' => Part::Exactly(letters.next().unwrap_or('\\')),
            other => Part::Exactly(other),
        });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn wildcards_match_and_a_backslash_takes_their_meaning_away() {
        for (pattern, text, expected) in [
            ("golden", "golden", true),
            ("golden", "Golden", false),
            ("gold*", "golden", true),
            ("*", "", true),
            ("?", "", false),
            ("g?lden", "golden", true),
            ("*en*n", "golden-en-golden", true),
            ("*x", "golden", false),
            (r"100\*", "100*", true),
            (r"100\*", "1000", false),
            (r"a\\b", r"a\b", true),
            ("2026-01-01T*", "2026-01-01T00:00:00.000Z", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
        }
    }
}
