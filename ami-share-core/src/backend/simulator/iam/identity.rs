use std::collections::BTreeMap;
use std::sync::Arc;

use super::session::Term;
use crate::id::{AccountId, IamPrincipalArn};
use crate::policy::Policy;
use crate::policy::evaluate;

/// Who makes a call
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Identity {
    /// The root user of an account
    Root(AccountId),
    /// An IAM user
    User(IamPrincipalArn),
    /// A session of a role
    Role {
        role: IamPrincipalArn,
        session: String,
        bounds: Bounds,
    },
}

/// What a session of a role was given on its way
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Bounds {
    /// The session policies; none is no limit
    pub(crate) policies: Arc<[Policy]>,
    /// The session tags, which win over those of the role
    pub(crate) tags: Arc<BTreeMap<String, String>>,
    /// Until when it is good; one that nobody assumed is good without end
    pub(crate) term: Option<Term>,
}

impl Identity {
    /// A session of a role that only the role limits
    pub(crate) fn role(role: IamPrincipalArn, session: impl Into<String>) -> Self {
        Self::Role {
            role,
            session: session.into(),
            bounds: Bounds::default(),
        }
    }

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

    /// What limits a session; nothing limits others
    pub(crate) fn session_policies(&self) -> &[Policy] {
        match self {
            Self::Root(_) | Self::User(_) => &[],
            Self::Role { bounds, .. } => &bounds.policies,
        }
    }

    /// Until when a session is good that was assumed
    pub(crate) fn term(&self) -> Option<&Term> {
        match self {
            Self::Root(_) | Self::User(_) => None,
            Self::Role { bounds, .. } => bounds.term.as_ref(),
        }
    }

    /// As the evaluation of policies takes it
    pub(crate) fn caller(&self) -> evaluate::Caller {
        let parsed = match self {
            Self::Root(account) => return evaluate::Caller::root(*account),
            Self::User(arn) => evaluate::Caller::user(arn.as_str()),
            Self::Role { role, session, .. } => {
                evaluate::Caller::role(role.as_str()).map(|caller| caller.session(session))
            }
        };
        // INVARIANT: a user is made with the ARN of a user, a role with that of a role.
        parsed.unwrap_or_else(|error| unreachable!("{error}"))
    }
}
