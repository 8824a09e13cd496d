//! Parameters of Systems Manager.

mod label;
mod name;
mod parameter;
mod put;
mod world;

pub(crate) use name::{ParameterName, arn_of, invalid};
pub(crate) use parameter::{Found, Parameter, ParameterKind, Parameters, Tier, Version};
pub(crate) use put::{IMAGE, ParameterSpec};
