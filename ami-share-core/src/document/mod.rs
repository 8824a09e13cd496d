//! Documents that people write in JSON, YAML or TOML: what stands where in one, on which line, and what is
//! wrong with it.

mod at;
mod format;
#[cfg(feature = "distribution")]
mod nearest;
mod place;
#[cfg(feature = "distribution")]
mod read;
#[cfg(feature = "distribution")]
mod repair;
#[cfg(feature = "distribution")]
mod slip;
#[cfg(feature = "distribution")]
mod tracked;

pub(crate) use at::{At, Part, written};
pub(crate) use format::Format;
#[cfg(feature = "simulator-server")]
pub(crate) use format::yaml_options;
#[cfg(feature = "distribution")]
pub(crate) use nearest::nearest;
#[cfg(feature = "distribution")]
pub(crate) use read::{SyntaxError, read};
#[cfg(feature = "distribution")]
pub(crate) use slip::{Slip, SlipKind};
