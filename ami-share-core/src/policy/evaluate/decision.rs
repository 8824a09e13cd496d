use std::fmt;

use super::reason::{Finding, Reason};

/// What becomes of a request, and why
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Decision {
    /// Allowed, denied or unknown
    pub verdict: Verdict,
    /// What the policy of the resource alone answers
    pub access: Access,
    /// The statements and layers that decide
    pub reasons: Vec<Reason>,
}

impl Decision {
    /// Whether it is allowed for certain
    pub fn is_allowed(&self) -> bool {
        self.verdict == Verdict::Allowed
    }

    /// Whether a statement denies it, which nothing else can mend
    pub fn is_denied_explicitly(&self) -> bool {
        self.verdict == Verdict::Denied
            && self
                .reasons
                .iter()
                .any(|reason| reason.finding == Finding::Denies)
    }
}

/// What becomes of a request
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[allow(clippy::exhaustive_enums)]
pub enum Verdict {
    /// It is allowed
    Allowed,
    /// It is denied, by a statement or for lack of one
    Denied,
    /// It hangs on something that is not known, or that AWS does not say
    Unknown,
}

/// What the policy of a resource, such as a key policy, answers by itself
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[allow(clippy::exhaustive_enums)]
pub enum Access {
    /// It allows the account of the caller, whose own policies decide
    Account,
    /// It denies
    Deny,
    /// It allows the caller: enough in the owner's account; across accounts the caller's own policies
    /// have to allow it too
    Direct,
    /// It does not speak of the caller, the action or the resource
    None,
    /// It hangs on something that is not known, or that AWS does not say
    Unknown,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Unknown => "unknown",
        })
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Account => "account",
            Self::Deny => "deny",
            Self::Direct => "direct",
            Self::None => "none",
            Self::Unknown => "unknown",
        })
    }
}

/// The verdict, and one indented line for each reason
impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.verdict.fmt(f)?;
        for reason in &self.reasons {
            write!(f, "\n  {reason}")?;
        }
        Ok(())
    }
}
