//! A handle of a world, and what each trait of the port asks of it, in a file of the trait's name.

mod copying;
mod recipient;
mod role;
mod sharing;

use std::fmt;

use self::role::Who;
use super::call::Caller;
use super::iam::Identity;
use super::state::State;
use super::world::World;
use crate::api_error::ApiError;
use crate::id::{AccountId, Region};

/// One account's access to a [`World`]
///
/// Answers at once, unless the world is [slow](World::set_faults) on purpose.
#[derive(Clone)]
pub struct SimulatedBackend {
    world: World,
    who: Who,
}

impl SimulatedBackend {
    pub(crate) fn new(world: World, identity: Identity) -> Self {
        Self {
            world,
            who: Who::Identity(identity),
        }
    }

    /// The account that it calls as
    pub fn account(&self) -> AccountId {
        self.who.account()
    }

    /// The world that it calls
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Who it calls as; where it calls as a role that it has no session of, it assumes it
    pub(crate) fn identity(
        &self,
        state: &mut State,
        region: &Region,
    ) -> Result<Identity, ApiError> {
        self.who.identity(state, region)
    }

    /// Who it called as last, where it did
    pub(crate) fn last_identity(&self) -> Option<Identity> {
        self.who.last_identity()
    }

    /// Waits for as long as the answer is on its way
    pub(crate) async fn call<T>(
        &self,
        region: &Region,
        rule: impl FnOnce(&mut State, Caller<'_>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let (answer, delay) = {
            let mut state = self.world.state();
            let answer = self
                .identity(&mut state, region)
                .and_then(|identity| rule(&mut state, Caller::of(&identity, region)));
            (answer, state.take_delay())
        };
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        answer
    }
}

impl fmt::Debug for SimulatedBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedBackend")
            .field("account", &self.account())
            .finish_non_exhaustive()
    }
}
