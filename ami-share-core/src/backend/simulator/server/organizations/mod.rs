//! What the server speaks of Organizations.

mod account;
mod delegate;
mod tree;
mod unit;

use serde_json::{Map, Value, json};

use super::super::call::Caller;
use super::super::organizations::parent_not_found;
use super::super::page::{BadToken, page};
use super::super::refusal::Refusal;
use super::super::state::State;
use super::service::JsonAction;
use crate::id::{AccountId, OrganizationArn, OrganizationalUnitArn};
use crate::principal::Principal;

pub(crate) const ACTIONS: &[&[JsonAction]] = &[
    tree::ACTIONS,
    unit::ACTIONS,
    account::ACTIONS,
    delegate::ACTIONS,
];

type Run = fn(&mut State, Caller<'_>, Value) -> Result<Value, Refusal>;

/// The caller's policies have to allow it on `*`, though AWS looks at the OU or account where there
/// is one
const fn action(name: &'static str, run: Run) -> JsonAction {
    JsonAction {
        name,
        authorized_by_rule: false,
        run,
    }
}

/// The input in the shape of its operation, with Organizations' code for what is not
fn shaped<T: serde::de::DeserializeOwned>(input: Value) -> Result<T, Refusal> {
    super::json::shaped(input).map_err(|refusal| invalid(refusal.message))
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidInputException", message)
}

/// One page of a listing, in the order of its keys
fn listed(
    state: &State,
    query: impl std::hash::Hash,
    list: &'static str,
    paging: &Paging,
    items: impl IntoIterator<Item = (String, Value)>,
) -> Result<Value, Refusal> {
    const MOST: usize = 20;
    let asked = match paging.max_results {
        None => MOST,
        Some(asked @ 1..=MOST) => asked,
        Some(_) => return Err(invalid("MaxResults has to be between 1 and 20.")),
    };
    let most = asked.min(state.page_size);
    let page = page(items, &query, paging.next_token.as_deref(), most)
        .map_err(|BadToken| invalid("The provided NextToken is not valid."))?;
    let mut answer = Map::new();
    answer.insert(list.to_owned(), page.items.into());
    if let Some(next) = page.next_token {
        answer.insert("NextToken".to_owned(), next.into());
    }
    Ok(answer.into())
}

/// Where a listing goes on, and how many items it gives
#[derive(Debug, Default)]
struct Paging {
    next_token: Option<String>,
    max_results: Option<usize>,
}

/// The root or OU of an organization that has an id
fn parent_of(
    state: &State,
    organization: &OrganizationArn,
    id: &str,
) -> Result<Principal, Refusal> {
    if !is_root(id) && !is_unit(id) {
        return Err(invalid(
            "You provided a value that does not match the required pattern.",
        ));
    }
    find_parent(state, organization, id).ok_or_else(parent_not_found)
}

fn find_parent(state: &State, organization: &OrganizationArn, id: &str) -> Option<Principal> {
    let tree = &state.organizations;
    if tree.facts_of(organization)?.root_id() == id {
        return Some(organization.clone().into());
    }
    let unit = tree.unit_of_id(organization, id)?;
    Some(unit.clone().into())
}

fn account_of(id: &str) -> Result<AccountId, Refusal> {
    id.parse()
        .map_err(|_| invalid("You provided a value that does not match the required pattern."))
}

fn is_root(id: &str) -> bool {
    id.strip_prefix("r-").is_some_and(|rest| is_token(rest, 4))
}

fn is_unit(id: &str) -> bool {
    id.strip_prefix("ou-")
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(root, unit)| is_token(root, 4) && is_token(unit, 8))
}

fn is_token(text: &str, least: usize) -> bool {
    (least..=32).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// The id of a parent on the wire, and what kind it is
fn parent_told(state: &State, parent: &Principal) -> Value {
    match parent {
        Principal::OrganizationalUnit(unit) => {
            json!({"Id": unit.unit_id(), "Type": "ORGANIZATIONAL_UNIT"})
        }
        Principal::Organization(organization) => {
            let root = state.organizations.facts_of(organization);
            json!({"Id": root.map(|facts| facts.root_id()), "Type": "ROOT"})
        }
        // INVARIANT: the tree has no other parents.
        Principal::Account(_) | Principal::Public => Value::Null,
    }
}

fn unit_told(state: &State, arn: &OrganizationalUnitArn) -> Value {
    let unit = state.organizations.unit(arn);
    json!({
        "Id": arn.unit_id(),
        "Arn": arn,
        "Name": unit.map(|unit| unit.name.as_str()),
        "Path": state.organizations.path_to(&arn.clone().into()),
    })
}

fn account_told(state: &State, account: AccountId) -> Value {
    let tree = &state.organizations;
    let (Some(member), Some(organization)) = (tree.member(account), tree.organization_of(account))
    else {
        // INVARIANT: only members are told of.
        return Value::Null;
    };
    let path = tree.path_of(account).unwrap_or_default();
    let status = if member.suspended {
        "SUSPENDED"
    } else {
        "ACTIVE"
    };
    json!({
        "Id": account,
        "Arn": account_arn(state, organization, account),
        "Name": member.name,
        "Email": member.email,
        "Status": status,
        "State": status,
        "Paths": [format!("{path}{account}/")],
        "JoinedMethod": if member.created { "CREATED" } else { "INVITED" },
        "JoinedTimestamp": member.joined.seconds(),
    })
}

/// The management account stands before the organization, the account behind it
fn account_arn(state: &State, organization: &OrganizationArn, account: AccountId) -> String {
    let management = state.organizations.management_of(organization);
    format!(
        "arn:{}:organizations::{}:account/{}/{account}",
        organization.partition(),
        management.unwrap_or(account),
        organization.organization_id()
    )
}
