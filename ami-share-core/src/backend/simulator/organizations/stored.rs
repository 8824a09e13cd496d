//! What a world file needs to know and to set.

use super::super::clock::Moment;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::{Member, Organization, Organizations};
use crate::id::{AccountId, OrganizationArn};
use crate::principal::Principal;

impl Organizations {
    pub(crate) fn all(&self) -> impl Iterator<Item = (&OrganizationArn, &Organization)> {
        self.organizations.iter()
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = (AccountId, &Member)> {
        self.members
            .iter()
            .map(|(account, member)| (*account, member))
    }

    pub(crate) fn member_mut(&mut self, account: AccountId) -> Option<&mut Member> {
        self.members.get_mut(&account)
    }

    /// Whether the account manages the organization that a parent is or lies in
    pub(crate) fn manages(&self, account: AccountId, parent: &Principal) -> bool {
        self.organization_around(parent)
            .is_some_and(|(_, facts)| facts.management == account)
    }
}

impl Organization {
    /// The delegated administrators, for which service and since when
    pub(crate) fn delegations(&self) -> impl Iterator<Item = (AccountId, &str, Moment)> {
        self.delegates
            .iter()
            .map(|((account, service), since)| (*account, service.as_str(), *since))
    }
}

impl State {
    /// Makes an account a delegated administrator as if it had been one for a while
    pub(crate) fn register_delegate_since(
        &mut self,
        organization: &OrganizationArn,
        account: AccountId,
        service: &str,
        since: Moment,
    ) -> Result<(), Refusal> {
        self.register_delegate(organization, account, service)?;
        if let Some(facts) = self.organizations.organizations.get_mut(organization) {
            facts.delegates.insert((account, service.to_owned()), since);
        }
        Ok(())
    }
}
