//! An HTTP client that answers by a closure and remembers what it was asked.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_sdk_ec2::config::StalledStreamProtectionConfig;
use aws_sdk_ec2::config::http::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};

use super::super::{AwsBackend, AwsBackendBuilder};

pub(super) const SECRET: &str = "a-secret-that-is-never-shown";
pub(super) const TOKEN: &str = "a-token-that-is-never-shown";
pub(super) const REQUEST_ID: &str = "11111111-2222-3333-4444-555555555555";

/// One request as it was sent
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) uri: String,
    /// The operation, by the form's `Action` or the JSON services' target
    pub(super) action: String,
    pub(super) body: String,
    /// The access key that it is signed with
    pub(super) access_key: String,
}

impl Sent {
    /// What the JSON services are sent
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The value of a field of the form
    pub(super) fn field(&self, name: &str) -> Option<String> {
        self.body.split('&').find_map(|field| {
            let (key, value) = field.split_once('=')?;
            (key == name).then(|| decode(value))
        })
    }

    /// How many fields of the form have a name that starts so
    pub(super) fn count(&self, start: &str) -> usize {
        self.body
            .split('&')
            .filter(|field| field.starts_with(start))
            .count()
    }
}

/// What is answered: HTTP status and body, or nothing at all, ever
pub(super) type Answer = Option<(u16, String)>;
type Answers = dyn Fn(&Sent) -> Answer + Send + Sync;

#[derive(Clone)]
pub(super) struct Fake {
    sent: Arc<Mutex<Vec<Sent>>>,
    answers: Arc<Answers>,
}

impl Fake {
    pub(super) fn new(answers: impl Fn(&Sent) -> Answer + Send + Sync + 'static) -> Self {
        Self {
            sent: Arc::default(),
            answers: Arc::new(answers),
        }
    }

    /// One that gives the same answer to everything
    pub(super) fn always(status: u16, body: impl Into<String>) -> Self {
        let body = body.into();
        Self::new(move |_| Some((status, body.clone())))
    }

    /// One of EC2, with this in the answer to whatever it is asked
    pub(super) fn of_ec2(inner: impl Into<String>) -> Self {
        let inner = inner.into();
        Self::new(move |sent| Some((200, ec2_answer(sent, &inner))))
    }

    pub(super) fn sent(&self) -> Vec<Sent> {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.clone()
    }

    pub(super) fn config(&self) -> SdkConfig {
        SdkConfig::builder()
            .http_client(self.http_client())
            // It takes a request that nobody reads, as here, for a stalled one.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build()
    }

    pub(super) fn builder(&self) -> AwsBackendBuilder {
        AwsBackend::builder().sdk_config(self.config()).credentials(
            "AKIDEXAMPLE",
            SECRET,
            Some(TOKEN.to_owned()),
        )
    }

    pub(super) async fn backend(&self) -> AwsBackend {
        self.builder().build().await.unwrap()
    }

    fn http_client(&self) -> SharedHttpClient {
        let fake = self.clone();
        http_client_fn(move |_, _| SharedHttpConnector::new(fake.clone()))
    }
}

impl HttpConnector for Fake {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = request.body().bytes().unwrap_or_default();
        let mut sent = Sent {
            uri: request.uri().to_owned(),
            action: String::new(),
            body: String::from_utf8_lossy(body).into_owned(),
            access_key: access_key(&request).unwrap_or_default(),
        };
        let target = request.headers().get("x-amz-target");
        sent.action = target
            .and_then(|target| target.rsplit_once('.'))
            .map(|(_, operation)| operation.to_owned())
            .or_else(|| sent.field("Action"))
            .unwrap_or_default();
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sent.clone());
        match (self.answers)(&sent) {
            Some((status, body)) => {
                let status = status.try_into().unwrap();
                let mut response = HttpResponse::new(status, body.into());
                response
                    .headers_mut()
                    .insert("x-amzn-requestid", REQUEST_ID);
                HttpConnectorFuture::new(async {
                    // As over a network, others get their turn before there is an answer.
                    tokio::task::yield_now().await;
                    Ok(response)
                })
            }
            None => HttpConnectorFuture::new(std::future::pending()),
        }
    }
}

fn access_key(request: &HttpRequest) -> Option<String> {
    let signature = request.headers().get("authorization")?;
    let (_, credential) = signature.split_once("Credential=")?;
    Some(credential.split_once('/')?.0.to_owned())
}

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fake")
    }
}

/// An answer as EC2 writes it
pub(super) fn ec2_answer(sent: &Sent, inner: &str) -> String {
    format!("<{0}Response>{inner}</{0}Response>", sent.action)
}

/// An error as EC2 writes it
pub(super) fn ec2_error(code: &str, message: &str) -> String {
    format!(
        "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>\
         <RequestID>in-the-body</RequestID></Response>"
    )
}

/// An answer of `DescribeImages`
pub(super) fn images(ids: &[&str], next_token: Option<&str>) -> String {
    let items: String = ids
        .iter()
        .map(|id| {
            format!(
                "<item><imageId>{id}</imageId><imageOwnerId>111111111111</imageOwnerId>\
                 <imageState>available</imageState><isPublic>false</isPublic>\
                 <rootDeviceType>ebs</rootDeviceType></item>"
            )
        })
        .collect();
    let next = next_token.map_or_else(String::new, |t| format!("<nextToken>{t}</nextToken>"));
    format!("<DescribeImagesResponse><imagesSet>{items}</imagesSet>{next}</DescribeImagesResponse>")
}

fn decode(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits: Vec<u8> = rest.by_ref().take(2).collect();
        let digits = String::from_utf8(digits).unwrap();
        bytes.push(u8::from_str_radix(&digits, 16).unwrap());
    }
    String::from_utf8(bytes).unwrap()
}
