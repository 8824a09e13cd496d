//! Who calls: roots, users and roles, their policies, and whether these allow a call.

mod authorize;
mod identity;

pub(crate) use identity::{Identities, Identity};
