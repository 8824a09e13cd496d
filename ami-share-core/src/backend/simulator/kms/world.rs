//! Keys through the world itself, without a caller.

use std::collections::{BTreeMap, BTreeSet};

use super::super::call::Caller;
use super::super::iam::Identity;
use super::super::state::{State, minted};
use super::super::world::World;
use super::alias::Alias;
use super::create_key::ReplicaRequest;
use super::find::key_arn;
use super::grant::{Grant, GrantTerms};
use super::key::{Deletion, Key, days_of};
use super::key_policy::Attached;
use super::kind::{EXTERNAL, KeyKind};
use crate::api_error::ApiError;
use crate::id::{AccountId, KeyArn, Region};
use crate::policy::KeyPolicy;
use crate::policy::evaluate::{GrantConstraint, KeyState};

/// A key that is to be created: a symmetric encryption key with key material of KMS, for one Region,
/// under the default key policy, until it is told otherwise
///
/// ```
/// use ami_share_core::backend::simulator::{NewKey, World};
///
/// let world = World::new();
/// let region = "eu-central-1".parse()?;
/// let key = world.create_key(
///     &region,
///     "111122223333".parse()?,
///     NewKey::new().description("golden images").multi_region(),
/// );
/// assert!(key.is_multi_region());
/// # Ok::<(), ami_share_core::id::ParseIdError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct NewKey {
    policy: Option<KeyPolicy>,
    description: String,
    external: bool,
    multi_region: bool,
    tags: BTreeMap<String, String>,
}

impl NewKey {
    /// A key with AWS's defaults
    pub fn new() -> Self {
        Self::default()
    }

    /// Its key policy
    pub fn policy(mut self, policy: KeyPolicy) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Its description
    pub fn description(mut self, description: &str) -> Self {
        self.description = description.to_owned();
        self
    }

    /// Its key material is imported: it is `PendingImport` until its state is set
    pub fn external(mut self) -> Self {
        self.external = true;
        self
    }

    /// It is a multi-Region primary key
    pub fn multi_region(mut self) -> Self {
        self.multi_region = true;
        self
    }

    /// A tag
    pub fn tag(mut self, key: &str, value: &str) -> Self {
        self.tags.insert(key.to_owned(), value.to_owned());
        self
    }
}

/// A grant on a key, as [`ListGrants`](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html)
/// tells it
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct KeyGrant {
    /// Its id
    pub id: String,
    /// Its name, if it was given one
    pub name: Option<String>,
    /// Who may use it, by ARN
    pub grantee_principal: String,
    /// Who may retire it, by ARN
    pub retiring_principal: Option<String>,
    /// What for, such as `Decrypt`
    pub operations: BTreeSet<String>,
    /// What the encryption context has to be
    pub constraint: Option<GrantConstraint>,
    /// The account that created it
    pub issuing_account: AccountId,
}

impl From<&Grant> for KeyGrant {
    fn from(grant: &Grant) -> Self {
        let terms = grant.terms.clone();
        Self {
            id: grant.id.clone(),
            name: terms.name,
            grantee_principal: terms.grantee,
            retiring_principal: terms.retiring,
            operations: terms.operations,
            constraint: terms.constraint,
            issuing_account: grant.issuing_account,
        }
    }
}

impl State {
    /// The customer managed key `alias/golden-images` of an account in a Region, which is there when it
    /// is needed: what images of a world are encrypted under where no key is named
    pub(crate) fn golden_images_key(&mut self, region: &Region, account: AccountId) -> KeyArn {
        const ALIAS: &str = "alias/golden-images";
        let known = self.keys.alias(region, account, ALIAS);
        if let Some(alias) = known {
            return minted(key_arn(region, account, &alias.key_id));
        }
        let arn = self.mint_key_arn(region, account, false);
        let policy = Attached::default_of(&arn.partition(), account);
        let key = self.new_key(arn.clone(), KeyKind::DEFAULT, policy, None);
        self.keys.insert(key);
        let alias = Alias::of(&arn, self.now());
        self.keys.set_alias(&arn, ALIAS, alias);
        arn
    }
}

/// KMS keys
///
/// What is done here is not checked as KMS checks a call: a policy may lock everybody out, and a
/// state may be one that AWS alone brings about.
impl World {
    /// A new key of an account
    pub fn create_key(&self, region: &Region, account: AccountId, key: NewKey) -> KeyArn {
        let mut state = self.state();
        let arn = state.mint_key_arn(region, account, key.multi_region);
        let kind = KeyKind {
            origin: if key.external {
                EXTERNAL
            } else {
                KeyKind::DEFAULT.origin
            },
            ..KeyKind::DEFAULT
        };
        let policy = match &key.policy {
            Some(policy) => Attached::of(policy),
            None => Attached::default_of(&arn.partition(), account),
        };
        let primary = key.multi_region.then(|| region.clone());
        let new = state.new_key(arn.clone(), kind, policy, primary);
        state.keys.insert(Key {
            description: key.description,
            tags: key.tags,
            ..new
        });
        arn
    }

    /// A replica of a multi-Region key in another Region, under the default key policy and without
    /// grants
    ///
    /// # Errors
    ///
    /// `NotFoundException` if there is no such key; `UnsupportedOperationException` if it is no
    /// multi-Region primary key; `AlreadyExistsException` if the Region has a replica of it.
    pub fn replicate_key(&self, key: &KeyArn, region: &Region) -> Result<KeyArn, ApiError> {
        let account = key.account();
        let identity = Identity::Root(account);
        let caller = Caller {
            account,
            region: &key.region(),
            identity: &identity,
        };
        let asked = ReplicaRequest {
            region: region.as_str().to_owned(),
            policy: None,
            bypass_lockout_check: true,
            description: String::new(),
            tags: Vec::new(),
        };
        let mut state = self.state();
        let replicated = state.replicate_key(caller, key.as_str(), &asked);
        replicated.map_err(|refusal| refusal.of("ReplicateKey"))
    }

    /// The AWS managed key `alias/aws/ebs` of an account in a Region; it is created when it is needed
    pub fn aws_ebs_key(&self, region: &Region, account: AccountId) -> KeyArn {
        self.state().aws_ebs_key(region, account)
    }

    /// Lets a name, such as `alias/golden`, stand for a key in the key's account and Region
    ///
    /// # Errors
    ///
    /// `NotFoundException` if there is no such key.
    pub fn create_alias(&self, name: &str, key: &KeyArn) -> Result<(), ApiError> {
        let mut state = self.state();
        state
            .key(key)
            .map_err(|refusal| refusal.of("CreateAlias"))?;
        let alias = Alias::of(key, state.now());
        state.keys.set_alias(key, name, alias);
        Ok(())
    }

    /// Puts a key policy; readers see it at once
    ///
    /// # Errors
    ///
    /// `NotFoundException` if there is no such key.
    pub fn put_key_policy(&self, key: &KeyArn, policy: &KeyPolicy) -> Result<(), ApiError> {
        let mut state = self.state();
        let now = state.now();
        let found = state.key_mut(key);
        let found = found.map_err(|refusal| refusal.of("PutKeyPolicy"))?;
        found
            .policy
            .write(Attached::of(policy), Default::default(), now);
        Ok(())
    }

    /// The key policy as it is stored, without any delay
    pub fn key_policy(&self, key: &KeyArn) -> Option<KeyPolicy> {
        let state = self.state();
        let stored = state.keys.get(key)?.policy.current();
        KeyPolicy::parse(&stored.text).ok()
    }

    /// A grant by the key's own account, to a grantee by ARN, of operations such as `Decrypt`; its id
    ///
    /// # Errors
    ///
    /// As `CreateGrant`: `NotFoundException`, `InvalidArnException` for what is no grantee,
    /// `ValidationException` for what is no operation of the key, `AccessDeniedException` if the key
    /// policy leaves nothing to the account, and by the key's state `DisabledException` or
    /// `KMSInvalidStateException`.
    pub fn create_grant<'a>(
        &self,
        key: &KeyArn,
        grantee: &str,
        operations: impl IntoIterator<Item = &'a str>,
    ) -> Result<String, ApiError> {
        let identity = Identity::Root(key.account());
        let caller = Caller {
            account: key.account(),
            region: &key.region(),
            identity: &identity,
        };
        let terms = GrantTerms {
            name: None,
            grantee: grantee.to_owned(),
            retiring: None,
            operations: operations.into_iter().map(str::to_owned).collect(),
            constraint: None,
        };
        let mut state = self.state();
        let created = state.create_grant(caller, key.as_str(), terms, &[], false);
        created
            .map(|created| created.id)
            .map_err(|refusal| refusal.of("CreateGrant"))
    }

    /// The grants of a key as they are stored, without any delay, in the order of their creation
    pub fn grants(&self, key: &KeyArn) -> Vec<KeyGrant> {
        let state = self.state();
        let grants = state.keys.get(key).map(|key| key.grants.current());
        let all = grants.into_iter().flat_map(|grants| grants.values());
        all.map(|grant| grant.as_ref().into()).collect()
    }

    /// The keys of all accounts, AWS managed keys among them
    pub fn keys(&self) -> Vec<KeyArn> {
        let state = self.state();
        state.keys.all().map(|key| key.arn.clone()).collect()
    }

    /// The state of a key
    pub fn key_state(&self, key: &KeyArn) -> Option<KeyState> {
        self.state().keys.get(key).map(|key| key.state)
    }

    /// Puts a key into a state; `PendingDeletion` is for 30 days, and then the key is gone
    ///
    /// # Errors
    ///
    /// `NotFoundException` if there is no such key.
    pub fn set_key_state(&self, key: &KeyArn, to: KeyState) -> Result<(), ApiError> {
        const DAYS: u32 = 30;
        let mut state = self.state();
        state
            .key(key)
            .map_err(|refusal| refusal.of("DescribeKey"))?;
        let deletion = |at| Deletion { days: DAYS, at };
        match to {
            KeyState::PendingDeletion => {
                let at = state.now().after(days_of(DAYS));
                state.keys.schedule(key, deletion(Some(at)));
            }
            KeyState::PendingReplicaDeletion => state.keys.schedule(key, deletion(None)),
            other => {
                state.keys.unschedule(key);
                if let Some(key) = state.keys.get_mut(key) {
                    key.state = other;
                }
            }
        }
        Ok(())
    }

    /// Sets how many grants a key can have; 50,000 until it is set
    pub fn set_grant_quota(&self, grants: usize) {
        self.state().keys.grant_quota = grants;
    }
}
