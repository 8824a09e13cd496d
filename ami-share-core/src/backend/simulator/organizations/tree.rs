use std::collections::BTreeMap;

use super::super::refusal::Refusal;
use super::super::state::minted;
use crate::id::{AccountId, OrganizationArn, OrganizationalUnitArn};
use crate::principal::Principal;

/// The organizations and their trees
///
/// A parent is an OU, or the organization itself for what sits at its root.
#[derive(Debug, Default)]
pub(crate) struct Organizations {
    organizations: BTreeMap<OrganizationArn, Organization>,
    parent_of_unit: BTreeMap<OrganizationalUnitArn, Principal>,
    parent_of_account: BTreeMap<AccountId, Principal>,
}

#[derive(Clone, Copy, Debug)]
struct Organization {
    management: AccountId,
    number: usize,
}

impl Organizations {
    pub(crate) fn create(&mut self, management: AccountId) -> Result<OrganizationArn, Refusal> {
        if self.parent_of_account.contains_key(&management) {
            return Err(Refusal::new(
                "AlreadyInOrganizationException",
                "The provided account is already a member of an organization.",
            ));
        }
        let number = self.organizations.len() + 1;
        let arn: OrganizationArn = minted(format_args!(
            "arn:aws:organizations::{management}:organization/o-{number:010}"
        ));
        self.organizations
            .insert(arn.clone(), Organization { management, number });
        self.parent_of_account
            .insert(management, arn.clone().into());
        Ok(arn)
    }

    pub(crate) fn create_unit(
        &mut self,
        parent: &Principal,
    ) -> Result<OrganizationalUnitArn, Refusal> {
        let Some((organization, facts)) = self.organization_around(parent) else {
            return Err(parent_not_found());
        };
        let Organization { management, number } = *facts;
        let arn: OrganizationalUnitArn = minted(format_args!(
            "arn:aws:organizations::{management}:ou/{}/ou-{number:04}-{:08}",
            organization.organization_id(),
            self.parent_of_unit.len() + 1,
        ));
        self.parent_of_unit.insert(arn.clone(), parent.clone());
        Ok(arn)
    }

    /// Lets an account that is in no organization join one
    pub(crate) fn add_account(
        &mut self,
        parent: &Principal,
        account: AccountId,
    ) -> Result<(), Refusal> {
        if self.organization_around(parent).is_none() {
            return Err(parent_not_found());
        }
        // `CreateAccount` makes a new id, so AWS has no code for this.
        if self.parent_of_account.contains_key(&account) {
            return Err(Refusal::new(
                "DuplicateAccountException",
                "That account is already in an organization.",
            ));
        }
        self.parent_of_account.insert(account, parent.clone());
        Ok(())
    }

    /// Moves an account within its organization
    pub(crate) fn move_account(
        &mut self,
        account: AccountId,
        parent: &Principal,
    ) -> Result<(), Refusal> {
        let Some(organization) = self.organization_of(account) else {
            return Err(account_not_found());
        };
        let destination = self.organization_around(parent).map(|(arn, _)| arn);
        if destination != Some(organization) {
            return Err(Refusal::new(
                "DestinationParentNotFoundException",
                "We can't find the destination container (a root or OU) with that ID.",
            ));
        }
        self.parent_of_account.insert(account, parent.clone());
        Ok(())
    }

    pub(crate) fn remove_account(&mut self, account: AccountId) -> Result<(), Refusal> {
        let Some(organization) = self.organization_of(account) else {
            return Err(account_not_found());
        };
        if self.management_of(organization) == Some(account) {
            return Err(Refusal::new(
                "MasterCannotLeaveOrganizationException",
                "You can't remove a management account from an organization.",
            ));
        }
        self.parent_of_account.remove(&account);
        Ok(())
    }

    /// The OUs above an account from the inside out, and its organization last
    pub(crate) fn above(&self, account: AccountId) -> impl Iterator<Item = &Principal> {
        self.upwards(self.parent_of_account.get(&account))
    }

    pub(crate) fn organization_of(&self, account: AccountId) -> Option<&OrganizationArn> {
        let parent = self.parent_of_account.get(&account)?;
        self.organization_around(parent).map(|(arn, _)| arn)
    }

    pub(crate) fn management_of(&self, organization: &OrganizationArn) -> Option<AccountId> {
        self.organizations
            .get(organization)
            .map(|facts| facts.management)
    }

    /// Whether the OU is one of the organization
    pub(crate) fn has_unit(
        &self,
        organization: &OrganizationArn,
        unit: &OrganizationalUnitArn,
    ) -> bool {
        let parent = self.parent_of_unit.get(unit);
        parent
            .and_then(|parent| self.organization_around(parent))
            .is_some_and(|(arn, _)| arn == organization)
    }

    /// All accounts of an organization
    pub(crate) fn accounts_of(&self, organization: &OrganizationArn) -> Vec<AccountId> {
        self.parent_of_account
            .keys()
            .copied()
            .filter(|&account| self.organization_of(account) == Some(organization))
            .collect()
    }

    /// The accounts directly under a parent
    pub(crate) fn accounts_in(&self, parent: &Principal) -> Vec<AccountId> {
        self.parent_of_account
            .iter()
            .filter(|(_, of_account)| *of_account == parent)
            .map(|(&account, _)| account)
            .collect()
    }

    /// The OUs directly under a parent
    pub(crate) fn units_in(&self, parent: &Principal) -> Vec<Principal> {
        self.parent_of_unit
            .iter()
            .filter(|(_, of_unit)| *of_unit == parent)
            .map(|(unit, _)| unit.clone().into())
            .collect()
    }

    /// The organization that a parent is or lies in, if there is such a parent
    fn organization_around(&self, parent: &Principal) -> Option<(&OrganizationArn, &Organization)> {
        match self.upwards(Some(parent)).last()? {
            Principal::Organization(arn) => self.organizations.get_key_value(arn),
            _ => None,
        }
    }

    fn upwards<'a>(&'a self, from: Option<&'a Principal>) -> impl Iterator<Item = &'a Principal> {
        std::iter::successors(from, |node| match node {
            Principal::OrganizationalUnit(unit) => self.parent_of_unit.get(unit),
            _ => None,
        })
    }
}

pub(crate) fn parent_not_found() -> Refusal {
    Refusal::new(
        "ParentNotFoundException",
        "We can't find a root or OU with the ParentId that you specified.",
    )
}

fn account_not_found() -> Refusal {
    Refusal::new(
        "AccountNotFoundException",
        "We can't find an account with that ID in an organization.",
    )
}
