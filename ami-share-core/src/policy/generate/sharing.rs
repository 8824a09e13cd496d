use std::collections::{BTreeMap, BTreeSet};

use super::ServiceRole;
use crate::id::{
    AccountId, IamPrincipalArn, KeyArn, OrganizationArn, OrganizationalUnitPath, Partition, Region,
};

/// The statements that we want in a key policy: who may use the key for shared images, and how
///
/// Whoever is named gets what EBS needs to launch and copy from encrypted snapshots, and no more:
/// `kms:DescribeKey`, `Decrypt`, `ReEncryptFrom`, `ReEncryptTo` and `GenerateDataKeyWithoutPlaintext`,
/// and `kms:CreateGrant` for AWS services only
/// ([requirements](https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html)).
/// Principals of other accounts need permission in their own account too:
/// [`recipient_iam_policy`](super::recipient_iam_policy).
///
/// The statements are the same whatever the order of the calls: one pair of statements each for
/// accounts, named roles and users, organizations and OUs, with sorted lists.
///
/// ```
/// use ami_share_core::policy::{KeyPolicy, KeyStatements, ServiceRole, key_policy_for_sharing};
///
/// let wanted = KeyStatements::new()
///     .account("444455556666".parse()?)
///     .organization(&"arn:aws:organizations::111122223333:organization/o-exampleorg1".parse()?)
///     .organizational_unit("o-exampleorg2/r-ab12/ou-ab12-11111111/".parse()?)
///     .service_role(ServiceRole::AutoScaling);
/// let policy = key_policy_for_sharing("111122223333".parse()?, &wanted)?;
/// assert_eq!(KeyStatements::found_in(&policy)?, wanted);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct KeyStatements {
    pub(super) accounts: BTreeSet<AccountId>,
    pub(super) principals: BTreeSet<IamPrincipalArn>,
    pub(super) organizations: BTreeSet<String>,
    pub(super) units: BTreeSet<OrganizationalUnitPath>,
    pub(super) service_roles: BTreeSet<ServiceRole>,
    /// Those that some of the accounts alone may make grants for
    pub(super) service_roles_of: BTreeMap<ServiceRole, BTreeSet<AccountId>>,
    pub(super) via_ec2_in: Option<Region>,
    pub(super) key: Option<KeyArn>,
    /// Those that the recipients and the key name
    pub(super) partitions: BTreeSet<Partition>,
}

impl KeyStatements {
    /// No statements: patching with these takes ours out
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an account; its administrators decide who there may use the key
    pub fn account(mut self, account: AccountId) -> Self {
        self.accounts.insert(account);
        self
    }

    /// Adds accounts
    pub fn accounts(self, accounts: impl IntoIterator<Item = AccountId>) -> Self {
        accounts.into_iter().fold(self, Self::account)
    }

    /// Adds one role or user
    ///
    /// KMS refuses a policy that names one which does not exist; when it is deleted later, its
    /// statement stays, and the policy cannot be written again before it is taken out.
    pub fn iam_principal(mut self, principal: IamPrincipalArn) -> Self {
        self.partitions.insert(principal.partition());
        self.principals.insert(principal);
        self
    }

    /// Adds all accounts of an organization, the management account and later ones too
    pub fn organization(mut self, organization: &OrganizationArn) -> Self {
        self.partitions.insert(organization.partition());
        self.organizations
            .insert(organization.organization_id().to_owned());
        self
    }

    /// Adds all accounts of an organizational unit and of the OUs below it
    pub fn organizational_unit(mut self, unit: OrganizationalUnitPath) -> Self {
        self.units.insert(unit);
        self
    }

    /// Lets the recipients make grants for a service-linked role of their own account
    ///
    /// A grant for it is not made by an AWS service, so `kms:GrantIsForAWSResource` cannot guard it;
    /// its own ARN does, by a policy variable, which needs a policy of version 2012-10-17. No AWS page
    /// shows this very statement: the ones that do guard nothing.
    pub fn service_role(mut self, role: ServiceRole) -> Self {
        self.service_roles.insert(role);
        self
    }

    /// Adds an account, and lets it alone make grants for a service-linked role of its own
    ///
    /// As [`service_role`](Self::service_role), which lets all recipients do so.
    pub fn service_role_of(mut self, account: AccountId, role: ServiceRole) -> Self {
        self.service_roles_of
            .entry(role)
            .or_default()
            .insert(account);
        self.account(account)
    }

    /// Allows use through EC2 in this Region only (`kms:ViaService`); `DescribeKey` stays direct
    pub fn via_ec2_in(mut self, region: Region) -> Self {
        self.via_ec2_in = Some(region);
        self
    }

    /// Names the key that the policy belongs to, so that its administration can be checked
    ///
    /// The statements are the same with and without; its partition is used for the ARNs in them.
    pub fn for_key(mut self, key: KeyArn) -> Self {
        self.partitions.insert(key.partition());
        self.key = Some(key);
        self
    }

    /// Takes an account out
    pub fn without_account(mut self, account: &AccountId) -> Self {
        self.accounts.remove(account);
        for accounts in self.service_roles_of.values_mut() {
            accounts.remove(account);
        }
        self.service_roles_of
            .retain(|_, accounts| !accounts.is_empty());
        self
    }

    /// Takes a role or user out
    pub fn without_iam_principal(mut self, principal: &IamPrincipalArn) -> Self {
        self.principals.remove(principal);
        self
    }

    /// Takes an organization out
    pub fn without_organization(mut self, organization: &OrganizationArn) -> Self {
        self.organizations.remove(organization.organization_id());
        self
    }

    /// Takes an organizational unit out
    pub fn without_organizational_unit(mut self, unit: &OrganizationalUnitPath) -> Self {
        self.units.remove(unit);
        self
    }

    /// The accounts
    pub fn account_ids(&self) -> impl ExactSizeIterator<Item = &AccountId> {
        self.accounts.iter()
    }

    /// The roles and users
    pub fn iam_principals(&self) -> impl ExactSizeIterator<Item = &IamPrincipalArn> {
        self.principals.iter()
    }

    /// The ids of the organizations, `o-…`
    pub fn organization_ids(&self) -> impl ExactSizeIterator<Item = &str> {
        self.organizations.iter().map(String::as_str)
    }

    /// The organizational units
    pub fn organizational_units(&self) -> impl ExactSizeIterator<Item = &OrganizationalUnitPath> {
        self.units.iter()
    }

    /// Whether nobody is named
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty()
            && self.principals.is_empty()
            && self.organizations.is_empty()
            && self.units.is_empty()
    }

    pub(in crate::policy) fn key(&self) -> Option<&KeyArn> {
        self.key.as_ref()
    }

    /// Whether the statements hold policy variables, which a policy of 2008 does not know
    pub(in crate::policy) fn has_variables(&self) -> bool {
        !self.service_roles_of.is_empty() || !self.service_roles.is_empty() && !self.is_empty()
    }

    /// Whether the account may make grants for the role of its own
    pub(crate) fn lets_grant(&self, account: AccountId, role: ServiceRole) -> bool {
        let of_role = self.service_roles_of.get(&role);
        let has_role = of_role.is_some_and(|accounts| accounts.contains(&account));
        has_role || self.service_roles.contains(&role) && self.accounts.contains(&account)
    }

    /// The partitions that the recipients and the key name; there should be one at most
    pub(in crate::policy) fn partitions(&self) -> &BTreeSet<Partition> {
        &self.partitions
    }

    fn told(&self) -> impl PartialEq {
        let roles = (!self.is_empty()).then(|| self.service_roles.clone());
        let via = (!self.is_empty()).then(|| self.via_ec2_in.clone());
        let single = (self.accounts.clone(), self.principals.clone());
        let many = (self.organizations.clone(), self.units.clone());
        (single, many, roles, self.service_roles_of.clone(), via)
    }
}

impl Eq for KeyStatements {}

/// Equal are those that share with the same principals in the same way
impl PartialEq for KeyStatements {
    fn eq(&self, other: &Self) -> bool {
        self.told() == other.told()
    }
}
