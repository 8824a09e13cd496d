use std::time::Duration;

use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::http::request::Parts;
use tokio::time::timeout;

use super::super::refusal::Refusal;
use super::control;

/// The most that a request's body may have
const LIMIT: usize = 4 * 1024 * 1024;
/// The most that the file of a whole world may have
const FILE_LIMIT: usize = 512 * 1024 * 1024;
/// The most that is read of a body that nobody looks at
const PASSED_OVER: usize = 64 * 1024 * 1024;
/// How long a client may take to send a body
const TIME: Duration = Duration::from_secs(30);

/// The whole body, or what is wrong with it
///
/// AWS documents neither the bounds nor their codes.
pub(crate) async fn read_body(head: &Parts, mut body: Incoming) -> Result<Bytes, Refusal> {
    let limit = if head.uri.path().starts_with(control::PATH) {
        FILE_LIMIT
    } else {
        LIMIT
    };
    if body.size_hint().lower() > limit as u64 {
        // A client that waits for leave to send does not get it. Any other one sends on, and would
        // not see the answer if the connection broke under it.
        if !head.headers.contains_key("expect") {
            tokio::spawn(timeout(TIME, pass_over(body)));
        }
        return Err(too_large(limit));
    }
    let encoding = head.headers.get("content-encoding");
    if let Some(encoding) = encoding.filter(|encoding| *encoding != "identity") {
        return Err(Refusal::new(
            "UnsupportedMediaType",
            format!("The content encoding {encoding:?} is not supported."),
        )
        .with_status(415));
    }
    match timeout(TIME, Limited::new(&mut body, limit).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            tokio::spawn(timeout(TIME, pass_over(body)));
            Err(too_large(limit))
        }
        Ok(Err(error)) => Err(Refusal::new(
            "MalformedQueryString",
            format!("The body of the request could not be read: {error}"),
        )),
        Err(_) => Err(Refusal::new(
            "RequestTimeout",
            "The body of the request did not come in time.",
        )),
    }
}

async fn pass_over(mut body: Incoming) {
    let mut rest = PASSED_OVER;
    while let Some(Ok(frame)) = body.frame().await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        match rest.checked_sub(length) {
            Some(left) => rest = left,
            None => return,
        }
    }
}

fn too_large(limit: usize) -> Refusal {
    Refusal::new(
        "RequestEntityTooLarge",
        format!("The body of the request has more than {limit} bytes."),
    )
    .with_status(413)
}
