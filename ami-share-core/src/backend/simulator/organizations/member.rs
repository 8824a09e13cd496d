use super::super::call::{Asked, Caller, Service};
use super::super::refusal::Refusal;
use super::super::state::{State, minted};
use super::delegate::access_denied;
use super::tree::{parent_not_found, unit_not_found};
use crate::api_error::ApiError;
use crate::id::{AccountId, OrganizationArn, OrganizationalUnitArn, OrganizationalUnitPath};
use crate::principal::Principal;

const LIST_ACCOUNTS: &str = "ListAccounts";
const LIST_ACCOUNTS_FOR_PARENT: &str = "ListAccountsForParent";
const LIST_UNITS_FOR_PARENT: &str = "ListOrganizationalUnitsForParent";
/// The most items of one page of Organizations
const PAGE_SIZE: usize = 20;

impl State {
    /// The accounts of an organization or below an OU, in order
    pub(crate) fn list_accounts_under(
        &mut self,
        caller: Caller<'_>,
        principal: &Principal,
    ) -> Result<Vec<AccountId>, ApiError> {
        match principal {
            Principal::Account(account) => Ok(vec![*account]),
            Principal::Organization(arn) => self.list_accounts(caller, arn),
            Principal::OrganizationalUnit(arn) => self.list_accounts_below(caller, arn),
            Principal::Public => Err(Refusal::new(
                "InvalidInputException",
                "The public has no members that could be listed.",
            )
            .of(LIST_ACCOUNTS)),
        }
    }

    fn list_accounts(
        &mut self,
        caller: Caller<'_>,
        organization: &OrganizationArn,
    ) -> Result<Vec<AccountId>, ApiError> {
        let accounts = self.read(caller, asked(LIST_ACCOUNTS), |state| {
            let own = state.readable_organization(caller)?;
            // `ListAccounts` takes no organization and lists the caller's own; a backend has to
            // tell that it is another one, and with which error is for us to choose.
            if own != organization {
                return Err(access_denied());
            }
            Ok(state.organizations.accounts_of(organization))
        })?;
        self.read_other_pages(caller, LIST_ACCOUNTS, accounts.len())?;
        Ok(accounts)
    }

    fn list_accounts_below(
        &mut self,
        caller: Caller<'_>,
        unit: &OrganizationalUnitArn,
    ) -> Result<Vec<AccountId>, ApiError> {
        let mut accounts = Vec::new();
        let mut parents = vec![Principal::from(unit.clone())];
        while let Some(parent) = parents.pop() {
            let here = self.read(caller, asked(LIST_ACCOUNTS_FOR_PARENT), |state| {
                let own = state.readable_organization(caller)?;
                if !state.organizations.has_unit(own, unit) {
                    return Err(parent_not_found());
                }
                Ok(state.organizations.accounts_in(&parent))
            })?;
            self.read_other_pages(caller, LIST_ACCOUNTS_FOR_PARENT, here.len())?;
            accounts.extend(here);
            let units = self.read(caller, asked(LIST_UNITS_FOR_PARENT), |state| {
                Ok(state.organizations.units_in(&parent))
            })?;
            self.read_other_pages(caller, LIST_UNITS_FOR_PARENT, units.len())?;
            parents.extend(units.into_iter().map(Principal::from));
        }
        accounts.sort_unstable();
        Ok(accounts)
    }

    /// Where an OU of the caller's organization stands
    pub(crate) fn organizational_unit_path(
        &mut self,
        caller: Caller<'_>,
        unit: &OrganizationalUnitArn,
    ) -> Result<OrganizationalUnitPath, ApiError> {
        let path = self.read(caller, asked("DescribeOrganizationalUnit"), |state| {
            let own = state.readable_organization(caller)?;
            let path = state.organizations.path_to(&unit.clone().into());
            path.filter(|_| state.organizations.has_unit(own, unit))
                .ok_or_else(unit_not_found)
        })?;
        Ok(minted(path))
    }

    /// Logs the calls that the pages behind the first take
    fn read_other_pages(
        &mut self,
        caller: Caller<'_>,
        operation: &'static str,
        items: usize,
    ) -> Result<(), ApiError> {
        let page_size = self.page_size.min(PAGE_SIZE);
        for _ in 1..items.div_ceil(page_size) {
            self.read(caller, asked(operation), |_| Ok(()))?;
        }
        Ok(())
    }
}

fn asked(operation: &'static str) -> Asked {
    Asked::of(Service::Organizations, operation)
}
