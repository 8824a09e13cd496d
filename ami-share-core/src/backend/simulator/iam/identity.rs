use std::collections::BTreeMap;

use super::super::clock::Moment;
use crate::id::{AccountId, IamPrincipalArn};
use crate::policy::Policy;
use crate::policy::evaluate;

/// Who makes a call
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Identity {
    /// The root user of an account
    Root(AccountId),
    /// An IAM user
    User(IamPrincipalArn),
    /// A session of a role
    Role {
        role: IamPrincipalArn,
        session: String,
    },
}

/// The users and roles of all accounts
#[derive(Debug, Default)]
pub(crate) struct Identities {
    /// The identity policies of a user or role
    pub(crate) policies: BTreeMap<IamPrincipalArn, Vec<Policy>>,
}

impl Identities {
    /// Whose access key it is, unless it has expired
    pub(crate) fn by_access_key(&self, _access_key: &str, _now: Moment) -> Option<Identity> {
        None
    }
}

impl Identity {
    pub(crate) fn account(&self) -> AccountId {
        match self {
            Self::Root(account) => *account,
            Self::User(arn) | Self::Role { role: arn, .. } => arn.account(),
        }
    }

    /// The user or role whose policies count
    pub(crate) fn principal(&self) -> Option<&IamPrincipalArn> {
        match self {
            Self::Root(_) => None,
            Self::User(arn) | Self::Role { role: arn, .. } => Some(arn),
        }
    }

    /// As the evaluation of policies takes it
    pub(crate) fn caller(&self) -> evaluate::Caller {
        let parsed = match self {
            Self::Root(account) => return evaluate::Caller::root(*account),
            Self::User(arn) => evaluate::Caller::user(arn.as_str()),
            Self::Role { role, session } => {
                evaluate::Caller::role(role.as_str()).map(|caller| caller.session(session))
            }
        };
        // INVARIANT: a user is made with the ARN of a user, a role with that of a role.
        parsed.unwrap_or_else(|error| unreachable!("{error}"))
    }
}
