use super::share::Fields;
use super::{
    Direction, KeyAccess, KeyCleanup, Limits, PublicConsent, RemovalLimit, RequestError,
    RequestProblem, ShareRequest, SnapshotSharing, TrustedPrincipals,
};
use crate::id::{
    AccountId, IamPrincipalArn, IdKind, ImageId, OrganizationArn, OrganizationalUnitArn,
    OrganizationalUnitPath, ParseIdError, Region,
};
use crate::policy::ServiceRole;
use crate::principal::Principal;

/// Gathers a [`ShareRequest`]; made by [`ShareRequest::builder`]
///
/// Ids are taken as text or as typed ids. Nothing fails before [`build`](Self::build), which then
/// names everything that is wrong at once.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ShareRequestBuilder {
    fields: Fields,
    region: Option<Region>,
    images_without_region: Vec<ImageId>,
    problems: Vec<RequestProblem>,
}

impl ShareRequestBuilder {
    /// Sets the Region of the images named with [`image`](Self::image), before or after this call
    pub fn region<R>(mut self, region: R) -> Self
    where
        R: TryInto<Region>,
        ParseIdError: From<R::Error>,
    {
        self.region = self.take(region).or(self.region.take());
        self
    }

    /// Adds an image in the request's Region
    pub fn image<I>(mut self, image: I) -> Self
    where
        I: TryInto<ImageId>,
        ParseIdError: From<I::Error>,
    {
        let image = self.take(image);
        self.images_without_region.extend(image);
        self
    }

    /// Adds images in the request's Region
    pub fn images<I>(self, images: impl IntoIterator<Item = I>) -> Self
    where
        I: TryInto<ImageId>,
        ParseIdError: From<I::Error>,
    {
        images.into_iter().fold(self, Self::image)
    }

    /// Adds an image in a Region of its own
    pub fn image_in<R, I>(mut self, region: R, image: I) -> Self
    where
        R: TryInto<Region>,
        I: TryInto<ImageId>,
        ParseIdError: From<R::Error> + From<I::Error>,
    {
        let region = self.take(region);
        let image = self.take(image);
        if let (Some(region), Some(image)) = (region, image) {
            self.fields.images.entry(region).or_default().insert(image);
        }
        self
    }

    /// Adds a principal of any kind
    pub fn principal<P>(mut self, principal: P) -> Self
    where
        P: TryInto<Principal>,
        ParseIdError: From<P::Error>,
    {
        let principal = self.take(principal);
        self.fields.principals.extend(principal);
        self
    }

    /// Adds principals of any kind
    pub fn principals<P>(self, principals: impl IntoIterator<Item = P>) -> Self
    where
        P: TryInto<Principal>,
        ParseIdError: From<P::Error>,
    {
        principals.into_iter().fold(self, Self::principal)
    }

    /// Adds an account
    pub fn account<A>(mut self, account: A) -> Self
    where
        A: TryInto<AccountId>,
        ParseIdError: From<A::Error>,
    {
        let account = self.take(account);
        self.fields
            .principals
            .extend(account.map(Principal::Account));
        self
    }

    /// Adds accounts
    pub fn accounts<A>(self, accounts: impl IntoIterator<Item = A>) -> Self
    where
        A: TryInto<AccountId>,
        ParseIdError: From<A::Error>,
    {
        accounts.into_iter().fold(self, Self::account)
    }

    /// Adds an organization by its full ARN
    pub fn organization<O>(mut self, organization: O) -> Self
    where
        O: TryInto<OrganizationArn>,
        ParseIdError: From<O::Error>,
    {
        let organization = self.take(organization);
        self.fields
            .principals
            .extend(organization.map(Principal::Organization));
        self
    }

    /// Adds an organizational unit by its full ARN
    pub fn organizational_unit<O>(mut self, unit: O) -> Self
    where
        O: TryInto<OrganizationalUnitArn>,
        ParseIdError: From<O::Error>,
    {
        let unit = self.take(unit);
        self.fields
            .principals
            .extend(unit.map(Principal::OrganizationalUnit));
        self
    }

    /// Adds the public, and says whether that is consented to
    pub fn public(mut self, consent: PublicConsent) -> Self {
        self.fields.principals.insert(Principal::Public);
        self.public_consent(consent)
    }

    /// Says whether images may become public, without adding the public
    pub fn public_consent(mut self, consent: PublicConsent) -> Self {
        self.fields.public_consent = consent;
        self
    }

    /// Gives the principals access; this is the default
    pub fn share(mut self) -> Self {
        self.fields.direction = Direction::Share;
        self
    }

    /// Takes access from the principals
    pub fn revoke(mut self) -> Self {
        self.fields.direction = Direction::Revoke;
        self
    }

    /// Gives the principals access and takes it from everyone else, as far as the limit allows
    pub fn exactly(mut self, limit: RemovalLimit) -> Self {
        self.fields.direction = Direction::Exactly { limit };
        self
    }

    /// Says what happens to snapshot permissions
    ///
    /// By default they are left as they are when sharing, and taken away when revoking.
    pub fn snapshots(mut self, snapshots: SnapshotSharing) -> Self {
        self.fields.snapshots = Some(snapshots);
        self
    }

    /// Says how recipients get to use the keys of encrypted images: by default
    /// [`Auto`](KeyAccess::Auto)
    pub fn key_access(mut self, key_access: KeyAccess) -> Self {
        self.fields.key_access = key_access;
        self
    }

    /// Says what a revoke does to the keys: by default [`ByReference`](KeyCleanup::ByReference)
    pub fn key_cleanup(mut self, key_cleanup: KeyCleanup) -> Self {
        self.fields.key_cleanup = key_cleanup;
        self
    }

    /// Opens the keys for a role or user of a recipient account, instead of for the whole account
    ///
    /// KMS refuses a policy or grant that names one which does not exist.
    pub fn key_principal<P>(mut self, principal: P) -> Self
    where
        P: TryInto<IamPrincipalArn>,
        ParseIdError: From<P::Error>,
    {
        let principal = self.take(principal);
        self.fields.key_principals.extend(principal);
        self
    }

    /// Lets each recipient account make grants of the keys for a service-linked role of its own, such as
    /// Auto Scaling's, which [`grant_service_linked_roles`](crate::Sharer::grant_service_linked_roles)
    /// then does
    ///
    /// By a statement in the key policy that names the accounts, and `kms:CreateGrant` for that role
    /// alone: accounts only, no organizations, OUs, roles or users.
    pub fn service_role(mut self, role: ServiceRole) -> Self {
        self.fields.service_roles.insert(role);
        self
    }

    /// Tells where an OU stands, as `o-…/r-…/ou-…/`, so that Organizations need not be asked
    pub fn unit_path<P>(mut self, path: P) -> Self
    where
        P: TryInto<OrganizationalUnitPath>,
        ParseIdError: From<P::Error>,
    {
        let path = self.take(path);
        self.fields.unit_paths.extend(path);
        self
    }

    /// Adds a tag for the images, and for the snapshots where these are shared
    ///
    /// Recipients do not see it unless its key starts with `ec2:SharedTag/`.
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.tags.insert(key.into(), value.into());
        self
    }

    /// Refuses principals that are not on the list, when sharing
    pub fn trusted(mut self, trusted: TrustedPrincipals) -> Self {
        self.fields.trusted = Some(trusted);
        self
    }

    /// Sets what AWS allows this account, where that is not the default
    pub fn limits(mut self, limits: Limits) -> Self {
        self.fields.limits = limits;
        self
    }

    /// Makes the request
    ///
    /// # Errors
    ///
    /// All that is wrong with it in any world: see [`RequestProblem`].
    pub fn build(mut self) -> Result<ShareRequest, RequestError> {
        let mut problems = self.problems;
        match self.region {
            Some(region) if !self.images_without_region.is_empty() => self
                .fields
                .images
                .entry(region)
                .or_default()
                .extend(self.images_without_region),
            None if !self.images_without_region.is_empty() && !names_bad_region(&problems) => {
                problems.push(RequestProblem::NoRegion);
            }
            _ => {}
        }
        if problems.is_empty() {
            return self.fields.try_into();
        }
        // An id that could not be read must not make its list look empty.
        problems.extend(self.fields.problems().into_iter().filter(|problem| {
            !matches!(
                problem,
                RequestProblem::NoImages | RequestProblem::NoPrincipals
            )
        }));
        Err(RequestError::new(problems))
    }

    fn take<T, V>(&mut self, value: V) -> Option<T>
    where
        V: TryInto<T>,
        ParseIdError: From<V::Error>,
    {
        value
            .try_into()
            .map_err(|error| self.problems.push(ParseIdError::from(error).into()))
            .ok()
    }
}

/// Whether a Region was named that could not be read
fn names_bad_region(problems: &[RequestProblem]) -> bool {
    let is_region = |problem: &RequestProblem| match problem {
        RequestProblem::Id(error) => error.kind() == IdKind::Region,
        _ => false,
    };
    problems.iter().any(is_region)
}
