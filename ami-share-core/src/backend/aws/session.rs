//! The session of a role: credentials that are fetched when they are first needed and again before
//! they expire, for all Regions and services.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use aws_config::timeout::TimeoutConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_sts::types::Tag;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::clients::Clients;
use super::error::{api_error, unreadable};
use crate::api_error::{ApiError, ApiErrorKind};
use crate::backend::Role;
use crate::id::Region;

const ASSUME_ROLE: &str = "AssumeRole";

/// A role and, once it was assumed, the credentials of its session
pub(super) struct RoleSession {
    caller: Arc<Clients>,
    role: Role,
    /// How often it was tried to assume the role
    tried: AtomicU64,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    held: Option<Held>,
    /// What the role's trust or the caller's own policies say no with, the same in every Region
    refusal: Option<ApiError>,
}

struct Held {
    credentials: Credentials,
    since: Instant,
    since_by_wall: SystemTime,
}

impl Held {
    /// How long the session has lasted, by this machine alone: its time may not be that of AWS
    fn age(&self) -> Duration {
        // The one stands still while the machine sleeps, the other can be set.
        let by_wall = self.since_by_wall.elapsed().unwrap_or_default();
        self.since.elapsed().max(by_wall)
    }
}

impl RoleSession {
    /// How long before its end a session is replaced: time enough for a call that was just signed, and
    /// its retries
    const MARGIN: Duration = Duration::from_secs(5 * 60);

    pub(super) fn new(caller: Arc<Clients>, role: Role) -> Self {
        Self {
            caller,
            role,
            tried: AtomicU64::new(0),
            known: Mutex::default(),
        }
    }

    /// The clients that assume the role
    pub(super) fn caller(&self) -> &Clients {
        &self.caller
    }

    /// The session for the calls in a Region; if the role has to be assumed for one, then there
    ///
    /// What an endpoint of a Region gives is good in all Regions.
    pub(super) fn credentials_in(self: &Arc<Self>, region: &Region) -> SharedCredentialsProvider {
        SharedCredentialsProvider::new(InRegion {
            session: self.clone(),
            region: region.clone(),
        })
    }

    async fn credentials(&self, region: &Region) -> Result<Credentials, ApiError> {
        let tried = self.tried.load(Ordering::Acquire);
        let mut known = self.known.lock().await;
        let age = known.held.as_ref().map(Held::age);
        let lasts = |margin| age.is_some_and(|age| age + margin < self.role.duration);
        if !lasts(Self::MARGIN) {
            // Whoever waited while the role was refused need not ask again.
            let refusal = known.refusal.as_ref();
            if let Some(refusal) = refusal.filter(|_| tried < self.tried.load(Ordering::Acquire)) {
                return Err(refusal.clone());
            }
            let (since, since_by_wall) = (Instant::now(), SystemTime::now());
            let assumed = self.assume(region).await;
            self.tried.fetch_add(1, Ordering::AcqRel);
            let refused = |error: &&ApiError| error.kind() == ApiErrorKind::AccessDenied;
            known.refusal = assumed.as_ref().err().filter(refused).cloned();
            match assumed {
                Ok(credentials) => {
                    known.held = Some(Held {
                        credentials,
                        since,
                        since_by_wall,
                    });
                }
                Err(error) if !lasts(Duration::ZERO) => return Err(error),
                // The old session still has some time.
                Err(_) => {}
            }
        }
        let held = known.held.as_ref().map(|held| held.credentials.clone());
        // INVARIANT: nothing comes this far without a session.
        held.ok_or_else(|| unreadable(ASSUME_ROLE, "there are no credentials in it"))
    }

    async fn assume(&self, region: &Region) -> Result<Credentials, ApiError> {
        let Role {
            arn,
            external_id,
            session_name,
            session_tags,
            duration,
        } = &self.role;
        let mut tags = Vec::with_capacity(session_tags.len());
        for (key, value) in session_tags {
            let tag = Tag::builder().key(key).value(value).build();
            tags.push(tag.map_err(|error| unreadable(ASSUME_ROLE, error))?);
        }
        let answer = self
            .caller
            .sts(region)
            .assume_role()
            .role_arn(arn.as_str())
            .role_session_name(session_name)
            .set_external_id(external_id.clone())
            .set_tags((!tags.is_empty()).then_some(tags))
            .duration_seconds(i32::try_from(duration.as_secs()).unwrap_or(i32::MAX))
            .customize()
            .config_override(aws_sdk_sts::Config::builder().timeout_config(self.timeouts()))
            .send()
            .await
            .map_err(|error| api_error(ASSUME_ROLE, error))?;
        let given = answer
            .credentials()
            .ok_or_else(|| unreadable(ASSUME_ROLE, "there are no credentials in it"))?;
        let expires = SystemTime::try_from(*given.expiration())
            .map_err(|error| unreadable(ASSUME_ROLE, error))?;
        Ok(Credentials::builder()
            .access_key_id(given.access_key_id())
            .secret_access_key(given.secret_access_key())
            .session_token(given.session_token())
            .expiry(expires)
            .provider_name("AssumeRole")
            .build())
    }

    /// A role is assumed within an attempt of the call that needs it: it has to fail before that one
    /// does, for its own error to be seen
    fn timeouts(&self) -> TimeoutConfig {
        let mut timeouts = TimeoutConfig::builder();
        if let Some(attempt) = self.caller.attempt_timeout() {
            timeouts = timeouts
                .operation_attempt_timeout(attempt / 4)
                .operation_timeout(attempt * 3 / 4);
        }
        timeouts.build()
    }
}

/// Names the role; credentials and the external id are never shown
impl fmt::Debug for RoleSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoleSession")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// A session as the calls in one Region use it
#[derive(Debug)]
struct InRegion {
    session: Arc<RoleSession>,
    region: Region,
}

impl ProvideCredentials for InRegion {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let credentials = self.session.credentials(&self.region).await;
            credentials.map_err(CredentialsError::provider_error)
        })
    }
}
