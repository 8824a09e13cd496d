//! Random condition keys of a request, and conditions that nearly fit them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::case::CallerData;
use crate::generate::{OTHER, OWNER};
use crate::random::Random;

/// The type of a condition key, which decides the operators that fit it
#[derive(Clone, Copy, PartialEq)]
enum Type {
    Text,
    Arn,
    Bool,
    Number,
    Date,
    Address,
    List,
}

/// A key: its name, its type, values it can have
type Key = (&'static str, Type, &'static [&'static str]);

const KEYS: [Key; 23] = [
    (
        "aws:PrincipalTag/thing",
        Type::Text,
        &[
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "disk.raw",
            "Shared",
            "*",
        ],
    ),
    (
        "aws:PrincipalOrgID",
        Type::Text,
        &["o-aaaaaaaaaa", "o-bbbbbbbbbb"],
    ),
    (
        "aws:PrincipalTag/team",
        Type::Text,
        &[
            "images",
            "Images",
            "im*ges",
            "golden",
            "core",
            "golden ${x}",
        ],
    ),
    (
        "aws:RequestedRegion",
        Type::Text,
        &["us-east-1", "eu-west-1"],
    ),
    ("aws:SourceAccount", Type::Text, &[OWNER, OTHER]),
    (
        "aws:userid",
        Type::Text,
        &["AIDAEXAMPLE", "AROAEXAMPLE:build-7"],
    ),
    (
        "aws:UserAgent",
        Type::Text,
        &["aws-cli/2.15 Python/3.11", "Boto3/1.44", ""],
    ),
    (
        "aws:SourceArn",
        Type::Arn,
        &[
            "arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0",
            "arn:aws:sns:eu-west-1:444455556666:topic:part:two",
        ],
    ),
    ("aws:SecureTransport", Type::Bool, &["true", "false"]),
    ("aws:ViaAWSService", Type::Bool, &["true", "false"]),
    ("aws:MultiFactorAuthPresent", Type::Bool, &["true", "false"]),
    (
        "aws:MultiFactorAuthAge",
        Type::Number,
        &["0", "300", "3600"],
    ),
    (
        "aws:CurrentTime",
        Type::Date,
        &["2026-11-22T00:00:00Z", "2025-02-28T23:59:59Z"],
    ),
    (
        "aws:TokenIssueTime",
        Type::Date,
        &["2026-11-21T12:30:00Z", "2024-02-29T00:00:00Z"],
    ),
    (
        "aws:SourceIp",
        Type::Address,
        &["203.0.113.7", "10.1.2.3", "2001:db8:1234::7"],
    ),
    (
        "aws:VpcSourceIp",
        Type::Address,
        &["10.1.2.3", "192.168.0.255"],
    ),
    (
        "aws:PrincipalOrgPaths",
        Type::List,
        &[
            "o-aaaaaaaaaa/r-ab12/ou-ab12-11111111/",
            "o-aaaaaaaaaa/r-ab12/ou-ab12-11111111/ou-ab12-22222222/",
            "o-bbbbbbbbbb/r-cd34/",
        ],
    ),
    ("aws:TagKeys", Type::List, &["team", "Team", "cost"]),
    (
        "aws:CalledVia",
        Type::List,
        &["athena.amazonaws.com", "cloudformation.amazonaws.com"],
    ),
    (
        "kms:ViaService",
        Type::Text,
        &["ec2.us-east-1.amazonaws.com", "s3.us-east-1.amazonaws.com"],
    ),
    (
        "kms:EncryptionContext:app",
        Type::Text,
        &["vol-01", "snap-02"],
    ),
    ("kms:GrantIsForAWSResource", Type::Bool, &["true", "false"]),
    (
        "kms:GrantOperations",
        Type::List,
        &["Decrypt", "CreateGrant", "DescribeKey"],
    ),
];

/// The keys of a request, and which may be asked for
pub struct Keys {
    pub context: BTreeMap<String, Value>,
    askable: Vec<Key>,
    /// Keys that follow from the caller, with their values
    derived: Vec<(&'static str, Type, String)>,
}

impl Keys {
    pub fn of_request(random: &mut Random, action: &str, caller: &CallerData) -> Self {
        let askable: Vec<Key> = KEYS
            .into_iter()
            .filter(|(name, ..)| match *name {
                "kms:ViaService" => action.starts_with("kms:"),
                "kms:EncryptionContext:app" => {
                    matches!(action, "kms:Decrypt" | "kms:ReEncryptFrom")
                }
                "kms:GrantIsForAWSResource" => {
                    matches!(action, "kms:CreateGrant" | "kms:ListGrants")
                }
                "kms:GrantOperations" => action == "kms:CreateGrant",
                _ => true,
            })
            .collect();
        let mut context = BTreeMap::new();
        for (name, kind, values) in &askable {
            if random.percent(55) {
                continue;
            }
            let value = if *kind == Type::List {
                let count = 1 + random.below(2);
                json!((0..count).map(|_| random.pick(values)).collect::<Vec<_>>())
            } else {
                // The judge cannot be asked about many a policy beside such a value.
                let value = random.pick(values);
                let rare = value.contains("${") && random.percent(85);
                json!(if rare { values[0] } else { value })
            };
            context.insert((*name).to_owned(), value);
        }
        let mut derived = Vec::new();
        if let Some(account) = caller.arn.split(':').nth(4) {
            derived.push(("aws:PrincipalAccount", Type::Text, account.to_owned()));
            derived.push(("aws:PrincipalArn", Type::Arn, caller.arn.clone()));
            if action.starts_with("kms:") {
                derived.push(("kms:CallerAccount", Type::Text, account.to_owned()));
            }
        }
        derived.push(("aws:ResourceAccount", Type::Text, OWNER.to_owned()));
        let is_service = caller.kind == "service";
        if caller.kind != "anonymous" {
            derived.push((
                "aws:PrincipalIsAWSService",
                Type::Bool,
                is_service.to_string(),
            ));
        }
        Self {
            context,
            askable,
            derived,
        }
    }

    /// A key to ask for, its type, and a value that nearly fits
    fn one(&self, random: &mut Random) -> (String, Type, String) {
        if random.percent(25) {
            let (name, kind, value) = &self.derived[random.below(self.derived.len())];
            return ((*name).to_owned(), *kind, value.clone());
        }
        let (name, kind, values) = self.askable[random.below(self.askable.len())];
        let value = match self.context.get(name) {
            Some(Value::String(value)) if random.percent(60) => value.clone(),
            Some(Value::Array(found)) if random.percent(60) => found[random.below(found.len())]
                .as_str()
                .unwrap()
                .to_owned(),
            _ => random.pick(values).to_owned(),
        };
        (name.to_owned(), kind, value)
    }
}

/// A `Condition` block of one or two operators
pub fn conditions(random: &mut Random, keys: &Keys) -> Value {
    let mut block = Map::new();
    for _ in 0..1 + random.below(2) {
        let (mut name, kind, value) = keys.one(random);
        if random.percent(12) {
            name = name.to_uppercase();
        }
        let operator = operator(random, kind);
        let count = match random.below(10) {
            0..6 => 1,
            6..9 => 2,
            _ => 3,
        };
        let mut values: Vec<Value> = (0..count)
            .map(|index| {
                let own = if index == 0 {
                    value.clone()
                } else {
                    keys.one(random).2
                };
                let own = if index > 0 && kind != Type::Text && kind != Type::List {
                    value.clone()
                } else {
                    own
                };
                wanted(random, kind, &operator, &own)
            })
            .collect();
        let values = if values.len() == 1 && random.percent(60) {
            values.remove(0)
        } else {
            Value::Array(values)
        };
        let of_operator = block.entry(operator).or_insert_with(|| json!({}));
        let members = of_operator.as_object_mut().unwrap();
        if !members
            .keys()
            .any(|other| other.eq_ignore_ascii_case(&name))
        {
            members.insert(name, values);
        }
    }
    Value::Object(block)
}

fn operator(random: &mut Random, kind: Type) -> String {
    if random.percent(9) {
        return "Null".to_owned();
    }
    if random.percent(1) {
        return random
            .pick(&["StringEqualsNot", "Like", "BoolIfExist"])
            .to_owned();
    }
    const TEXT: [&str; 6] = [
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
    ];
    let name = match kind {
        Type::Arn if random.percent(30) => random.pick(&TEXT),
        Type::Text | Type::List => random.pick(&TEXT),
        Type::Arn => random.pick(&["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"]),
        Type::Bool => "Bool",
        Type::Number => random.pick(&[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ]),
        Type::Date => random.pick(&[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
        ]),
        Type::Address => random.pick(&["IpAddress", "NotIpAddress"]),
    };
    let set = match kind {
        Type::List if random.percent(4) => "",
        Type::List => random.pick(&["ForAnyValue:", "ForAllValues:"]),
        _ if random.percent(6) => random.pick(&["ForAnyValue:", "ForAllValues:"]),
        _ => "",
    };
    let if_exists = if random.percent(20) { "IfExists" } else { "" };
    format!("{set}{name}{if_exists}")
}

/// A value of the policy that nearly fits the value of the request
fn wanted(random: &mut Random, kind: Type, operator: &str, value: &str) -> Value {
    let text = match kind {
        _ if operator == "Null" => random.pick(&["true", "false"]).to_owned(),
        Type::Bool if random.percent(15) => return Value::Bool(value == "true"),
        Type::Bool => random.pick(&["true", "false", value]).to_owned(),
        Type::Number if random.percent(15) => return json!(value.parse::<i64>().unwrap_or(7)),
        Type::Number => random
            .pick(&["0", "300", "301", "299.5", "3600", value])
            .to_owned(),
        Type::Date => random
            .pick(&[
                "2026-11-22T00:00:00Z",
                "2026-11-22",
                "0",
                "1740787199",
                "1795305600",
                value,
                elsewhere(value),
                elsewhere(value),
            ])
            .to_owned(),
        Type::Address => random
            .pick(&[
                "203.0.113.0/24",
                "203.0.113.7/32",
                "10.0.0.0/8",
                "10.1.2.0/23",
                "0.0.0.0/0",
                "2001:db8:1234::/48",
                "2001:db8:1234:0:0:0:0:7",
                "::/0",
                value,
            ])
            .to_owned(),
        Type::Text | Type::Arn | Type::List => near(random, kind, operator, value),
    };
    Value::String(text)
}

/// The same time by another clock
fn elsewhere(time: &str) -> &str {
    match time {
        "2026-11-22T00:00:00Z" => "2026-11-22T05:30:00+05:30",
        "2026-11-21T12:30:00Z" => "2026-11-21T14:30:00+02:00",
        "2025-02-28T23:59:59Z" => "2025-02-28T18:59:59-05:00",
        "2024-02-29T00:00:00Z" => "2024-02-28T20:00:00-04:00",
        other => other,
    }
}

fn near(random: &mut Random, kind: Type, operator: &str, value: &str) -> String {
    let variables = [
        "${aws:PrincipalAccount}",
        "${aws:PrincipalTag/team}",
        "${AWS:username, 'nobody'}",
        "${aws:PrincipalTag/team, 'images'}",
        "${aws:PrincipalOrgID}",
    ];
    let half = value
        .char_indices()
        .nth(value.chars().count() / 2)
        .map_or(0, |(at, _)| at);
    let (start, end) = value.split_at(half);
    if kind == Type::Arn && operator.contains("Arn") {
        let parts: Vec<&str> = value.splitn(6, ':').collect();
        return match random.below(7) {
            0 => format!("arn:*:{}:*:*:{}", parts[2], parts[5]),
            1 => format!("arn:aws:{}:*:{}:*", parts[2], parts[4]),
            2 => format!("arn:aws:{}:*{}", parts[2], parts[5]),
            3 => format!(
                "arn:aws:{}:{}:${{aws:PrincipalAccount}}:{}",
                parts[2], parts[3], parts[5]
            ),
            4 => value.replacen('r', "?", 1),
            5 => "arn:aws:iam::*:role/*".to_owned(),
            _ => value.to_owned(),
        };
    }
    match random.below(12) {
        0 => format!("{start}*"),
        1 => format!("*{end}"),
        2 => format!("{start}?{}", end.chars().skip(1).collect::<String>()),
        3 => value.to_uppercase(),
        4 => random.pick(&variables).to_owned(),
        5 => format!("{start}${{*}}{end}"),
        6 => value.replace('*', "${*}").replace('$', "${$}"),
        7 => format!("*{}*", end.chars().take(2).collect::<String>()),
        _ => value.to_owned(),
    }
}
