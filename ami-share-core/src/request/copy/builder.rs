use std::collections::BTreeSet;

use super::{
    CopyLimits, CopyMaker, CopyPermissions, CopyRequest, DeregistrationProtection, Fields,
    OnFailure, Source, SourceAccess,
};
use crate::id::{AccountId, Destination, ImageId, KeyRef, ParseIdError, Region};
use crate::principal::{Principal, PrincipalSet};
use crate::request::{KeyAccess, RequestError, RequestProblem};
use crate::resource::Timestamp;

/// Gathers a [`CopyRequest`]; made by [`CopyRequest::builder`]
///
/// Ids are taken as text or as typed ids. Nothing fails before [`build`](Self::build), which then
/// names everything that is wrong at once.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct CopyRequestBuilder {
    fields: Fields,
    accounts: BTreeSet<AccountId>,
    own_account: bool,
    regions: BTreeSet<Region>,
    problems: Vec<RequestProblem>,
}

impl CopyRequestBuilder {
    /// Sets the image that is copied, and its Region
    pub fn source<R, I>(mut self, region: R, image: I) -> Self
    where
        R: TryInto<Region>,
        I: TryInto<ImageId>,
        ParseIdError: From<R::Error> + From<I::Error>,
    {
        let (region, image) = (self.take(region), self.take(image));
        if let (Some(region), Some(image)) = (region, image) {
            self.fields.source = Some(Source { region, image });
        }
        self
    }

    /// Adds a Region: the copies go to every account that is named, in every Region that is named
    ///
    /// Where no Region is named, it is that of the source; where no account is named, it is the
    /// caller's own.
    pub fn to_region<R>(mut self, region: R) -> Self
    where
        R: TryInto<Region>,
        ParseIdError: From<R::Error>,
    {
        let region = self.take(region);
        self.regions.extend(region);
        self
    }

    /// Adds Regions
    pub fn to_regions<R>(self, regions: impl IntoIterator<Item = R>) -> Self
    where
        R: TryInto<Region>,
        ParseIdError: From<R::Error>,
    {
        regions.into_iter().fold(self, Self::to_region)
    }

    /// Adds an account that makes and owns copies; it is reached by its role
    pub fn to_account<A>(mut self, account: A) -> Self
    where
        A: TryInto<AccountId>,
        ParseIdError: From<A::Error>,
    {
        let account = self.take(account);
        self.accounts.extend(account);
        self
    }

    /// Adds accounts that make and own copies
    pub fn to_accounts<A>(self, accounts: impl IntoIterator<Item = A>) -> Self
    where
        A: TryInto<AccountId>,
        ParseIdError: From<A::Error>,
    {
        accounts.into_iter().fold(self, Self::to_account)
    }

    /// Adds the caller's own account to those that are named
    pub fn to_own_account(mut self) -> Self {
        self.own_account = true;
        self
    }

    /// Adds one Region of one account, beside what the accounts and Regions that are named make
    pub fn to<A, R>(mut self, account: A, region: R) -> Self
    where
        A: TryInto<AccountId>,
        R: TryInto<Region>,
        ParseIdError: From<A::Error> + From<R::Error>,
    {
        let (account, region) = (self.take(account), self.take(region));
        if let (Some(account), Some(region)) = (account, region) {
            let account = Some(account);
            self.fields
                .destinations
                .insert(Destination { account, region });
        }
        self
    }

    /// Says who makes the copies for accounts: by default each account itself
    pub fn made_by(mut self, maker: CopyMaker) -> Self {
        self.fields.made_by = maker;
        self
    }

    /// Sets the key for copies that no other key is given for
    pub fn key<K>(mut self, key: K) -> Self
    where
        K: TryInto<KeyRef>,
        ParseIdError: From<K::Error>,
    {
        self.fields.keys.default = self.take(key).or(self.fields.keys.default.take());
        self
    }

    /// Sets the key for copies in a Region
    pub fn key_in<R, K>(mut self, region: R, key: K) -> Self
    where
        R: TryInto<Region>,
        K: TryInto<KeyRef>,
        ParseIdError: From<R::Error> + From<K::Error>,
    {
        if let (Some(region), Some(key)) = (self.take(region), self.take(key)) {
            self.fields.keys.regions.insert(region, key);
        }
        self
    }

    /// Sets the key for the copies of an account, in all Regions that have none of their own
    pub fn account_key<A, K>(mut self, account: A, key: K) -> Self
    where
        A: TryInto<AccountId>,
        K: TryInto<KeyRef>,
        ParseIdError: From<A::Error> + From<K::Error>,
    {
        if let (Some(account), Some(key)) = (self.take(account), self.take(key)) {
            self.fields
                .keys
                .accounts
                .entry(account)
                .or_default()
                .default = Some(key);
        }
        self
    }

    /// Sets the key for the copy of an account in a Region
    pub fn account_key_in<A, R, K>(mut self, account: A, region: R, key: K) -> Self
    where
        A: TryInto<AccountId>,
        R: TryInto<Region>,
        K: TryInto<KeyRef>,
        ParseIdError: From<A::Error> + From<R::Error> + From<K::Error>,
    {
        let (account, region) = (self.take(account), self.take(region));
        if let (Some(account), Some(region), Some(key)) = (account, region, self.take(key)) {
            let keys = self.fields.keys.accounts.entry(account).or_default();
            keys.regions.insert(region, key);
        }
        self
    }

    /// Sets the template of the copies' names: see [`CopyRequest::name`]
    pub fn name(mut self, template: impl Into<String>) -> Self {
        self.fields.name = Some(template.into());
        self
    }

    /// Sets the template of the copies' descriptions: see [`CopyRequest::description`]
    ///
    /// It has up to 255 characters, as it is given and with its placeholders filled.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.fields.description = Some(description.into());
        self
    }

    /// Says whether the tags of the source are copied: by default they are
    pub fn copy_tags(mut self, copy: bool) -> Self {
        self.fields.leave_source_tags = !copy;
        self
    }

    /// Adds a tag for the copies
    pub fn image_tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.image_tags.insert(key.into(), value.into());
        self
    }

    /// Adds a tag for the snapshots of the copies
    pub fn snapshot_tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.snapshot_tags.insert(key.into(), value.into());
        self
    }

    /// Shares each copy with whoever may launch the source, as [`CopyPermissions::Replicate`] says
    pub fn replicate_permissions(mut self) -> Self {
        self.fields.permissions = CopyPermissions::Replicate;
        self
    }

    /// Shares each copy with these principals, its own owner aside
    pub fn share_with<P>(mut self, principals: impl IntoIterator<Item = P>) -> Self
    where
        P: TryInto<Principal>,
        ParseIdError: From<P::Error>,
    {
        let mut set = PrincipalSet::new();
        for principal in principals {
            set.extend(self.take::<Principal, P>(principal));
        }
        self.fields.permissions = CopyPermissions::Principals(set);
        self
    }

    /// Protects the copies from being deregistered
    pub fn protect(mut self, protection: DeregistrationProtection) -> Self {
        self.fields.protection = Some(protection);
        self
    }

    /// Sets from when on the copies are deprecated
    pub fn deprecate_at(mut self, at: Timestamp) -> Self {
        self.fields.deprecate_at = Some(at);
        self
    }

    /// Asks for
    /// [time-based copies](https://docs.aws.amazon.com/ebs/latest/userguide/time-based-copies.html), at
    /// extra charge: 15 to 2,880 minutes in steps of 15
    pub fn completion_minutes(mut self, minutes: u16) -> Self {
        self.fields.completion_minutes = Some(minutes);
        self
    }

    /// Says what becomes of the access to the source that recipients get: by default it stays
    pub fn source_access(mut self, access: SourceAccess) -> Self {
        self.fields.source_access = access;
        self
    }

    /// Says how keys are opened: by default [`Auto`](KeyAccess::Auto)
    pub fn key_access(mut self, key_access: KeyAccess) -> Self {
        self.fields.key_access = key_access;
        self
    }

    /// Says what becomes of a copy that failed: by default it is cleaned up
    pub fn on_failure(mut self, on_failure: OnFailure) -> Self {
        self.fields.on_failure = on_failure;
        self
    }

    /// Sets how many copies there are at once, and how long they may take
    pub fn limits(mut self, limits: CopyLimits) -> Self {
        self.fields.limits = limits;
        self
    }

    /// Makes the request
    ///
    /// # Errors
    ///
    /// All that is wrong with it in any world: see [`RequestProblem`].
    pub fn build(mut self) -> Result<CopyRequest, RequestError> {
        let mut accounts: Vec<Option<AccountId>> =
            self.accounts.iter().copied().map(Some).collect();
        let only_single = !self.fields.destinations.is_empty() && self.regions.is_empty();
        if self.own_account || (accounts.is_empty() && !only_single) {
            accounts.push(None);
        }
        if self.regions.is_empty() && !accounts.is_empty() {
            let source = self.fields.source.as_ref();
            self.regions
                .extend(source.map(|source| source.region.clone()));
        }
        for region in &self.regions {
            self.fields
                .destinations
                .extend(accounts.iter().map(|account| Destination {
                    account: *account,
                    region: region.clone(),
                }));
        }
        if self.problems.is_empty() {
            return self.fields.try_into();
        }
        // An id that could not be read must not look as if nothing had been given.
        let mut problems = self.problems;
        problems.extend(self.fields.problems().into_iter().filter(|problem| {
            !matches!(
                problem,
                RequestProblem::NoSource
                    | RequestProblem::NoDestinations
                    | RequestProblem::KeyOfNoDestination { .. }
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
