//! Organizations, their trees, and who may list them.

mod member;
mod tree;

pub(crate) use tree::Organizations;
