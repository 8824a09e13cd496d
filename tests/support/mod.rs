//! What the tests of the AWS backend share.
#![allow(dead_code, unused_imports, reason = "no single test uses all of it")]
#![allow(clippy::expect_used, clippy::panic, reason = "tests fail by panic")]

mod counter;
#[cfg(feature = "conformance")]
mod ground;
mod moto;
#[cfg(all(feature = "conformance", feature = "simulator-server"))]
mod wire_ground;

pub(crate) use counter::CallCounter;
#[cfg(feature = "conformance")]
pub(crate) use ground::{MotoGround, MotoServer};
pub(crate) use moto::{Moto, OWNER};
#[cfg(all(feature = "conformance", feature = "simulator-server"))]
pub(crate) use wire_ground::{WireGround, simulator_backend};
