//! What is to be copied where, under which keys, and what becomes of the copies.

mod builder;
mod keys;
mod options;
mod rules;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use builder::CopyRequestBuilder;
pub use keys::{AccountKeys, CopyKeys};
pub use options::{
    CopyLimits, CopyMaker, CopyPermissions, DeregistrationProtection, OnFailure, SourceAccess,
};

use super::{KeyAccess, RequestError};
use crate::id::{AccountId, Destination, ImageId, KeyRef, Region};
use crate::resource::{Tags, Timestamp};

/// Copies of one image that are wanted: to which accounts and Regions, and what they are like
///
/// Made by [`CopyRequest::builder`], or read back from JSON; both ways refuse what could not be
/// carried out in any world with a [`RequestError`].
///
/// ```
/// use ami_share_core::CopyRequest;
///
/// let request = CopyRequest::builder()
///     .source("us-east-1", "ami-0123456789abcdef0")
///     .to_account("222222222222")
///     .to_region("us-east-1")
///     .to_region("eu-west-1")
///     .key("alias/golden")
///     .build()?;
/// assert_eq!(request.destinations().len(), 2);
/// # Ok::<(), ami_share_core::request::RequestError>(())
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct CopyRequest {
    fields: Fields,
}

/// The request as it is written down
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    source: Option<Source>,
    destinations: BTreeSet<Destination>,
    #[serde(default)]
    keys: CopyKeys,
    #[serde(default)]
    made_by: CopyMaker,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default)]
    leave_source_tags: bool,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    image_tags: Tags,
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    snapshot_tags: Tags,
    #[serde(default)]
    permissions: CopyPermissions,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    protection: Option<DeregistrationProtection>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deprecate_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    completion_minutes: Option<u16>,
    #[serde(default)]
    source_access: SourceAccess,
    #[serde(default)]
    key_access: KeyAccess,
    #[serde(default)]
    on_failure: OnFailure,
    #[serde(default)]
    limits: CopyLimits,
}

/// The image that is copied
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct Source {
    region: Region,
    image: ImageId,
}

impl CopyRequest {
    /// Starts a request
    pub fn builder() -> CopyRequestBuilder {
        CopyRequestBuilder::default()
    }

    /// The Region of the image that is copied
    pub fn source_region(&self) -> &Region {
        &self.source().region
    }

    /// The image that is copied
    pub fn source_image(&self) -> &ImageId {
        &self.source().image
    }

    #[allow(
        clippy::expect_used,
        reason = "a request is only made of fields that have a source"
    )]
    fn source(&self) -> &Source {
        // INVARIANT: `rules` refuses a request without a source.
        let source = self.fields.source.as_ref();
        source.expect("a copy request has a source")
    }

    /// Where copies go; at least one
    pub fn destinations(&self) -> &BTreeSet<Destination> {
        &self.fields.destinations
    }

    /// Who makes the copies
    pub fn made_by(&self) -> CopyMaker {
        self.fields.made_by
    }

    /// The keys that copies are encrypted under
    pub fn keys(&self) -> &CopyKeys {
        &self.fields.keys
    }

    /// What names the key of a copy, if one is given for it; a destination without an account is one of
    /// the caller's
    ///
    /// The ARN of a key that is in another Region, and has no replica in that of the copy, is given back
    /// as it is: a plan for it is refused.
    pub fn key_for(&self, destination: &Destination, caller: AccountId) -> Option<KeyRef> {
        let account = destination.account.or(Some(caller));
        let key = self.fields.keys.find(account, &destination.region)?;
        let in_region = key.in_region(&destination.region);
        Some(in_region.unwrap_or_else(|| key.clone()))
    }

    /// The template of the copies' names; where there is none, `{name}`, and `{name}-{account}` for
    /// copies that the caller makes for several accounts
    ///
    /// `{name}` stands for the name of the source, `{source}` for its id, `{account}` and `{region}`
    /// for the destination's.
    pub fn name(&self) -> Option<&str> {
        self.fields.name.as_deref()
    }

    /// The template of the copies' descriptions; where there is none, they have that of the source
    ///
    /// The placeholders of a [`name`](Self::name) are filled, and other braces stay as they are.
    pub fn description(&self) -> Option<&str> {
        self.fields.description.as_deref()
    }

    /// Whether the tags of the source are copied, those of AWS aside
    pub fn copies_tags(&self) -> bool {
        !self.fields.leave_source_tags
    }

    /// Tags that each copy has
    pub fn image_tags(&self) -> &Tags {
        &self.fields.image_tags
    }

    /// Tags that the snapshots of each copy have
    pub fn snapshot_tags(&self) -> &Tags {
        &self.fields.snapshot_tags
    }

    /// Who the copies are shared with
    pub fn permissions(&self) -> &CopyPermissions {
        &self.fields.permissions
    }

    /// How the copies are protected from being deregistered
    pub fn protection(&self) -> Option<DeregistrationProtection> {
        self.fields.protection
    }

    /// From when on the copies are deprecated
    pub fn deprecate_at(&self) -> Option<Timestamp> {
        self.fields.deprecate_at
    }

    /// In how many minutes each copy is to be complete, at extra charge
    pub fn completion_minutes(&self) -> Option<u16> {
        self.fields.completion_minutes
    }

    /// What becomes of the access to the source that recipients get for copying
    pub fn source_access(&self) -> SourceAccess {
        self.fields.source_access
    }

    /// How keys are opened, those of the source and those of shared copies
    pub fn key_access(&self) -> KeyAccess {
        self.fields.key_access
    }

    /// What becomes of a copy that failed
    pub fn on_failure(&self) -> OnFailure {
        self.fields.on_failure
    }

    /// How many copies there are at once, and how long they may take
    pub fn limits(&self) -> CopyLimits {
        self.fields.limits
    }

    /// How long the copies may take
    pub fn time_limit(&self) -> Duration {
        Duration::from_secs(u64::from(self.fields.limits.minutes) * 60)
    }

    /// The accounts that copies go to, other than the caller's own where that is not named
    pub fn accounts(&self) -> BTreeSet<AccountId> {
        let destinations = self.fields.destinations.iter();
        destinations.filter_map(|to| to.account).collect()
    }
}

impl TryFrom<Fields> for CopyRequest {
    type Error = RequestError;

    fn try_from(fields: Fields) -> Result<Self, Self::Error> {
        let problems = fields.problems();
        if problems.is_empty() {
            Ok(Self { fields })
        } else {
            Err(RequestError::new(problems))
        }
    }
}

impl From<CopyRequest> for Fields {
    fn from(request: CopyRequest) -> Self {
        request.fields
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
mod tests;
