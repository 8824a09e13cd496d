use http_body_util::Full;
use hyper::body::Bytes;
use hyper::http::request::Parts;
use hyper::{Method, Response};
use serde_json::Value;

use super::super::call::{Asked, Caller, Service};
use super::super::refusal::{NoAnswer, Refusal};
use super::super::state::State;
use super::super::world::World;
use super::access::{Scope, unknown_service};
use super::http::Reply;
use super::params::{Params, missing, unknown};
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
    pub(crate) run: fn(&mut State, Caller<'_>, Value) -> Result<Value, Refusal>,
}

/// Operations of EC2 whose rehearsal looks at more than whether they are allowed on their resources
const REHEARSED_BY_RULE: [&str; 2] = ["CopyImage", "RunInstances"];

/// Any resource
pub(crate) fn anything(_: Caller<'_>, _: &Params) -> Vec<String> {
    vec!["*".to_owned()]
}

/// Answers one request
///
/// The world is held while the call is done, and not while the request is read or the answer written.
pub(crate) async fn serve(world: &World, head: &Parts, body: Result<Bytes, Refusal>) -> Reply {
    if head.uri.path().starts_with(control::PATH) {
        return Reply::Answer(control::serve(world, head, body));
    }
    let scope = Scope::of(head);
    let service = scope.as_ref().ok().and_then(|scope| scope.service);
    let dialect = Dialect::of(service, head);
    let request = body.and_then(|body| {
        check_address(head)?;
        let scope = scope.map_err(|none| none.refusal())?;
        let service = scope.service.ok_or_else(unknown_service)?;
        let call = match dialect {
            Dialect::Json => json::parse(service, head, &body).map(Request::Json),
            Dialect::Ec2 | Dialect::Query => parse_query(service, head, &body),
        };
        Ok((scope, service, call))
    });
    let (answered, delay) = {
        let mut state = world.state();
        let answered = answer(&mut state, request);
        (answered, state.take_delay())
    };
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match answered {
        Ok((answer, request_id)) => {
            Reply::Answer(dialect.answer(200, answer.to_bytes(), &request_id))
        }
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

/// A call in the form of its service
enum Request {
    Query {
        action: &'static QueryAction,
        params: Params,
        dry_run: bool,
    },
    Json((&'static JsonAction, Value)),
}

enum Answer {
    Xml(Element),
    Json(Value),
}

impl Answer {
    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Xml(element) => element.to_bytes(),
            Self::Json(value) => value.to_string().into_bytes(),
        }
    }
}

/// A request that is signed as this scope says, for this service
type Signed = (Scope, Service, Result<Request, Refusal>);

/// What is refused before it is known who asks what is no call, and is not logged
fn answer(
    state: &mut State,
    request: Result<Signed, Refusal>,
) -> Result<(Answer, String), NoAnswer> {
    let (scope, service, request) = request.map_err(|refusal| state.refuse(refusal))?;
    let identity = state.identity_of(&scope, service);
    let identity = identity.map_err(|refusal| state.refuse(refusal))?;
    let request = request.map_err(|refusal| state.refuse(refusal))?;
    let caller = Caller {
        account: identity.account(),
        region: &scope.region,
        identity: &identity,
    };
    match request {
        Request::Query {
            action,
            params,
            dry_run,
        } => {
            let asked = Asked {
                dry_run,
                ..Asked::of(service, action.name).on((action.on)(caller, &params))
            };
            call_query(state, caller, asked, action, &params)
        }
        Request::Json((action, input)) => call_json(state, caller, service, action, input),
    }
}

/// AWS's endpoints of these services have one address
fn check_address(head: &Parts) -> Result<(), Refusal> {
    let (method, path) = (&head.method, head.uri.path());
    if path != "/" {
        return Err(
            Refusal::new("InvalidAction", format!("There is nothing at {path}.")).with_status(404),
        );
    }
    if method != Method::GET && method != Method::POST {
        return Err(Refusal::new(
            "MethodNotAllowed",
            format!("The method {method} is not allowed."),
        )
        .with_status(405));
    }
    Ok(())
}

fn parse_query(service: Service, head: &Parts, body: &[u8]) -> Result<Request, Refusal> {
    let params = Params::of(head, body)?;
    let name = params.text("Action").unwrap_or_default();
    if name.is_empty() {
        return Err(Refusal::new(
            "MissingAction",
            "The request is missing an action or a required parameter.",
        ));
    }
    check_version(service, name, params.text("Version").unwrap_or_default())?;
    let actions: &[&[QueryAction]] = match service {
        Service::Ec2 => ec2::ACTIONS,
        Service::Iam => iam::ACTIONS,
        Service::Sts => sts::ACTIONS,
        _ => &[],
    };
    let mut all = actions.iter().copied().flatten();
    let Some(action) = all.find(|action| action.name == name) else {
        return Err(Refusal::new(
            "InvalidAction",
            format!("The action {name} is not valid for this web service."),
        ));
    };
    let is_known = |name: &str| {
        let is_of_envelope = match name {
            "Action" | "Version" => true,
            "DryRun" => service == Service::Ec2,
            _ => false,
        };
        is_of_envelope || action.takes.contains(&name)
    };
    if let Some(name) = params.names().find(|name| !is_known(name)) {
        return Err(unknown(name));
    }
    let dry_run = params.flag("DryRun")? && !REHEARSED_BY_RULE.contains(&name);
    Ok(Request::Query {
        action,
        params,
        dry_run,
    })
}

/// The one version that the answers are of; AWS still speaks older ones of EC2
fn check_version(service: Service, action: &str, version: &str) -> Result<(), Refusal> {
    match (service, version) {
        (Service::Ec2, "2016-11-15")
        | (Service::Sts, "2011-06-15")
        | (Service::Iam, "2010-05-08") => Ok(()),
        (Service::Ec2, "") => Err(missing("Version")),
        (Service::Ec2, _) => Err(Refusal::new(
            "NoSuchVersion",
            format!("The requested version ({version}) of service AmazonEC2 does not exist"),
        )),
        (_, version) => Err(Refusal::new(
            "InvalidAction",
            format!(
                "Could not find operation {action} for version {}",
                match version {
                    "" => "NO_VERSION_SPECIFIED",
                    version => version,
                }
            ),
        )),
    }
}

fn call_query(
    state: &mut State,
    caller: Caller<'_>,
    asked: Asked,
    action: &QueryAction,
    params: &Params,
) -> Result<(Answer, String), NoAnswer> {
    let service = asked.service;
    let (fields, request_id) =
        state.answer(caller, asked, |state| (action.run)(state, caller, params))?;
    let answer = match service {
        Service::Ec2 => ec2::response(action.name, fields, &request_id),
        _ => super::xml::query_response(service, action.name, fields, &request_id),
    };
    Ok((Answer::Xml(answer), request_id))
}

fn call_json(
    state: &mut State,
    caller: Caller<'_>,
    service: Service,
    action: &JsonAction,
    input: Value,
) -> Result<(Answer, String), NoAnswer> {
    let asked = Asked::of(service, action.name);
    let asked = if action.authorized_by_rule {
        asked.by_rule()
    } else {
        asked
    };
    let (answer, request_id) =
        state.answer(caller, asked, |state| (action.run)(state, caller, input))?;
    Ok((Answer::Json(answer), request_id))
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
