//! Documents that people write in JSON or YAML: where something stands in one, and on which line.

mod at;
mod format;
mod place;

pub(crate) use at::{At, Part, written};
pub(crate) use format::{Format, yaml_options};
