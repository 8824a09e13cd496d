//! Who calls: roots, users and roles, their policies, and whether these allow a call.

mod assume;
mod authorize;
mod document;
mod entity;
mod identity;
mod linked;
mod managed;
mod session;
mod store;
#[cfg(feature = "simulator-server")]
mod stored;
mod world;

pub(crate) use assume::{Assumption, bad_duration};
pub(crate) use document::Document;
pub(crate) use entity::{RoleSpec, check_max_session, no_such_inline_policy, secret_of};
pub(crate) use identity::Identity;
pub(crate) use managed::{arns_of_aws, is_attachable, of_aws};
pub use session::AssumeRole;
#[cfg(feature = "simulator-server")]
pub(crate) use store::AccessKey;
pub(crate) use store::{Entity, Identities, ManagedPolicy, Role, no_such_entity};

use super::refusal::Refusal;

/// Refuses a name that is not of letters, digits and `_+=,.@-`, or is too long
pub(crate) fn check_name(member: &str, name: &str, longest: usize) -> Result<(), Refusal> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if name.is_empty() || !name.chars().all(is_allowed) {
        return Err(constraint(
            member,
            name,
            "Member must satisfy regular expression pattern: [\\w+=,.@-]+",
        ));
    }
    if name.len() > longest {
        return Err(constraint(
            member,
            name,
            &format!("Member must have length less than or equal to {longest}"),
        ));
    }
    Ok(())
}

/// How IAM and STS word what their models forbid
pub(crate) fn constraint(member: &str, value: &str, constraint: &str) -> Refusal {
    Refusal::new(
        "ValidationError",
        format!(
            "1 validation error detected: Value '{value}' at '{member}' failed to satisfy \
             constraint: {constraint}"
        ),
    )
}
