//! Texts of key policies for tests: of all shapes that KMS takes, laid out in many ways.

use proptest::prelude::*;
use proptest::sample::select;

use super::{KeyStatements, ServiceRole};

/// What everybody has in a key policy: without it, no patch is allowed
pub(super) const ADMIN: &str = r#"{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}"#;

/// JSON whose layout is still open
#[derive(Clone, Debug)]
pub(super) enum Tree {
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
    Raw(String),
}

impl Tree {
    pub(super) fn text(text: &str) -> Self {
        Self::Raw(serde_json::to_string(text).unwrap())
    }

    fn render(&self, spaces: &mut impl Iterator<Item = &'static str>, out: &mut String) {
        match self {
            Self::Raw(text) => out.push_str(text),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    out.push_str(spaces.next().unwrap());
                    item.render(spaces, out);
                    out.push_str(spaces.next().unwrap());
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    out.push_str(spaces.next().unwrap());
                    out.push_str(&serde_json::to_string(name).unwrap());
                    out.push_str(spaces.next().unwrap());
                    out.push(':');
                    out.push_str(spaces.next().unwrap());
                    value.render(spaces, out);
                    out.push_str(spaces.next().unwrap());
                }
                out.push('}');
            }
        }
    }
}

fn scalar_or_list(values: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = Tree> {
    prop_oneof![
        values.clone().prop_map(Tree::Raw),
        prop::collection::vec(values.prop_map(Tree::Raw), 0..4).prop_map(Tree::List),
    ]
}

fn quoted(values: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    select(values).prop_map(|text| format!("\"{text}\""))
}

fn principal() -> impl Strategy<Value = Tree> {
    let aws = quoted(&[
        "*",
        "111122223333",
        "arn:aws:iam::111122223333:root",
        "arn:aws:iam::444455556666:root",
        "arn:aws:iam::444455556666:role/team/R\\u002b",
    ]);
    let service = quoted(&["ec2.amazonaws.com", "logs.us-east-1.amazonaws.com"]);
    prop_oneof![
        Just(Tree::text("*")),
        scalar_or_list(aws.clone()).prop_map(|aws| Tree::Object(vec![("AWS".into(), aws)])),
        (scalar_or_list(aws), scalar_or_list(service)).prop_map(|(aws, service)| {
            Tree::Object(vec![("Service".into(), service), ("AWS".into(), aws)])
        }),
    ]
}

fn condition() -> impl Strategy<Value = Tree> {
    let values = prop_oneof![
        quoted(&[
            "true",
            "o-exampleorg1",
            "caf\u{e9}",
            "\\u00e9\\n",
            "2026-01-01T00:00:00Z"
        ]),
        select(&["true", "false", "1", "-2.5"][..]).prop_map(str::to_owned),
    ];
    let keys = select(
        &[
            "aws:PrincipalOrgID",
            "aws:principalorgid",
            "kms:ViaService",
            "kms:EncryptionContext:a b",
        ][..],
    );
    let operators = select(
        &[
            "StringEquals",
            "ForAllValues:StringLike",
            "BoolIfExists",
            "Nul",
        ][..],
    );
    let unique = |mut members: Vec<(String, Tree)>| {
        members.sort_by(|(one, _), (other, _)| one.cmp(other));
        members.dedup_by(|(one, _), (other, _)| one == other);
        Tree::Object(members)
    };
    let block = prop::collection::vec((keys.prop_map(str::to_owned), scalar_or_list(values)), 0..3);
    let block = block.prop_map(unique);
    prop::collection::vec((operators.prop_map(str::to_owned), block), 0..3).prop_map(unique)
}

/// A statement that is not ours
pub(super) fn foreign_statement() -> impl Strategy<Value = Tree> {
    let sid = select(
        &[
            "Allow use of the key",
            "AmiShareholders",
            "AmiShare",
            "AmiShare Use",
            "amiShareAccountsUse",
            "\u{e9}t\u{e9} <b>",
            "",
        ][..],
    );
    let action = quoted(&["kms:*", "kms:Decrypt", "kms:putkeypolicy", "*"]);
    (
        prop::option::of(sid.prop_map(Tree::text)),
        select(&["Allow", "Deny"][..]).prop_map(Tree::text),
        (select(&["Principal", "NotPrincipal"][..]), principal()),
        prop::option::of((select(&["Action", "NotAction"][..]), scalar_or_list(action))),
        prop::option::of(scalar_or_list(quoted(&["*"]))),
        prop::option::of(condition()),
        any::<prop::sample::Index>(),
    )
        .prop_map(
            |(sid, effect, principal, action, resource, condition, turn)| {
                let mut members = vec![("Effect".to_owned(), effect)];
                members.extend(sid.map(|sid| ("Sid".to_owned(), sid)));
                members.push((principal.0.to_owned(), principal.1));
                members.extend(action.map(|(name, value)| (name.to_owned(), value)));
                members.extend(resource.map(|value| ("Resource".to_owned(), value)));
                members.extend(condition.map(|value| ("Condition".to_owned(), value)));
                let turn = turn.index(members.len());
                members.rotate_left(turn);
                Tree::Object(members)
            },
        )
}

/// A policy without statements of ours, one of which keeps the administration
pub(super) fn foreign_policy() -> impl Strategy<Value = String> {
    let statements = prop_oneof![
        1 => Just(Tree::Raw(ADMIN.into())),
        4 => (prop::collection::vec(foreign_statement(), 0..4), any::<prop::sample::Index>())
            .prop_map(|(mut statements, at)| {
                let at = at.index(statements.len() + 1);
                statements.insert(at, Tree::Raw(ADMIN.into()));
                Tree::List(statements)
            }),
    ];
    let version = prop_oneof![
        6 => Just(Some(Tree::text("2012-10-17"))),
        1 => Just(Some(Tree::text("2008-10-17"))),
        1 => Just(None),
    ];
    let id =
        prop::option::of(select(&["key-default-1", "\u{fc}ber \"x\""][..]).prop_map(Tree::text));
    (statements, version, id, 0_usize..3).prop_flat_map(|(statements, version, id, turn)| {
        let mut members = vec![("Statement".to_owned(), statements)];
        members.extend(version.map(|version| ("Version".to_owned(), version)));
        members.extend(id.map(|id| ("Id".to_owned(), id)));
        let turn = turn % members.len();
        members.rotate_left(turn);
        laid_out(Tree::Object(members))
    })
}

/// The tree as text, with white space of one or several kinds
fn laid_out(tree: Tree) -> impl Strategy<Value = String> {
    let space = select(&["", " ", "\n", "\n  ", "\r\n\t", "  "][..]);
    prop_oneof![
        space.clone().prop_map(|space| vec![space]),
        prop::collection::vec(space, 1..17),
    ]
    .prop_map(move |spaces| {
        let mut spaces = spaces.into_iter().cycle();
        let mut text = spaces.next().unwrap().to_owned();
        tree.render(&mut spaces, &mut text);
        text + spaces.next().unwrap()
    })
}

/// What we may want in a policy
pub(super) fn wanted() -> impl Strategy<Value = KeyStatements> {
    (
        prop::collection::btree_set(0_u64..30, 0..6),
        prop::collection::btree_set("[A-Z][a-z]{1,5}", 0..3),
        prop::collection::btree_set("[a-z0-9]{10}", 0..3),
        prop::collection::btree_set("[a-z0-9]{8}", 0..3),
        any::<(bool, bool, bool)>(),
    )
        .prop_map(
            |(accounts, roles, organizations, units, (via, service_role, of_some))| {
                let mut wanted = KeyStatements::new();
                for account in accounts {
                    let id = format!("{account:012}").parse().unwrap();
                    wanted = match account % 3 {
                        0 if of_some => wanted.service_role_of(id, ServiceRole::Ec2Fleet),
                        1 if of_some => wanted
                            .service_role_of(id, ServiceRole::Ec2Fleet)
                            .service_role_of(id, ServiceRole::AutoScaling),
                        _ => wanted.account(id),
                    };
                }
                for role in roles {
                    let role = format!("arn:aws:iam::444455556666:role/{role}");
                    wanted = wanted.iam_principal(role.parse().unwrap());
                }
                for id in organizations {
                    let arn = format!("arn:aws:organizations::111122223333:organization/o-{id}");
                    wanted = wanted.organization(&arn.parse().unwrap());
                }
                for id in units {
                    let path = format!("o-exampleorg1/r-ab12/ou-ab12-{id}/");
                    wanted = wanted.organizational_unit(path.parse().unwrap());
                }
                if via {
                    wanted = wanted.via_ec2_in("us-east-1".parse().unwrap());
                }
                if service_role {
                    wanted = wanted.service_role(ServiceRole::AutoScaling);
                }
                wanted
            },
        )
}

/// As KMS stores a policy: its own layout, root ARNs for digits, scalars for lists of one, text for
/// booleans and numbers, and lists in an order of its own
pub(super) fn as_kms_stores_it(text: &str) -> String {
    fn stored(value: serde_json::Value, aws: bool) -> serde_json::Value {
        use serde_json::Value;
        match value {
            Value::Array(list) => {
                let mut list: Vec<Value> = list.into_iter().map(|item| stored(item, aws)).collect();
                list.reverse();
                match list.len() {
                    1 => list.remove(0),
                    _ => Value::Array(list),
                }
            }
            Value::Object(members) => members
                .into_iter()
                .map(|(name, value)| {
                    let value = stored(value, name == "AWS");
                    (name, value)
                })
                .collect(),
            Value::String(text) if aws && text.len() == 12 => {
                format!("arn:aws:iam::{text}:root").into()
            }
            Value::Bool(value) => value.to_string().into(),
            other => other,
        }
    }
    let mut policy: serde_json::Value = serde_json::from_str(text).unwrap();
    let statements = policy["Statement"].take();
    let statements = match statements {
        serde_json::Value::Array(list) => list,
        one => vec![one],
    };
    let stored: Vec<_> = statements
        .into_iter()
        .map(|one| stored(one, false))
        .collect();
    policy["Statement"] = stored.into();
    serde_json::to_string_pretty(&policy)
        .unwrap()
        .replace("\": ", "\" : ")
}
