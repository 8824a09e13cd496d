//! What the tests against moto share.
#![allow(dead_code, reason = "no single test uses all of it")]
#![allow(clippy::expect_used, clippy::panic, reason = "tests fail by panic")]

mod counter;
mod moto;

pub(crate) use counter::CallCounter;
pub(crate) use moto::{Moto, OWNER};
