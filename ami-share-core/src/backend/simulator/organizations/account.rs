//! The accounts of an organization: made, described, closed.

use super::super::clock::Moment;
use super::super::iam::{Document, RoleSpec, check_name};
use super::super::refusal::Refusal;
use super::super::state::{State, minted};
use super::tree::{FeatureSet, account_not_found};
use crate::id::{AccountId, OrganizationArn, Partition};
use crate::principal::Principal;

/// An account that is in an organization
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) parent: Principal,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) joined: Moment,
    /// Made in the organization rather than invited into it
    pub(crate) created: bool,
    /// Closed, which AWS calls suspended until it deletes the account
    pub(crate) suspended: bool,
}

/// What came of a request for a new account
#[derive(Clone, Debug)]
pub(crate) struct Creation {
    pub(crate) id: String,
    pub(crate) organization: OrganizationArn,
    pub(crate) name: String,
    pub(crate) requested: Moment,
    /// The account, or AWS's reason why there is none
    pub(crate) outcome: Result<AccountId, &'static str>,
}

impl Member {
    /// An account that was there before; it is called by its id
    pub(crate) fn invited(parent: Principal, account: AccountId, joined: Moment) -> Self {
        Self {
            parent,
            name: account.to_string(),
            email: format!("{account}@example.com"),
            joined,
            created: false,
            suspended: false,
        }
    }
}

impl State {
    pub(crate) fn create_organization(
        &mut self,
        management: AccountId,
        feature_set: FeatureSet,
    ) -> Result<OrganizationArn, Refusal> {
        let now = self.now();
        self.organizations.create(management, feature_set, now)
    }

    /// Lets an account that is in no organization join one under a parent
    pub(crate) fn join_organization(
        &mut self,
        parent: &Principal,
        account: AccountId,
    ) -> Result<(), Refusal> {
        let member = Member::invited(parent.clone(), account, self.now());
        self.organizations.add_account(account, member)
    }

    /// A new account at the root of an organization, with a role by which the management account
    /// administers it
    ///
    /// AWS makes it in the background; here it is there at once.
    pub(crate) fn create_account(
        &mut self,
        organization: &OrganizationArn,
        name: &str,
        email: &str,
        role: Option<&str>,
    ) -> Result<Creation, Refusal> {
        let role = role.unwrap_or("OrganizationAccountAccessRole");
        check_name("roleName", role, 64)
            .map_err(|refusal| Refusal::new("InvalidInputException", refusal.message))?;
        let requested = self.now();
        let tree = &mut self.organizations;
        let is_taken = tree.members.values().any(|member| member.email == email);
        let outcome = if is_taken {
            Err("EMAIL_ALREADY_EXISTS")
        } else {
            let account = tree.mint_account();
            tree.members.insert(
                account,
                Member {
                    parent: organization.clone().into(),
                    name: name.to_owned(),
                    email: email.to_owned(),
                    joined: requested,
                    created: true,
                    suspended: false,
                },
            );
            Ok(account)
        };
        let creation = Creation {
            id: format!("car-{:08}", tree.creations.len() + 1),
            organization: organization.clone(),
            name: name.to_owned(),
            requested,
            outcome,
        };
        tree.creations.insert(creation.id.clone(), creation.clone());
        if let (Ok(account), Some(management)) = (outcome, tree.management_of(organization)) {
            self.create_access_role(&organization.partition(), account, management, role)?;
        }
        Ok(creation)
    }

    fn create_access_role(
        &mut self,
        partition: &Partition,
        account: AccountId,
        management: AccountId,
        name: &str,
    ) -> Result<(), Refusal> {
        let trust = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:{partition}:iam::{management}:root"}},"Action":"sts:AssumeRole"}}]}}"#
        );
        if self.identities.role(account, name).is_some() {
            return Ok(());
        }
        let trust = Document::of_trust(&trust, &self.identities)?;
        let role = self.create_role(partition, account, RoleSpec::new(name, trust))?;
        let arn = role.entity.arn.clone();
        self.put_inline_policy(
            &arn,
            "AdministratorAccess",
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
        )
    }

    /// Closes a member account, which stays in its organization for 90 days
    pub(crate) fn close_account(
        &mut self,
        organization: &OrganizationArn,
        account: AccountId,
    ) -> Result<(), Refusal> {
        self.organizations.check_member(organization, account)?;
        if self.organizations.management_of(organization) == Some(account) {
            return Err(Refusal::new(
                "ConstraintViolationException",
                "You can't close the management account of an organization.",
            ));
        }
        let member = self.organizations.members.get_mut(&account);
        let member = member.ok_or_else(account_not_found)?;
        if member.suspended {
            return Err(Refusal::new(
                "AccountAlreadyClosedException",
                "You attempted to close an account that is already closed.",
            ));
        }
        member.suspended = true;
        Ok(())
    }
}

impl super::Organizations {
    pub(crate) fn member(&self, account: AccountId) -> Option<&Member> {
        self.members.get(&account)
    }

    /// Refuses an account that is not in the organization
    pub(super) fn check_member(
        &self,
        organization: &OrganizationArn,
        account: AccountId,
    ) -> Result<(), Refusal> {
        if self.organization_of(account) == Some(organization) {
            Ok(())
        } else {
            Err(account_not_found())
        }
    }

    pub(crate) fn creation(&self, id: &str) -> Option<&Creation> {
        self.creations.get(id)
    }

    pub(crate) fn creations(&self) -> impl Iterator<Item = &Creation> {
        self.creations.values()
    }

    /// An account id that no member has
    fn mint_account(&mut self) -> AccountId {
        const FIRST: u64 = 900_000_000_000;
        loop {
            self.accounts_made += 1;
            let account = minted(format_args!("{:012}", FIRST + self.accounts_made));
            if !self.members.contains_key(&account) {
                return account;
            }
        }
    }
}
