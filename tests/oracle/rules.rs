//! Where the judge is known to differ: each is translated or excluded by a rule, and counted.
//!
//! This is the one place that names the judge's blind spots. A *translation* puts the question so that
//! the judge can answer it; an *exclusion* keeps a case out of the comparison because of what the case
//! is, before anybody has answered it.

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
///   not; each `${` becomes `${$}{` in a policy of version 2012-10-17.
/// - **no effect**: the judge lets a statement without `Resource` act and refuses one without `Action`;
///   KMS gives neither an effect, so they are left out.
/// - **linked**: the judge applies service control and resource control policies to service-linked
///   roles; AWS does not, so they are left out.
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
    let named = |policies: &[Value]| -> Vec<Value> {
        let named =
            |(index, policy)| json!({"name": format!("p{index}"), "policy": translated(policy)});
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
        ask["resourcePolicy"] = translated(policy);
    }
    if let Some(boundary) = &case.boundary {
        ask["permissionBoundaryPolicies"] = json!(named(std::slice::from_ref(boundary)));
    }
    if let Some(session) = &case.session {
        ask["sessionPolicy"] = translated(session);
    }
    ask
}

fn translated(policy: &Value) -> Value {
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
    members.insert("Statement".into(), Value::Array(statements));
    policy
}

fn without_variables(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(text.replace("${", "${$}{")),
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
