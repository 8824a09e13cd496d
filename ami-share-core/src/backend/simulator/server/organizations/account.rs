//! The accounts of an organization.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::call::Caller;
use super::super::super::organizations::{Creation, account_not_found};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::service::JsonAction;
use super::{
    Paging, account_of, account_told, action, find_parent, invalid, is_root, is_unit, listed,
    parent_of, shaped,
};
use crate::id::{AccountId, OrganizationArn};

pub(super) const ACTIONS: &[JsonAction] = &[
    action("CreateAccount", create_account),
    action(
        "DescribeCreateAccountStatus",
        describe_create_account_status,
    ),
    action("ListCreateAccountStatus", list_create_account_status),
    action("DescribeAccount", describe_account),
    action("ListAccounts", list_accounts),
    action("ListAccountsForParent", list_accounts_for_parent),
    action("MoveAccount", move_account),
    action(
        "RemoveAccountFromOrganization",
        remove_account_from_organization,
    ),
    action("LeaveOrganization", leave_organization),
    action("CloseAccount", close_account),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CreateAccount {
    email: String,
    account_name: String,
    role_name: Option<String>,
}

fn create_account(state: &mut State, caller: Caller<'_>, input: Value) -> Result<Value, Refusal> {
    let input: CreateAccount = shaped(input)?;
    let own = state.managed_organization(caller)?.clone();
    let is_name = (1..=50).contains(&input.account_name.len())
        && input
            .account_name
            .bytes()
            .all(|c| (b' '..=b'~').contains(&c));
    if !is_name {
        return Err(invalid(
            "AccountName has 1 to 50 printable ASCII characters.",
        ));
    }
    if !is_email(&input.email) {
        return Err(invalid(
            "Email is not a valid address of 6 to 64 characters.",
        ));
    }
    let role = input.role_name.as_deref();
    let creation = state.create_account(&own, &input.account_name, &input.email, role)?;
    Ok(json!({"CreateAccountStatus": creation_told(&creation)}))
}

fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    (6..=64).contains(&text.len())
        && !text.contains(char::is_whitespace)
        && parts.is_some_and(|(name, host)| {
            let dotted = host.split_once('.');
            !name.is_empty()
                && !host.contains('@')
                && dotted.is_some_and(|(first, rest)| !first.is_empty() && !rest.is_empty())
        })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct DescribeCreateAccountStatus {
    create_account_request_id: String,
}

fn describe_create_account_status(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: DescribeCreateAccountStatus = shaped(input)?;
    let own = state.readable_organization(caller)?;
    let creation = state
        .organizations
        .creation(&input.create_account_request_id);
    let creation = creation.filter(|creation| creation.organization == *own);
    let creation = creation.ok_or_else(|| {
        Refusal::new(
            "CreateAccountStatusNotFoundException",
            "We can't find a create account request with the CreateAccountRequestId that you \
             specified.",
        )
    })?;
    Ok(json!({"CreateAccountStatus": creation_told(creation)}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ListCreateAccountStatus {
    states: Option<Vec<String>>,
    next_token: Option<String>,
    max_results: Option<usize>,
}

fn list_create_account_status(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: ListCreateAccountStatus = shaped(input)?;
    let own = state.readable_organization(caller)?;
    let wanted = |creation: &Creation| {
        let states = input.states.as_ref();
        creation.organization == *own
            && states.is_none_or(|states| states.iter().any(|state| state == state_of(creation)))
    };
    let found = state
        .organizations
        .creations()
        .filter(|creation| wanted(creation))
        .map(|creation| (creation.id.clone(), creation_told(creation)));
    let paging = Paging {
        next_token: input.next_token,
        max_results: input.max_results,
    };
    let query = ("ListCreateAccountStatus", own, &input.states);
    listed(state, query, "CreateAccountStatuses", &paging, found)
}

fn state_of(creation: &Creation) -> &'static str {
    match creation.outcome {
        Ok(_) => "SUCCEEDED",
        Err(_) => "FAILED",
    }
}

fn creation_told(creation: &Creation) -> Value {
    let mut told = json!({
        "Id": creation.id,
        "AccountName": creation.name,
        "State": state_of(creation),
        "RequestedTimestamp": creation.requested.seconds(),
        "CompletedTimestamp": creation.requested.seconds(),
    });
    if let Some(told) = told.as_object_mut() {
        match creation.outcome {
            Ok(account) => told.insert("AccountId".to_owned(), json!(account)),
            Err(reason) => told.insert("FailureReason".to_owned(), reason.into()),
        };
    }
    told
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct OneAccount {
    account_id: String,
}

fn describe_account(state: &mut State, caller: Caller<'_>, input: Value) -> Result<Value, Refusal> {
    let input: OneAccount = shaped(input)?;
    let own = state.readable_organization(caller)?;
    let account = member_of(state, own, &input.account_id)?;
    Ok(json!({"Account": account_told(state, account)}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ListAccounts {
    next_token: Option<String>,
    max_results: Option<usize>,
}

fn list_accounts(state: &mut State, caller: Caller<'_>, input: Value) -> Result<Value, Refusal> {
    let input: ListAccounts = shaped(input)?;
    let own = state.readable_organization(caller)?;
    let accounts = told(state, state.organizations.accounts_of(own));
    let paging = Paging {
        next_token: input.next_token,
        max_results: input.max_results,
    };
    listed(state, ("ListAccounts", own), "Accounts", &paging, accounts)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ListAccountsForParent {
    parent_id: String,
    next_token: Option<String>,
    max_results: Option<usize>,
}

fn list_accounts_for_parent(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: ListAccountsForParent = shaped(input)?;
    let own = state.readable_organization(caller)?;
    let parent = parent_of(state, own, &input.parent_id)?;
    let accounts = told(state, state.organizations.accounts_in(&parent));
    let paging = Paging {
        next_token: input.next_token,
        max_results: input.max_results,
    };
    let query = ("ListAccountsForParent", own, &input.parent_id);
    listed(state, query, "Accounts", &paging, accounts)
}

fn told(state: &State, accounts: Vec<AccountId>) -> Vec<(String, Value)> {
    let told = |account: AccountId| (account.to_string(), account_told(state, account));
    accounts.into_iter().map(told).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct MoveAccount {
    account_id: String,
    source_parent_id: String,
    destination_parent_id: String,
}

fn move_account(state: &mut State, caller: Caller<'_>, input: Value) -> Result<Value, Refusal> {
    let input: MoveAccount = shaped(input)?;
    let own = state.managed_organization(caller)?;
    let account = member_of(state, own, &input.account_id)?;
    for id in [&input.source_parent_id, &input.destination_parent_id] {
        if !is_root(id) && !is_unit(id) {
            return Err(invalid(
                "You provided a value that does not match the required pattern.",
            ));
        }
    }
    let destination = find_parent(state, own, &input.destination_parent_id).ok_or_else(|| {
        Refusal::new(
            "DestinationParentNotFoundException",
            "We can't find the destination container (a root or OU) with the ParentId that you \
             specified.",
        )
    })?;
    let parent = state.organizations.parent_of_account(account);
    // AWS documents no order: a move that is made again says that it was made, wherever it says that
    // it comes from.
    if parent == Some(&destination) {
        return Err(Refusal::new(
            "DuplicateAccountException",
            "That account is already present in the specified destination.",
        ));
    }
    let source = find_parent(state, own, &input.source_parent_id);
    if source.as_ref() != parent {
        return Err(Refusal::new(
            "SourceParentNotFoundException",
            "We can't find a source root or OU with the ParentId that you specified.",
        ));
    }
    state.organizations.move_account(account, &destination)?;
    Ok(json!({}))
}

fn remove_account_from_organization(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let input: OneAccount = shaped(input)?;
    let own = state.managed_organization(caller)?;
    let account = member_of(state, own, &input.account_id)?;
    state.organizations.remove_account(account)?;
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

fn leave_organization(
    state: &mut State,
    caller: Caller<'_>,
    input: Value,
) -> Result<Value, Refusal> {
    let Nothing {} = shaped(input)?;
    state.own_organization(caller)?;
    state.organizations.remove_account(caller.account)?;
    Ok(json!({}))
}

fn close_account(state: &mut State, caller: Caller<'_>, input: Value) -> Result<Value, Refusal> {
    let input: OneAccount = shaped(input)?;
    let own = state.managed_organization(caller)?.clone();
    let account = account_of(&input.account_id)?;
    state.close_account(&own, account)?;
    Ok(json!({}))
}

fn member_of(
    state: &State,
    organization: &OrganizationArn,
    id: &str,
) -> Result<AccountId, Refusal> {
    let account = account_of(id)?;
    if state.organizations.organization_of(account) == Some(organization) {
        Ok(account)
    } else {
        Err(account_not_found())
    }
}
