//! The checks that every backend passes, whatever stands behind it.
//!
//! A backend is put on a [`Ground`]: images that can be registered, an organization, recipients.
//! Each [`Check`] names the [`Capability`] that it needs; a ground that lacks one says why, and the
//! check is skipped with that reason. Not a stable part of the public API.

mod check;
mod copies;
mod failing;
mod ground;
mod keys;
mod sharing;
mod snapshot;
mod working;

pub use check::{Check, Verdict, checks};
pub use ground::{Capability, Ground, SimulatedGround, Spec};
