//! A distribution as a document: which image goes to whom, in which Regions, as a share or as a copy, and
//! what is done around it.
//!
//! A [`Distribution`] is read from YAML, JSON or TOML, and one that exists is right as far as that can be
//! known without asking AWS. `examples/distributions` has examples and the schema with which editors
//! complete such files.

mod after;
mod build;
mod check;
mod copies;
mod document;
mod draft;
mod error;
mod image;
mod keys;
mod nearest;
mod options;
mod recipients;
mod roles;
mod template;
mod text;

pub use after::{
    DeregistrationProtection, DistributionTags, LaunchService, Parameters, Predecessors, Protection,
};
pub use copies::{Copies, OnFailure, SourceAccess};
pub use document::Distribution;
pub use draft::{DistributionDraft, Version};
pub use error::{DistributionError, DistributionProblem};
pub use image::{DraftImage, ImageFilter, ImageRef, ImageSource, ParameterName, SourceImage};
pub use keys::{AccountKeys, Keys};
pub use recipients::{Recipients, RecipientsGet};
pub use roles::Roles;
pub use template::{RoleTemplate, Template, TemplateValues};
