//! Whether JSON has the shape of a key policy: which members there are, and of which types.

use super::error::{Fault, KeyPolicyProblem, Step};
use super::node::{Json, Member, Node};

type Result<T> = std::result::Result<T, Fault>;

pub(super) fn check(text: &str, document: &Node) -> Result<()> {
    let mut has_statement = false;
    for member in object(document, "a policy, `{\"Version\": …, \"Statement\": […]}`")? {
        let name = member.name.text(text);
        let value = &member.value;
        match &*name {
            "Id" => string(value, "text"),
            "Statement" => {
                has_statement = true;
                statements(text, value)
            }
            "Version" => one_of(text, value, &["2012-10-17", "2008-10-17"], "`2012-10-17`"),
            _ => Err(unknown(text, member, "`Version`, `Id` and `Statement`")),
        }
        .map_err(|fault| fault.within(Step::Member(name.into())))?;
    }
    if has_statement {
        Ok(())
    } else {
        Err(missing(document, "Statement"))
    }
}

fn statements(text: &str, value: &Node) -> Result<()> {
    let Json::List(items) = &value.value else {
        return statement(text, value);
    };
    for (index, item) in items.iter().enumerate() {
        statement(text, item).map_err(|fault| fault.within(Step::Item(index)))?;
    }
    Ok(())
}

fn statement(text: &str, node: &Node) -> Result<()> {
    let members = object(node, "a statement, `{\"Sid\": …, \"Effect\": …}`")?;
    for member in members {
        let name = member.name.text(text);
        let value = &member.value;
        match &*name {
            "Sid" => string(value, "text"),
            "Effect" => one_of(text, value, &["Allow", "Deny"], "`Allow` or `Deny`"),
            "Principal" | "NotPrincipal" => principal(text, value),
            "Action" | "NotAction" | "NotResource" | "Resource" => strings(value),
            "Condition" => condition(text, value),
            _ => Err(unknown(
                text,
                member,
                "`Sid`, `Effect`, `Principal`, `Action`, `Resource`, `Condition` or a `Not…` of them",
            )),
        }
        .map_err(|fault| fault.within(Step::Member(name.into())))?;
    }
    let has = |name: &str| node.member(text, name).is_some();
    for (one, other) in [
        ("Principal", "NotPrincipal"),
        ("Action", "NotAction"),
        ("Resource", "NotResource"),
    ] {
        if has(one) && has(other) {
            let problem = KeyPolicyProblem::Exclusive(one, other);
            return Err(Fault::new(node.range.start, problem));
        }
    }
    if !has("Effect") {
        return Err(missing(node, "Effect"));
    }
    if !has("Principal") && !has("NotPrincipal") {
        return Err(missing(node, "Principal"));
    }
    Ok(())
}

fn principal(text: &str, value: &Node) -> Result<()> {
    if let Json::Text { .. } = value.value {
        return one_of(text, value, &["*"], "`*`, or `{\"AWS\": …}` around it");
    }
    for member in object(value, "`*` or `{\"AWS\": …}`")? {
        let name = member.name.text(text);
        match &*name {
            "AWS" | "CanonicalUser" | "Federated" | "Service" => strings(&member.value),
            _ => Err(unknown(text, member, "`AWS`, `Service` or `Federated`")),
        }
        .map_err(|fault| fault.within(Step::Member(name.into())))?;
    }
    Ok(())
}

fn condition(text: &str, value: &Node) -> Result<()> {
    for operator in object(value, "`{\"<operator>\": {\"<key>\": …}}`")? {
        let within = |fault: Fault| fault.within(Step::Member(operator.name.text(text).into()));
        for key in object(&operator.value, "`{\"<key>\": …}`").map_err(within)? {
            let wrong =
                key.value.items().iter().find(|item| {
                    !matches!(item.value, Json::Bool | Json::Number | Json::Text { .. })
                });
            if let Some(item) = wrong {
                let name = key.name.text(text).into();
                let fault = wrong_type(item, "text, or a list of texts");
                return Err(within(fault.within(Step::Member(name))));
            }
        }
    }
    Ok(())
}

fn strings(value: &Node) -> Result<()> {
    let Json::List(items) = &value.value else {
        return string(value, "text, or a list of texts");
    };
    for (index, item) in items.iter().enumerate() {
        string(item, "text").map_err(|fault| fault.within(Step::Item(index)))?;
    }
    Ok(())
}

fn string(value: &Node, expected: &'static str) -> Result<()> {
    match value.value {
        Json::Text { .. } => Ok(()),
        _ => Err(wrong_type(value, expected)),
    }
}

fn one_of(text: &str, value: &Node, known: &[&str], expected: &'static str) -> Result<()> {
    string(value, expected)?;
    let found = value.text(text);
    if known.contains(&&*found) {
        return Ok(());
    }
    let found = found.into_owned();
    let problem = KeyPolicyProblem::WrongValue { found, expected };
    Err(Fault::new(value.range.start, problem))
}

fn object<'a>(value: &'a Node, expected: &'static str) -> Result<&'a [Member]> {
    match &value.value {
        Json::Object(members) => Ok(members),
        _ => Err(wrong_type(value, expected)),
    }
}

fn wrong_type(value: &Node, expected: &'static str) -> Fault {
    let found = match value.value {
        Json::Bool => "a boolean",
        Json::List(_) => "a list",
        Json::Null => "null",
        Json::Number => "a number",
        Json::Object(_) => "an object",
        Json::Text { .. } => "text",
    };
    let problem = KeyPolicyProblem::WrongType { found, expected };
    Fault::new(value.range.start, problem)
}

fn unknown(text: &str, member: &Member, known: &'static str) -> Fault {
    let name = member.name.text(text).into_owned();
    let problem = KeyPolicyProblem::UnknownMember { name, known };
    Fault::new(member.name.range.start, problem)
}

fn missing(node: &Node, name: &'static str) -> Fault {
    Fault::new(node.range.start, KeyPolicyProblem::MissingMember(name))
}
