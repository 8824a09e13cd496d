//! Random cases: policies and requests of every kind, ours and others'.
//!
//! Most choices lean towards what nearly fits, because a case in which nothing matches tests little.

use serde_json::{Map, Value, json};

use crate::case::{CallerData, Case};
use crate::condition::{Keys, conditions};
use crate::random::Random;

pub const OWNER: &str = "111122223333";
pub const OTHER: &str = "444455556666";
pub const THIRD: &str = "777788889999";
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// A service, with the resource that is asked for and actions on it
struct Service {
    resource: &'static str,
    actions: &'static [&'static str],
    has_policy: bool,
}

const SERVICES: [Service; 5] = [
    Service {
        resource: KEY,
        actions: &[
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:CreateGrant",
            "kms:ReEncryptFrom",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:PutKeyPolicy",
            "kms:ListGrants",
        ],
        has_policy: true,
    },
    Service {
        resource: "arn:aws:sqs:us-east-1:111122223333:jobs",
        actions: &["sqs:SendMessage", "sqs:ReceiveMessage"],
        has_policy: true,
    },
    Service {
        resource: "arn:aws:s3:::golden-images/linux/disk.raw",
        actions: &["s3:GetObject", "s3:PutObject"],
        has_policy: true,
    },
    Service {
        resource: "arn:aws:iam::111122223333:role/Shared",
        actions: &["sts:AssumeRole"],
        has_policy: true,
    },
    Service {
        resource: "arn:aws:ec2:us-east-1::snapshot/snap-0123456789abcdef0",
        actions: &["ec2:ModifySnapshotAttribute", "ec2:DeleteSnapshot"],
        has_policy: false,
    },
];

/// One case
pub fn case(random: &mut Random) -> Case {
    let service = match random.below(100) {
        0..70 => &SERVICES[0],
        70..78 => &SERVICES[1],
        78..86 => &SERVICES[2],
        86..92 => &SERVICES[3],
        _ => &SERVICES[4],
    };
    let caller = caller(random);
    let action = random.pick(service.actions);
    let keys = Keys::of_request(random, action, &caller);
    let mut maker = Maker {
        random,
        service,
        action,
        caller: &caller,
        keys: &keys,
    };
    let mut case = Case {
        caller: caller.clone(),
        action: action.to_owned(),
        resource: service.resource.to_owned(),
        owner: OWNER.to_owned(),
        context: keys.context.clone(),
        ..Case::default()
    };
    maker.layers(&mut case);
    case
}

fn caller(random: &mut Random) -> CallerData {
    let account = match random.below(10) {
        0..5 => OWNER,
        5..9 => OTHER,
        _ => THIRD,
    };
    let data = |kind: &str, arn: String, session: &str| CallerData {
        kind: kind.to_owned(),
        arn,
        session: session.to_owned(),
    };
    match random.below(100) {
        0..50 => {
            let role = random.pick(&["Builder", "ci/Builder", "ops/eu/Deployer"]);
            let session = random.pick(&["build-7", "alice@example.com"]);
            data(
                "role",
                format!("arn:aws:iam::{account}:role/{role}"),
                session,
            )
        }
        50..54 => data(
            "role",
            format!(
                "arn:aws:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
            ),
            "AutoScaling",
        ),
        54..74 => {
            let user = random.pick(&["alice", "people/bob"]);
            data("user", format!("arn:aws:iam::{account}:user/{user}"), "")
        }
        74..82 => data("root", format!("arn:aws:iam::{account}:root"), ""),
        82..88 => data(
            "federated user",
            format!("arn:aws:sts::{account}:federated-user/carol"),
            "",
        ),
        88..95 => {
            let name = random.pick(&["ec2.amazonaws.com", "autoscaling.amazonaws.com"]);
            data("service", name.to_owned(), "")
        }
        _ => data("anonymous", String::new(), ""),
    }
}

/// Makes the policies of one case
struct Maker<'a> {
    random: &'a mut Random,
    service: &'a Service,
    action: &'a str,
    caller: &'a CallerData,
    keys: &'a Keys,
}

impl Maker<'_> {
    fn layers(&mut self, case: &mut Case) {
        if self.service.has_policy && self.random.percent(25) {
            case.policy = Some(self.one_condition());
            return;
        }
        let kind = self.caller.kind.as_str();
        let has_policies = matches!(kind, "role" | "user" | "federated user");
        let always = self.action.starts_with("sts:");
        if self.service.has_policy && (always || self.random.percent(96)) {
            case.policy = Some(self.resource_policy());
        }
        if has_policies {
            for _ in 0..self.random.below(3) {
                let policy = self.identity_policy();
                case.identity.push(policy);
            }
            if kind != "federated user" && self.random.percent(18) {
                case.boundary = Some(self.identity_policy());
            }
            if kind != "user" && self.random.percent(18) {
                case.session = Some(self.identity_policy());
            }
        }
        if (has_policies || kind == "root") && self.random.percent(20) {
            for _ in 0..1 + self.random.below(2) {
                let mut level = vec![self.identity_policy()];
                if self.random.percent(60) {
                    level.push(allow_everything());
                }
                case.scps.push(level);
            }
        }
        if self.random.percent(12) {
            case.rcps.push(vec![self.control_policy()]);
        }
    }

    /// A resource policy in which one block of conditions decides everything
    fn one_condition(&mut self) -> Value {
        let block = conditions(self.random, self.keys);
        let mut statement = json!({
            "Effect": "Allow", "Principal": "*", "Action": self.all_actions(), "Resource": "*",
        });
        let mut statements = Vec::new();
        if self.random.percent(40) {
            statements.push(statement.clone());
            statement["Effect"] = json!("Deny");
        }
        statement["Condition"] = block;
        statements.push(statement);
        json!({"Version": "2012-10-17", "Statement": statements})
    }

    fn resource_policy(&mut self) -> Value {
        let mut statements = Vec::new();
        if self.random.percent(30) {
            statements.push(json!({
                "Sid": "Enable IAM User Permissions", "Effect": "Allow",
                "Principal": {"AWS": format!("arn:aws:iam::{OWNER}:root")},
                "Action": self.all_actions(), "Resource": "*",
            }));
        }
        for _ in 0..1 + self.random.below(3) {
            let mut statement = self.statement();
            let (name, value) = self.principal(statement["Effect"] == "Deny");
            statement.insert(name, value);
            // A trust policy has no resource.
            if self.action.starts_with("sts:") {
                statement.remove("NotResource");
                statement.insert("Resource".into(), json!("*"));
            }
            statements.push(Value::Object(statement));
        }
        self.document(statements)
    }

    fn identity_policy(&mut self) -> Value {
        let mut statements: Vec<Value> = (0..1 + self.random.below(2))
            .map(|_| Value::Object(self.statement()))
            .collect();
        if self.random.percent(35) {
            statements.push(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
        }
        for statement in &mut statements {
            // AWS refuses an identity policy's statement without these.
            for (name, other) in [("Action", "NotAction"), ("Resource", "NotResource")] {
                if statement.get(name).is_none() && statement.get(other).is_none() {
                    statement[name] = json!("*");
                }
            }
        }
        self.document(statements)
    }

    /// A resource control policy: it can only deny, to everybody, actions by service
    fn control_policy(&mut self) -> Value {
        let (service, _) = self.action.split_once(':').unwrap();
        let mut statement = self.statement();
        for name in ["NotAction", "NotResource"] {
            statement.remove(name);
        }
        statement.insert("Effect".into(), json!("Deny"));
        statement.insert("Principal".into(), json!("*"));
        let action = self
            .random
            .pick(&["*", "Decrypt", "Get*", "Send*", "CreateGrant"]);
        statement.insert("Action".into(), json!(format!("{service}:{action}")));
        statement.insert("Resource".into(), json!("*"));
        json!({"Version": "2012-10-17", "Statement": [statement]})
    }

    fn document(&mut self, mut statements: Vec<Value>) -> Value {
        let mut policy = Map::new();
        match self.random.below(100) {
            0..4 => {}
            4..8 => {
                policy.insert("Version".into(), json!("2008-10-17"));
            }
            _ => {
                policy.insert("Version".into(), json!("2012-10-17"));
            }
        }
        if self.random.percent(10) {
            policy.insert("Id".into(), json!("some-policy"));
        }
        for (index, statement) in statements.iter_mut().enumerate() {
            if statement.get("Sid").is_none() && self.random.percent(40) {
                statement["Sid"] = json!(format!("Statement{index}"));
            }
        }
        let statements = match statements.as_slice() {
            [one] if self.random.percent(30) => one.clone(),
            _ => Value::Array(statements),
        };
        policy.insert("Statement".into(), statements);
        Value::Object(policy)
    }

    fn statement(&mut self) -> Map<String, Value> {
        let mut statement = Map::new();
        let effect = if self.random.percent(72) {
            "Allow"
        } else {
            "Deny"
        };
        statement.insert("Effect".into(), json!(effect));
        if self.random.percent(97) {
            let negated = self.random.percent(9);
            let patterns = self.actions(negated);
            let name = if negated { "NotAction" } else { "Action" };
            statement.insert(name.into(), patterns);
        }
        if self.random.percent(97) {
            let negated = self.random.percent(7);
            let patterns = self.resources(negated);
            let name = if negated { "NotResource" } else { "Resource" };
            statement.insert(name.into(), patterns);
        }
        if self.random.percent(45) {
            let block = conditions(self.random, self.keys);
            statement.insert("Condition".into(), block);
        }
        statement
    }

    fn actions(&mut self, negated: bool) -> Value {
        let (service, name) = self.action.split_once(':').unwrap();
        let half = name.split_at(name.len() / 2).0;
        let mut patterns = Vec::new();
        for _ in 0..1 + self.random.below(3) {
            let fits = if negated { 25 } else { 75 };
            let pattern = if self.random.percent(fits) {
                match self.random.below(7) {
                    0 => "*".to_owned(),
                    1 => format!("{service}:*"),
                    2 => format!("{service}:{half}*"),
                    3 => format!("{service}:?{}", &name[1..]),
                    4 => self.action.to_lowercase(),
                    5 => format!("{service}:*{}", &name[name.len() / 2..]),
                    _ => self.action.to_owned(),
                }
            } else {
                match self.random.below(6) {
                    0 => "ec2:*".to_owned(),
                    5 => format!("{}?", self.action),
                    1 => format!("{service}:List*"),
                    2 => format!("{service}:??{name}"),
                    3 => "kms:Encrypt".to_owned(),
                    _ => self.random.pick(self.service.actions).to_owned(),
                }
            };
            patterns.push(pattern);
        }
        self.scalar_or_list(patterns)
    }

    fn resources(&mut self, negated: bool) -> Value {
        let resource = self.service.resource;
        let mut patterns = Vec::new();
        for _ in 0..1 + self.random.below(2) {
            let fits = if negated { 25 } else { 80 };
            let pattern = if self.random.percent(fits) {
                match self.random.below(8) {
                    0..3 => "*".to_owned(),
                    3 => resource
                        .replacen("us-east-1", "*", 1)
                        .replace("1234567890", "*"),
                    4 => match resource.rsplit_once('/') {
                        Some((start, _)) => format!("{start}/${{aws:PrincipalTag/thing}}"),
                        None => resource.to_owned(),
                    },
                    5 => format!("{}*", resource.split_at(resource.len() - 4).0),
                    6 => resource.replacen("1234", "12?4", 1).replacen("u", "?", 1),
                    _ => resource.to_owned(),
                }
            } else {
                match self.random.below(30) {
                    0 => resource.replacen(OWNER, "${aws:PrincipalAccount}", 1),
                    1..6 => format!("arn:aws:kms:us-east-1:{OTHER}:key/*"),
                    6 => {
                        resource
                            .replacen("arn:aws:", "arn:aws:*", 1)
                            .replacen("us-east-1:", "", 1)
                    }
                    7..12 => resource.to_uppercase().replacen("ARN:AWS", "arn:aws", 1),
                    12..17 => resource.replacen('d', "${?}", 1),
                    17..22 => format!("{resource}/${{aws:PrincipalTag/team}}"),
                    _ => "arn:aws:s3:::elsewhere/*".to_owned(),
                }
            };
            patterns.push(pattern);
        }
        self.scalar_or_list(patterns)
    }

    fn principal(&mut self, deny: bool) -> (String, Value) {
        if self.random.percent(if deny { 20 } else { 4 }) {
            return ("NotPrincipal".into(), self.not_principal());
        }
        if self.random.percent(14) {
            let anyone = if self.random.percent(50) {
                json!("*")
            } else {
                json!({"AWS": "*"})
            };
            return ("Principal".into(), anyone);
        }
        let mut aws = Vec::new();
        let mut services = Vec::new();
        for _ in 0..1 + self.random.below(3) {
            if self.caller.kind == "service" && self.random.percent(50) {
                services.push(self.caller.arn.clone());
            } else if self.random.percent(6) {
                services.push("ec2.amazonaws.com".to_owned());
            } else {
                let one = self.aws_principal();
                aws.push(one);
            }
        }
        let mut principal = Map::new();
        if !aws.is_empty() {
            principal.insert("AWS".into(), self.scalar_or_list(aws));
        }
        if !services.is_empty() {
            principal.insert("Service".into(), self.scalar_or_list(services));
        }
        ("Principal".into(), Value::Object(principal))
    }

    fn aws_principal(&mut self) -> String {
        let own = self.account().unwrap_or(OTHER).to_owned();
        match self.random.below(100) {
            0..25 if !self.caller.arn.starts_with("arn") => OTHER.to_owned(),
            0..25 => self.caller.arn.clone(),
            25..37 => self.session_arn().unwrap_or_else(|| own.clone()),
            37..62 => format!("arn:aws:iam::{own}:root"),
            62..72 => own,
            72..77 => format!("arn:aws:iam::{OTHER}:role/Builder"),
            77..81 => format!("arn:aws:iam::{OWNER}:user/alice"),
            81..85 => format!("arn:aws:iam::{own}:role/Builder"),
            85..90 => format!("arn:aws:sts::{own}:assumed-role/Builder/build-8"),
            90..94 => "AROAEXAMPLEEXAMPLE123".to_owned(),
            _ => self.random.pick(&[OWNER, OTHER, THIRD]).to_owned(),
        }
    }

    /// Mostly as AWS asks for it: the account beside the user or role, the session beside the role
    fn not_principal(&mut self) -> Value {
        let mut aws = Vec::new();
        let own = self.account().map(str::to_owned);
        if let Some(own) = own
            && self.random.percent(60)
        {
            aws.push(format!("arn:aws:iam::{own}:root"));
            aws.push(self.caller.arn.clone());
            aws.extend(self.session_arn());
            if self.random.percent(12) {
                aws.truncate(1 + self.random.below(2));
            }
        } else if self.caller.kind == "service" {
            return json!({"Service": self.caller.arn});
        } else {
            aws.push(format!("arn:aws:iam::{THIRD}:root"));
            aws.push(format!("arn:aws:iam::{THIRD}:role/Audit"));
        }
        json!({"AWS": aws})
    }

    fn session_arn(&self) -> Option<String> {
        if self.caller.kind != "role" {
            return None;
        }
        let name = self.caller.arn.rsplit('/').next()?;
        let session = &self.caller.session;
        Some(format!(
            "arn:aws:sts::{}:assumed-role/{name}/{session}",
            self.account()?
        ))
    }

    fn account(&self) -> Option<&str> {
        self.caller.arn.split(':').nth(4)
    }

    fn all_actions(&self) -> String {
        format!("{}:*", self.action.split_once(':').unwrap().0)
    }

    fn scalar_or_list(&mut self, mut texts: Vec<String>) -> Value {
        if texts.len() == 1 && self.random.percent(60) {
            Value::String(texts.remove(0))
        } else {
            json!(texts)
        }
    }
}

fn allow_everything() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
}
