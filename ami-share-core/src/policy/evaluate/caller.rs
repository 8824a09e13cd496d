use std::fmt;
use std::sync::Arc;

use crate::id::AccountId;

/// Who makes a request
///
/// ```
/// use ami_share_core::policy::evaluate::Caller;
///
/// let caller = Caller::role("arn:aws:iam::111122223333:role/ci/Builder")?.session("build-7");
/// assert_eq!(caller.to_string(), "arn:aws:sts::111122223333:assumed-role/Builder/build-7");
/// # Ok::<(), ami_share_core::policy::evaluate::ParseCallerError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Caller {
    pub(super) kind: CallerKind,
    pub(super) account: Option<AccountId>,
    pub(super) account_text: Option<Arc<str>>,
    /// `aws:PrincipalArn`: of the role, not of its session
    pub(super) arn: Option<Arc<str>>,
    /// The ARN of the session of a role
    pub(super) session: Option<Arc<str>>,
    /// The last part of the ARN: the name of a user or role
    pub(super) name: Option<Arc<str>>,
    pub(super) kind_text: Option<Arc<str>>,
    pub(super) is_service: Arc<str>,
}

/// What kind of caller it is
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum CallerKind {
    /// Nobody: an unsigned request
    Anonymous,
    /// Somebody known to an identity provider, before a role is assumed
    Federated,
    /// A federated user session (`GetFederationToken`)
    FederatedUser,
    /// A session of a role
    Role,
    /// The root user of an account
    Root,
    /// An AWS service
    Service,
    /// An IAM user
    User,
}

/// An ARN that is not that of a caller
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{input}` is not a caller: {mend}")]
pub struct ParseCallerError {
    input: String,
    mend: &'static str,
}

impl Caller {
    /// The root user of an account
    pub fn root(account: AccountId) -> Self {
        let arn = format!("arn:aws:iam::{account}:root");
        Self::in_account(CallerKind::Root, account, Some(arn.into()))
    }

    /// An IAM user, by ARN
    ///
    /// # Errors
    ///
    /// If it is not the ARN of a user.
    pub fn user(arn: &str) -> Result<Self, ParseCallerError> {
        Self::parse(arn)?.expecting(
            CallerKind::User,
            arn,
            "give `arn:aws:iam::ACCOUNT:user/PATH/NAME`",
        )
    }

    /// A session of a role, by the ARN of the role with its path
    ///
    /// The name of the session is not known until [`session`](Self::session) tells it.
    ///
    /// # Errors
    ///
    /// If it is not the ARN of a role.
    pub fn role(arn: &str) -> Result<Self, ParseCallerError> {
        Self::parse(arn)?.expecting(
            CallerKind::Role,
            arn,
            "give `arn:aws:iam::ACCOUNT:role/PATH/NAME`",
        )
    }

    /// Tells the name of the session of a role; other callers have none
    pub fn session(mut self, name: &str) -> Self {
        if self.kind == CallerKind::Role
            && let (Some(account), Some(role)) = (self.account, &self.name)
        {
            let partition = self
                .arn
                .as_deref()
                .and_then(|arn| arn.split(':').nth(1))
                .unwrap_or("aws");
            let arn = format!("arn:{partition}:sts::{account}:assumed-role/{role}/{name}");
            self.session = Some(arn.into());
        }
        self
    }

    /// An AWS service such as `ec2.amazonaws.com`, acting for itself
    pub fn service(name: &str) -> Self {
        Self {
            name: Some(name.into()),
            is_service: "true".into(),
            ..Self::anonymous_as(CallerKind::Service, None)
        }
    }

    /// Somebody known to an identity provider, before a role is assumed
    pub fn federated(provider: &str) -> Self {
        Self {
            name: Some(provider.into()),
            ..Self::anonymous_as(CallerKind::Federated, None)
        }
    }

    /// Nobody: an unsigned request
    pub fn anonymous() -> Self {
        Self::anonymous_as(CallerKind::Anonymous, Some("Anonymous".into()))
    }

    /// A caller by ARN: root, user, role, role session or federated user
    ///
    /// The ARN of a session has no role path: statements that name a role of that name then stay
    /// unknown, and a service-linked role is not seen to be one. Prefer [`role`](Self::role).
    ///
    /// # Errors
    ///
    /// If it is the ARN of something else, or no ARN.
    pub fn parse(arn: &str) -> Result<Self, ParseCallerError> {
        let refuse = |mend| {
            Err(ParseCallerError {
                input: arn.chars().take(200).collect(),
                mend,
            })
        };
        let mut parts = arn.splitn(6, ':');
        let [
            Some("arn"),
            Some(_),
            Some(service),
            Some(""),
            Some(account),
            Some(resource),
        ] = [(); 6].map(|()| parts.next())
        else {
            return refuse("give the ARN of a user, role, role session, federated user or root");
        };
        let Ok(account) = account.parse::<AccountId>() else {
            return refuse("its account is not 12 digits");
        };
        let with_arn = |kind| Self::in_account(kind, account, Some(arn.into()));
        let (kind, rest) = resource.split_once('/').unwrap_or((resource, ""));
        let last = rest.rsplit('/').next().unwrap_or_default();
        match (service, kind) {
            ("iam", "root") if rest.is_empty() => Ok(with_arn(CallerKind::Root)),
            ("iam", "user") if !last.is_empty() => Ok(with_arn(CallerKind::User).named(last)),
            ("iam", "role") if !last.is_empty() => Ok(with_arn(CallerKind::Role).named(last)),
            ("sts", "federated-user") if !rest.is_empty() => {
                Ok(with_arn(CallerKind::FederatedUser).named(rest))
            }
            ("sts", "assumed-role") => match rest.split_once('/') {
                Some((role, name)) if !role.is_empty() && !name.is_empty() => {
                    let mut caller = Self::in_account(CallerKind::Role, account, None).named(role);
                    caller.session = Some(arn.into());
                    Ok(caller)
                }
                _ => refuse("give `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`"),
            },
            _ => refuse("give the ARN of a user, role, role session, federated user or root"),
        }
    }

    /// What kind of caller it is
    pub fn kind(&self) -> CallerKind {
        self.kind
    }

    /// The account it belongs to; services and the anonymous have none
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }

    fn in_account(kind: CallerKind, account: AccountId, arn: Option<Arc<str>>) -> Self {
        let kind_text = match kind {
            CallerKind::Root => "Account",
            CallerKind::Role => "AssumedRole",
            CallerKind::FederatedUser => "FederatedUser",
            _ => "User",
        };
        Self {
            account: Some(account),
            account_text: Some(account.to_string().into()),
            arn,
            ..Self::anonymous_as(kind, Some(kind_text.into()))
        }
    }

    fn anonymous_as(kind: CallerKind, kind_text: Option<Arc<str>>) -> Self {
        Self {
            kind,
            account: None,
            account_text: None,
            arn: None,
            session: None,
            name: None,
            kind_text,
            is_service: "false".into(),
        }
    }

    fn named(mut self, name: &str) -> Self {
        self.name = Some(name.into());
        self
    }

    fn expecting(
        self,
        kind: CallerKind,
        arn: &str,
        mend: &'static str,
    ) -> Result<Self, ParseCallerError> {
        if self.kind == kind && self.arn.is_some() {
            Ok(self)
        } else {
            Err(ParseCallerError {
                input: arn.chars().take(200).collect(),
                mend,
            })
        }
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self
            .session
            .as_deref()
            .or(self.arn.as_deref())
            .or(self.name.as_deref());
        f.pad(text.unwrap_or("anonymous"))
    }
}
