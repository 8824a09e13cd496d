use std::collections::BTreeMap;

use super::super::clock::Moment;
use super::super::refusal::Refusal;
use super::super::state::minted;
use super::account::{Creation, Member};
use crate::id::{AccountId, OrganizationArn, OrganizationalUnitArn};
use crate::principal::Principal;

/// The organizations and their trees
///
/// A parent is an OU, or the organization itself for what sits at its root.
#[derive(Debug, Default)]
pub(crate) struct Organizations {
    pub(super) organizations: BTreeMap<OrganizationArn, Organization>,
    pub(super) units: BTreeMap<OrganizationalUnitArn, Unit>,
    pub(super) members: BTreeMap<AccountId, Member>,
    /// What came of each request for a new account, by the id of the request
    pub(super) creations: BTreeMap<String, Creation>,
    organizations_made: usize,
    units_made: usize,
    pub(super) accounts_made: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Organization {
    pub(crate) management: AccountId,
    root_id: String,
    pub(crate) feature_set: FeatureSet,
    /// Since when an account is a delegated administrator for a service
    pub(super) delegates: BTreeMap<(AccountId, String), Moment>,
}

/// What an organization is for
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum FeatureSet {
    #[default]
    All,
    ConsolidatedBilling,
}

#[derive(Clone, Debug)]
pub(crate) struct Unit {
    pub(super) parent: Principal,
    pub(crate) name: String,
}

impl Organization {
    /// The id of its one root, such as `r-0001`
    pub(crate) fn root_id(&self) -> String {
        self.root_id.clone()
    }
}

impl Organizations {
    pub(crate) fn create(
        &mut self,
        management: AccountId,
        feature_set: FeatureSet,
        now: Moment,
    ) -> Result<OrganizationArn, Refusal> {
        self.create_as(None, None, management, feature_set, now)
    }

    /// With these ids, or with ids that are made by counting
    pub(crate) fn create_as(
        &mut self,
        arn: Option<OrganizationArn>,
        root_id: Option<String>,
        management: AccountId,
        feature_set: FeatureSet,
        now: Moment,
    ) -> Result<OrganizationArn, Refusal> {
        if self.members.contains_key(&management) {
            return Err(Refusal::new(
                "AlreadyInOrganizationException",
                "The provided account is already a member of an organization.",
            ));
        }
        self.organizations_made += 1;
        let number = self.organizations_made;
        let arn = arn.unwrap_or_else(|| {
            minted(format_args!(
                "arn:aws:organizations::{management}:organization/o-{number:010}"
            ))
        });
        self.organizations.insert(
            arn.clone(),
            Organization {
                management,
                root_id: root_id.unwrap_or_else(|| format!("r-{number:04}")),
                feature_set,
                delegates: BTreeMap::new(),
            },
        );
        self.members.insert(
            management,
            Member::invited(arn.clone().into(), management, now),
        );
        Ok(arn)
    }

    /// A new OU; without a name it is called by its id
    pub(crate) fn create_unit(
        &mut self,
        parent: &Principal,
        name: Option<&str>,
    ) -> Result<OrganizationalUnitArn, Refusal> {
        self.create_unit_as(None, parent, name)
    }

    /// With this id, `ou-…`, or with one that is made by counting
    pub(crate) fn create_unit_as(
        &mut self,
        id: Option<&str>,
        parent: &Principal,
        name: Option<&str>,
    ) -> Result<OrganizationalUnitArn, Refusal> {
        let Some((organization, facts)) = self.organization_around(parent) else {
            return Err(parent_not_found());
        };
        if name.is_some_and(|name| self.unit_of_name(parent, name).is_some()) {
            return Err(duplicate_unit());
        }
        let (management, organization) = (facts.management, organization.organization_id());
        let root = facts.root_id.trim_start_matches("r-");
        let arn_of =
            |id: &str| format!("arn:aws:organizations::{management}:ou/{organization}/{id}");
        let mut made = self.units_made;
        let arn: OrganizationalUnitArn = match id {
            Some(id) => arn_of(id)
                .parse()
                .map_err(|error| Refusal::new("InvalidInputException", format!("{error}")))?,
            None => loop {
                made += 1;
                let arn = minted(arn_of(&format!("ou-{root}-{made:08}")));
                if !self.units.contains_key(&arn) {
                    break arn;
                }
            },
        };
        if self.units.contains_key(&arn) {
            return Err(duplicate_unit());
        }
        self.units_made = made;
        self.units.insert(
            arn.clone(),
            Unit {
                parent: parent.clone(),
                name: name.unwrap_or(arn.unit_id()).to_owned(),
            },
        );
        Ok(arn)
    }

    pub(crate) fn rename_unit(
        &mut self,
        unit: &OrganizationalUnitArn,
        name: &str,
    ) -> Result<(), Refusal> {
        let parent = self.units.get(unit).map(|unit| unit.parent.clone());
        let parent = parent.ok_or_else(unit_not_found)?;
        if self
            .unit_of_name(&parent, name)
            .is_some_and(|of_name| of_name != unit)
        {
            return Err(duplicate_unit());
        }
        if let Some(unit) = self.units.get_mut(unit) {
            name.clone_into(&mut unit.name);
        }
        Ok(())
    }

    pub(crate) fn delete_unit(&mut self, unit: &OrganizationalUnitArn) -> Result<(), Refusal> {
        let parent = Principal::from(unit.clone());
        if !self.units_in(&parent).is_empty() || !self.accounts_in(&parent).is_empty() {
            return Err(Refusal::new(
                "OrganizationalUnitNotEmptyException",
                "The specified OU is not empty. Move all accounts to another root or to other OUs, \
                 remove all child OUs, and try the operation again.",
            ));
        }
        let removed = self.units.remove(unit);
        removed.map(|_| ()).ok_or_else(unit_not_found)
    }

    /// Lets an account that is in no organization join one
    pub(crate) fn add_account(
        &mut self,
        account: AccountId,
        member: Member,
    ) -> Result<(), Refusal> {
        if self.organization_around(&member.parent).is_none() {
            return Err(parent_not_found());
        }
        // `CreateAccount` makes a new id, so AWS has no code for this.
        if self.members.contains_key(&account) {
            return Err(Refusal::new(
                "DuplicateAccountException",
                "That account is already in an organization.",
            ));
        }
        self.members.insert(account, member);
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
        if let Some(member) = self.members.get_mut(&account) {
            member.parent = parent.clone();
        }
        Ok(())
    }

    pub(crate) fn remove_account(&mut self, account: AccountId) -> Result<(), Refusal> {
        let Some(organization) = self.organization_of(account).cloned() else {
            return Err(account_not_found());
        };
        if self.management_of(&organization) == Some(account) {
            return Err(Refusal::new(
                "MasterCannotLeaveOrganizationException",
                "You can't remove a management account from an organization.",
            ));
        }
        if let Some(facts) = self.organizations.get_mut(&organization) {
            facts.delegates.retain(|(of, _), _| *of != account);
        }
        self.members.remove(&account);
        Ok(())
    }

    /// The OUs above an account from the inside out, and its organization last
    pub(crate) fn above(&self, account: AccountId) -> impl Iterator<Item = &Principal> {
        self.upwards(self.parent_of_account(account))
    }

    pub(crate) fn organization_of(&self, account: AccountId) -> Option<&OrganizationArn> {
        let parent = self.parent_of_account(account)?;
        self.organization_around(parent).map(|(arn, _)| arn)
    }

    /// The id of an account's organization, as `aws:PrincipalOrgID` has it
    pub(crate) fn organization_id_of(&self, account: AccountId) -> Option<&str> {
        self.organization_of(account)
            .map(OrganizationArn::organization_id)
    }

    /// Where an account sits, as `aws:PrincipalOrgPaths` has it: `o-…/r-…/ou-…/ou-…/`
    pub(crate) fn path_of(&self, account: AccountId) -> Option<String> {
        self.path_to(self.parent_of_account(account)?)
    }

    /// The path down to an organization's root or to an OU, with a slash at its end
    pub(crate) fn path_to(&self, parent: &Principal) -> Option<String> {
        let (organization, facts) = self.organization_around(parent)?;
        let mut path = format!("{}/{}/", organization.organization_id(), facts.root_id());
        let units: Vec<&str> = self
            .upwards(Some(parent))
            .filter_map(|node| match node {
                Principal::OrganizationalUnit(unit) => Some(unit.unit_id()),
                _ => None,
            })
            .collect();
        for unit in units.into_iter().rev() {
            path.push_str(unit);
            path.push('/');
        }
        Some(path)
    }

    pub(crate) fn management_of(&self, organization: &OrganizationArn) -> Option<AccountId> {
        self.organizations
            .get(organization)
            .map(|facts| facts.management)
    }

    pub(crate) fn facts_of(&self, organization: &OrganizationArn) -> Option<&Organization> {
        self.organizations.get(organization)
    }

    pub(crate) fn unit(&self, unit: &OrganizationalUnitArn) -> Option<&Unit> {
        self.units.get(unit)
    }

    /// Whether the OU is one of the organization
    pub(crate) fn has_unit(
        &self,
        organization: &OrganizationArn,
        unit: &OrganizationalUnitArn,
    ) -> bool {
        self.units
            .get(unit)
            .and_then(|unit| self.organization_around(&unit.parent))
            .is_some_and(|(arn, _)| arn == organization)
    }

    /// The OU of an organization that has an id
    pub(crate) fn unit_of_id(
        &self,
        organization: &OrganizationArn,
        id: &str,
    ) -> Option<&OrganizationalUnitArn> {
        self.units
            .keys()
            .find(|unit| unit.unit_id() == id && self.has_unit(organization, unit))
    }

    pub(crate) fn parent_of_account(&self, account: AccountId) -> Option<&Principal> {
        self.members.get(&account).map(|member| &member.parent)
    }

    pub(crate) fn parent_of_unit(&self, unit: &OrganizationalUnitArn) -> Option<&Principal> {
        self.units.get(unit).map(|unit| &unit.parent)
    }

    /// All accounts of an organization
    pub(crate) fn accounts_of(&self, organization: &OrganizationArn) -> Vec<AccountId> {
        self.members
            .keys()
            .copied()
            .filter(|&account| self.organization_of(account) == Some(organization))
            .collect()
    }

    /// The accounts directly under a parent
    pub(crate) fn accounts_in(&self, parent: &Principal) -> Vec<AccountId> {
        self.members
            .iter()
            .filter(|(_, member)| member.parent == *parent)
            .map(|(&account, _)| account)
            .collect()
    }

    /// The OUs directly under a parent
    pub(crate) fn units_in(&self, parent: &Principal) -> Vec<OrganizationalUnitArn> {
        self.units
            .iter()
            .filter(|(_, unit)| unit.parent == *parent)
            .map(|(arn, _)| arn.clone())
            .collect()
    }

    fn unit_of_name(&self, parent: &Principal, name: &str) -> Option<&OrganizationalUnitArn> {
        self.units
            .iter()
            .find(|(_, unit)| unit.parent == *parent && unit.name == name)
            .map(|(arn, _)| arn)
    }

    /// The organization that a parent is or lies in, if there is such a parent
    pub(super) fn organization_around(
        &self,
        parent: &Principal,
    ) -> Option<(&OrganizationArn, &Organization)> {
        match self.upwards(Some(parent)).last()? {
            Principal::Organization(arn) => self.organizations.get_key_value(arn),
            _ => None,
        }
    }

    fn upwards<'a>(&'a self, from: Option<&'a Principal>) -> impl Iterator<Item = &'a Principal> {
        std::iter::successors(from, |node| match node {
            Principal::OrganizationalUnit(unit) => self.parent_of_unit(unit),
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

pub(crate) fn account_not_found() -> Refusal {
    Refusal::new(
        "AccountNotFoundException",
        "We can't find an account with that ID in an organization.",
    )
}

pub(crate) fn unit_not_found() -> Refusal {
    Refusal::new(
        "OrganizationalUnitNotFoundException",
        "We can't find an OU with the OrganizationalUnitId that you specified.",
    )
}

fn duplicate_unit() -> Refusal {
    Refusal::new(
        "DuplicateOrganizationalUnitException",
        "An OU with the same name already exists.",
    )
}
