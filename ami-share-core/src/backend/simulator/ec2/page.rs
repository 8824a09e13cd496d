//! Pages of EC2's listings, whose tokens belong to the query that they were made for.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::super::call::Caller;
use super::super::refusal::Refusal;

/// What was asked, by whom and where, as a number
pub(crate) fn mark(caller: Caller<'_>, operation: &str, query: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    (caller.account, caller.region, operation).hash(&mut hasher);
    query.hash(&mut hasher);
    hasher.finish()
}

/// The token for what comes behind an item
pub(crate) fn token_after(mark: u64, last: &str) -> String {
    format!("{mark:016x}.{last}")
}

/// The item that a token of the same query stands behind
pub(crate) fn last_before(mark: u64, token: &str) -> Result<&str, Refusal> {
    token
        .strip_prefix(&format!("{mark:016x}."))
        .ok_or_else(unreadable_token)
}

/// That AWS refuses the token of another query with this code too is not documented
pub(crate) fn unreadable_token() -> Refusal {
    Refusal::new("InvalidParameterValue", "Unable to parse pagination token")
}
