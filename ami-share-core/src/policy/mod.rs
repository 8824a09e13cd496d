//! Policies: what their statements say, and what they answer.
//!
//! [`Policy`] is the typed model of a policy document. [`KeyPolicy`] is a key policy as text, kept as it
//! is: its statements of ours are set by [`KeyStatements`] and [`KeyPolicy::patched`], and
//! [`KeyPolicy::lint`] and [`KeyPolicy::diff`] are for people.

pub mod evaluate;

mod diff;
mod document;
mod error;
mod generate;
mod lint;
mod operator;
mod parse;
mod patch;
mod pattern;
mod statement;
mod unique;

pub use diff::{DiffLine, DiffMark, PolicyDiff};
pub use document::{KeyPolicy, KeyPolicyProblem, ParseKeyPolicyError, StatementText};
pub use error::ParsePolicyError;
pub use generate::{
    ActionError, EditedStatements, KeyStatements, RecipientNeeds, ServiceRole, caller_iam_policy,
    key_policy_for_sharing, recipient_iam_policy,
};
pub use lint::{LintFinding, LintProblem, TrustedParties};
pub use operator::{Comparison, Operator, Quantifier};
pub use patch::{Administration, PatchError, Patched, StatementName};
pub use pattern::{Pattern, PatternKind};
pub use statement::{
    Condition, ConditionKey, ConditionValue, Effect, PatternList, Policy, PrincipalEntry,
    PrincipalList, Statement, Version,
};

#[cfg(test)]
#[allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
mod samples;
