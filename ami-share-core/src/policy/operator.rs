use std::fmt;
use std::sync::Arc;

/// The operator of a condition, such as `ForAnyValue:StringLikeIfExists`
///
/// See [condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Operator {
    text: Arc<str>,
    /// How many of the values in the request have to match
    pub quantifier: Quantifier,
    /// What is compared, and how
    pub comparison: Comparison,
    /// Whether a key that the request lacks fulfils the condition
    pub if_exists: bool,
}

impl Operator {
    /// Reads an operator; one that AWS does not know becomes [`Comparison::Unknown`]
    pub fn parse(text: &str) -> Self {
        let (quantifier, rest) = match text.split_once(':') {
            Some((set, rest)) if set.eq_ignore_ascii_case("ForAnyValue") => {
                (Quantifier::AnyValue, rest)
            }
            Some((set, rest)) if set.eq_ignore_ascii_case("ForAllValues") => {
                (Quantifier::AllValues, rest)
            }
            _ => (Quantifier::One, text),
        };
        let suffix = "IfExists";
        let (name, if_exists) = match rest
            .len()
            .checked_sub(suffix.len())
            .and_then(|at| rest.split_at_checked(at))
        {
            Some((name, end)) if end.eq_ignore_ascii_case(suffix) => (name, true),
            _ => (rest, false),
        };
        let known = Comparison::NAMES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map_or(Comparison::Unknown, |(_, comparison)| *comparison);
        // `NullIfExists` does not exist.
        let comparison = match known {
            Comparison::Null if if_exists => Comparison::Unknown,
            other => other,
        };
        Self {
            text: text.into(),
            quantifier,
            comparison,
            if_exists,
        }
    }

    /// The operator as the policy writes it
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// How many of a key's values in the request have to match
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[allow(clippy::exhaustive_enums)]
pub enum Quantifier {
    /// `ForAllValues:`; true too when the request has no value
    AllValues,
    /// `ForAnyValue:`
    AnyValue,
    /// No prefix: the key has a single value
    One,
}

/// What an operator compares, and how
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[allow(missing_docs, reason = "the names are those of the operators")]
#[non_exhaustive]
pub enum Comparison {
    ArnEquals,
    ArnLike,
    ArnNotEquals,
    ArnNotLike,
    BinaryEquals,
    Bool,
    DateEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    DateLessThan,
    DateLessThanEquals,
    DateNotEquals,
    IpAddress,
    NotIpAddress,
    Null,
    NumericEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericNotEquals,
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    StringNotEquals,
    StringNotEqualsIgnoreCase,
    StringNotLike,
    /// An operator that AWS does not have
    Unknown,
}

impl Comparison {
    /// Whether it is the opposite of another one: true when no value matches, or the key is absent
    pub fn is_negated(self) -> bool {
        matches!(
            self,
            Self::ArnNotEquals
                | Self::ArnNotLike
                | Self::DateNotEquals
                | Self::NotIpAddress
                | Self::NumericNotEquals
                | Self::StringNotEquals
                | Self::StringNotEqualsIgnoreCase
                | Self::StringNotLike
        )
    }

    const NAMES: [(&str, Self); 27] = [
        ("ArnEquals", Self::ArnEquals),
        ("ArnLike", Self::ArnLike),
        ("ArnNotEquals", Self::ArnNotEquals),
        ("ArnNotLike", Self::ArnNotLike),
        ("BinaryEquals", Self::BinaryEquals),
        ("Bool", Self::Bool),
        ("DateEquals", Self::DateEquals),
        ("DateGreaterThan", Self::DateGreaterThan),
        ("DateGreaterThanEquals", Self::DateGreaterThanEquals),
        ("DateLessThan", Self::DateLessThan),
        ("DateLessThanEquals", Self::DateLessThanEquals),
        ("DateNotEquals", Self::DateNotEquals),
        ("IpAddress", Self::IpAddress),
        ("NotIpAddress", Self::NotIpAddress),
        ("Null", Self::Null),
        ("NumericEquals", Self::NumericEquals),
        ("NumericGreaterThan", Self::NumericGreaterThan),
        ("NumericGreaterThanEquals", Self::NumericGreaterThanEquals),
        ("NumericLessThan", Self::NumericLessThan),
        ("NumericLessThanEquals", Self::NumericLessThanEquals),
        ("NumericNotEquals", Self::NumericNotEquals),
        ("StringEquals", Self::StringEquals),
        ("StringEqualsIgnoreCase", Self::StringEqualsIgnoreCase),
        ("StringLike", Self::StringLike),
        ("StringNotEquals", Self::StringNotEquals),
        ("StringNotEqualsIgnoreCase", Self::StringNotEqualsIgnoreCase),
        ("StringNotLike", Self::StringNotLike),
    ];
}
