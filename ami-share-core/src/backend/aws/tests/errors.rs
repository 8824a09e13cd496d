use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};

use super::fake::{Fake, REQUEST_ID, SECRET, TOKEN, ec2_error};
use super::{home, image_id};
use crate::api_error::{ApiError, ApiErrorKind};
use crate::backend::Backend;

async fn error_of(fake: &Fake) -> ApiError {
    let backend = fake.builder().retry_attempts(1).build().await.unwrap();
    let answer = backend
        .describe_launch_permissions(&home(), &image_id())
        .await;
    answer.unwrap_err()
}

#[tokio::test]
async fn code_message_and_request_id_are_kept() {
    let body = ec2_error("AuthFailure", "Not authorized\n  for image");

    let error = error_of(&Fake::always(401, body)).await;

    assert_eq!(error.code(), Some("AuthFailure"));
    assert_eq!(error.kind(), ApiErrorKind::Unauthenticated);
    assert_eq!(error.message(), "Not authorized for image");
    assert_eq!(error.request_id(), Some(REQUEST_ID));
    assert_eq!(error.operation(), "DescribeImageAttribute");
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn answers_without_a_code_are_told_apart_by_status() {
    for (status, body, kind) in [
        (
            500,
            "<!doctype html><title>500</title><h1>Oops</h1>",
            ApiErrorKind::Transient,
        ),
        (503, "", ApiErrorKind::Transient),
        (429, "", ApiErrorKind::Throttled),
        (403, "<html>a proxy says no</html>", ApiErrorKind::Other),
        // What was asked for may have been done.
        (
            200,
            "neither XML nor anything else",
            ApiErrorKind::Transient,
        ),
    ] {
        let error = error_of(&Fake::always(status, body)).await;
        assert_eq!(error.kind(), kind, "{status}: {error}");
        assert_eq!(error.code(), None);
        assert!(error.message().contains(&status.to_string()), "{error}");
        assert_eq!(error.request_id(), Some(REQUEST_ID));
    }
}

#[tokio::test(start_paused = true)]
async fn no_answer_in_time_is_transient_and_ambiguous() {
    let fake = Fake::new(|_| None);
    let started = tokio::time::Instant::now();

    let error = error_of(&fake).await;

    assert_eq!(error.kind(), ApiErrorKind::Transient);
    assert!(error.is_ambiguous());
    assert!(error.message().contains("in time"), "{error}");
    assert_eq!(started.elapsed().as_secs(), 60);

    let hasty = fake.builder().operation_timeout(Duration::from_secs(7));
    let hasty = hasty.build().await.unwrap();
    let started = tokio::time::Instant::now();
    let answer = hasty
        .describe_launch_permissions(&home(), &image_id())
        .await;
    assert_eq!(answer.unwrap_err().kind(), ApiErrorKind::Transient);
    assert_eq!(started.elapsed().as_secs(), 7);
}

#[tokio::test]
async fn nobody_there_is_transient() {
    // Bound and dropped at once: nothing listens on this port.
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let backend = super::super::AwsBackend::builder()
        .credentials("AKIDEXAMPLE", SECRET, None)
        .endpoint_url(url)
        .retry_attempts(1)
        .build()
        .await
        .unwrap();

    let error = backend
        .describe_launch_permissions(&home(), &image_id())
        .await;

    let error = error.unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::Transient, "{error}");
    assert!(error.to_string().lines().count() == 1, "{error}");
    assert!(!error.to_string().contains(SECRET), "{error}");
}

#[derive(Debug)]
struct Broken;

impl ProvideCredentials for Broken {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let error = CredentialsError::not_loaded("no provider in the chain\nhad any");
        future::ProvideCredentials::ready(Err(error))
    }
}

#[tokio::test]
async fn missing_credentials_are_told_of_with_the_mend() {
    let fake = Fake::always(200, "");
    let provider = SharedCredentialsProvider::new(Broken);
    let backend = fake.builder().credentials_provider(provider);
    let backend = backend.build().await.unwrap();

    let organization = "arn:aws:organizations::111111111111:organization/o-123example";
    let errors = [
        backend
            .describe_images(&home(), &[image_id()])
            .await
            .unwrap_err(),
        backend
            .list_accounts_under(&home(), &organization.parse().unwrap())
            .await
            .unwrap_err(),
    ];

    for error in errors {
        assert_eq!(error.kind(), ApiErrorKind::Unauthenticated, "{error}");
        assert!(error.message().contains("had any"), "{error}");
        assert!(
            error.message().contains("give them to the builder"),
            "{error}"
        );
        assert_eq!(error.message().lines().count(), 1);
        assert!(!error.is_retryable() && !error.is_ambiguous());
    }
    assert!(fake.sent().is_empty(), "nothing is sent");
}

#[tokio::test]
async fn no_secret_in_an_error_or_a_debug_text() {
    let fake = Fake::always(401, ec2_error("AuthFailure", "no"));
    let builder = fake.builder().endpoint_url("https://user:pass@localhost");
    let backend = builder.clone().build().await.unwrap();
    let error = backend.describe_images(&home(), &[image_id()]).await;

    for shown in [
        format!("{builder:#?}"),
        format!("{backend:#?}"),
        format!("{:#?}", error.unwrap_err()),
    ] {
        for secret in [SECRET, TOKEN, "AKIDEXAMPLE", "pass@"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
