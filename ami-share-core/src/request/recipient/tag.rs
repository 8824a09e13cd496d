use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::gather::{Gathered, made_of_fields, names_accounts, names_images};
use super::{ImagesByRegion, check_images};
use crate::id::AccountId;
use crate::request::{RequestError, RequestProblem};
use crate::resource::{TagProblem, Tags};

/// Tags of images that recipients are to see
///
/// Either the owner's, under keys that start with [`PREFIX`](Self::PREFIX), which every account sees that
/// an image is shared with; or a recipient's own, which it alone sees
/// ([shared tags](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-intro.html)).
///
/// Made by [`RecipientTagRequest::builder`], or read back from JSON; both ways refuse what could not be
/// carried out in any world with a [`RequestError`].
///
/// ```
/// use ami_share_core::request::RecipientTagRequest;
///
/// let request = RecipientTagRequest::builder()
///     .region("us-east-1")
///     .image("ami-0123456789abcdef0")
///     .tag("os", "linux")
///     .build()?;
/// assert_eq!(request.tags().keys().next().unwrap(), "ec2:SharedTag/os");
/// # Ok::<(), ami_share_core::request::RequestError>(())
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct RecipientTagRequest {
    fields: Fields,
}

/// The request as it is written down
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    images: ImagesByRegion,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    accounts: BTreeSet<AccountId>,
    tags: Tags,
}

impl RecipientTagRequest {
    /// How the keys of tags start that an owner shares with an image
    pub const PREFIX: &str = "ec2:SharedTag/";

    /// Starts a request
    pub fn builder() -> RecipientTagRequestBuilder {
        RecipientTagRequestBuilder::default()
    }

    /// The images by Region; at least one
    pub fn images(&self) -> &ImagesByRegion {
        &self.fields.images
    }

    /// The recipients that tag for themselves; none where the owner does for all
    pub fn accounts(&self) -> &BTreeSet<AccountId> {
        &self.fields.accounts
    }

    /// The tags as they are written: with the prefix where they are the owner's
    pub fn tags(&self) -> &Tags {
        &self.fields.tags
    }
}

impl Fields {
    fn problems(&self) -> Vec<RequestProblem> {
        let mut problems = Vec::new();
        check_images(&self.images, &mut problems);
        if self.tags.is_empty() {
            problems.push(RequestProblem::NoTags);
        }
        let of_owner = self.accounts.is_empty();
        let others = self
            .tags
            .keys()
            .filter(|key| key.starts_with(RecipientTagRequest::PREFIX) != of_owner);
        problems.extend(others.map(|key| RequestProblem::SharedTag { key: key.clone() }));
        problems.extend(TagProblem::find_in(&self.tags).into_iter().map(Into::into));
        problems
    }
}

made_of_fields!(RecipientTagRequest);

/// Gathers a [`RecipientTagRequest`]; made by [`RecipientTagRequest::builder`]
///
/// Ids are taken as text or as typed ids. Nothing fails before [`build`](Self::build).
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct RecipientTagRequestBuilder {
    fields: Fields,
    gathered: Gathered,
}

names_images!(RecipientTagRequestBuilder);
names_accounts!(
    RecipientTagRequestBuilder,
    "a recipient that tags the images for itself, reached by its role; without any, the owner tags them for all"
);

impl RecipientTagRequestBuilder {
    /// Adds a tag; where the owner tags, its key gets the prefix if it lacks it
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.tags.insert(key.into(), value.into());
        self
    }

    /// Makes the request
    ///
    /// # Errors
    ///
    /// All that is wrong with it in any world: see [`RequestProblem`].
    pub fn build(mut self) -> Result<RecipientTagRequest, RequestError> {
        self.gathered.place_into(&mut self.fields.images);
        if self.fields.accounts.is_empty() {
            let prefix = RecipientTagRequest::PREFIX;
            let tags = std::mem::take(&mut self.fields.tags).into_iter();
            let shared = tags.map(
                |(key, value)| match key.starts_with(prefix) || key.is_empty() {
                    true => (key, value),
                    false => (format!("{prefix}{key}"), value),
                },
            );
            self.fields.tags = shared.collect();
        }
        self.gathered.finish(self.fields)
    }
}
