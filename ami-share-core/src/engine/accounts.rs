//! Other accounts, each reached by its role.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::{Engine, Roles};
use crate::api_error::ApiError;
use crate::backend::{Backend, RoleBackend};
use crate::id::{AccountId, Region};

/// The account that calls, and an engine for each other account
///
/// Clones share what was found and made, so that a role is assumed once.
#[derive(Clone, Debug)]
pub(super) struct Accounts<B> {
    roles: Option<Arc<Roles>>,
    caller: Arc<OnceCell<AccountId>>,
    engines: Arc<Mutex<BTreeMap<AccountId, Engine<B>>>>,
}

impl<B> Default for Accounts<B> {
    fn default() -> Self {
        Self {
            roles: None,
            caller: Arc::default(),
            engines: Arc::default(),
        }
    }
}

impl<B: Backend> Engine<B> {
    /// The engine with roles for other accounts
    pub(crate) fn with_roles(mut self, roles: Roles) -> Self {
        self.accounts = Accounts {
            roles: Some(Arc::new(roles)),
            caller: self.accounts.caller,
            engines: Arc::default(),
        };
        self
    }
}

impl<B: RoleBackend> Engine<B> {
    /// The account that calls, asked for once
    pub(crate) async fn caller(&self, region: &Region) -> Result<AccountId, ApiError> {
        let ask = || self.backend.caller_account(region);
        self.accounts.caller.get_or_try_init(ask).await.copied()
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
