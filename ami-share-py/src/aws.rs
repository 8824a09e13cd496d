//! The sharer on AWS, and credentials from what boto3 users have.

use ami_share_core::EngineOptions;
use pyo3::prelude::*;

use crate::argument::engine_options;
use crate::error;
use crate::roles::Roles;
use crate::sharer::SharerHandle;

/// Makes the handle of an `AwsSharer`; of the ways to give credentials at most one is taken
#[pyfunction]
#[pyo3(signature = (*, profile=None, access_key_id=None, secret_access_key=None,
    session_token=None, session=None, endpoint_url=None, retry_attempts=None, concurrency=None,
    consistency_timeout=None, key_consistency_timeout=None, key_settle_time=None, roles=None))]
#[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
pub(crate) fn aws_sharer(
    py: Python<'_>,
    profile: Option<String>,
    access_key_id: Option<String>,
    secret_access_key: Option<String>,
    session_token: Option<String>,
    session: Option<Py<PyAny>>,
    endpoint_url: Option<String>,
    retry_attempts: Option<u32>,
    concurrency: Option<usize>,
    consistency_timeout: Option<f64>,
    key_consistency_timeout: Option<f64>,
    key_settle_time: Option<f64>,
    roles: Option<&Roles>,
) -> PyResult<SharerHandle> {
    let keys = match (access_key_id, secret_access_key, session_token) {
        (Some(access_key), Some(secret), token) => Some((access_key, secret, token)),
        (None, None, None) => None,
        _ => {
            return Err(error::configuration(
                py,
                "the credentials are not whole: give `access_key_id` and `secret_access_key`, and \
                 `session_token` if they are temporary",
            ));
        }
    };
    let credentials = match (profile, keys, session) {
        (None, None, None) => Source::DefaultChain,
        (Some(profile), None, None) => Source::Profile(profile),
        (None, Some((access_key, secret, token)), None) => Source::Keys {
            access_key,
            secret,
            token,
        },
        (None, None, Some(session)) => Source::Session(session),
        _ => {
            return Err(error::configuration(
                py,
                "credentials are given twice: give one of `profile`, `access_key_id` with \
                 `secret_access_key`, and `session`",
            ));
        }
    };
    let options = engine_options(
        py,
        concurrency,
        consistency_timeout,
        key_consistency_timeout,
        key_settle_time,
    )?;
    let how = How {
        endpoint_url,
        retry_attempts,
        options,
        roles,
    };
    backend::connect(py, credentials, how)
}

/// Where credentials come from; it has no `Debug`, so that they are never shown
#[cfg_attr(
    not(feature = "aws"),
    expect(dead_code, reason = "no backend to give it to")
)]
enum Source {
    DefaultChain,
    Profile(String),
    Keys {
        access_key: String,
        secret: String,
        token: Option<String>,
    },
    Session(Py<PyAny>),
}

/// What else a sharer is made with
#[cfg_attr(
    not(feature = "aws"),
    expect(dead_code, reason = "no backend to give it to")
)]
struct How<'a> {
    endpoint_url: Option<String>,
    retry_attempts: Option<u32>,
    options: EngineOptions,
    roles: Option<&'a Roles>,
}

#[cfg(not(feature = "aws"))]
mod backend {
    use pyo3::prelude::*;

    use super::{How, SharerHandle, Source, error};

    pub(super) fn connect(
        py: Python<'_>,
        _credentials: Source,
        _how: How<'_>,
    ) -> PyResult<SharerHandle> {
        Err(error::configuration(
            py,
            "this build of `ami_share` is without the AWS backend: install one that has it",
        ))
    }
}

#[cfg(feature = "aws")]
mod backend {
    use ami_share_core::backend::aws::AwsBackend;
    use ami_share_core::{AwsSharer, BackendSharer, Error};
    use aws_credential_types::provider::SharedCredentialsProvider;
    use pyo3::prelude::*;

    use super::session::SessionCredentials;
    use super::{How, SharerHandle, Source};
    use crate::runtime::block_on;

    pub(super) fn connect(
        py: Python<'_>,
        credentials: Source,
        how: How<'_>,
    ) -> PyResult<SharerHandle> {
        let mut builder = AwsBackend::builder();
        builder = match credentials {
            Source::DefaultChain => builder,
            Source::Profile(profile) => builder.profile(profile),
            Source::Keys {
                access_key,
                secret,
                token,
            } => builder.credentials(access_key, secret, token),
            Source::Session(session) => {
                let credentials = SessionCredentials::new(session);
                builder.credentials_provider(SharedCredentialsProvider::new(credentials))
            }
        };
        if let Some(url) = how.endpoint_url {
            builder = builder.endpoint_url(url);
        }
        if let Some(attempts) = how.retry_attempts {
            builder = builder.retry_attempts(attempts);
        }
        let backend = block_on(py, async move {
            let built = builder.build().await;
            built.map_err(|error| Error::Configuration(error.to_string()))
        })?;
        let sharer: AwsSharer = BackendSharer::with_options(backend, how.options);
        Ok(SharerHandle::of(sharer, how.roles))
    }
}

#[cfg(feature = "aws")]
mod session {
    use std::fmt;
    use std::sync::Arc;
    use std::time::{Duration, SystemTime};

    use aws_credential_types::Credentials;
    use aws_credential_types::provider::error::CredentialsError;
    use aws_credential_types::provider::{self, ProvideCredentials, future};
    use pyo3::prelude::*;
    use tokio::task::spawn_blocking;

    use crate::gate;

    /// How long the SDK keeps what the session gave
    ///
    /// The session does not say when its credentials end, and refreshes them by itself 10 to 15
    /// minutes before; so it is asked again well within that.
    const KEPT: Duration = Duration::from_secs(5 * 60);

    /// Asks a `boto3.Session`, or anything with its `get_credentials`, whenever the SDK asks
    pub(super) struct SessionCredentials(Arc<Py<PyAny>>);

    impl SessionCredentials {
        pub(super) fn new(session: Py<PyAny>) -> Self {
            Self(Arc::new(session))
        }
    }

    impl fmt::Debug for SessionCredentials {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct("SessionCredentials").finish_non_exhaustive()
        }
    }

    impl ProvideCredentials for SessionCredentials {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let session = self.0.clone();
            future::ProvideCredentials::new(async move {
                // A refresh may call a service or run a program, so it gets a thread of its own.
                let asked = spawn_blocking(move || gate::attached(|py| ask(py, &session)));
                let told = asked.await.map_err(CredentialsError::provider_error)?;
                told.unwrap_or_else(|| {
                    let message = "the interpreter is about to end";
                    Err(CredentialsError::provider_error(message))
                })
            })
        }
    }

    fn ask(py: Python<'_>, session: &Py<PyAny>) -> provider::Result {
        let frozen = session
            .bind(py)
            .call_method0("get_credentials")
            .and_then(|credentials| {
                let found = !credentials.is_none();
                found
                    .then(|| credentials.call_method0("get_frozen_credentials"))
                    .transpose()
            })
            .map_err(|error| failed(py, &error))?;
        let Some(frozen) = frozen else {
            return Err(CredentialsError::not_loaded(
                "the session has no credentials",
            ));
        };
        let read = || -> PyResult<Credentials> {
            Ok(Credentials::new(
                frozen.getattr("access_key")?.extract::<String>()?,
                frozen.getattr("secret_key")?.extract::<String>()?,
                frozen.getattr("token")?.extract::<Option<String>>()?,
                Some(SystemTime::now() + KEPT),
                "boto3.Session",
            ))
        };
        read().map_err(|error| failed(py, &error))
    }

    /// Names the exception and leaves its text out, which may have a credential in it
    fn failed(py: Python<'_>, error: &PyErr) -> CredentialsError {
        let class = error.get_type(py);
        let class = class
            .name()
            .map_or_else(|_| String::new(), |name| name.to_string());
        CredentialsError::provider_error(format!(
            "the session's credentials could not be read: it raised `{class}`"
        ))
    }
}
