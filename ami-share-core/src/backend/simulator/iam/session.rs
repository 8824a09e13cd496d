//! Sessions of roles: how a handle gets one, and when it is over.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::super::backend::SimulatedBackend;
use super::super::call::{Asked, Caller, Service};
use super::super::clock::Moment;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::super::world::World;
use super::assume::{Assumed, Assumption};
use super::identity::Identity;
use super::store::Identities;
use crate::api_error::ApiError;
use crate::id::{IamPrincipalArn, Region};

const OPERATION: &str = "AssumeRole";

/// Until when a session is good
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Term {
    pub(crate) ends: Moment,
    /// The id of the role as it was when the session began
    pub(crate) role_id: Arc<str>,
}

/// What is wrong with an access key or a session
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum BadKey {
    Expired,
    Unknown,
}

impl BadKey {
    /// What a service says to a call that is made with it
    pub(crate) fn refusal(self, service: Service) -> Refusal {
        match self {
            Self::Expired => expired(service),
            Self::Unknown => unknown(service),
        }
    }
}

fn expired(service: Service) -> Refusal {
    const MESSAGE: &str = "The security token included in the request is expired";
    match service {
        Service::Ec2 => Refusal::new("RequestExpired", "Request has expired."),
        Service::Kms | Service::Organizations | Service::Ssm => {
            Refusal::new("ExpiredTokenException", MESSAGE)
        }
        Service::Iam | Service::Sts => Refusal::new("ExpiredToken", MESSAGE),
    }
}

fn unknown(service: Service) -> Refusal {
    const MESSAGE: &str = "The security token included in the request is invalid.";
    match service {
        Service::Ec2 => Refusal::new(
            "AuthFailure",
            "AWS was not able to validate the provided access credentials",
        ),
        Service::Iam | Service::Sts => Refusal::new("InvalidClientTokenId", MESSAGE),
        Service::Kms | Service::Organizations | Service::Ssm => {
            Refusal::new("UnrecognizedClientException", MESSAGE)
        }
    }
}

impl Identities {
    /// Whether a session is still good: its time is not over, and its role is the one that it was
    pub(crate) fn check_term(&self, identity: &Identity, now: Moment) -> Result<(), BadKey> {
        let Some(term) = identity.term() else {
            return Ok(());
        };
        let role = identity.principal().and_then(|arn| self.entity(arn));
        if role.is_none_or(|role| *role.id != *term.role_id) {
            return Err(BadKey::Unknown);
        }
        if now >= term.ends {
            return Err(BadKey::Expired);
        }
        Ok(())
    }
}

/// What [`AssumeRole`](https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html) is
/// asked for
///
/// ```
/// use ami_share_core::backend::simulator::{AssumeRole, World};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let world = World::new();
/// let trust = r#"{"Version": "2012-10-17", "Statement": [{
///     "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole",
///     "Condition": {"StringEquals": {"sts:ExternalId": "door-3"}}}]}"#;
/// let role = world.create_role("444455556666".parse()?, "Sharer", trust)?;
///
/// let owner = world.backend("111122223333".parse()?);
/// let region = "eu-central-1".parse()?;
/// let asked = AssumeRole::new(role, "share");
/// assert!(owner.open_session(&region, &asked).await.is_err());
/// let recipient = owner.open_session(&region, &asked.external_id("door-3")).await?;
/// assert_eq!(recipient.account().to_string(), "444455556666");
/// # Ok(())
/// # }
/// ```
#[must_use]
#[derive(Clone, Debug)]
pub struct AssumeRole {
    role: IamPrincipalArn,
    session: String,
    external_id: Option<String>,
    duration: Option<Duration>,
    policy: Option<String>,
    tags: BTreeMap<String, String>,
}

impl AssumeRole {
    /// A session of that name, of 2 to 64 letters, digits and `_+=,.@-`
    pub fn new(role: IamPrincipalArn, session_name: impl Into<String>) -> Self {
        Self {
            role,
            session: session_name.into(),
            external_id: None,
            duration: None,
            policy: None,
            tags: BTreeMap::new(),
        }
    }

    /// With the external id that the trust policy asks for, of 2 to 1,224 characters
    pub fn external_id(self, external_id: impl Into<String>) -> Self {
        Self {
            external_id: Some(external_id.into()),
            ..self
        }
    }

    /// For so many whole seconds, 900 to 43,200 and no more than the role allows; an hour if nothing
    /// is said, which is also the most for who calls as a role
    pub fn lasting(self, duration: Duration) -> Self {
        Self {
            duration: Some(duration),
            ..self
        }
    }

    /// Under a session policy in JSON, which limits the session
    pub fn policy(self, policy: impl Into<String>) -> Self {
        Self {
            policy: Some(policy.into()),
            ..self
        }
    }

    /// With a session tag; the trust policy has to allow `sts:TagSession` too
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.insert(key.into(), value.into());
        self
    }

    fn assumption(&self) -> Assumption<'_> {
        let seconds = |duration: Duration| u32::try_from(duration.as_secs()).unwrap_or(u32::MAX);
        Assumption {
            role: self.role.as_str(),
            session: &self.session,
            external_id: self.external_id.as_deref(),
            duration: self.duration.map(seconds),
            policy: self.policy.as_deref(),
            policy_arns: Vec::new(),
            tags: self.tags.clone(),
        }
    }
}

/// Roles that are assumed
impl SimulatedBackend {
    /// A handle that calls as a session of a role, until its time is over; one that assumes the role
    /// again is had by [`RoleBackend::assume_role`](crate::backend::RoleBackend::assume_role)
    ///
    /// The trust policy of the role has to let this handle's caller in, and in another account the
    /// caller's own policies too. When the time is over, or the role is deleted, calls of the new
    /// handle are refused as AWS refuses an expired token: `RequestExpired` from EC2,
    /// `ExpiredTokenException` from KMS.
    ///
    /// # Errors
    ///
    /// `AccessDenied`, also if there is no such role; `ValidationError` for a name, an external id
    /// or a duration that STS does not take; `MalformedPolicyDocument`.
    pub async fn open_session(&self, region: &Region, role: &AssumeRole) -> Result<Self, ApiError> {
        let assumed = self.call(region, |state, caller| {
            let asked = Asked::of(Service::Sts, OPERATION).by_rule();
            state.read(caller, asked, |state| state.assume(caller, role))
        });
        Ok(Self::new(self.world().clone(), assumed.await?.identity))
    }

    /// When the session is over that it calls as, if it calls as one that was assumed
    pub fn session_ends(&self) -> Option<SystemTime> {
        let identity = self.last_identity()?;
        identity.term().map(|term| term.ends.system_time())
    }
}

impl World {
    /// What [`SimulatedBackend::open_session`] gives, without a call that is logged, delayed or fails
    /// on purpose
    ///
    /// # Errors
    ///
    /// As there.
    pub fn assume_role(
        &self,
        caller: &SimulatedBackend,
        region: &Region,
        role: &AssumeRole,
    ) -> Result<SimulatedBackend, ApiError> {
        let mut state = self.state();
        let identity = caller.identity(&mut state, region)?;
        let assumed = state.assume(Caller::of(&identity, region), role);
        let assumed = assumed.map_err(|refusal| refusal.of(OPERATION))?;
        Ok(SimulatedBackend::new(self.clone(), assumed.identity))
    }
}

impl State {
    fn assume(&mut self, caller: Caller<'_>, role: &AssumeRole) -> Result<Assumed, Refusal> {
        self.assume_role(caller, &role.assumption())
    }
}
