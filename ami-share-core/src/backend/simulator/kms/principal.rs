//! Which principals KMS takes in policies and grants.

use super::super::iam::Role;
use super::super::state::State;
use crate::id::{IamPrincipalArn, Partition};
use crate::policy::PrincipalEntry;
use crate::policy::evaluate::{Caller, CallerKind};

impl State {
    /// Whether the principal of a key policy is one, as far as KMS can know
    pub(super) fn is_principal(&self, entry: &PrincipalEntry, partition: &Partition) -> bool {
        match entry {
            PrincipalEntry::Anyone | PrincipalEntry::Account(_) => true,
            PrincipalEntry::Arn(arn) => self.is_principal_arn(arn, partition),
            // A service by name; AWS keeps a list of them, the simulator goes by the form.
            PrincipalEntry::Service(name) => {
                name.ends_with(".amazonaws.com") || name.ends_with(".amazonaws.com.cn")
            }
            PrincipalEntry::Federated(_) | PrincipalEntry::CanonicalUser(_) => true,
            // An id such as `AIDA…` is what is left of a principal that was deleted.
            _ => false,
        }
    }

    /// Whether an ARN is that of an account, user, role, session of a role or federated user in the
    /// partition, and, as far as the world knows its account, of one that exists
    ///
    /// The simulator takes any account for one that exists. Of an account that has users or roles in
    /// the world, only these exist; of any other, all do. The role of an AWS service exists once it was
    /// made, in whatever account.
    pub(super) fn is_principal_arn(&self, arn: &str, partition: &Partition) -> bool {
        let Ok(caller) = Caller::parse(arn) else {
            return false;
        };
        if arn.split(':').nth(1) != Some(partition.as_str()) {
            return false;
        }
        match (caller.kind(), arn.parse::<IamPrincipalArn>()) {
            (CallerKind::User | CallerKind::Role, Ok(principal)) => self.may_exist(&principal),
            (CallerKind::User, Err(_)) => false,
            (CallerKind::Role, Err(_)) => arn.contains(":assumed-role/"),
            _ => true,
        }
    }

    fn may_exist(&self, principal: &IamPrincipalArn) -> bool {
        let known = &self.identities;
        let account = principal.account();
        let mut roles = known.roles_of(account).map(|(_, role)| role);
        let mut is_unknown_account =
            || known.users_of(account).next().is_none() && roles.all(Role::is_service_linked);
        let is_of_service = principal.as_str().contains(":role/aws-service-role/");
        known.exists(principal) || !is_of_service && is_unknown_account()
    }
}
