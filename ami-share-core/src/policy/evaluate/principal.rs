//! Whom a statement of a resource policy speaks of.

use super::truth::{Truth, Unclear};
use super::{Caller, CallerKind};
use crate::policy::{Effect, PrincipalEntry, PrincipalList};

/// By which of its entries a principal element covers the caller
#[derive(Clone, Copy, Debug)]
pub(super) struct Covered {
    /// Through `*`
    pub(super) anyone: Truth,
    /// Through the ARN of the user, the session or the federated user, or the name of the service
    pub(super) direct: Truth,
    /// Through the ARN of the role
    pub(super) role: Truth,
    /// Through the account, which hands on to its own policies
    pub(super) account: Truth,
}

impl Covered {
    pub(super) const NOT: Self = Self {
        anyone: Truth::No,
        direct: Truth::No,
        role: Truth::No,
        account: Truth::No,
    };

    /// Whether it covers the caller in any way; a `Deny` needs no more
    pub(super) fn at_all(&self) -> Truth {
        self.direct.or(self.role).or(self.anyone).or(self.account)
    }

    /// What is left of it under one more requirement
    pub(super) fn when(&self, truth: Truth) -> Self {
        Self {
            anyone: self.anyone.and(truth),
            direct: self.direct.and(truth),
            role: self.role.and(truth),
            account: self.account.and(truth),
        }
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        Self {
            anyone: self.anyone.or(other.anyone),
            direct: self.direct.or(other.direct),
            role: self.role.or(other.role),
            account: self.account.or(other.account),
        }
    }

    fn anyone(truth: Truth) -> Self {
        Self {
            anyone: truth,
            ..Self::NOT
        }
    }
}

/// How a principal element covers the caller
///
/// `bounded` is whether the caller has a permissions boundary.
pub(super) fn covers(
    list: &PrincipalList,
    effect: Effect,
    caller: &Caller,
    bounded: Truth,
) -> Covered {
    let mut covered = Covered::NOT;
    for entry in &list.entries {
        let of_entry = entry_covers(entry, caller);
        covered = covered.or(&of_entry);
    }
    if !list.negated {
        return covered;
    }
    let spared = spares(&covered, effect, caller);
    let can_be_bounded = matches!(caller.kind, CallerKind::Role | CallerKind::User);
    if effect == Effect::Deny && spared.is_yes() && can_be_bounded && !covered.anyone.is_yes() {
        // "Do not use resource-based policy statements that include a NotPrincipal element with a Deny
        // effect for IAM users or roles that have a permissions boundary policy attached. The
        // NotPrincipal element with a Deny effect will always deny any IAM principal that has a
        // permissions boundary policy attached."
        match bounded {
            Truth::No => {}
            Truth::Unknown(why) => return Covered::anyone(Truth::Unknown(why)),
            Truth::Yes => return Covered::anyone(Truth::Unknown(Unclear::NotPrincipalBoundary)),
        }
    }
    Covered::anyone(spared.not())
}

pub(super) fn entry_covers(entry: &PrincipalEntry, caller: &Caller) -> Covered {
    let none = Covered::NOT;
    match entry {
        PrincipalEntry::Anyone => Covered::anyone(Truth::Yes),
        PrincipalEntry::Account(account) => Covered {
            account: (caller.account == Some(*account)).into(),
            ..none
        },
        PrincipalEntry::Arn(arn) => match caller.kind {
            CallerKind::User | CallerKind::FederatedUser => Covered {
                direct: (caller.arn.as_deref() == Some(arn.as_ref())).into(),
                ..none
            },
            CallerKind::Role => Covered {
                direct: is_session(arn, caller),
                role: is_role(arn, caller),
                ..none
            },
            _ => none,
        },
        PrincipalEntry::Service(name) => Covered {
            direct: (caller.kind == CallerKind::Service
                && caller.name.as_deref() == Some(name.as_ref()))
            .into(),
            ..none
        },
        PrincipalEntry::Federated(provider) => Covered {
            direct: (caller.kind == CallerKind::Federated
                && caller.name.as_deref() == Some(provider.as_ref()))
            .into(),
            ..none
        },
        // The id of somebody who was deleted; one who is made anew has another id.
        PrincipalEntry::Dead(_) => none,
        PrincipalEntry::CanonicalUser(_) | PrincipalEntry::Unknown { .. } => Covered {
            direct: Truth::Unknown(Unclear::PrincipalKind),
            ..none
        },
    }
}

/// Whether the ARN is that of the caller's session
fn is_session(arn: &str, caller: &Caller) -> Truth {
    match &caller.session {
        Some(session) => (session.as_ref() == arn).into(),
        None => {
            let named = || {
                let (account, resource) = account_and_resource(arn, "sts")?;
                let role = resource.strip_prefix("assumed-role/")?.split('/').next()?;
                Some(is_account(caller, account) && caller.name.as_deref() == Some(role))
            };
            unknown_if(named())
        }
    }
}

/// Whether the ARN is that of the caller's role
fn is_role(arn: &str, caller: &Caller) -> Truth {
    match &caller.arn {
        Some(role) => (role.as_ref() == arn).into(),
        // Known by its session only, which does not show the role's path.
        None => {
            let named = || {
                let (account, resource) = account_and_resource(arn, "iam")?;
                let role = resource.strip_prefix("role/")?.rsplit('/').next()?;
                Some(is_account(caller, account) && caller.name.as_deref() == Some(role))
            };
            unknown_if(named())
        }
    }
}

fn unknown_if(named: Option<bool>) -> Truth {
    if named == Some(true) {
        Truth::Unknown(Unclear::Session)
    } else {
        Truth::No
    }
}

fn is_account(caller: &Caller, account: &str) -> bool {
    caller.account_text.as_deref() == Some(account)
}

fn account_and_resource<'a>(arn: &'a str, service: &str) -> Option<(&'a str, &'a str)> {
    let mut parts = arn.splitn(6, ':').skip(2);
    if parts.next()? != service {
        return None;
    }
    Some((parts.nth(1)?, parts.next()?))
}

/// Whether `NotPrincipal` spares the caller, from what its entries cover
///
/// AWS asks to name the account beside a user or role, and the session beside the role, and says that
/// less "might" deny; an account alone does not spare its users and roles from a `Deny`. See
/// [NotPrincipal](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html).
fn spares(listed: &Covered, effect: Effect, caller: &Caller) -> Truth {
    if listed.anyone.is_yes() {
        return Truth::Yes;
    }
    let all = match caller.kind {
        CallerKind::Root => return listed.account,
        CallerKind::Service | CallerKind::Federated | CallerKind::Anonymous => {
            return listed.direct;
        }
        CallerKind::User | CallerKind::FederatedUser => listed.direct.and(listed.account),
        CallerKind::Role => listed.direct.and(listed.role).and(listed.account),
    };
    let some = listed.direct.or(listed.role);
    match (all, some) {
        (Truth::Yes, _) => Truth::Yes,
        (_, Truth::No) if effect == Effect::Deny || listed.account == Truth::No => Truth::No,
        _ => Truth::Unknown(Unclear::NotPrincipal),
    }
}
