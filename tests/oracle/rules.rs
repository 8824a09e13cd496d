//! Where the judge is known to differ: each is translated or excluded by a rule, and counted.
//!
//! This is the one place that names the judge's blind spots. A *translation* puts the question so that
//! the judge can answer it; an *exclusion* keeps a case out of the comparison because of what the case
//! is, before anybody has answered it.

use std::net::IpAddr;

use ami_share_core::policy::evaluate::{Decision, Finding, KeyValue, Unclear, Verdict};
use serde_json::{Map, Value, json};

use crate::case::Case;

/// The keys that our requests derive, and the judge has to be told
const DERIVED: [&str; 8] = [
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalType",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalServiceName",
    "aws:username",
    "aws:ResourceAccount",
    "kms:CallerAccount",
];

/// The question as the judge takes it, with these translations:
///
/// - **root**: the judge gives the root user no permissions of its own; it gets a policy that allows
///   everything, which is what root has.
/// - **2008**: the judge resolves variables in policies of version 2008-10-17 or none, which AWS does
///   not; each `${` becomes `%-`, which means as little.
/// - **no effect**: the judge lets a statement without `Resource` act and refuses one without `Action`;
///   KMS gives neither an effect, so they are left out.
/// - **linked**: the judge applies service control and resource control policies to service-linked
///   roles; AWS does not, so they are left out.
/// - **encryption context**: the judge drops `kms:EncryptionContext:…` from requests; it becomes a tag,
///   whose name is as free.
/// - **role path**: the judge makes the role of a session from the session's ARN, so `role/Builder` is
///   `role/ci/Builder` to it; a principal without the caller's path is renamed.
/// - **addresses**: the judge compares single IPv6 addresses as text and matches nothing to
///   `0.0.0.0/0`; addresses become prefixes in their short form, and that prefix its two halves.
/// - **times**: the judge reads seconds since 1970 as something else; they become ISO 8601.
/// - **ARN variables**: the judge splits `${aws:PrincipalAccount}` at its colon when it stands in an ARN;
///   it becomes the account.
pub fn ask(case: &Case) -> Value {
    let request = case.request();
    let mut context = Map::new();
    for (key, value) in &case.context {
        context.insert(key.clone(), value.clone());
    }
    for key in DERIVED {
        if let KeyValue::Known(values) = request.value(key) {
            context.insert(key.to_owned(), json!(values[0].as_ref()));
        }
    }
    let principal = match case.caller.kind.as_str() {
        "anonymous" => json!({"type": "Anonymous"}),
        _ => json!(request.caller().to_string()),
    };
    let account = request
        .caller()
        .account()
        .map(|account| account.to_string());
    let account = account.as_deref();
    let named = |policies: &[Value]| -> Vec<Value> {
        let named = |(index, policy)| json!({"name": format!("p{index}"), "policy": translated(policy, account)});
        policies.iter().enumerate().map(named).collect()
    };
    let levels = |levels: &[Vec<Value>]| -> Vec<Value> {
        if is_linked(case) {
            return Vec::new();
        }
        let level = |(index, level): (usize, &Vec<Value>)| json!({"orgIdentifier": format!("ou-{index}"), "policies": named(level)});
        levels.iter().enumerate().map(level).collect()
    };
    let mut identity = named(&case.identity);
    if case.caller.kind == "root" {
        let all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        let policy = json!({"Version": "2012-10-17", "Statement": [all]});
        identity.push(json!({"name": "root", "policy": policy}));
    }
    let mut ask = json!({
        "request": {
            "principal": principal,
            "action": case.action,
            "resource": {"resource": case.resource, "accountId": case.owner},
            "contextVariables": context,
        },
        "identityPolicies": identity,
        "serviceControlPolicies": levels(&case.scps),
        "resourceControlPolicies": levels(&case.rcps),
    });
    if let Some(policy) = &case.policy {
        ask["resourcePolicy"] = translated(policy, account);
    }
    if let Some(boundary) = &case.boundary {
        ask["permissionBoundaryPolicies"] = json!(named(std::slice::from_ref(boundary)));
    }
    if let Some(session) = &case.session {
        ask["sessionPolicy"] = translated(session, account);
    }
    // Keys keep their case of letters: one replacement for each that the generator writes.
    let text = ask
        .to_string()
        .replace("kms:EncryptionContext:", "aws:PrincipalTag/context-")
        .replace("KMS:ENCRYPTIONCONTEXT:", "AWS:PRINCIPALTAG/CONTEXT-");
    let text = match pathless(case) {
        Some(arn) => text.replace(&format!("\"{arn}\""), &format!("\"{arn}-elsewhere\"")),
        None => text,
    };
    serde_json::from_str(&text).unwrap()
}

fn translated(policy: &Value, account: Option<&str>) -> Value {
    let mut policy = policy.clone();
    let members = policy.as_object_mut().unwrap();
    let mut statements = match members.remove("Statement") {
        Some(Value::Array(list)) => list,
        Some(one) => vec![one],
        None => Vec::new(),
    };
    statements.retain(|statement| {
        let has = |name: &str| statement.get(name).is_some();
        (has("Action") || has("NotAction")) && (has("Resource") || has("NotResource"))
    });
    if members.get("Version") != Some(&json!("2012-10-17")) {
        members.insert("Version".into(), json!("2012-10-17"));
        for statement in &mut statements {
            for name in ["Resource", "NotResource", "Condition"] {
                if let Some(value) = statement.get_mut(name) {
                    *value = without_variables(value);
                }
            }
        }
    }
    for statement in &mut statements {
        if let Some(Value::Object(operators)) = statement.get_mut("Condition") {
            for (operator, keys) in operators {
                for values in keys.as_object_mut().unwrap().values_mut() {
                    *values = translated_values(operator, values, account);
                }
            }
        }
    }
    members.insert("Statement".into(), Value::Array(statements));
    policy
}

fn translated_values(operator: &str, values: &Value, account: Option<&str>) -> Value {
    if let Value::Array(list) = values {
        let mut all = Vec::new();
        for value in list {
            match translated_values(operator, value, account) {
                Value::Array(several) => all.extend(several),
                one => all.push(one),
            }
        }
        return Value::Array(all);
    }
    let Value::String(text) = values else {
        return values.clone();
    };
    if operator.contains("IpAddress") {
        return match text.as_str() {
            "0.0.0.0/0" => json!(["0.0.0.0/1", "128.0.0.0/1"]),
            prefix if prefix.contains('/') => json!(prefix),
            address => {
                let address: IpAddr = address.parse().unwrap();
                let bits = if address.is_ipv4() { 32 } else { 128 };
                json!(format!("{address}/{bits}"))
            }
        };
    }
    if operator.contains("Date")
        && let Some((_, time)) = TIMES.iter().find(|(seconds, _)| seconds == text)
    {
        return json!(time);
    }
    if operator.contains("Arn")
        && let Some(account) = account
    {
        return json!(text.replace("${aws:PrincipalAccount}", account));
    }
    values.clone()
}

/// Seconds since 1970 that the generator writes, and the same in ISO 8601
const TIMES: [(&str, &str); 3] = [
    ("0", "1970-01-01T00:00:00Z"),
    ("1740787199", "2025-02-28T23:59:59Z"),
    ("1795305600", "2026-11-22T00:00:00Z"),
];

fn without_variables(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(text.replace("${", "%-")),
        Value::Array(list) => list.iter().map(without_variables).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), without_variables(value)))
            .collect(),
        other => other.clone(),
    }
}

/// Why a case is not compared, if it is not
pub fn excluded(case: &Case, ours: &Decision) -> Option<String> {
    if names_account_only(case) {
        // The judge lets an account alone in `NotPrincipal` spare the account's users and roles.
        return Some("NotPrincipal with the account alone".into());
    }
    if case.session.is_some() && names_session(case) {
        // "Permissions that are granted directly to a session are not limited by an implicit deny in
        // […] a session policy"; the judge limits them.
        return Some("session policy and a grant to the session".into());
    }
    if resolves_to_variable(case) {
        // The judge resolves variables once more in what they resolve to, which is literal.
        return Some("a value in the request that looks like a variable".into());
    }
    if ours.verdict == Verdict::Unknown {
        // AWS does not say; the judge guesses. What was not told is no such reason: all is told here.
        for reason in &ours.reasons {
            if let Finding::Unclear { why, .. } = &reason.finding {
                let told = matches!(
                    why,
                    Unclear::Key | Unclear::Layer | Unclear::Variable | Unclear::Session
                );
                return if told {
                    None
                } else {
                    Some(format!("AWS does not say: {why:?}"))
                };
            }
        }
    }
    None
}

/// The ARN that the role of the caller would have without its path, if it has one
fn pathless(case: &Case) -> Option<String> {
    let (account, path) = case.caller.arn.split_once(":role/")?;
    let (_, name) = path.rsplit_once('/')?;
    Some(format!("{account}:role/{name}"))
}

fn is_linked(case: &Case) -> bool {
    case.caller.arn.contains(":role/aws-service-role/")
}

/// Whether a `NotPrincipal` has the account of a caller who is not root, and not the caller
fn names_account_only(case: &Case) -> bool {
    let caller = case.caller();
    let Some(account) = caller.account() else {
        return false;
    };
    if case.caller.kind == "root" {
        return false;
    }
    let account = format!(":{account}:root");
    let session = caller.to_string();
    statements(case).iter().any(|statement| {
        let Some(list) = statement.get("NotPrincipal") else {
            return false;
        };
        let names = |text: &str| list.to_string().contains(&format!("{text}\""));
        names(&account) && !names(&case.caller.arn) && !names(&session)
    })
}

/// Whether a value of the request has a `${`, and so has a policy
fn resolves_to_variable(case: &Case) -> bool {
    let has = |value: &Value| value.to_string().contains("${");
    let mut policies = case.identity.iter().chain(&case.policy);
    let mut others = case.boundary.iter().chain(&case.session);
    let mut controls = case.scps.iter().chain(&case.rcps).flatten();
    case.context.values().any(has) && (policies.any(has) || others.any(has) || controls.any(has))
}

fn names_session(case: &Case) -> bool {
    let session = case.caller().to_string();
    statements(case).iter().any(|statement| {
        let list = statement.get("Principal").map(Value::to_string);
        statement["Effect"] == "Allow" && list.is_some_and(|list| list.contains(&session))
    })
}

fn statements(case: &Case) -> Vec<Value> {
    match case.policy.as_ref().map(|policy| &policy["Statement"]) {
        Some(Value::Array(list)) => list.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    }
}
