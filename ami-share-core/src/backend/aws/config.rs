//! The configuration that all clients start from: connections, credentials, limits.

use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::Builder as HttpClientBuilder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;

use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::AwsBackendError;

/// What the environment and the profile say, with one pool of connections for every client
///
/// With credentials the default chain is not even set up. Neither is it with a named profile: the
/// chain would take keys from the environment before those of the profile, which may be another
/// account's.
pub(super) async fn load(
    profile: Option<&str>,
    credentials: Option<SharedCredentialsProvider>,
) -> SdkConfig {
    let http_client = http_client();
    let home = home_region(profile).region().await;
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client.clone())
        .region(home.clone());
    if let Some(name) = profile {
        let settings = ProviderConfig::without_region()
            .with_region(home)
            .with_http_client(http_client);
        let of_profile = ProfileFileCredentialsProvider::builder()
            .configure(&settings)
            .profile_name(name)
            .build();
        loader = loader.profile_name(name).credentials_provider(of_profile);
    }
    if let Some(credentials) = credentials {
        loader = loader.credentials_provider(credentials);
    }
    loader.load().await
}

/// A given configuration with what a client cannot do without, where that was not set
///
/// One identity cache, so that credentials are not fetched anew for each Region and service.
pub(super) fn complete(given: SdkConfig) -> SdkConfig {
    let mut config = given.to_builder();
    if given.behavior_version().is_none() {
        config.set_behavior_version(Some(BehaviorVersion::latest()));
    }
    if given.http_client().is_none() {
        config.set_http_client(Some(http_client()));
    }
    if given.identity_cache().is_none() {
        config = config.identity_cache(IdentityCache::lazy().build());
    }
    config.build()
}

fn http_client() -> SharedHttpClient {
    HttpClientBuilder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https()
}

/// The Region in which credentials are fetched, as from STS; every other call names its own
///
/// The SDK's own chain would ask the instance metadata service as well, which takes seconds where
/// there is none.
fn home_region(profile: Option<&str>) -> RegionProviderChain {
    let mut of_profile = aws_config::profile::region::Builder::default();
    if let Some(name) = profile {
        of_profile = of_profile.profile_name(name);
    }
    RegionProviderChain::first_try(
        aws_config::environment::region::EnvironmentVariableRegionProvider::new(),
    )
    .or_else(of_profile.build())
    .or_else(Region::from_static("us-east-1"))
}

/// How long and how often a call is tried, where that was set
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Limits {
    pub(super) attempts: Option<u32>,
    pub(super) connect: Option<Duration>,
    pub(super) attempt: Option<Duration>,
    pub(super) operation: Option<Duration>,
}

impl Limits {
    const ATTEMPTS: u32 = 8;
    const CONNECT: Duration = Duration::from_secs(5);
    const ATTEMPT: Duration = Duration::from_secs(60);
    const OPERATION: Duration = Duration::from_secs(180);

    pub(super) fn check(&self) -> Result<(), AwsBackendError> {
        if self.attempts == Some(0) {
            return Err(AwsBackendError::NoAttempts);
        }
        let timeouts = [
            ("connect_timeout", self.connect),
            ("attempt_timeout", self.attempt),
            ("operation_timeout", self.operation),
        ];
        match timeouts.iter().find(|(_, t)| *t == Some(Duration::ZERO)) {
            Some((field, _)) => Err(AwsBackendError::ZeroTimeout { field }),
            None => Ok(()),
        }
    }

    /// Adaptive retries: they slow down by themselves when AWS throttles
    pub(super) fn retry(&self) -> RetryConfig {
        RetryConfig::adaptive().with_max_attempts(self.attempts.unwrap_or(Self::ATTEMPTS))
    }

    /// What was set here, then what a given configuration sets, then our own; the SDK has none
    pub(super) fn timeouts(&self, given: Option<&TimeoutConfig>) -> TimeoutConfig {
        // The builder's `set_…(None)` would not leave a timeout open but forbid it.
        let mut timeouts = TimeoutConfig::builder();
        if let Some(connect) = self.connect {
            timeouts = timeouts.connect_timeout(connect);
        }
        if let Some(attempt) = self.attempt {
            timeouts = timeouts.operation_attempt_timeout(attempt);
        }
        if let Some(operation) = self.operation {
            timeouts = timeouts.operation_timeout(operation);
        }
        let mut timeouts = timeouts.build();
        if let Some(given) = given {
            timeouts.take_defaults_from(given);
        }
        let own = TimeoutConfig::builder()
            .connect_timeout(Self::CONNECT)
            .operation_attempt_timeout(Self::ATTEMPT)
            .operation_timeout(Self::OPERATION)
            .build();
        timeouts.take_defaults_from(&own);
        timeouts
    }
}
