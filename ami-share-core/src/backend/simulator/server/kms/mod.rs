//! KMS: JSON in, JSON out. One file per kind of thing.

mod alias;
mod grant;
mod key;
mod key_policy;
mod life;
mod metadata;
mod tag;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::super::call::Caller;
use super::super::kms::Paging;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::json::shaped;
use super::service::JsonAction;
use crate::backend::Page;

pub(crate) const ACTIONS: &[&[JsonAction]] = &[
    alias::ACTIONS,
    grant::ACTIONS,
    key::ACTIONS,
    key_policy::ACTIONS,
    life::ACTIONS,
    tag::ACTIONS,
];

/// An operation whose rule authorizes the caller, as all of KMS do: the key has its say
const fn action(
    name: &'static str,
    run: fn(&mut State, Caller<'_>, Value) -> Result<Value, Refusal>,
) -> JsonAction {
    JsonAction {
        name,
        authorized_by_rule: true,
        run,
    }
}

/// The input, with the keys gone whose waiting period has ended by now
fn input<T: DeserializeOwned>(state: &mut State, input: Value) -> Result<T, Refusal> {
    let now = state.now();
    state.keys.reap(now);
    shaped(input)
}

fn paging(limit: Option<i64>, marker: Option<String>) -> Paging {
    Paging { limit, marker }
}

/// A page of a listing, as KMS writes each
fn listing<T>(list: &str, page: Page<T>, item: impl Fn(T) -> Value) -> Value {
    let items: Vec<Value> = page.items.into_iter().map(item).collect();
    let mut answer = json!({ list: items, "Truncated": page.next_token.is_some() });
    if let (Some(next), Some(fields)) = (page.next_token, answer.as_object_mut()) {
        fields.insert("NextMarker".to_owned(), next.into());
    }
    answer
}

/// The answer of the operations that AWS answers with nothing
fn nothing() -> Value {
    json!({})
}
