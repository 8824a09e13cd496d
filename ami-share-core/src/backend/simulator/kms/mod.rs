//! KMS keys, their policies, grants and aliases, and what they open.
//!
//! The rules are those of the [developer guide](https://docs.aws.amazon.com/kms/latest/developerguide/)
//! and of the [API reference](https://docs.aws.amazon.com/kms/latest/APIReference/). Cryptography is
//! not there: a key says who may use it, and nothing is encrypted under it.

mod access;
mod alias;
mod authorize;
mod create_key;
mod describe;
mod find;
mod grant;
mod grants;
mod key;
mod key_policy;
mod kind;
mod life;
mod page;
mod port;
mod principal;
mod tag;
mod world;

pub(crate) use access::KeyUse;
pub(crate) use find::aws_ebs_arn;
pub(crate) use key::Keys;
pub use world::{KeyGrant, NewKey};

#[cfg(any(test, feature = "simulator-server"))]
pub(crate) use {
    create_key::{KeyRequest, ReplicaRequest},
    find::alias_arn,
    grant::{GrantTerms, constraint_kind},
    grants::{GrantFilter, Granted},
    key::{Key, KeyManager, days_of},
    page::Paging,
};

#[cfg(test)]
pub(crate) use grant::CreatedGrant;

#[cfg(feature = "simulator-server")]
pub(crate) use {
    alias::Alias,
    grant::Grant,
    key::{Deletion, Rotation},
    key_policy::Attached,
    kind::KeyKind,
};
