//! Other accounts, each reached by its role.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::{Engine, Roles};
use crate::api_error::ApiError;
use crate::backend::{Backend, RoleBackend};
use crate::error::Error;
use crate::id::{AccountId, Region};
use crate::plan::{RecipientRefusal, Refusal, Refusals};

/// The account that calls, and an engine for each other account
///
/// Clones share what was found and made, so that a role is assumed once.
#[derive(Clone, Debug)]
pub(super) struct Accounts<B> {
    roles: Option<Arc<Roles>>,
    caller: Arc<OnceCell<AccountId>>,
    engines: Engines<B>,
    /// The engines of the roles that were given before, so that credentials are kept
    by_roles: Arc<Mutex<Vec<OfRoles<B>>>>,
}

type Engines<B> = Arc<Mutex<BTreeMap<AccountId, Engine<B>>>>;

type OfRoles<B> = (Arc<Roles>, Engines<B>);

/// Of how many sets of roles engines are kept
const KEPT: usize = 8;

impl<B> Default for Accounts<B> {
    fn default() -> Self {
        Self {
            roles: None,
            caller: Arc::default(),
            engines: Arc::default(),
            by_roles: Arc::default(),
        }
    }
}

impl<B: Backend> Engine<B> {
    /// The engine with roles for other accounts; what was assumed of the same roles before is kept
    pub(crate) fn with_roles(mut self, roles: Roles) -> Self {
        let kept = &self.accounts.by_roles;
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let same = kept.iter().find(|(other, _)| **other == roles).cloned();
        let (roles, engines) = same.unwrap_or_else(|| {
            let new: OfRoles<B> = (Arc::new(roles), Arc::default());
            if kept.len() == KEPT {
                kept.remove(0);
            }
            kept.push(new.clone());
            new
        });
        drop(kept);
        self.accounts.roles = Some(roles);
        self.accounts.engines = engines;
        self
    }
}

impl<B: RoleBackend> Engine<B> {
    /// The account that calls, asked for once
    pub(crate) async fn caller(&self, region: &Region) -> Result<AccountId, ApiError> {
        let ask = || self.backend.caller_account(region);
        self.accounts.caller.get_or_try_init(ask).await.copied()
    }

    /// Refuses accounts that cannot be reached: those without a role, but for the caller's own
    ///
    /// Nothing is called where all have roles, and else only who the caller is.
    pub(super) async fn refuse_without_role(
        &self,
        region: &Region,
        accounts: impl IntoIterator<Item = AccountId>,
    ) -> Result<(), Error> {
        let roles = self.accounts.roles.as_ref();
        let has_role = |account| roles.is_some_and(|roles| roles.role_of(account).is_some());
        let without: Vec<AccountId> = accounts.into_iter().filter(|a| !has_role(*a)).collect();
        if without.is_empty() {
            return Ok(());
        }
        let caller = self.caller(region).await?;
        let refusals: Vec<Refusal> = without
            .into_iter()
            .filter(|account| *account != caller)
            .map(|account| RecipientRefusal::NoRole { account }.into())
            .collect();
        match refusals.is_empty() {
            true => Ok(()),
            false => Err(Refusals::new(refusals).into()),
        }
    }

    /// The engine whose calls are made by an account: this one for the caller's own, and for another
    /// account one that calls by its role, if it has one
    pub(crate) async fn of(
        &self,
        region: &Region,
        account: AccountId,
    ) -> Result<Option<Self>, ApiError> {
        if self.caller(region).await? == account {
            return Ok(Some(self.clone()));
        }
        let mut engines = self
            .accounts
            .engines
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = engines.get(&account) {
            return Ok(Some(engine.clone()));
        }
        let role = self
            .accounts
            .roles
            .as_ref()
            .and_then(|roles| roles.role_of(account));
        let Some(role) = role else { return Ok(None) };
        let engine = Self::new(self.backend.assume_role(&role), self.options);
        engines.insert(account, engine.clone());
        Ok(Some(engine))
    }
}
