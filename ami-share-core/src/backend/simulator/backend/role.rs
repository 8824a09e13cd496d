use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::super::call::{Asked, Caller, Service};
use super::super::iam::{Assumption, Identity};
use super::super::state::State;
use super::SimulatedBackend;
use crate::api_error::ApiError;
use crate::backend::{Role, RoleBackend};
use crate::id::{AccountId, Region};

/// Who a handle calls as
#[derive(Clone)]
pub(super) enum Who {
    Identity(Identity),
    Role(Arc<Assumable>),
}

/// A role, and the session of it that all clones of a handle share
pub(super) struct Assumable {
    parent: Who,
    role: Role,
    session: Mutex<Option<Identity>>,
}

impl Who {
    pub(super) fn account(&self) -> AccountId {
        match self {
            Self::Identity(identity) => identity.account(),
            Self::Role(assumable) => assumable.role.arn.account(),
        }
    }

    pub(super) fn identity(
        &self,
        state: &mut State,
        region: &Region,
    ) -> Result<Identity, ApiError> {
        match self {
            Self::Identity(identity) => Ok(identity.clone()),
            Self::Role(assumable) => assumable.session(state, region),
        }
    }

    pub(super) fn last_identity(&self) -> Option<Identity> {
        match self {
            Self::Identity(identity) => Some(identity.clone()),
            Self::Role(assumable) => {
                let session = assumable.session.lock();
                session.unwrap_or_else(PoisonError::into_inner).clone()
            }
        }
    }
}

impl Assumable {
    /// The session that is there, or a new one where its time is over
    fn session(&self, state: &mut State, region: &Region) -> Result<Identity, ApiError> {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let now = state.now();
        let is_good = |identity: &Identity| identity.term().is_none_or(|term| now < term.ends);
        if let Some(identity) = session.as_ref().filter(|identity| is_good(identity)) {
            return Ok(identity.clone());
        }
        let parent = self.parent.identity(state, region)?;
        let caller = Caller::of(&parent, region);
        let asked = Asked::of(Service::Sts, "AssumeRole").by_rule();
        let assumption = Assumption {
            role: self.role.arn.as_str(),
            session: &self.role.session_name,
            external_id: self.role.external_id.as_deref(),
            duration: Some(u32::try_from(self.role.duration.as_secs()).unwrap_or(u32::MAX)),
            tags: self.role.session_tags.clone(),
            ..Assumption::default()
        };
        let assumed = state.read(caller, asked, |state| {
            state.assume_role(caller, &assumption)
        })?;
        Ok(session.insert(assumed.identity).clone())
    }
}

#[async_trait]
impl RoleBackend for SimulatedBackend {
    async fn caller_account(&self, region: &Region) -> Result<AccountId, ApiError> {
        self.call(region, |state, caller| {
            // "No permissions are required to perform this operation."
            let asked = Asked::of(Service::Sts, "GetCallerIdentity").by_rule();
            state.read(caller, asked, |_| Ok(caller.account))
        })
        .await
    }

    fn assume_role(&self, role: &Role) -> Self {
        Self {
            world: self.world.clone(),
            who: Who::Role(Arc::new(Assumable {
                parent: self.who.clone(),
                role: role.clone(),
                session: Mutex::default(),
            })),
        }
    }
}
