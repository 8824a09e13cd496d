//! What is done on the side of recipients: parameters, grants for roles of services, tags, usage.

mod named;
mod outcome;
mod parameter;
mod service_role;
mod tag;
mod usage;

pub(crate) use named::{NamedImages, finished, named_images, with_images};
pub(crate) use parameter::{ParameterReport, ParameterRequest, WrittenParameter};
pub(crate) use service_role::{
    ServiceLinkedRoleReport, ServiceLinkedRoleRequest, ServiceRoleGrant,
};
pub(crate) use tag::{RecipientTagReport, RecipientTagRequest, WrittenTags};
pub(crate) use usage::{Hurt, ImageUsage, ImageUsageReport, UsageRequest, UsedImage};
