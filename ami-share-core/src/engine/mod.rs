//! Observe, apply, wait, verify, explain: written once, over any [`Backend`].
//!
//! `apply` opens keys, then runs the images side by side, then closes keys, then writes tags.

mod accounts;
mod after;
mod apply;
mod cancel;
mod close;
mod copy;
mod create_key;
#[cfg(feature = "distribution")]
mod distribute;
mod key_policy;
mod lease;
mod observe;
mod observe_keys;
mod options;
mod parameters;
mod policy_reads;
mod recipient;
mod recipient_tags;
mod rehearse;
mod rehearsed;
mod roles;
mod run;
mod run_keys;
mod service_roles;
mod setting;
mod usage;
mod verify;
mod wait;

use futures_util::{StreamExt, stream};

use crate::backend::Backend;
use accounts::Accounts;
use policy_reads::PolicyReads;

pub use cancel::Cancel;
pub use options::{ApplyOptions, EngineOptions, OnChange};
pub use roles::{Roles, RolesBuilder};

/// The verbs, over one backend
#[derive(Clone, Debug)]
pub(crate) struct Engine<B> {
    backend: B,
    options: EngineOptions,
    policy_reads: PolicyReads,
    accounts: Accounts<B>,
}

impl<B: Backend> Engine<B> {
    pub(crate) fn new(backend: B, options: EngineOptions) -> Self {
        Self {
            backend,
            options,
            policy_reads: PolicyReads::default(),
            accounts: Accounts::default(),
        }
    }

    pub(crate) fn backend(&self) -> &B {
        &self.backend
    }

    /// Does as much at once as the options allow; the answers in the order of the work
    async fn side_by_side<W: Future>(&self, work: impl IntoIterator<Item = W>) -> Vec<W::Output> {
        let work: Vec<W> = work.into_iter().collect();
        let work = stream::iter(work).buffered(self.options.concurrency);
        work.collect().await
    }
}

#[cfg(all(test, feature = "simulator"))]
#[allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
mod tests;
