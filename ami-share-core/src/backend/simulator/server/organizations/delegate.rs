//! Delegated administrators.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::call::Caller;
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::service::JsonAction;
use super::{Paging, account_of, account_told, action, invalid, listed, shaped};

pub(super) const ACTIONS: &[JsonAction] = &[
    action(
        "RegisterDelegatedAdministrator",
        register_delegated_administrator,
    ),
    action(
        "DeregisterDelegatedAdministrator",
        deregister_delegated_administrator,
    ),
    action("ListDelegatedAdministrators", list_delegated_administrators),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Delegate {
    account_id: String,
    service_principal: String,
}

fn register_delegated_administrator(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: Delegate = shaped(input)?;
    let own = state.managed_organization(caller)?.clone();
    let account = account_of(&input.account_id)?;
    check_service(&input.service_principal)?;
    state.register_delegate(&own, account, &input.service_principal)?;
    Ok(json!({}))
}

fn deregister_delegated_administrator(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: Delegate = shaped(input)?;
    let own = state.managed_organization(caller)?.clone();
    let account = account_of(&input.account_id)?;
    state.deregister_delegate(&own, account, &input.service_principal)?;
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ListDelegatedAdministrators {
    service_principal: Option<String>,
    next_token: Option<String>,
    max_results: Option<usize>,
}

fn list_delegated_administrators(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: ListDelegatedAdministrators = shaped(input)?;
    let own = state.readable_organization(caller)?;
    let facts = state.organizations.facts_of(own);
    let service = input.service_principal.as_deref();
    let delegates = facts.map(|facts| facts.delegates(service));
    let delegates = delegates.into_iter().flatten().map(|(account, since)| {
        let mut told = account_told(state, account);
        if let Some(told) = told.as_object_mut() {
            told.remove("Paths");
            told.insert("DelegationEnabledDate".to_owned(), since.seconds().into());
        }
        (account.to_string(), told)
    });
    let paging = Paging {
        next_token: input.next_token,
        max_results: input.max_results,
    };
    let query = ("ListDelegatedAdministrators", own, service);
    listed(state, query, "DelegatedAdministrators", &paging, delegates)
}

fn check_service(name: &str) -> Result<(), Refusal> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if (1..=128).contains(&name.len()) && name.chars().all(is_allowed) {
        Ok(())
    } else {
        Err(invalid("ServicePrincipal is not the name of a service."))
    }
}
