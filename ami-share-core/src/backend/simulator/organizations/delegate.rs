//! Who may look into an organization: its management account and its delegated administrators.

use super::super::call::Caller;
use super::super::clock::Moment;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::tree::account_not_found;
use crate::id::{AccountId, OrganizationArn};

impl State {
    /// The organization that the caller is in
    pub(crate) fn own_organization(&self, caller: Caller<'_>) -> Result<&OrganizationArn, Refusal> {
        self.organizations
            .organization_of(caller.account)
            .ok_or_else(|| {
                Refusal::new(
                    "AWSOrganizationsNotInUseException",
                    "Your account is not a member of an organization.",
                )
            })
    }

    /// The organization that the caller manages: nobody else may change it
    pub(crate) fn managed_organization(
        &self,
        caller: Caller<'_>,
    ) -> Result<&OrganizationArn, Refusal> {
        let own = self.own_organization(caller)?;
        if self.organizations.management_of(own) == Some(caller.account) {
            Ok(own)
        } else {
            Err(access_denied())
        }
    }

    /// The organization that the caller manages, or is a delegated administrator of, for whichever
    /// service: nobody else may list it
    pub(crate) fn readable_organization(
        &self,
        caller: Caller<'_>,
    ) -> Result<&OrganizationArn, Refusal> {
        let own = self.own_organization(caller)?;
        let reads = self.organizations.facts_of(own).is_some_and(|facts| {
            facts.management == caller.account || facts.is_delegate(caller.account)
        });
        if reads { Ok(own) } else { Err(access_denied()) }
    }

    /// Makes an account a delegated administrator for a service
    pub(crate) fn register_delegate(
        &mut self,
        organization: &OrganizationArn,
        account: AccountId,
        service: &str,
    ) -> Result<(), Refusal> {
        self.organizations.check_member(organization, account)?;
        if self.organizations.management_of(organization) == Some(account) {
            return Err(Refusal::new(
                "ConstraintViolationException",
                "You cannot register the management account as delegated administrator.",
            ));
        }
        let now = self.now();
        let facts = self.organizations.organizations.get_mut(organization);
        let facts = facts.ok_or_else(account_not_found)?;
        let delegate = (account, service.to_owned());
        if facts.delegates.contains_key(&delegate) {
            return Err(Refusal::new(
                "AccountAlreadyRegisteredException",
                "The provided account is already a delegated administrator for your organization.",
            ));
        }
        facts.delegates.insert(delegate, now);
        Ok(())
    }

    pub(crate) fn deregister_delegate(
        &mut self,
        organization: &OrganizationArn,
        account: AccountId,
        service: &str,
    ) -> Result<(), Refusal> {
        self.organizations.check_member(organization, account)?;
        let facts = self.organizations.organizations.get_mut(organization);
        let facts = facts.ok_or_else(account_not_found)?;
        match facts.delegates.remove(&(account, service.to_owned())) {
            Some(_) => Ok(()),
            None => Err(Refusal::new(
                "AccountNotRegisteredException",
                "The provided account is not a registered delegated administrator for your \
                 organization.",
            )),
        }
    }
}

impl super::Organization {
    fn is_delegate(&self, account: AccountId) -> bool {
        self.delegates.keys().any(|(of, _)| *of == account)
    }

    /// The delegated administrators, for one service or any, and since when they are
    pub(crate) fn delegates(&self, service: Option<&str>) -> Vec<(AccountId, Moment)> {
        let mut found: Vec<(AccountId, Moment)> = Vec::new();
        for ((account, of_service), since) in &self.delegates {
            if service.is_some_and(|service| service != of_service) {
                continue;
            }
            match found.last_mut() {
                Some((last, earliest)) if last == account => *earliest = (*earliest).min(*since),
                _ => found.push((*account, *since)),
            }
        }
        found
    }
}

pub(crate) fn access_denied() -> Refusal {
    Refusal::new(
        "AccessDeniedException",
        "You don't have permissions to access this resource.",
    )
}
