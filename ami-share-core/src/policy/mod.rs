//! Policies: what their statements say, and what they answer.
//!
//! [`Policy`] is the typed model of a policy document.

pub mod evaluate;

mod error;
mod operator;
mod parse;
mod pattern;
mod statement;
mod unique;

pub use error::ParsePolicyError;
pub use operator::{Comparison, Operator, Quantifier};
pub use pattern::{Pattern, PatternKind};
pub use statement::{
    Condition, ConditionKey, ConditionValue, Effect, PatternList, Policy, PrincipalEntry,
    PrincipalList, Statement, Version,
};
