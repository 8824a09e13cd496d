//! What is checked before a key policy is written.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Administration, PatchError, StatementName};
use crate::id::{AccountId, KeyArn};
use crate::policy::KeyPolicy;
use crate::policy::document::StatementText;

/// Refuses what KMS would refuse, and what must never be written
pub(super) fn check(
    policy: &KeyPolicy,
    key: Option<&KeyArn>,
) -> Result<Administration, PatchError> {
    let bytes = policy.size();
    if bytes > KeyPolicy::MOST_BYTES {
        return Err(PatchError::TooLarge { bytes });
    }
    for statement in policy.statements() {
        if let Some(principal) = dead_principal(statement) {
            return Err(PatchError::DeadPrincipal {
                statement: statement.name(),
                principal: principal.into_owned(),
            });
        }
        if statement.is_ours() && is_open(statement) {
            let sid = statement.sid().unwrap_or_default().into_owned();
            return Err(PatchError::OpenToTheWorld { sid });
        }
    }
    administration(policy, key)
}

impl<'a> StatementText<'a> {
    pub(in crate::policy) fn name(self) -> StatementName {
        StatementName::new(self.index(), self.sid().map(Cow::into_owned))
    }

    fn texts(self, member: &str) -> impl Iterator<Item = Cow<'a, str>> + use<'a> {
        let values = self.member(member).map(|value| value.items());
        let values = values.unwrap_or_default().iter();
        values.map(move |value| value.text(self.document()))
    }

    fn aws_principals(self, element: &str) -> impl Iterator<Item = Cow<'a, str>> + use<'a> {
        let kinds = self.member(element);
        let principals = kinds.and_then(|kinds| kinds.member(self.document(), "AWS"));
        let principals = principals.map(|value| value.items()).unwrap_or_default();
        principals
            .iter()
            .map(move |value| value.text(self.document()))
    }

    fn has(self, member: &str, text: &str) -> bool {
        self.texts(member).any(|found| found == text)
    }
}

/// An `AWS` principal that is neither everybody, nor an account, nor an ARN
fn dead_principal(statement: StatementText<'_>) -> Option<Cow<'_, str>> {
    ["Principal", "NotPrincipal"]
        .into_iter()
        .flat_map(move |element| statement.aws_principals(element))
        .find(|text| !text.starts_with("arn:") && text != "*" && text.parse::<AccountId>().is_err())
}

/// Whether a statement allows something to everybody, without naming an organization
pub(super) fn is_open(statement: StatementText<'_>) -> bool {
    if !statement.has("Effect", "Allow") {
        return false;
    }
    let allows_everybody = statement.has("Principal", "*")
        || statement
            .aws_principals("Principal")
            .any(|text| text == "*")
        || statement.member("NotPrincipal").is_some();
    let statement = statement.canonical();
    let organizations = statement.texts(&["Condition", "StringEquals", "aws:PrincipalOrgID"]);
    let names_organizations = organizations
        .is_some_and(|ids| !ids.is_empty() && ids.iter().all(|id| id.starts_with("o-")));
    allows_everybody && !names_organizations
}

/// Whether somebody can still change the policy: looks at the statements of others only
fn administration(policy: &KeyPolicy, key: Option<&KeyArn>) -> Result<Administration, PatchError> {
    let others = || policy.statements().filter(|statement| !statement.is_ours());
    let mut keeper = None;
    let mut doubts = BTreeSet::new();
    for statement in others().filter(|statement| covers_put_key_policy(*statement)) {
        let name = statement.name();
        let because = match doubt(statement, key) {
            None => {
                keeper.get_or_insert(name);
                continue;
            }
            Some(because) => because,
        };
        doubts.insert(format!("{name} {because}"));
    }
    let denies = doubts.iter().any(|doubt| doubt.ends_with(DENIES));
    match keeper {
        Some(statement) if !denies => Ok(Administration::Kept { statement }),
        _ if doubts.is_empty() => Err(PatchError::Lockout),
        _ => Ok(Administration::Unknown {
            because: doubts.into_iter().collect::<Vec<_>>().join("; "),
        }),
    }
}

const DENIES: &str = "denies it to some";

/// Why a statement that speaks of `kms:PutKeyPolicy` does not surely allow it
fn doubt(statement: StatementText<'_>, key: Option<&KeyArn>) -> Option<&'static str> {
    if statement.has("Effect", "Deny") {
        return Some(DENIES);
    }
    if statement.member("Condition").is_some() {
        return Some("allows it under a condition");
    }
    if !statement.has("Resource", "*") {
        return Some("allows it on named resources");
    }
    if statement.has("Principal", "*") {
        return None;
    }
    let account_of = |text: &str| match text.split(':').nth(4) {
        Some(account) => account.parse::<AccountId>().ok(),
        None => text.parse().ok(),
    };
    let owner = key.map(KeyArn::account);
    let is_known = statement.aws_principals("Principal").any(|text| {
        text == "*"
            || match (account_of(&text), owner) {
                (Some(account), Some(owner)) => account == owner,
                (account, _) => account.is_some(),
            }
    });
    (!is_known).then_some("allows it to others than the account of the key")
}

/// Whether `Action` or `NotAction` leaves `kms:PutKeyPolicy` in
fn covers_put_key_policy(statement: StatementText<'_>) -> bool {
    let covers = |pattern: Cow<'_, str>| {
        let pattern = pattern.to_ascii_lowercase();
        is_match(pattern.as_bytes(), b"kms:putkeypolicy")
    };
    if statement.member("NotAction").is_some() {
        return !statement.texts("NotAction").any(covers);
    }
    statement.texts("Action").any(covers)
}

/// Whether the text matches a pattern with `*` and `?`
fn is_match(pattern: &[u8], text: &[u8]) -> bool {
    // How many bytes of the text the pattern so far can have matched.
    let mut lengths = BTreeSet::from([0]);
    for symbol in pattern {
        lengths = match symbol {
            b'*' => lengths.first().copied().unwrap_or(text.len() + 1)..text.len() + 1,
            _ => 0..0,
        }
        .chain(lengths.iter().filter_map(|length| {
            let next = text.get(*length)?;
            (next == symbol || *symbol == b'?').then_some(length + 1)
        }))
        .collect();
    }
    lengths.contains(&text.len())
}
