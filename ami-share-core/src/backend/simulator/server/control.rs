//! What is set and asked beside AWS's own operations: `/_simulator/…`.

use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::http::request::Parts;
use hyper::{Method, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::super::call::{Call, Outcome};
use super::super::fault::Faults;
use super::super::judge::Judgement;
use super::super::refusal::Refusal;
use super::super::world::World;
use crate::id::{AccountId, IamPrincipalArn, ImageId, Region};

/// How all addresses of it start
pub(crate) const PATH: &str = "/_simulator/";

/// What is answered, or with which status it is refused and why
type Answer = Result<Value, (u16, String)>;

pub(crate) fn serve(
    world: &World,
    head: &Parts,
    body: Result<Bytes, Refusal>,
) -> Response<Full<Bytes>> {
    let answered = body
        .map_err(|refusal| (refusal.status(), refusal.message))
        .and_then(|body| {
            let path = head.uri.path().strip_prefix(PATH).unwrap_or_default();
            match (&head.method, path) {
                // The text of a world is JSON already.
                (&Method::GET, "world") => Ok(world.save()),
                (method, path) => run(world, method, path, head, &body).map(|it| it.to_string()),
            }
        });
    let (status, body) = match answered {
        Ok(body) => (200, body),
        Err((status, problem)) => (status, json!({"error": problem}).to_string()),
    };
    let answer = Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Full::new(body.into()));
    // INVARIANT: the status is one of ours.
    answer.unwrap_or_else(|error| unreachable!("{error}"))
}

fn run(world: &World, method: &Method, path: &str, head: &Parts, body: &[u8]) -> Answer {
    match (method, path) {
        (&Method::GET, "health") => Ok(json!({"status": "ok"})),
        (&Method::GET, "calls") => {
            let filter = Filter::of(head.uri.query().unwrap_or_default())?;
            let calls = world.calls();
            let told = calls.iter().map(told).filter(|call| filter.fits(call));
            Ok(told.collect())
        }
        (&Method::DELETE, "calls") => {
            world.clear_calls();
            Ok(json!({}))
        }
        (&Method::PUT, "world") => {
            let text = std::str::from_utf8(body)
                .map_err(|error| (400, format!("the file is not UTF-8: {error}")))?;
            world
                .replace(text)
                .map_err(|error| (400, error.to_string()))?;
            Ok(json!({}))
        }
        (&Method::GET, "faults") => Ok(json!(world.state().faults.faults())),
        (&Method::PUT, "faults") => {
            world.set_faults(input(body)?);
            Ok(json!({}))
        }
        (&Method::DELETE, "faults") => {
            world.set_faults(Faults::none());
            Ok(json!({}))
        }
        (&Method::POST, "reset") => {
            world.reset();
            Ok(json!({}))
        }
        (&Method::POST, "advance") => {
            let Advance { seconds } = input(body)?;
            let duration = Duration::try_from_secs_f64(seconds)
                .map_err(|error| (400, format!("`seconds`: {error}")))?;
            world.advance(duration);
            Ok(json!({"time": world.state().now().iso_8601()}))
        }
        (&Method::POST, "judge") => {
            let Judge {
                region,
                account,
                principal,
                image,
            } = input(body)?;
            let (launch, copy) = match (account, principal) {
                (Some(account), None) => (
                    world.can_launch(&region, account, &image),
                    world.can_copy(&region, account, &image),
                ),
                (None, Some(principal)) => (
                    world.can_launch_as(&region, &principal, &image),
                    world.can_copy_as(&region, &principal, &image),
                ),
                _ => return Err((400, "name either an `account` or a `principal`".to_owned())),
            };
            Ok(json!({"launch": judged(launch), "copy": judged(copy)}))
        }
        _ => Err((404, format!("there is no {method} {PATH}{path}"))),
    }
}

/// How much time passes at once
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: f64,
}

/// Whether an account, or a user or role, gets in
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Judge {
    region: Region,
    account: Option<AccountId>,
    principal: Option<IamPrincipalArn>,
    image: ImageId,
}

fn input<T: DeserializeOwned>(body: &[u8]) -> Result<T, (u16, String)> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut json);
    let input = read.map_err(|error| (400, error.to_string()))?;
    json.end().map_err(|error| (400, error.to_string()))?;
    Ok(input)
}

fn judged(judgement: Judgement) -> Value {
    json!({"allowed": judgement.allowed, "reason": judgement.reason})
}

/// The fields of a call that are asked for, such as `account=111122223333&outcome=refused`
struct Filter(Vec<(String, String)>);

impl Filter {
    const FIELDS: [&str; 7] = [
        "request_id",
        "account",
        "region",
        "service",
        "operation",
        "outcome",
        "write",
    ];

    fn of(query: &str) -> Result<Self, (u16, String)> {
        let fields: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let unknown = fields
            .iter()
            .find(|(name, _)| !Self::FIELDS.contains(&name.as_str()));
        match unknown {
            Some((name, _)) => Err((
                400,
                format!(
                    "calls cannot be filtered by `{name}`, only by {}",
                    Self::FIELDS.join(", ")
                ),
            )),
            None => Ok(Self(fields)),
        }
    }

    /// An outcome fits by its kind and by its code
    fn fits(&self, call: &Value) -> bool {
        self.0.iter().all(|(name, wanted)| match call.get(name) {
            Some(Value::String(text)) => text == wanted,
            Some(Value::Bool(flag)) => flag.to_string() == *wanted,
            Some(Value::Object(outcome)) => outcome
                .iter()
                .any(|(kind, code)| kind == wanted || code == wanted),
            _ => false,
        })
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
