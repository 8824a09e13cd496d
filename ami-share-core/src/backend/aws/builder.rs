use std::fmt;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;

use super::AwsBackend;
use super::clients::Clients;
use super::config::{self, Limits};
use crate::id::Region;

/// How an [`AwsBackend`] is to reach AWS
///
/// Nothing has to be set. Without credentials the
/// [default chain](https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html) is
/// asked when the first call is made. What is set here wins over a given [`SdkConfig`], and that
/// over the environment and the profile.
#[derive(Clone, Default)]
#[must_use]
pub struct AwsBackendBuilder {
    profile: Option<String>,
    credentials: Option<SharedCredentialsProvider>,
    sdk_config: Option<SdkConfig>,
    ec2_clients: Vec<(Region, aws_sdk_ec2::Client)>,
    endpoint_url: Option<String>,
    limits: Limits,
}

/// Why an [`AwsBackend`] could not be built
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AwsBackendError {
    /// The endpoint is no URL
    #[error("the endpoint URL does not start with `http://` or `https://`")]
    EndpointUrl,
    /// No attempt was allowed
    #[error("`retry_attempts` is 0: give at least 1, the first attempt counts")]
    NoAttempts,
    /// A profile was named next to a configuration that was loaded already
    #[error("`profile` has no effect on a given `sdk_config`: load the config with that profile")]
    ProfileOfGivenConfig,
    /// A timeout is zero
    #[error("`{field}` is zero: every call would fail")]
    ZeroTimeout {
        /// The timeout
        field: &'static str,
    },
}

impl AwsBackendBuilder {
    /// Takes credentials and settings from this profile, whatever keys the environment has
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// Calls with these credentials; temporary ones have a session token
    pub fn credentials(
        self,
        access_key: impl Into<String>,
        secret: impl Into<String>,
        session_token: Option<String>,
    ) -> Self {
        let credentials =
            Credentials::new(access_key, secret, session_token, None, "AwsBackendBuilder");
        self.credentials_provider(SharedCredentialsProvider::new(credentials))
    }

    /// Calls with what this provider gives, such as an assumed role
    pub fn credentials_provider(mut self, provider: SharedCredentialsProvider) -> Self {
        self.credentials = Some(provider);
        self
    }

    /// Starts from this configuration instead of the environment and profile
    ///
    /// Its HTTP client and the timeouts that it sets are kept. Its Region is not used, every call
    /// names its own, and retries are those of this builder.
    pub fn sdk_config(mut self, config: SdkConfig) -> Self {
        self.sdk_config = Some(config);
        self
    }

    /// Makes the EC2 calls in this Region with this client, exactly as it is
    pub fn ec2_client(mut self, region: Region, client: aws_sdk_ec2::Client) -> Self {
        self.ec2_clients.push((region, client));
        self
    }

    /// Sends all calls, in every Region and to every service, to this endpoint
    pub fn endpoint_url(mut self, url: impl Into<String>) -> Self {
        self.endpoint_url = Some(url.into());
        self
    }

    /// How often a call is tried before it is given up, the first attempt included; 8 if not set
    ///
    /// Attempts that are throttled eight times in a row take about 80 seconds.
    pub fn retry_attempts(mut self, attempts: u32) -> Self {
        self.limits.attempts = Some(attempts);
        self
    }

    /// The longest that a connection may take to open; 5 seconds if not set
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits.connect = Some(timeout);
        self
    }

    /// The longest that one attempt of a call may take; 60 seconds if not set
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.limits.attempt = Some(timeout);
        self
    }

    /// The longest that a call may take with all its attempts; 3 minutes if not set
    pub fn operation_timeout(mut self, timeout: Duration) -> Self {
        self.limits.operation = Some(timeout);
        self
    }

    /// The backend; credentials are looked for when its first call is made, not here
    ///
    /// # Errors
    ///
    /// [`AwsBackendError`] if the settings contradict each other. Credentials that are missing or
    /// wrong are no error here: the first call answers with one of kind
    /// [`Unauthenticated`](crate::ApiErrorKind::Unauthenticated).
    pub async fn build(self) -> Result<AwsBackend, AwsBackendError> {
        self.check()?;
        Ok(self.connect().await)
    }

    fn check(&self) -> Result<(), AwsBackendError> {
        if self.profile.is_some() && self.sdk_config.is_some() {
            return Err(AwsBackendError::ProfileOfGivenConfig);
        }
        let is_url = |url: &String| url.starts_with("http://") || url.starts_with("https://");
        if !self.endpoint_url.as_ref().is_none_or(is_url) {
            return Err(AwsBackendError::EndpointUrl);
        }
        self.limits.check()
    }

    /// The same for settings that were checked or never touched
    pub(super) async fn connect(self) -> AwsBackend {
        let (base, given) = match self.sdk_config {
            Some(config) => (config::complete(config), true),
            None => {
                let base = config::load(self.profile.as_deref(), self.credentials.clone()).await;
                (base, false)
            }
        };
        let timeouts = self
            .limits
            .timeouts(base.timeout_config().filter(|_| given));
        let mut builder = base.into_builder().timeout_config(timeouts);
        if let Some(credentials) = self.credentials {
            builder = builder.credentials_provider(credentials);
        }
        if let Some(url) = self.endpoint_url {
            builder = builder.endpoint_url(url);
        }
        let clients = Clients::new(builder.build(), self.limits.retry(), self.ec2_clients);
        AwsBackend::with_clients(clients)
    }
}

/// Shows what was set; credentials, configurations and endpoints are never shown
impl fmt::Debug for AwsBackendBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = |is: bool| if is { "given" } else { "not given" };
        f.debug_struct("AwsBackendBuilder")
            .field("profile", &self.profile)
            .field("credentials", &given(self.credentials.is_some()))
            .field("sdk_config", &given(self.sdk_config.is_some()))
            .field("endpoint_url", &given(self.endpoint_url.is_some()))
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
