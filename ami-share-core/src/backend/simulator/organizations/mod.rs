//! Organizations, their trees, and who may list them.

mod account;
mod delegate;
mod member;
#[cfg(feature = "simulator-server")]
mod stored;
mod tree;

pub(crate) use account::Creation;
#[cfg(feature = "simulator-server")]
pub(crate) use account::Member;
pub(crate) use tree::{
    FeatureSet, Organization, Organizations, account_not_found, parent_not_found, unit_not_found,
};
