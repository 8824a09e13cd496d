//! A case: one request, the layers it passes, and how our evaluator is asked about it.

use std::collections::BTreeMap;

use ami_share_core::policy::Policy;
use ami_share_core::policy::evaluate::{Caller, Decision, Layers, Request, Told, evaluate};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::random::Random;

/// One request and its layers, as plain data
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Case {
    pub caller: CallerData,
    pub action: String,
    pub resource: String,
    pub owner: String,
    pub context: BTreeMap<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identity: Vec<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scps: Vec<Vec<Value>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rcps: Vec<Vec<Value>>,
}

/// Who calls: the kind, the ARN or name, and the session of a role
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct CallerData {
    pub kind: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub arn: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub session: String,
}

impl Case {
    pub fn caller(&self) -> Caller {
        let data = &self.caller;
        match data.kind.as_str() {
            "anonymous" => Caller::anonymous(),
            "service" => Caller::service(&data.arn),
            "role" => Caller::role(&data.arn).unwrap().session(&data.session),
            _ => Caller::parse(&data.arn).unwrap(),
        }
    }

    /// The request as our evaluator takes it; its keys are all told
    pub fn request(&self) -> Request {
        let owner = self.owner.parse().unwrap();
        let mut request = Request::new(self.caller(), &self.action, &self.resource, owner);
        for (key, value) in &self.context {
            request = match value {
                Value::Array(values) => {
                    request.key_values(key, values.iter().map(|value| value.as_str().unwrap()))
                }
                value => request.key(key, value.as_str().unwrap()),
            };
        }
        request.nothing_else()
    }

    /// What our evaluator decides
    pub fn decide(&self) -> Decision {
        self.decide_with(&self.request(), |layers| layers)
    }

    /// The same when some keys and layers were not told
    pub fn decide_knowing_less(&self, random: &mut Random) -> Decision {
        let mut request = self.request();
        for key in self.context.keys() {
            if random.percent(30) {
                request = request.unknown(key);
            }
        }
        for key in ["aws:PrincipalArn", "aws:SourceIp", "kms:ViaService"] {
            if random.percent(10) {
                request = request.unknown(key);
            }
        }
        let hidden = random.below(12);
        self.decide_with(&request, |mut layers| {
            match hidden {
                0 => layers.resource = Told::Unknown,
                1 => layers.identity = Told::Unknown,
                2 => layers.boundary = Told::Unknown,
                3 => layers.session = Told::Unknown,
                4 => layers.service_control = Told::Unknown,
                5 => layers.resource_control = Told::Unknown,
                6 => layers.grants = Told::Unknown,
                7 => layers.key_state = Told::Unknown,
                _ => {}
            }
            layers
        })
    }

    fn decide_with(
        &self,
        request: &Request,
        hide: impl for<'a> FnOnce(Layers<'a>) -> Layers<'a>,
    ) -> Decision {
        let policy = self.policy.as_ref().map(read);
        let identity = read_all(&self.identity);
        let boundary = self.boundary.as_ref().map(read);
        let session: Vec<Policy> = self.session.iter().map(read).collect();
        let scps: Vec<_> = self.scps.iter().map(|level| read_all(level)).collect();
        let rcps: Vec<_> = self.rcps.iter().map(|level| read_all(level)).collect();
        let mut layers = Layers::none()
            .identity(&identity)
            .session(&session)
            .service_control(&scps)
            .resource_control(&rcps);
        if let Some(policy) = &policy {
            layers = layers.resource(policy);
        }
        if let Some(boundary) = &boundary {
            layers = layers.boundary(boundary);
        }
        evaluate(request, &hide(layers))
    }
}

fn read(value: &Value) -> Policy {
    Policy::parse(&value.to_string()).unwrap()
}

fn read_all(values: &[Value]) -> Vec<Policy> {
    values.iter().map(read).collect()
}
