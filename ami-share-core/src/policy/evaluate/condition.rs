//! Whether the conditions of a statement hold.

use std::cmp::Ordering;

use super::Request;
use super::matching::{matches, matches_arn};
use super::request::Lookup;
use super::truth::{Truth, Unclear};
use super::value::{Network, number, time};
use crate::policy::statement::ValueForm;
use crate::policy::{Comparison, Condition, ConditionValue, Quantifier, Version};

/// Whether one condition holds
///
/// A negated operator is true when none of its values matches, and when the key is absent.
/// `ForAllValues` is true when the key is absent, `ForAnyValue` is not.
pub(super) fn holds(condition: &Condition, request: &Request, version: Version) -> Truth {
    let operator = &condition.operator;
    if operator.comparison == Comparison::Unknown {
        return Truth::Unknown(Unclear::Operator);
    }
    if condition.repeated {
        return Truth::Unknown(Unclear::RepeatedKey);
    }
    if condition.values.is_empty() {
        return Truth::Unknown(Unclear::NoValues);
    }
    let found = request.lookup(condition.key.lower());
    if operator.comparison == Comparison::Null {
        return is_null(condition, found);
    }
    let values = match found {
        Lookup::Unknown => return Truth::Unknown(Unclear::Key),
        Lookup::Absent => {
            return match operator.quantifier {
                Quantifier::AllValues => true,
                Quantifier::AnyValue if operator.if_exists => {
                    return Truth::Unknown(Unclear::AnyValueIfExists);
                }
                Quantifier::AnyValue => false,
                Quantifier::One => operator.if_exists || operator.comparison.is_negated(),
            }
            .into();
        }
        Lookup::Known(values) => values,
    };
    let one = |value: &str| one_value(condition, value, request, version);
    match operator.quantifier {
        Quantifier::AnyValue => Truth::any(values.iter().map(|value| one(value))),
        Quantifier::AllValues => Truth::any(values.iter().map(|value| one(value).not())).not(),
        Quantifier::One if has_several_values(condition.key.lower()) => {
            Truth::Unknown(Unclear::SeveralValues)
        }
        Quantifier::One => match values {
            [value] => one(value),
            // Nobody says what AWS does with several values here; if each gives the same answer, that
            // is the answer.
            several => {
                let any = Truth::any(several.iter().map(|value| one(value)));
                let all = Truth::any(several.iter().map(|value| one(value).not())).not();
                if any == all {
                    any
                } else {
                    Truth::Unknown(Unclear::SeveralValues)
                }
            }
        },
    }
}

fn is_null(condition: &Condition, found: Lookup<'_>) -> Truth {
    if condition.operator.quantifier != Quantifier::One {
        return Truth::Unknown(Unclear::Operator);
    }
    let absent = match found {
        Lookup::Unknown => return Truth::Unknown(Unclear::Key),
        Lookup::Absent => true,
        Lookup::Known(_) => false,
    };
    Truth::any(
        condition
            .values
            .iter()
            .map(|value| match boolean(&value.text) {
                Some(wants_absent) => (wants_absent == absent).into(),
                None => Truth::Unknown(Unclear::PolicyValue),
            }),
    )
}

/// Whether one value of the request fulfils the condition
fn one_value(condition: &Condition, value: &str, request: &Request, version: Version) -> Truth {
    let comparison = condition.operator.comparison;
    let any = Truth::any(
        condition
            .values
            .iter()
            .map(|wanted| compare(comparison, wanted, value, request, version)),
    );
    if comparison.is_negated() {
        any.not()
    } else {
        any
    }
}

/// Whether a value of the request matches a value of the policy, negation left aside
fn compare(
    comparison: Comparison,
    wanted: &ConditionValue,
    value: &str,
    request: &Request,
    version: Version,
) -> Truth {
    use Comparison as C;
    if let ValueForm::Pattern(pattern) = &wanted.form {
        return match comparison {
            C::ArnEquals | C::ArnLike | C::ArnNotEquals | C::ArnNotLike => {
                if comparison.is_negated() && value.splitn(6, ':').count() < 6 {
                    return Truth::Unknown(Unclear::RequestValue);
                }
                match matches_arn(pattern, value, request) {
                    Ok(matched) => matched.into(),
                    Err(Unclear::ShortArn) if !comparison.is_negated() && pattern.is_constant() => {
                        Truth::No
                    }
                    Err(why) => Truth::Unknown(why),
                }
            }
            _ => matches(pattern, value, request),
        };
    }
    let wanted = wanted.text.as_ref();
    if version == Version::V2012 && wanted.contains("${") {
        return Truth::Unknown(Unclear::MalformedVariable);
    }
    match comparison {
        C::Bool => match (boolean(wanted), boolean(value)) {
            (None, _) => Truth::Unknown(Unclear::PolicyValue),
            (_, None) => Truth::Unknown(Unclear::RequestValue),
            (Some(wanted), Some(value)) => (wanted == value).into(),
        },
        C::BinaryEquals => (wanted == value).into(),
        C::IpAddress | C::NotIpAddress => match (Network::parse(wanted), value.parse()) {
            (None, _) => Truth::Unknown(Unclear::PolicyValue),
            (_, Err(_)) => Truth::Unknown(Unclear::RequestValue),
            (Some(network), Ok(address)) => network.contains(address).into(),
        },
        C::NumericEquals | C::NumericNotEquals => ordered(value, wanted, number, Ordering::is_eq),
        C::NumericLessThan => ordered(value, wanted, number, Ordering::is_lt),
        C::NumericLessThanEquals => ordered(value, wanted, number, Ordering::is_le),
        C::NumericGreaterThan => ordered(value, wanted, number, Ordering::is_gt),
        C::NumericGreaterThanEquals => ordered(value, wanted, number, Ordering::is_ge),
        C::DateEquals | C::DateNotEquals => ordered(value, wanted, time, Ordering::is_eq),
        C::DateLessThan => ordered(value, wanted, time, Ordering::is_lt),
        C::DateLessThanEquals => ordered(value, wanted, time, Ordering::is_le),
        C::DateGreaterThan => ordered(value, wanted, time, Ordering::is_gt),
        C::DateGreaterThanEquals => ordered(value, wanted, time, Ordering::is_ge),
        _ => Truth::Unknown(Unclear::Operator),
    }
}

/// Whether the value of the request stands in the right order to that of the policy
fn ordered<T: PartialOrd>(
    value: &str,
    wanted: &str,
    read: impl Fn(&str) -> Option<T>,
    fits: impl Fn(Ordering) -> bool,
) -> Truth {
    let Some(wanted) = read(wanted) else {
        return Truth::Unknown(Unclear::PolicyValue);
    };
    match read(value).and_then(|value| value.partial_cmp(&wanted)) {
        Some(order) => fits(order).into(),
        None => Truth::Unknown(Unclear::RequestValue),
    }
}

fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// Whether AWS documents the key as one of several values
///
/// See [multivalued context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html)
/// and the [keys of KMS](https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html).
fn has_several_values(lower: &str) -> bool {
    matches!(
        lower,
        "aws:calledvia"
            | "aws:principalorgpaths"
            | "aws:principalservicenameslist"
            | "aws:resourceorgpaths"
            | "aws:sourceorgpaths"
            | "aws:tagkeys"
            | "aws:vpcesourceorgpaths"
            | "kms:encryptioncontextkeys"
            | "kms:grantoperations"
            | "kms:resourcealiases"
    )
}
