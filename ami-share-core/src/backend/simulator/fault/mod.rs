//! What goes wrong on purpose: latency, throttling, refusals, lost answers, late reads.
//!
//! What is random comes from a seed, so that the same calls in the same order go wrong in the same way.

mod bucket;
mod config;
mod engine;

pub use config::{Bucket, Copies, Failure, Fault, Faults, Latency, Reports, Staleness};
pub(crate) use engine::{Engine, Meddled, Meddling};
