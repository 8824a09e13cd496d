//! Which conditions bound a statement that names everybody.
//!
//! A condition bounds if it cannot hold for a caller that nobody named: its key says who calls or where
//! from, it is false when the request has no such key, and each of its values names somebody.

use std::fmt;

use super::TrustedParties;
use crate::policy::{Comparison, Condition, Quantifier, Statement};

/// A condition that bounds, and those that it lets in: any one of them
pub(super) struct Bound {
    pub(super) parties: Vec<Party>,
}

/// Somebody whom the value of a condition lets in
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Party {
    Account(String),
    Organization(String),
    /// Known by something else, such as an address
    Other(String),
}

impl Party {
    pub(super) fn is_in(&self, trusted: &TrustedParties) -> bool {
        match self {
            Self::Account(account) => trusted.has_account(account),
            Self::Organization(id) => trusted.organizations.contains(id),
            Self::Other(_) => false,
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(text) | Self::Organization(text) | Self::Other(text) => f.pad(text),
        }
    }
}

pub(super) fn bounds(statement: &Statement) -> Vec<Bound> {
    let conditions = statement.conditions.iter();
    conditions
        .filter(|condition| !condition.repeated && is_strict(statement, condition))
        .filter_map(|condition| {
            let values = condition.values.iter();
            let parties: Option<Vec<Party>> = values
                .map(|value| party(condition, value.as_str()))
                .collect();
            parties
                .filter(|parties| !parties.is_empty())
                .map(|parties| Bound { parties })
        })
        .collect()
}

/// Why nothing bounds the statement, for people
pub(super) fn why_none(statement: &Statement, is_not_principal: bool) -> String {
    if is_not_principal {
        return "`NotPrincipal` allows everybody else".into();
    }
    let lax = statement
        .conditions
        .iter()
        .find(|condition| !is_strict(statement, condition));
    match lax.or(statement.conditions.first()) {
        None => "the principal is `*`, and there is no condition".into(),
        Some(condition) if condition.operator.quantifier == Quantifier::AllValues => format!(
            "`{}` holds for requests without `{}` too",
            condition.operator, condition.key
        ),
        Some(condition) if condition.operator.if_exists => format!(
            "`{}` holds for requests without `{}` too",
            condition.operator, condition.key
        ),
        Some(condition) => format!(
            "the principal is `*`, and `{}` on `{}` does not say who",
            condition.operator, condition.key
        ),
    }
}

/// Whether the condition is false for a request that does not have its key
fn is_strict(statement: &Statement, condition: &Condition) -> bool {
    let operator = &condition.operator;
    if operator.comparison.is_negated() {
        return false;
    }
    let is_lax = operator.if_exists || operator.quantifier == Quantifier::AllValues;
    !is_lax || is_present(statement, condition)
}

/// Whether another condition, `Null` with `false`, asks for the key
fn is_present(statement: &Statement, condition: &Condition) -> bool {
    statement.conditions.iter().any(|other| {
        let operator = &other.operator;
        other.key == condition.key
            && operator.comparison == Comparison::Null
            && operator.quantifier == Quantifier::One
            && !other.values.is_empty()
            && other
                .values
                .iter()
                .all(|value| value.as_str().eq_ignore_ascii_case("false"))
    })
}

/// Whom a value lets in; nothing if it may let in anybody
fn party(condition: &Condition, value: &str) -> Option<Party> {
    // What a variable stands for is the caller's to say.
    if value.contains("${") {
        return None;
    }
    let comparison = condition.operator.comparison;
    let has_wildcards = match comparison {
        Comparison::StringEquals | Comparison::StringEqualsIgnoreCase => false,
        Comparison::ArnEquals | Comparison::ArnLike | Comparison::StringLike => true,
        Comparison::IpAddress => return address(condition, value),
        _ => return None,
    };
    let is_fixed = |text: &str| !has_wildcards || !text.contains(['*', '?']);
    match condition.key.lower() {
        "aws:principalaccount" | "kms:calleraccount" | "aws:sourceaccount" => {
            is_fixed(value).then(|| Party::Account(value.into()))
        }
        "aws:principalorgid" | "aws:sourceorgid" => {
            is_fixed(value).then(|| Party::Organization(value.into()))
        }
        // A path has several values in a request: without `ForAnyValue` nobody says which counts.
        "aws:principalorgpaths" if condition.operator.quantifier != Quantifier::One => {
            let (organization, _) = value.split_once('/')?;
            is_fixed(organization).then(|| Party::Organization(organization.into()))
        }
        "aws:principalarn" | "aws:sourcearn" => {
            let account = value.split(':').nth(4)?;
            let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
            is_account.then(|| Party::Account(account.into()))
        }
        "aws:sourcevpc" | "aws:sourcevpce" | "aws:userid" | "aws:principalservicename" => {
            is_fixed(value).then(|| Party::Other(value.into()))
        }
        _ => None,
    }
}

fn address(condition: &Condition, value: &str) -> Option<Party> {
    // `aws:VpcSourceIp` is a private address, which any VPC can have.
    let is_source = condition.key.lower() == "aws:sourceip";
    let (_, bits) = value.split_once('/').unwrap_or((value, "32"));
    let is_everywhere = bits.trim_start_matches('0').is_empty();
    (is_source && !is_everywhere).then(|| Party::Other(value.into()))
}
