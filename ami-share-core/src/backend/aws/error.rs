//! What the SDK's errors become: the one place that reads them.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ec2::operation::RequestId;

use crate::api_error::{ApiError, ApiErrorKind};

/// The error of an operation, with AWS's code, message and request id
///
/// Only what AWS answered and what errors say of themselves is kept; requests, headers and
/// `Debug` texts are not, they could hold a secret. That a role could not be assumed for the operation
/// is an error of `AssumeRole`.
pub(super) fn api_error<E>(operation: &str, error: SdkError<E, HttpResponse>) -> ApiError
where
    E: Error + ProvideErrorMetadata + 'static,
{
    if let Some(of_role) = error_below::<ApiError>(&error) {
        return of_role.clone();
    }
    let request_id = error.request_id().map(str::to_owned);
    let status = error.raw_response().map(|answer| answer.status().as_u16());
    let without_code =
        |kind, message: String| ApiError::without_code(operation, kind, one_line(&message));
    let api_error = match &error {
        SdkError::ServiceError(answer) => {
            let (code, message) = (answer.err().code(), answer.err().message());
            match (code, status.unwrap_or_default()) {
                (Some(code), status) => {
                    let message = one_line(message.unwrap_or_default());
                    ApiError::from_code(operation, code, message).with_status(status)
                }
                // The SDK's name for a good answer that it could not parse as well.
                (None, status @ 200..=299) => without_code(kind_of_status(status), garbled(status)),
                (None, status) => without_code(kind_of_status(status), no_code(status, message)),
            }
        }
        SdkError::ResponseError(_) => {
            let status = status.unwrap_or_default();
            without_code(kind_of_status(status), garbled(status))
        }
        SdkError::TimeoutError(_) => without_code(
            ApiErrorKind::Transient,
            "no answer came in time, so it may or may not have been done".to_owned(),
        ),
        SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_)
            if error_below::<CredentialsError>(&error).is_some() =>
        {
            without_code(ApiErrorKind::Unauthenticated, no_credentials(&error))
        }
        SdkError::ConstructionFailure(_) => {
            without_code(ApiErrorKind::Invalid, chain(&error).join(": "))
        }
        SdkError::DispatchFailure(failure) if failure.is_user() => {
            without_code(ApiErrorKind::Invalid, chain(&error).join(": "))
        }
        _ => without_code(ApiErrorKind::Transient, chain(&error).join(": ")),
    };
    api_error.with_request_id(request_id)
}

/// The error of an answer that came, but does not say what it should
pub(super) fn unreadable(operation: &str, because: impl std::fmt::Display) -> ApiError {
    let message = format!("the answer could not be read: {because}");
    ApiError::without_code(operation, ApiErrorKind::Other, message)
}

fn garbled(status: u16) -> String {
    format!("the answer with HTTP status {status} could not be read")
}

/// After a 5xx, or a 2xx with an answer that makes no sense, the operation may have been done
fn kind_of_status(status: u16) -> ApiErrorKind {
    match status {
        429 => ApiErrorKind::Throttled,
        300..=499 => ApiErrorKind::Other,
        _ => ApiErrorKind::Transient,
    }
}

fn no_code(status: u16, message: Option<&str>) -> String {
    match message {
        Some(message) => format!("HTTP status {status} without an error code: {message}"),
        None => format!("HTTP status {status} without an error code"),
    }
}

fn no_credentials(error: &(dyn Error + 'static)) -> String {
    let because = error_below::<CredentialsError>(error).map_or_else(Vec::new, |e| chain(e));
    format!(
        "there are no usable AWS credentials ({}): set them in the environment, log in to a \
         profile and name it, or give them to the builder",
        because.join(": ")
    )
}

/// The first error of that type among an error and those below it
fn error_below<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    std::iter::successors(Some(error), |&error| error.source()).find_map(|e| e.downcast_ref())
}

/// What an error and those below it say, without saying a thing twice
fn chain(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for error in std::iter::successors(Some(error), |&error| error.source()) {
        let text = error.to_string().trim_end_matches('.').to_owned();
        if !texts.iter().any(|above| above.contains(&text)) {
            texts.push(text);
        }
    }
    texts
}

/// Uncut: the encoded message of an `UnauthorizedOperation` is long and only whole of use
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
