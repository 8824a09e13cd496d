//! KMS keys, their policies, grants and aliases, and what they open.

mod access;

pub(crate) use access::KeyUse;
