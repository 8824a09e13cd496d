use std::fmt::Display;

use hyper::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::super::call::Service;
use super::super::refusal::Refusal;
use super::service::JsonAction;
use super::{kms, organizations, ssm};

/// The header that names the operation
pub(crate) const TARGET: &str = "x-amz-target";

/// The operation that is asked for, and its input
pub(crate) fn parse(
    service: Service,
    head: &Parts,
    body: &[u8],
) -> Result<(&'static JsonAction, Value), Refusal> {
    let (prefix, actions): (&str, &'static [&'static [JsonAction]]) = match service {
        Service::Kms => ("TrentService.", kms::ACTIONS),
        Service::Organizations => ("AWSOrganizationsV20161128.", organizations::ACTIONS),
        Service::Ssm => ("AmazonSSM.", ssm::ACTIONS),
        Service::Ec2 | Service::Iam | Service::Sts => ("", &[]),
    };
    let target = head.headers.get(TARGET);
    let action = target
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.strip_prefix(prefix))
        .and_then(|name| {
            let mut all = actions.iter().copied().flatten();
            all.find(|action| action.name == name)
        });
    // The code of AWS's JSON services for an operation that they do not know.
    let action = action.ok_or_else(|| {
        Refusal::new(
            "UnknownOperationException",
            "The operation that the header X-Amz-Target names is not known.",
        )
    })?;
    let content_type = head.headers.get("content-type");
    let is_json = content_type
        .and_then(|value| value.to_str().ok())
        .is_some_and(|text| text.starts_with("application/x-amz-json-1."));
    if !is_json {
        return Err(serialization(
            "the content type has to be application/x-amz-json-1.1",
        ));
    }
    let input: Value = serde_json::from_slice(body).map_err(serialization)?;
    if !input.is_object() {
        return Err(serialization("the body is not a JSON object"));
    }
    Ok((action, input))
}

/// The input in the shape of its operation
///
/// A field that the simulator does not know is refused rather than ignored.
pub(crate) fn shaped<T: DeserializeOwned>(input: Value) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(input).map_err(|error| {
        let message = error.to_string();
        // Of another type, rather than of another value.
        if message.contains("invalid type: ") {
            serialization(message)
        } else {
            Refusal::new("ValidationException", message)
        }
    })
}

fn serialization(problem: impl Display) -> Refusal {
    Refusal::new("SerializationException", problem.to_string())
}

pub(crate) fn error(refusal: &Refusal) -> Value {
    json!({"__type": refusal.code, "message": refusal.message})
}
