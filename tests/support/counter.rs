use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::shared::IntoShared;

/// How many HTTP requests went out, by the operation they asked for; repeated attempts count
#[derive(Clone, Debug, Default)]
pub(crate) struct CallCounter(Arc<Mutex<BTreeMap<String, usize>>>);

impl CallCounter {
    pub(crate) fn total(&self) -> usize {
        self.by_action().values().sum()
    }

    pub(crate) fn by_action(&self) -> BTreeMap<String, usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn reset(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// An HTTP client, without TLS, that counts here
    pub(crate) fn http_client(&self) -> SharedHttpClient {
        CountingClient {
            inner: Builder::new().build_http(),
            counter: self.clone(),
        }
        .into_shared()
    }

    /// The same configuration with its requests counted here
    pub(crate) fn counted(&self, config: &SdkConfig) -> SdkConfig {
        config.to_builder().http_client(self.http_client()).build()
    }

    fn count(&self, request: &HttpRequest) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *calls.entry(action_of(request)).or_default() += 1;
    }
}

/// `Action` of the form that EC2 and STS are sent, or the JSON services' target
fn action_of(request: &HttpRequest) -> String {
    if let Some((_, operation)) = request
        .headers()
        .get("x-amz-target")
        .and_then(|target| target.rsplit_once('.'))
    {
        return operation.to_owned();
    }
    let form = request.body().bytes().unwrap_or_default();
    String::from_utf8_lossy(form)
        .split('&')
        .find_map(|field| field.strip_prefix("Action="))
        .unwrap_or("unknown")
        .to_owned()
}

#[derive(Debug)]
struct CountingClient {
    inner: SharedHttpClient,
    counter: CallCounter,
}

impl HttpClient for CountingClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(CountingConnector {
            inner: self.inner.http_connector(settings, components),
            counter: self.counter.clone(),
        })
    }
}

#[derive(Debug)]
struct CountingConnector {
    inner: SharedHttpConnector,
    counter: CallCounter,
}

impl HttpConnector for CountingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.counter.count(&request);
        self.inner.call(request)
    }
}
