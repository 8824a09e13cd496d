use std::collections::BTreeSet;

use aws_sdk_organizations::Client;
use aws_sdk_organizations::types::{Account, AccountState, AccountStatus};

use super::convert::parse;
use super::error::{api_error, unreadable};
use crate::api_error::{ApiError, ApiErrorKind};
use crate::id::{AccountId, OrganizationArn, OrganizationalUnitArn, OrganizationalUnitPath};
use crate::principal::Principal;

const PAGE: i32 = 20;

pub(super) async fn list_accounts_under(
    organizations: &Client,
    principal: &Principal,
) -> Result<Vec<AccountId>, ApiError> {
    let accounts = match principal {
        Principal::Account(id) => BTreeSet::from([*id]),
        Principal::Organization(arn) => of_organization(organizations, arn).await?,
        Principal::OrganizationalUnit(arn) => of_unit(organizations, arn.unit_id()).await?,
        Principal::Public => {
            return Err(ApiError::from_code(
                "ListAccounts",
                "InvalidInputException",
                "the public has no accounts that could be listed",
            ));
        }
    };
    Ok(accounts.into_iter().collect())
}

async fn of_organization(
    organizations: &Client,
    arn: &OrganizationArn,
) -> Result<BTreeSet<AccountId>, ApiError> {
    const OPERATION: &str = "ListAccounts";
    check_is_callers_own(organizations, arn).await?;
    let mut pages = organizations
        .list_accounts()
        .max_results(PAGE)
        .into_paginator()
        .send();
    let mut accounts = BTreeSet::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| api_error(OPERATION, error))?;
        for account in page.accounts() {
            accounts.extend(if_active(OPERATION, account)?);
        }
    }
    // Every organization has its management account at least.
    if accounts.is_empty() {
        return Err(unreadable(OPERATION, "the organization has no accounts"));
    }
    Ok(accounts)
}

/// `ListAccounts` takes no id: it lists the organization that the caller belongs to
async fn check_is_callers_own(
    organizations: &Client,
    arn: &OrganizationArn,
) -> Result<(), ApiError> {
    const OPERATION: &str = "DescribeOrganization";
    let answer = organizations
        .describe_organization()
        .send()
        .await
        .map_err(|error| api_error(OPERATION, error))?;
    let own = answer
        .organization()
        .and_then(|organization| organization.id())
        .ok_or_else(|| unreadable(OPERATION, "the id of the organization is missing"))?;
    let named = arn.organization_id();
    if own == named {
        return Ok(());
    }
    Err(ApiError::without_code(
        OPERATION,
        ApiErrorKind::NotFound,
        format!(
            "the caller belongs to organization `{own}`, so the accounts of `{named}` cannot be \
             listed: ask with credentials of its management account"
        ),
    ))
}

/// The accounts of an OU and of those below it
///
/// Organizations nests OUs five deep at most, so the walk ends.
async fn of_unit(organizations: &Client, unit: &str) -> Result<BTreeSet<AccountId>, ApiError> {
    let mut accounts = BTreeSet::new();
    let mut to_visit = vec![unit.to_owned()];
    while let Some(parent) = to_visit.pop() {
        accounts.extend(accounts_directly_in(organizations, &parent).await?);
        to_visit.extend(units_directly_in(organizations, &parent).await?);
    }
    Ok(accounts)
}

async fn accounts_directly_in(
    organizations: &Client,
    parent: &str,
) -> Result<Vec<AccountId>, ApiError> {
    const OPERATION: &str = "ListAccountsForParent";
    let mut pages = organizations
        .list_accounts_for_parent()
        .parent_id(parent)
        .max_results(PAGE)
        .into_paginator()
        .send();
    let mut accounts = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| api_error(OPERATION, error))?;
        for account in page.accounts() {
            accounts.extend(if_active(OPERATION, account)?);
        }
    }
    Ok(accounts)
}

async fn units_directly_in(organizations: &Client, parent: &str) -> Result<Vec<String>, ApiError> {
    const OPERATION: &str = "ListOrganizationalUnitsForParent";
    let mut pages = organizations
        .list_organizational_units_for_parent()
        .parent_id(parent)
        .max_results(PAGE)
        .into_paginator()
        .send();
    let mut units = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| api_error(OPERATION, error))?;
        for unit in page.organizational_units() {
            let id = unit.id().map(str::to_owned);
            units.push(id.ok_or_else(|| unreadable(OPERATION, "the id of an OU is missing"))?);
        }
    }
    Ok(units)
}

/// The account, if it can be used; `State` says so, and `Status` where that is missing
fn if_active(operation: &str, account: &Account) -> Result<Option<AccountId>, ApiError> {
    let active = match (account.state(), account.status()) {
        (Some(state), _) => *state == AccountState::Active,
        (None, Some(status)) => *status == AccountStatus::Active,
        (None, None) => {
            return Err(unreadable(operation, "the state of an account is missing"));
        }
    };
    let id = parse(operation, "the id of an account", account.id())?;
    Ok(active.then_some(id))
}

/// As Organizations tells it, or put together from the parents where it tells no path
pub(super) async fn organizational_unit_path(
    organizations: &Client,
    unit: &OrganizationalUnitArn,
) -> Result<OrganizationalUnitPath, ApiError> {
    const OPERATION: &str = "DescribeOrganizationalUnit";
    let answer = organizations
        .describe_organizational_unit()
        .organizational_unit_id(unit.unit_id())
        .send()
        .await
        .map_err(|error| api_error(OPERATION, error))?;
    if let Some(path) = answer.organizational_unit().and_then(|unit| unit.path()) {
        return parse(OPERATION, "the path of the OU", Some(path));
    }
    let mut ids = vec![unit.unit_id().to_owned()];
    // A root and five OUs at most.
    while let Some(child) = ids.last().filter(|id| !id.starts_with("r-")) {
        let parent = parent_of(organizations, child).await?;
        ids.push(parent);
    }
    ids.push(unit.organization_id().to_owned());
    ids.reverse();
    let path = format!("{}/", ids.join("/"));
    parse(OPERATION, "the path of the OU", Some(&path))
}

async fn parent_of(organizations: &Client, child: &str) -> Result<String, ApiError> {
    const OPERATION: &str = "ListParents";
    let answer = organizations
        .list_parents()
        .child_id(child)
        .send()
        .await
        .map_err(|error| api_error(OPERATION, error))?;
    let parent = answer.parents().first().and_then(|parent| parent.id());
    parent
        .map(str::to_owned)
        .ok_or_else(|| unreadable(OPERATION, "the parent of an OU is missing"))
}
