use crate::id::{AccountId, Region};

/// One call that was made to the simulated AWS
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Call {
    /// The id that the call was answered with, such as `sim-000001`
    pub request_id: String,
    /// The account that called
    pub account: AccountId,
    /// The Region that was called; for Organizations, the one that the caller named
    pub region: Region,
    /// AWS's name of the operation, such as `ModifyImageAttribute`
    pub operation: &'static str,
    /// How it went
    pub outcome: Outcome,
    /// Whether the operation is one that writes, also where it was refused
    pub write: bool,
}

/// How a call to the simulated AWS went
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// It was done
    Done,
    /// It was refused with this error code of AWS
    Refused(String),
}

/// Who calls, and where
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller<'a> {
    pub(super) account: AccountId,
    pub(super) region: &'a Region,
}

/// Whether an operation writes; AWS names those that only read by their first word
pub(super) fn is_write(operation: &str) -> bool {
    !["Describe", "Get", "List"]
        .iter()
        .any(|verb| operation.starts_with(verb))
}

/// Whether an operation is one of AWS Organizations rather than of EC2
pub(super) fn is_of_organizations(operation: &str) -> bool {
    operation.starts_with("List")
}
