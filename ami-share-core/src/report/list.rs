//! Long lists, cut.

use crate::plan::{Action, Step};

/// How many items are listed one by one before the rest is counted
pub(super) const LISTED: usize = 20;

/// The items with the sign before each, the first ones and how many more there are
pub(super) fn cut<T: ToString>(sign: char, items: impl IntoIterator<Item = T>) -> Vec<String> {
    let mut items = items.into_iter();
    let listed = items.by_ref().take(LISTED);
    let mut lines: Vec<String> = listed
        .map(|item| format!("{sign} {}", item.to_string()))
        .collect();
    let more = items.count();
    if more > 0 {
        lines.push(format!("{sign} … and {more} more"));
    }
    lines
}

pub(super) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Whether two steps are of one list: grants that are made or revoked at the same key
pub(super) fn are_alike(one: &Step, other: &Step) -> bool {
    let is_grant = |action: &Action| action.grantee().is_some();
    is_grant(&one.action)
        && is_grant(&other.action)
        && one.action.operation() == other.action.operation()
        && one.action.key() == other.action.key()
        && one.reason == other.reason
}
