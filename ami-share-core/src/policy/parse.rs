//! From JSON to the typed model, with the path of what is refused.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::pattern::{Pattern, PatternKind};
use super::statement::ValueForm;
use super::unique::Unique;
use super::{
    Comparison, Condition, ConditionKey, ConditionValue, Effect, Operator, ParsePolicyError,
    PatternList, Policy, PrincipalEntry, PrincipalList, Statement, Version,
};
use crate::id::AccountId;

type Result<T> = std::result::Result<T, ParsePolicyError>;

pub(super) fn text(text: &str) -> Result<Policy> {
    let Unique(value) = serde_json::from_str(text)
        .map_err(|error| ParsePolicyError::new("policy", error.to_string()))?;
    policy(&value)
}

pub(super) fn policy(value: &Value) -> Result<Policy> {
    let members = object(value, "policy")?;
    known_members(members, "policy", &["Version", "Id", "Statement"])?;
    let version = match members.get("Version") {
        None => Version::V2008,
        Some(version) => match string(version, "Version")? {
            "2012-10-17" => Version::V2012,
            "2008-10-17" => Version::V2008,
            other => {
                return Err(ParsePolicyError::with_input(
                    "Version",
                    other,
                    "is not a version: give `2012-10-17`",
                ));
            }
        },
    };
    let id = match members.get("Id") {
        None => None,
        Some(id) => Some(string(id, "Id")?.into()),
    };
    let statements = match members.get("Statement") {
        None => {
            return Err(ParsePolicyError::new(
                "policy",
                "has no `Statement`: give a list of statements",
            ));
        }
        Some(Value::Array(list)) => list
            .iter()
            .enumerate()
            .map(|(index, item)| statement(item, version, &format!("Statement[{index}]")))
            .collect::<Result<_>>()?,
        Some(one) => vec![statement(one, version, "Statement")?],
    };
    Ok(Policy {
        version,
        id,
        statements,
    })
}

pub(super) fn statement(value: &Value, version: Version, path: &str) -> Result<Statement> {
    let members = object(value, path)?;
    known_members(
        members,
        path,
        &[
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ],
    )?;
    let sid = match members.get("Sid") {
        None => None,
        Some(sid) => Some(string(sid, &join(path, "Sid"))?.into()),
    };
    let effect = match members.get("Effect") {
        None => {
            return Err(ParsePolicyError::new(
                path,
                "has no `Effect`: give `Allow` or `Deny`",
            ));
        }
        Some(effect) => match string(effect, &join(path, "Effect"))? {
            "Allow" => Effect::Allow,
            "Deny" => Effect::Deny,
            other => {
                return Err(ParsePolicyError::with_input(
                    &join(path, "Effect"),
                    other,
                    "is not an effect: give `Allow` or `Deny`",
                ));
            }
        },
    };
    let principal = match one_of(members, path, "Principal", "NotPrincipal")? {
        None => None,
        Some((name, negated, value)) => Some(PrincipalList {
            negated,
            entries: principals(value, &join(path, name))?,
        }),
    };
    let patterns = |positive, negative, kind| match one_of(members, path, positive, negative)? {
        None => Ok(None),
        Some((name, negated, value)) => Ok(Some(PatternList {
            negated,
            patterns: strings(value, &join(path, name))?
                .into_iter()
                .map(|text| Pattern::new(text, kind, version))
                .collect(),
        })),
    };
    Ok(Statement {
        sid,
        effect,
        principal,
        action: patterns("Action", "NotAction", PatternKind::Action)?,
        resource: patterns("Resource", "NotResource", PatternKind::Wildcards)?,
        conditions: match members.get("Condition") {
            None => Vec::new(),
            Some(value) => conditions(value, version, &join(path, "Condition"))?,
        },
    })
}

fn principals(value: &Value, path: &str) -> Result<Vec<PrincipalEntry>> {
    if let Value::String(text) = value {
        return if text == "*" {
            Ok(vec![PrincipalEntry::Anyone])
        } else {
            Err(ParsePolicyError::with_input(
                path,
                text,
                "is not a principal: give `*` or an object such as {\"AWS\": …}",
            ))
        };
    }
    let mut entries = Vec::new();
    for (kind, value) in object(value, path)? {
        for text in strings(value, &join(path, kind))? {
            entries.push(match kind.as_str() {
                "AWS" => aws_principal(text),
                "Service" => PrincipalEntry::Service(text.into()),
                "Federated" => PrincipalEntry::Federated(text.into()),
                "CanonicalUser" => PrincipalEntry::CanonicalUser(text.into()),
                other => PrincipalEntry::Unknown {
                    kind: other.into(),
                    text: text.into(),
                },
            });
        }
    }
    Ok(entries)
}

pub(super) fn aws_principal(text: &str) -> PrincipalEntry {
    if text == "*" {
        return PrincipalEntry::Anyone;
    }
    if let Ok(account) = text.parse::<AccountId>() {
        return PrincipalEntry::Account(account);
    }
    let mut parts = text.splitn(6, ':');
    match [(); 6].map(|()| parts.next()) {
        [
            Some("arn"),
            Some(_),
            Some("iam"),
            Some(""),
            Some(account),
            Some("root"),
        ] => match account.parse() {
            Ok(account) => PrincipalEntry::Account(account),
            Err(_) => PrincipalEntry::Arn(text.into()),
        },
        [Some("arn"), .., Some(_)] => PrincipalEntry::Arn(text.into()),
        _ => PrincipalEntry::Dead(text.into()),
    }
}

fn conditions(value: &Value, version: Version, path: &str) -> Result<Vec<Condition>> {
    let mut conditions: Vec<Condition> = Vec::new();
    for (operator, block) in object(value, path)? {
        let path = join(path, operator);
        let operator = Operator::parse(operator);
        let start = conditions.len();
        for (key, values) in object(block, &path)? {
            let path = join(&path, key);
            let key = ConditionKey::new(key);
            let mut repeated = false;
            for earlier in conditions.iter_mut().skip(start) {
                if earlier.key == key {
                    earlier.repeated = true;
                    repeated = true;
                }
            }
            conditions.push(Condition {
                values: list(values)
                    .iter()
                    .map(|value| condition_value(value, &operator, version, &path))
                    .collect::<Result<_>>()?,
                operator: operator.clone(),
                key,
                repeated,
            });
        }
    }
    Ok(conditions)
}

fn condition_value(
    value: &Value,
    operator: &Operator,
    version: Version,
    path: &str,
) -> Result<ConditionValue> {
    let text: Arc<str> = match value {
        Value::String(text) => text.as_str().into(),
        Value::Bool(value) => value.to_string().into(),
        Value::Number(number) => number.to_string().into(),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            return Err(ParsePolicyError::new(
                path,
                format!("is {}: give text, or a list of texts", kind_of(value)),
            ));
        }
    };
    let kind = match operator.comparison {
        Comparison::ArnEquals
        | Comparison::ArnLike
        | Comparison::ArnNotEquals
        | Comparison::ArnNotLike
        | Comparison::StringLike
        | Comparison::StringNotLike => Some(PatternKind::Wildcards),
        Comparison::StringEquals | Comparison::StringNotEquals => Some(PatternKind::Exact),
        Comparison::StringEqualsIgnoreCase | Comparison::StringNotEqualsIgnoreCase => {
            Some(PatternKind::ExactIgnoringCase)
        }
        _ => None,
    };
    let form = match kind {
        Some(kind) => ValueForm::Pattern(Pattern::new(&text, kind, version)),
        None => ValueForm::Plain,
    };
    Ok(ConditionValue { text, form })
}

fn one_of<'a>(
    members: &'a Map<String, Value>,
    path: &str,
    positive: &'static str,
    negative: &'static str,
) -> Result<Option<(&'static str, bool, &'a Value)>> {
    match (members.get(positive), members.get(negative)) {
        (None, None) => Ok(None),
        (Some(value), None) => Ok(Some((positive, false, value))),
        (None, Some(value)) => Ok(Some((negative, true, value))),
        (Some(_), Some(_)) => Err(ParsePolicyError::new(
            path,
            format!("has both `{positive}` and `{negative}`: give one of them"),
        )),
    }
}

fn known_members(members: &Map<String, Value>, path: &str, known: &[&str]) -> Result<()> {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(ParsePolicyError::with_input(
            path,
            name,
            &format!("does not belong here: members are {}", known.join(", ")),
        )),
    }
}

fn object<'a>(value: &'a Value, path: &str) -> Result<&'a Map<String, Value>> {
    match value {
        Value::Object(members) => Ok(members),
        other => Err(ParsePolicyError::new(
            path,
            format!("is {}: give an object", kind_of(other)),
        )),
    }
}

fn strings<'a>(value: &'a Value, path: &str) -> Result<Vec<&'a str>> {
    list(value).iter().map(|item| string(item, path)).collect()
}

fn string<'a>(value: &'a Value, path: &str) -> Result<&'a str> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(ParsePolicyError::new(
            path,
            format!("is {}: give text", kind_of(other)),
        )),
    }
}

fn list(value: &Value) -> &[Value] {
    match value {
        Value::Array(list) => list,
        one => std::slice::from_ref(one),
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn join(path: &str, name: &str) -> String {
    format!("{path}.{name}")
}
