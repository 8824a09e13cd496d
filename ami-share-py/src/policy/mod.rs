//! Key policies: what `ami_share_core::policy` does, with Python's arguments and values.

mod argument;
mod decision;
mod diff;
mod evaluate;
mod generate;
mod key_policy;
mod lint;
mod patch;
mod recipients;

pub(crate) use decision::{Decision, DecisionReason};
pub(crate) use diff::PolicyDiff;
pub(crate) use generate::{caller_iam_policy, key_policy_for_sharing, recipient_iam_policy};
pub(crate) use key_policy::{KeyPolicy, PolicyStatement};
pub(crate) use lint::LintFinding;
pub(crate) use patch::PatchedPolicy;
pub(crate) use recipients::service_roles;
