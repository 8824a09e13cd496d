use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::gather::{Gathered, made_of_fields, names_accounts, names_images};
use super::{ImagesByRegion, check_images};
use crate::id::AccountId;
use crate::request::{RequestError, RequestProblem};

/// A question of an owner: which accounts use the images, and how much
///
/// Made by [`UsageRequest::builder`], or read back from JSON; both ways refuse what could not be carried
/// out in any world with a [`RequestError`].
///
/// ```
/// use ami_share_core::request::UsageRequest;
///
/// let request = UsageRequest::builder()
///     .region("us-east-1")
///     .image("ami-0123456789abcdef0")
///     .build()?;
/// assert_eq!(request.time_limit(), UsageRequest::TIME_LIMIT);
/// # Ok::<(), ami_share_core::request::RequestError>(())
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct UsageRequest {
    fields: Fields,
}

/// The request as it is written down
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    images: ImagesByRegion,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    accounts: BTreeSet<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seconds: Option<u64>,
}

impl UsageRequest {
    /// How long reports are waited for where no limit is set: 15 minutes
    pub const TIME_LIMIT: Duration = Duration::from_secs(15 * 60);
    /// The most accounts that EC2 takes
    pub const MOST_ACCOUNTS: usize = 200;

    /// Starts a request
    pub fn builder() -> UsageRequestBuilder {
        UsageRequestBuilder::default()
    }

    /// The images by Region; at least one
    pub fn images(&self) -> &ImagesByRegion {
        &self.fields.images
    }

    /// The accounts that are asked about; none for all
    pub fn accounts(&self) -> &BTreeSet<AccountId> {
        &self.fields.accounts
    }

    /// How long reports are waited for
    pub fn time_limit(&self) -> Duration {
        let seconds = self.fields.seconds;
        seconds.map_or(Self::TIME_LIMIT, Duration::from_secs)
    }
}

impl Fields {
    fn problems(&self) -> Vec<RequestProblem> {
        let mut problems = Vec::new();
        check_images(&self.images, &mut problems);
        if self.accounts.len() > UsageRequest::MOST_ACCOUNTS {
            problems.push(RequestProblem::LimitOutOfBounds {
                field: "accounts",
                value: self.accounts.len(),
                least: 0,
                most: UsageRequest::MOST_ACCOUNTS,
            });
        }
        problems
    }
}

made_of_fields!(UsageRequest);

/// Gathers a [`UsageRequest`]; made by [`UsageRequest::builder`]
///
/// Ids are taken as text or as typed ids. Nothing fails before [`build`](Self::build).
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct UsageRequestBuilder {
    fields: Fields,
    gathered: Gathered,
}

names_images!(UsageRequestBuilder);
names_accounts!(
    UsageRequestBuilder,
    "an account that is asked about, up to 200; without any, all are"
);

impl UsageRequestBuilder {
    /// Sets how long reports are waited for, in whole seconds: by default
    /// [`TIME_LIMIT`](UsageRequest::TIME_LIMIT)
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.fields.seconds = Some(limit.as_secs());
        self
    }

    /// Makes the request
    ///
    /// # Errors
    ///
    /// All that is wrong with it in any world: see [`RequestProblem`].
    pub fn build(mut self) -> Result<UsageRequest, RequestError> {
        self.gathered.place_into(&mut self.fields.images);
        self.gathered.finish(self.fields)
    }
}
