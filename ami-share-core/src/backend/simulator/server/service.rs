use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;
use hyper::http::request::Parts;

use super::super::call::{Asked, Caller, Service};
use super::super::refusal::{NoAnswer, Refusal};
use super::super::state::State;
use super::super::world::World;
use super::access::{Scope, unknown_credentials};
use super::http::Reply;
use super::params::Params;
use super::xml::Element;
use super::{control, ec2, iam, json, sts};

/// One operation of a service whose requests are queries and whose answers are XML
pub(crate) struct QueryAction {
    pub(crate) name: &'static str,
    /// The parameters that are looked at, by the first part of their names; any other one is refused
    pub(crate) takes: &'static [&'static str],
    /// On which resources the caller's policies have to allow it, by ARN
    pub(crate) on: fn(Caller<'_>, &Params) -> Vec<String>,
    pub(crate) run: fn(&mut State, Caller<'_>, &Params) -> Result<Vec<Element>, Refusal>,
}

/// One operation of a service that speaks JSON
pub(crate) struct JsonAction {
    pub(crate) name: &'static str,
    /// Whether the rule of the operation authorizes the caller; otherwise its policies have to allow
    /// it on `*`
    pub(crate) authorized_by_rule: bool,
    pub(crate) run:
        fn(&mut State, Caller<'_>, serde_json::Value) -> Result<serde_json::Value, Refusal>,
}

/// Any resource
pub(crate) fn anything(_: Caller<'_>, _: &Params) -> Vec<String> {
    vec!["*".to_owned()]
}

/// Parameters that every query may have, and that say nothing about what is asked
const ENVELOPE: [&str; 3] = ["Action", "Version", "DryRun"];

/// Answers one request
pub(crate) async fn serve(world: &World, head: &Parts, body: Result<Bytes, Refusal>) -> Reply {
    if head.uri.path().starts_with(control::PATH) {
        return Reply::Answer(control::serve(world, head, body));
    }
    let scope = Scope::of(head);
    let service = scope.as_ref().and_then(|scope| scope.service);
    let dialect = Dialect::of(service, head);
    let (answered, delay) = {
        let mut state = world.state();
        let answered = body.and_then(|body| {
            let scope = scope.ok_or_else(|| unknown_credentials(service))?;
            let service = scope.service.ok_or_else(|| unknown_credentials(None))?;
            let identity = state
                .identity_of(&scope.access_key)
                .ok_or_else(|| unknown_credentials(Some(service)))?;
            let caller = Caller {
                account: identity.account(),
                region: &scope.region,
                identity: &identity,
            };
            Ok(match dialect {
                Dialect::Json => call_json(&mut state, caller, service, head, &body),
                Dialect::Ec2 | Dialect::Query => {
                    call_query(&mut state, caller, service, head, &body)
                }
            })
        });
        let answered = match answered {
            Ok(answered) => answered,
            // What is refused before it is known who asks what is no call, and is not logged.
            Err(refusal) => Err(state.refuse(refusal)),
        };
        (answered, state.take_delay())
    };
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match answered {
        Ok((body, request_id)) => Reply::Answer(dialect.answer(200, body, &request_id)),
        Err(NoAnswer::Refused {
            refusal,
            request_id,
        }) => {
            let body = dialect.error(&refusal, &request_id);
            Reply::Answer(dialect.answer(refusal.status(), body, &request_id))
        }
        Err(NoAnswer::Lost) => Reply::Cut,
    }
}

fn call_query(
    state: &mut State,
    caller: Caller<'_>,
    service: Service,
    head: &Parts,
    body: &[u8],
) -> Result<(Vec<u8>, String), NoAnswer> {
    let params = match Params::of(head, body) {
        Ok(params) => params,
        Err(refusal) => return Err(state.refuse(refusal)),
    };
    let name = params.text("Action").unwrap_or_default();
    let actions: &[&[QueryAction]] = match service {
        Service::Ec2 => ec2::ACTIONS,
        Service::Iam => iam::ACTIONS,
        Service::Sts => sts::ACTIONS,
        _ => &[],
    };
    let Some(action) = actions
        .iter()
        .copied()
        .flatten()
        .find(|action| action.name == name)
    else {
        return Err(state.refuse(Refusal::new(
            "InvalidAction",
            format!("The action {name} is not valid for this web service."),
        )));
    };
    let unknown = params
        .names()
        .find(|name| !ENVELOPE.contains(name) && !action.takes.contains(name));
    if let Some(unknown) = unknown {
        return Err(state.refuse(Refusal::new(
            "UnknownParameter",
            format!("The parameter {unknown} is not recognized"),
        )));
    }
    let asked = Asked {
        dry_run: service == Service::Ec2 && params.text("DryRun") == Some("true"),
        ..Asked::of(service, action.name).on((action.on)(caller, &params))
    };
    let (fields, request_id) =
        state.answer(caller, asked, |state| (action.run)(state, caller, &params))?;
    let answer = match service {
        Service::Ec2 => ec2::response(action.name, fields, &request_id),
        _ => super::xml::query_response(service, action.name, fields, &request_id),
    };
    Ok((answer.to_bytes(), request_id))
}

fn call_json(
    state: &mut State,
    caller: Caller<'_>,
    service: Service,
    head: &Parts,
    body: &[u8],
) -> Result<(Vec<u8>, String), NoAnswer> {
    let (action, input) = match json::parse(service, head, body) {
        Ok(parsed) => parsed,
        Err(refusal) => return Err(state.refuse(refusal)),
    };
    let asked = Asked::of(service, action.name);
    let asked = if action.authorized_by_rule {
        asked.by_rule()
    } else {
        asked
    };
    let (answer, request_id) =
        state.answer(caller, asked, |state| (action.run)(state, caller, input))?;
    Ok((answer.to_string().into_bytes(), request_id))
}

/// How a service writes
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Dialect {
    Ec2,
    Json,
    Query,
}

impl Dialect {
    fn of(service: Option<Service>, head: &Parts) -> Self {
        match service {
            Some(Service::Ec2) => Self::Ec2,
            Some(Service::Iam | Service::Sts) => Self::Query,
            Some(Service::Kms | Service::Organizations | Service::Ssm) => Self::Json,
            None if head.headers.contains_key(json::TARGET) => Self::Json,
            None => Self::Ec2,
        }
    }

    fn error(self, refusal: &Refusal, request_id: &str) -> Vec<u8> {
        match self {
            Self::Ec2 => ec2::error(refusal, request_id).to_bytes(),
            Self::Query => super::xml::query_error(refusal, request_id).to_bytes(),
            Self::Json => json::error(refusal).to_string().into_bytes(),
        }
    }

    fn answer(self, status: u16, body: Vec<u8>, request_id: &str) -> Response<Full<Bytes>> {
        let (content_type, id_header) = match self {
            Self::Ec2 => ("text/xml;charset=UTF-8", "x-amzn-requestid"),
            Self::Query => ("text/xml", "x-amzn-requestid"),
            Self::Json => ("application/x-amz-json-1.1", "x-amzn-requestid"),
        };
        let answer = Response::builder()
            .status(status)
            .header("content-type", content_type)
            .header(id_header, request_id)
            .body(Full::new(body.into()));
        // INVARIANT: the status is one of ours, and request ids are ASCII.
        answer.unwrap_or_else(|error| unreachable!("{error}"))
    }
}
