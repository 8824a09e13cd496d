//! Observe, apply, wait, verify, explain: written once, over any [`Backend`].
//!
//! `apply` opens keys, then runs the images side by side, then closes keys, then writes tags.

mod after;
mod apply;
mod create_key;
mod key_policy;
mod observe;
mod observe_keys;
mod options;
mod run;
mod run_keys;
mod verify;
mod wait;

use crate::backend::Backend;

pub use options::{ApplyOptions, EngineOptions, OnChange};

/// The verbs, over one backend
#[derive(Clone, Debug)]
pub(crate) struct Engine<B> {
    backend: B,
    options: EngineOptions,
}

impl<B: Backend> Engine<B> {
    pub(crate) fn new(backend: B, options: EngineOptions) -> Self {
        Self { backend, options }
    }

    pub(crate) fn backend(&self) -> &B {
        &self.backend
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
