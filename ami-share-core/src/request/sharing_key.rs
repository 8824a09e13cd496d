use std::collections::BTreeSet;

use super::{RequestError, RequestProblem};
use crate::id::{AccountId, OrganizationalUnitPath, ParseIdError, Region};
use crate::principal::Principal;
use crate::resource::Tags;

/// A new customer managed key for images that are to be shared
///
/// ```
/// use ami_share_core::request::SharingKey;
///
/// let key = SharingKey::new("us-east-1", "111122223333", "alias/golden-images")?
///     .principal("arn:aws:organizations::111122223333:organization/o-exampleorg1")?
///     .description("golden images");
/// # Ok::<(), ami_share_core::request::RequestError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use]
pub struct SharingKey {
    pub(crate) region: Region,
    pub(crate) owner: AccountId,
    pub(crate) alias: String,
    pub(crate) principals: BTreeSet<Principal>,
    pub(crate) unit_paths: BTreeSet<OrganizationalUnitPath>,
    pub(crate) description: String,
    pub(crate) multi_region: bool,
    pub(crate) tags: Tags,
}

impl SharingKey {
    /// A key in a Region, of the account that calls, under an alias such as `alias/golden-images`
    ///
    /// # Errors
    ///
    /// An id that cannot be parsed, or an alias that
    /// [KMS](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html) does not take.
    pub fn new<R, A>(region: R, owner: A, alias: impl Into<String>) -> Result<Self, RequestError>
    where
        R: TryInto<Region>,
        A: TryInto<AccountId>,
        ParseIdError: From<R::Error> + From<A::Error>,
    {
        let alias = alias.into();
        if !is_alias(&alias) {
            return Err(RequestError::new(vec![RequestProblem::Alias { alias }]));
        }
        Ok(Self {
            region: region.try_into().map_err(ParseIdError::from)?,
            owner: owner.try_into().map_err(ParseIdError::from)?,
            alias,
            principals: BTreeSet::new(),
            unit_paths: BTreeSet::new(),
            description: String::new(),
            multi_region: false,
            tags: Tags::new(),
        })
    }

    /// One more principal that may use the key: an account, an organization or an OU
    ///
    /// # Errors
    ///
    /// An id that cannot be parsed, or the public.
    pub fn principal<P>(mut self, principal: P) -> Result<Self, RequestError>
    where
        P: TryInto<Principal>,
        ParseIdError: From<P::Error>,
    {
        let principal = principal.try_into().map_err(ParseIdError::from)?;
        if principal == Principal::Public {
            return Err(RequestError::new(vec![RequestProblem::PublicKey]));
        }
        self.principals.insert(principal);
        Ok(self)
    }

    /// Tells where an OU stands, as `o-…/r-…/ou-…/`, so that Organizations need not be asked
    ///
    /// # Errors
    ///
    /// A path that cannot be parsed.
    pub fn unit_path<P>(mut self, path: P) -> Result<Self, RequestError>
    where
        P: TryInto<OrganizationalUnitPath>,
        ParseIdError: From<P::Error>,
    {
        self.unit_paths
            .insert(path.try_into().map_err(ParseIdError::from)?);
        Ok(self)
    }

    /// What the key is for, in words
    pub fn description(self, description: impl Into<String>) -> Self {
        Self {
            description: description.into(),
            ..self
        }
    }

    /// A multi-Region key, which can have replicas in other Regions
    pub fn multi_region(self) -> Self {
        Self {
            multi_region: true,
            ..self
        }
    }

    /// One more tag of the key
    pub fn tag(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.insert(name.into(), value.into());
        self
    }
}

/// `alias/` and 1 to 250 of `[a-zA-Z0-9/_-]`; `alias/aws/` is AWS's own
fn is_alias(text: &str) -> bool {
    text.strip_prefix("alias/").is_some_and(|name| {
        let is_taken = |c: char| c.is_ascii_alphanumeric() || "/_-".contains(c);
        (1..=250).contains(&name.len()) && !name.starts_with("aws/") && name.chars().all(is_taken)
    })
}
