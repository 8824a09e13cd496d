use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};

use super::super::refusal::Refusal;

/// The most that a request's body may have
const LIMIT: usize = 4 * 1024 * 1024;

/// The whole body, or what is wrong with it
pub(crate) async fn read_body(body: Incoming) -> Result<Bytes, Refusal> {
    match Limited::new(body, LIMIT).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        // AWS documents neither the bound nor the code.
        Err(error) if error.is::<LengthLimitError>() => Err(Refusal::new(
            "RequestEntityTooLarge",
            format!("The body of the request has more than {LIMIT} bytes."),
        )
        .with_status(413)),
        Err(error) => Err(Refusal::new(
            "MalformedQueryString",
            format!("The body of the request could not be read: {error}"),
        )),
    }
}
