use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::gather::{Gathered, made_of_fields, names_accounts};
use crate::id::{AccountId, ImageId, ParseIdError, Region};
use crate::request::{RequestError, RequestProblem, ShareRequest};

/// A parameter that is to hold an image, in the caller's account and in those of recipients
///
/// Launch templates and Auto Scaling groups name it as `resolve:ssm:<name>`
/// ([parameters for AMIs](https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-ec2-aliases.html)).
///
/// Made by [`ParameterRequest::builder`], or read back from JSON; both ways refuse what could not be
/// carried out in any world with a [`RequestError`].
///
/// ```
/// use ami_share_core::request::ParameterRequest;
///
/// let request = ParameterRequest::builder("/golden/al2023")
///     .image_in("us-east-1", "ami-0123456789abcdef0")
///     .image_in("eu-west-1", "ami-0fedcba9876543210")
///     .accounts(["222222222222", "333333333333"])
///     .build()?;
/// assert!(request.writes_own());
/// # Ok::<(), ami_share_core::request::RequestError>(())
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct ParameterRequest {
    fields: Fields,
}

/// The request as it is written down
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    name: String,
    images: BTreeMap<Region, ImageId>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    accounts: BTreeSet<AccountId>,
    #[serde(default)]
    recipients_only: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<ShareRequest>,
}

impl ParameterRequest {
    /// Starts a request for a parameter, such as `/golden/al2023`
    pub fn builder(name: impl Into<String>) -> ParameterRequestBuilder {
        let name = name.into();
        ParameterRequestBuilder {
            fields: Fields {
                name,
                ..Fields::default()
            },
            gathered: Gathered::default(),
        }
    }

    /// The parameter's name
    pub fn name(&self) -> &str {
        &self.fields.name
    }

    /// The image of each Region; at least one
    pub fn images(&self) -> &BTreeMap<Region, ImageId> {
        &self.fields.images
    }

    /// The recipients
    pub fn accounts(&self) -> &BTreeSet<AccountId> {
        &self.fields.accounts
    }

    /// Whether the parameter is written in the caller's own account too
    pub fn writes_own(&self) -> bool {
        !self.fields.recipients_only
    }

    /// The share that has to be verified before
    pub fn after(&self) -> Option<&ShareRequest> {
        self.fields.after.as_ref()
    }
}

impl Fields {
    fn problems(&self) -> Vec<RequestProblem> {
        let mut problems = Vec::new();
        if !is_parameter_name(&self.name) {
            let name = self.name.clone();
            problems.push(RequestProblem::ParameterName { name });
        }
        if self.images.is_empty() {
            problems.push(RequestProblem::NoImages);
        }
        if self.recipients_only && self.accounts.is_empty() {
            problems.push(RequestProblem::NoAccounts);
        }
        if let Some(after) = &self.after {
            let is_named = |(region, image): &(&Region, &ImageId)| {
                let images = after.images().get(region);
                images.is_some_and(|images| images.contains(image))
            };
            let strangers = self.images.iter().filter(|image| !is_named(image));
            problems.extend(
                strangers.map(|(region, image)| RequestProblem::ImageNotVerified {
                    region: region.clone(),
                    image: image.clone(),
                }),
            );
        }
        problems
    }
}

/// As [Parameter Store](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html)
/// takes it
fn is_parameter_name(name: &str) -> bool {
    const MOST: usize = 1_011;
    const LEVELS: usize = 15;
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let path = name.strip_prefix('/');
    let parts: Vec<&str> = path.unwrap_or(name).split('/').collect();
    let first = parts.first().copied().unwrap_or_default();
    let starts_with = |prefix: &str| {
        let start = first.get(..3);
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    let is_whole = parts
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(is_word));
    let is_path_or_word = path.is_some() || parts.len() == 1;
    let is_aws = starts_with("aws") || starts_with("ssm");
    is_whole && is_path_or_word && !is_aws && name.len() <= MOST && parts.len() <= LEVELS
}

made_of_fields!(ParameterRequest);

/// Gathers a [`ParameterRequest`]; made by [`ParameterRequest::builder`]
///
/// Ids are taken as text or as typed ids. Nothing fails before [`build`](Self::build).
#[derive(Clone, Debug)]
#[must_use]
pub struct ParameterRequestBuilder {
    fields: Fields,
    gathered: Gathered,
}

names_accounts!(
    ParameterRequestBuilder,
    "a recipient that gets the parameter too, reached by its role"
);

impl ParameterRequestBuilder {
    /// Sets the image of a Region
    pub fn image_in<R, I>(mut self, region: R, image: I) -> Self
    where
        R: TryInto<Region>,
        I: TryInto<ImageId>,
        ParseIdError: From<R::Error> + From<I::Error>,
    {
        let region = self.gathered.take(region);
        let image = self.gathered.take(image);
        if let (Some(region), Some(image)) = (region, image) {
            let before = self.fields.images.insert(region.clone(), image.clone());
            if before.is_some_and(|before| before != image) {
                let problem = RequestProblem::SeveralImages { region };
                self.gathered.problems.push(problem);
            }
        }
        self
    }

    /// Leaves the caller's own account out
    pub fn recipients_only(mut self) -> Self {
        self.fields.recipients_only = true;
        self
    }

    /// Writes nothing unless [`verify`](crate::Sharer::verify) says of this share that all is as asked
    /// for; it has to name the images
    pub fn after(mut self, share: ShareRequest) -> Self {
        self.fields.after = Some(share);
        self
    }

    /// Makes the request
    ///
    /// # Errors
    ///
    /// All that is wrong with it in any world: see [`RequestProblem`].
    pub fn build(self) -> Result<ParameterRequest, RequestError> {
        self.gathered.finish(self.fields)
    }
}

#[cfg(test)]
mod tests {
    use super::is_parameter_name;

    #[test]
    fn a_name_is_one_that_parameter_store_takes() {
        for name in ["golden", "/golden/al2023", "/a/b.c-d_e/F"] {
            assert!(is_parameter_name(name), "{name}");
        }
        let deep = "/a".repeat(16);
        let long = "a".repeat(1_012);
        for name in [
            "", "/", "/a/", "a/b", "/a//b", "a b", "aws", "/AWS/x", "ssmx", &deep, &long,
        ] {
            assert!(!is_parameter_name(name), "{name}");
        }
    }
}
