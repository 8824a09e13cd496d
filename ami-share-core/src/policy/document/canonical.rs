use std::collections::{BTreeMap, BTreeSet};

use super::node::{Json, Node};
use crate::id::AccountId;

/// A statement as KMS means it, whatever its text
///
/// An account is its 12 digits, `*` is `{"AWS": "*"}`, a scalar is a list of one, a boolean or number
/// is its text, and lists are sets. Names and values keep their letters: KMS does not change them.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(in crate::policy) struct Canonical(pub(in crate::policy) BTreeMap<String, Element>);

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(in crate::policy) enum Element {
    Members(BTreeMap<String, Element>),
    Text(String),
    Texts(BTreeSet<String>),
}

impl Canonical {
    pub(in crate::policy) fn read(text: &str, statement: &Node) -> Self {
        let element = |name: &str, value: &Node| match name {
            "Effect" | "Sid" => Element::Text(value.text(text).into_owned()),
            "NotPrincipal" | "Principal" => principal(text, value),
            _ => element(text, value),
        };
        let members = statement.members().iter().map(|member| {
            let name = member.name.text(text).into_owned();
            let value = element(&name, &member.value);
            (name, value)
        });
        Self(members.collect())
    }

    pub(in crate::policy) fn sid(&self) -> Option<&str> {
        match self.0.get("Sid")? {
            Element::Text(sid) => Some(sid),
            _ => None,
        }
    }

    /// The texts at a place such as `["Condition", "StringEquals", "aws:PrincipalOrgID"]`
    pub(in crate::policy) fn texts(&self, place: &[&str]) -> Option<&BTreeSet<String>> {
        let (last, parents) = place.split_last()?;
        let mut members = &self.0;
        for parent in parents {
            members = match members.get(*parent)? {
                Element::Members(members) => members,
                _ => return None,
            };
        }
        match members.get(*last)? {
            Element::Texts(texts) => Some(texts),
            _ => None,
        }
    }
}

fn principal(text: &str, value: &Node) -> Element {
    if let Json::Text { .. } = value.value {
        let everybody = BTreeMap::from([("AWS".into(), texts(text, value))]);
        return Element::Members(everybody);
    }
    let kinds = value.members().iter().map(|kind| {
        let name = kind.name.text(text).into_owned();
        let principals = match (&*name, texts(text, &kind.value)) {
            ("AWS", Element::Texts(principals)) => {
                Element::Texts(principals.into_iter().map(account_digits).collect())
            }
            (_, other) => other,
        };
        (name, principals)
    });
    Element::Members(kinds.collect())
}

fn element(text: &str, value: &Node) -> Element {
    match &value.value {
        Json::Object(members) => {
            let members = members.iter().map(|member| {
                let name = member.name.text(text).into_owned();
                (name, element(text, &member.value))
            });
            Element::Members(members.collect())
        }
        _ => texts(text, value),
    }
}

fn texts(text: &str, value: &Node) -> Element {
    let texts = value
        .items()
        .iter()
        .map(|item| item.text(text).into_owned());
    Element::Texts(texts.collect())
}

/// The root ARN of an account as its 12 digits, whatever the partition
fn account_digits(principal: String) -> String {
    let mut parts = principal.splitn(6, ':');
    match [(); 6].map(|()| parts.next()) {
        [
            Some("arn"),
            Some(_),
            Some("iam"),
            Some(""),
            Some(account),
            Some("root"),
        ] if account.parse::<AccountId>().is_ok() => account.to_owned(),
        _ => principal,
    }
}
