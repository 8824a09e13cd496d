//! What is set and asked beside AWS's own operations: `/_simulator/…`.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::http::request::Parts;
use hyper::{Method, Response};
use serde_json::{Value, json};

use super::super::call::{Call, Outcome};
use super::super::refusal::Refusal;
use super::super::world::World;

/// How all addresses of it start
pub(crate) const PATH: &str = "/_simulator/";

pub(crate) fn serve(
    world: &World,
    head: &Parts,
    _body: Result<Bytes, Refusal>,
) -> Response<Full<Bytes>> {
    let path = head.uri.path().strip_prefix(PATH).unwrap_or_default();
    match (&head.method, path) {
        (&Method::GET, "health") => answer(200, &json!({"status": "ok"})),
        (&Method::GET, "calls") => {
            let calls: Vec<Value> = world.calls().iter().map(told).collect();
            answer(200, &calls.into())
        }
        (&Method::DELETE, "calls") => {
            world.clear_calls();
            answer(200, &json!({}))
        }
        _ => answer(
            404,
            &json!({"error": format!("there is no {} {PATH}{path}", head.method)}),
        ),
    }
}

fn told(call: &Call) -> Value {
    json!({
        "request_id": call.request_id,
        "account": call.account,
        "region": call.region,
        "service": call.service.as_str(),
        "operation": call.operation,
        "outcome": match &call.outcome {
            Outcome::Cut => json!("cut"),
            Outcome::Done => json!("done"),
            Outcome::Refused(code) => json!({"refused": code}),
            Outcome::Lost(code) => json!({"lost": code}),
        },
        "write": call.write,
    })
}

fn answer(status: u16, body: &Value) -> Response<Full<Bytes>> {
    let answer = Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Full::new(body.to_string().into()));
    // INVARIANT: the status is one of ours.
    answer.unwrap_or_else(|error| unreachable!("{error}"))
}
