//! Distributions: what a file says, what would be done, its parts, and what came of it.

mod document;
mod error;
mod import;
mod plan;
mod report;
mod shard;
mod verification;

pub(crate) use document::Distribution;
pub(crate) use error::DistributionProblem;
pub(crate) use import::{Imported, NotTaken};
pub(crate) use plan::DistributionPlan;
pub(crate) use report::{DistributionReport, Manifest, ManifestRow, ShardReport};
pub(crate) use shard::Shard;
pub(crate) use verification::{CopyCheck, DistributionVerification};
