//! A distribution as a document: which image goes to whom, in which Regions, as a share or as a copy, and
//! what is done around it.
//!
//! A [`Distribution`] is read from YAML, JSON or TOML, and one that exists is right as far as that can be
//! known without asking AWS. `examples/distributions` has examples and the schema with which editors
//! complete such files.
//!
//! ```
//! use ami_share_core::distribution::Distribution;
//!
//! let distribution = Distribution::from_yaml(
//!     r#"
//! version: ami-share/distribution/1
//! image: {region: us-east-1, newest: {name: "golden-*"}}
//! regions: [us-east-1, eu-central-1]
//! recipients: {accounts: ["222222222222"]}
//! keys: {default: alias/golden}
//! "#,
//! )?;
//! assert_eq!(distribution.regions().len(), 2);
//!
//! let error = Distribution::from_yaml("version: ami-share/distribution/1\nimagee: {}").unwrap_err();
//! let problem = error.problems().iter().find(|problem| problem.line == Some(2));
//! assert_eq!(problem.and_then(|problem| problem.nearest.as_deref()), Some("image"));
//! # Ok::<(), ami_share_core::distribution::DistributionError>(())
//! ```

mod after;
mod build;
mod check;
mod copies;
mod document;
mod draft;
mod error;
mod image;
mod import;
mod keys;
mod options;
mod plan;
mod problems;
mod read;
mod recipients;
mod rehearse;
mod report;
mod roles;
mod shard;
mod template;
mod text;
mod verification;

pub use crate::plan::Opened;
pub use after::{
    DeregistrationProtection, DistributionTags, LaunchService, Parameters, Predecessors, Protection,
};
pub use copies::Copies;
pub use document::Distribution;
pub use draft::{DistributionDraft, Version};
pub use error::{DistributionError, DistributionProblem};
pub use image::{DraftImage, ImageFilter, ImageRef, ImageSource, ParameterName, SourceImage};
pub use import::{Imported, NotTaken};
pub use keys::{AccountKeys, Keys};
pub use plan::DistributionPlan;
pub(crate) use plan::DistributionPlanVersion;
pub(crate) use problems::with_mend;
pub use recipients::{Recipients, RecipientsGet};
pub use rehearse::{Rehearse, RehearsedLaunch};
pub use report::{DistributionReport, Manifest, ManifestRow, ShardReport};
pub use roles::Roles;
pub(crate) use shard::ShardVersion;
pub use shard::{Shard, Stage};
pub use template::{RoleTemplate, Template, TemplateValues};
pub use verification::{CopyCheck, DistributionVerification};

#[cfg(test)]
#[allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
mod tests;
