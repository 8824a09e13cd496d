//! The one public error, by what a caller would do next.

use crate::api_error::ApiError;
use crate::id::{KeyArn, ParseIdError};
use crate::outcome::{CopyReport, RecipientReport, Report, Verification};
use crate::plan::{Change, CopyRefusals, Refusals};
use crate::request::RequestError;

/// Why a verb of a [`Sharer`](crate::Sharer) did not succeed
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// AWS failed or refused before anything was written: see its
    /// [kind](ApiError::kind) and whether it [may be retried](ApiError::is_retryable)
    #[error("{0}")]
    Api(ApiError),
    /// The sharer could not be set up: mend its configuration
    #[error("the configuration cannot be used: {0}")]
    Configuration(String),
    /// Some copies were made and some were not: read the report, then run the request again, which makes
    /// those that are missing
    #[error("{}", copies_incomplete(.0))]
    CopyIncomplete(Box<CopyReport>),
    /// The world does not allow the copies; nothing was written: mend the world or the request
    #[error("{0}")]
    CopyRefused(CopyRefusals),
    /// Some steps were done and some were not: read the report, then run the request again
    #[error("{}", incomplete(.0))]
    Incomplete(Box<Report>),
    /// A key was made, and its alias was not: give it the alias, or schedule its deletion
    #[error("the key `{key}` was made, but has no alias `{alias}`: {error}")]
    KeyWithoutAlias {
        /// The key
        key: KeyArn,
        /// The alias
        alias: String,
        /// What AWS said
        error: Box<ApiError>,
    },
    /// Some of what was to be written for recipients was written and some was not: read the report, then
    /// run the request again, which writes what is missing
    #[error("{}", recipients_incomplete(.0))]
    RecipientsIncomplete(Box<RecipientReport>),
    /// What had to be verified first is not as asked for; nothing was written: read the verification
    #[error("nothing was written: of what had to be verified first, not all is as asked for")]
    NotVerified(Box<Verification>),
    /// Some shards of a distribution were not all done: read the report, and
    /// [retry](crate::Distributor::retry_distribution)
    #[cfg(feature = "distribution")]
    #[error("{}", distribution_incomplete(.0))]
    DistributionIncomplete(Box<crate::distribution::DistributionReport>),
    /// The image that a distribution names cannot be found: mend the file, or make the image
    #[error("no image to distribute in `{region}`: {because}")]
    ImageNotResolved {
        /// The Region
        region: crate::id::Region,
        /// Why not
        because: String,
    },
    /// The request is wrong in any world: mend it
    #[error("{0}")]
    InvalidRequest(RequestError),
    /// The world does not allow the request; nothing was written: mend the world or the request
    #[error("{0}")]
    Refused(Refusals),
    /// The world is another one than the plan was made for; nothing was written: plan again
    #[error("the world has changed since the plan was made: {}", join(.0))]
    WorldChanged(Vec<Change>),
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl From<RequestError> for Error {
    fn from(error: RequestError) -> Self {
        Self::InvalidRequest(error)
    }
}

impl From<ParseIdError> for Error {
    fn from(error: ParseIdError) -> Self {
        Self::InvalidRequest(error.into())
    }
}

impl From<Refusals> for Error {
    fn from(refusals: Refusals) -> Self {
        Self::Refused(refusals)
    }
}

impl From<CopyRefusals> for Error {
    fn from(refusals: CopyRefusals) -> Self {
        Self::CopyRefused(refusals)
    }
}

fn copies_incomplete(report: &CopyReport) -> String {
    let copies = report.copies();
    let done = copies.iter().filter(|copy| copy.is_complete()).count();
    format!(
        "{done} of {} copies are complete; the report says which and why",
        copies.len()
    )
}

#[cfg(feature = "distribution")]
fn distribution_incomplete(report: &crate::distribution::DistributionReport) -> String {
    let shards = report.shards();
    let done = shards.iter().filter(|shard| shard.is_complete()).count();
    format!(
        "{done} of {} shards are complete; the report says which and why",
        shards.len()
    )
}

fn join(changes: &[Change]) -> String {
    let texts: Vec<String> = changes.iter().map(Change::to_string).collect();
    texts.join("; ")
}

fn recipients_incomplete(report: &RecipientReport) -> String {
    let outcomes = report.outcomes();
    let good = outcomes.iter().filter(|outcome| outcome.is_good()).count();
    format!(
        "{good} of {} are as asked for; the report says which and why",
        outcomes.len()
    )
}

fn incomplete(report: &Report) -> String {
    let steps = report.steps();
    let done = steps.iter().filter(|step| step.outcome.is_done()).count();
    format!(
        "{done} of {} steps were done; the report says which and why",
        steps.len()
    )
}
