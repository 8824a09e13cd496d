use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::gather::{Gathered, made_of_fields, names_accounts, names_images};
use super::{ImagesByRegion, check_accounts, check_images};
use crate::id::{AccountId, ParseIdError, SubnetId};
use crate::request::{RequestError, RequestProblem};

/// Launches that are to be rehearsed by recipients: of which images, in which accounts
///
/// Made by [`RehearsalRequest::builder`], or read back from JSON; both ways refuse what could not be
/// carried out in any world with a [`RequestError`].
///
/// ```
/// use ami_share_core::request::RehearsalRequest;
///
/// let request = RehearsalRequest::builder()
///     .region("us-east-1")
///     .image("ami-0123456789abcdef0")
///     .accounts(["222222222222", "333333333333"])
///     .build()?;
/// assert_eq!(request.accounts().len(), 2);
/// # Ok::<(), ami_share_core::request::RequestError>(())
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct RehearsalRequest {
    fields: Fields,
}

/// The request as it is written down
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    images: ImagesByRegion,
    accounts: BTreeSet<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instance_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subnet: Option<SubnetId>,
    #[serde(default)]
    copy: bool,
}

impl RehearsalRequest {
    /// Starts a request
    pub fn builder() -> RehearsalRequestBuilder {
        RehearsalRequestBuilder::default()
    }

    /// The images by Region; at least one
    pub fn images(&self) -> &ImagesByRegion {
        &self.fields.images
    }

    /// The accounts that rehearse; at least one
    pub fn accounts(&self) -> &BTreeSet<AccountId> {
        &self.fields.accounts
    }

    /// The instance type that is asked for; none for one that fits the image's architecture
    pub fn instance_type(&self) -> Option<&str> {
        self.fields.instance_type.as_deref()
    }

    /// The subnet that launches are rehearsed in; none for the default VPC of each account
    pub fn subnet(&self) -> Option<&SubnetId> {
        self.fields.subnet.as_ref()
    }

    /// Whether copies are rehearsed too
    pub fn copy(&self) -> bool {
        self.fields.copy
    }
}

impl Fields {
    fn problems(&self) -> Vec<RequestProblem> {
        let mut problems = Vec::new();
        check_images(&self.images, &mut problems);
        check_accounts(&self.accounts, &mut problems);
        let regions = self.images.len();
        if let Some(subnet) = self.subnet.clone().filter(|_| regions > 1) {
            problems.push(RequestProblem::SubnetInManyRegions { subnet, regions });
        }
        problems
    }
}

made_of_fields!(RehearsalRequest);

/// Gathers a [`RehearsalRequest`]; made by [`RehearsalRequest::builder`]
///
/// Ids are taken as text or as typed ids. Nothing fails before [`build`](Self::build).
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct RehearsalRequestBuilder {
    fields: Fields,
    gathered: Gathered,
}

names_images!(RehearsalRequestBuilder);
names_accounts!(
    RehearsalRequestBuilder,
    "an account that rehearses, reached by its role, or the caller's own"
);

impl RehearsalRequestBuilder {
    /// Asks for this instance type: by default `t3.micro` for images of `x86_64`, and `t4g.micro` for
    /// those of `arm64`
    pub fn instance_type(mut self, instance_type: impl Into<String>) -> Self {
        self.fields.instance_type = Some(instance_type.into());
        self
    }

    /// Rehearses launches in this subnet: by default in the default VPC of each account
    ///
    /// An account whose default VPC was deleted launches nothing without it. All accounts of the request
    /// see it: it is the one account's own, or shared with them by AWS Resource Access Manager. It is in
    /// one Region, and so are the images then
    /// ([RunInstances](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html)).
    pub fn subnet<S>(mut self, subnet: S) -> Self
    where
        S: TryInto<SubnetId>,
        ParseIdError: From<S::Error>,
    {
        self.fields.subnet = self.gathered.take(subnet);
        self
    }

    /// Rehearses copies within the Region too, with tags: copies are made with them, which needs
    /// `ec2:CreateTags`
    pub fn copy(mut self, copy: bool) -> Self {
        self.fields.copy = copy;
        self
    }

    /// Makes the request
    ///
    /// # Errors
    ///
    /// All that is wrong with it in any world: see [`RequestProblem`].
    pub fn build(mut self) -> Result<RehearsalRequest, RequestError> {
        self.gathered.place_into(&mut self.fields.images);
        self.gathered.finish(self.fields)
    }
}
