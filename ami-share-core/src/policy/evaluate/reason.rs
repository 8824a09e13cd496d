//! Why a request is allowed, denied or unclear.

use std::fmt;
use std::sync::Arc;

use super::key_state::KeyState;
use super::truth::Unclear;
use crate::policy::{ConditionKey, Effect, Operator};

/// One reason of a decision
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Reason {
    /// The layer that speaks
    pub layer: Layer,
    /// Which of the layer's policies, levels or grants, counted from 0
    pub policy: Option<usize>,
    /// Which of the policy's statements, counted from 0
    pub statement: Option<usize>,
    /// The statement's `Sid`
    pub sid: Option<Arc<str>>,
    /// What it says
    pub finding: Finding,
}

/// A layer of permissions
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Layer {
    /// Permissions boundary of the user or role
    Boundary,
    /// Grants of the KMS key
    Grants,
    /// Policies of the user, its groups, or the role
    Identity,
    /// The state of the KMS key
    KeyState,
    /// Resource control policies of the owner's organization
    ResourceControl,
    /// The policy of the resource: for a KMS key, the key policy
    ResourcePolicy,
    /// Service control policies of the caller's organization
    ServiceControl,
    /// Session policies
    Session,
}

/// What a reason says
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Finding {
    /// A statement or grant allows
    Allows,
    /// A statement denies
    Denies,
    /// A statement would apply, but for this condition
    ConditionFails {
        /// What the statement would do
        effect: Effect,
        /// The operator
        operator: Operator,
        /// The key
        key: ConditionKey,
    },
    /// The layer allows nothing of the kind
    NothingAllows,
    /// The root user may do what its account may, without policies of its own
    RootUser,
    /// In this state the key does not do it
    KeyState(KeyState),
    /// Whether a statement or grant applies cannot be told
    Unclear {
        /// What the statement would do; grants allow, layers do either
        effect: Option<Effect>,
        /// Why not
        why: Unclear,
        /// The condition that it hangs on
        condition: Option<(Operator, ConditionKey)>,
    },
}

/// Reasons as they are found
pub(super) type Reasons = Vec<Reason>;

impl Reason {
    /// What a whole layer says
    pub(super) fn of_layer(layer: Layer, finding: Finding) -> Self {
        Self {
            layer,
            policy: None,
            statement: None,
            sid: None,
            finding,
        }
    }
}

impl Layer {
    /// Whether its statements name principals
    pub(super) fn names_principals(self) -> bool {
        matches!(self, Self::ResourceControl | Self::ResourcePolicy)
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Boundary => "permissions boundary",
            Self::Grants => "grants",
            Self::Identity => "identity policies",
            Self::KeyState => "key state",
            Self::ResourceControl => "resource control policies",
            Self::ResourcePolicy => "resource policy",
            Self::ServiceControl => "service control policies",
            Self::Session => "session policies",
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.layer.fmt(f)?;
        if let Some(policy) = self.policy
            && self.layer != Layer::ResourcePolicy
        {
            write!(f, " [{policy}]")?;
        }
        if let Some(statement) = self.statement {
            write!(f, ", statement {statement}")?;
        }
        if let Some(sid) = &self.sid {
            write!(f, " `{}`", sid.escape_debug())?;
        }
        write!(f, ": {}", self.finding)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allows => f.write_str("allows"),
            Self::Denies => f.write_str("denies"),
            Self::ConditionFails {
                effect,
                operator,
                key,
            } => {
                let verb = match effect {
                    Effect::Allow => "allow",
                    Effect::Deny => "deny",
                };
                let (operator, key) = (
                    operator.as_str().escape_debug(),
                    key.as_str().escape_debug(),
                );
                write!(f, "would {verb}, but `{operator}` on `{key}` does not hold")
            }
            Self::RootUser => f.write_str("the root user needs none"),
            Self::NothingAllows => f.write_str("nothing allows it"),
            Self::KeyState(state) => write!(f, "a key in state `{state}` does not do this"),
            Self::Unclear {
                effect,
                why,
                condition,
            } => {
                f.write_str(match effect {
                    Some(Effect::Allow) => "may allow: ",
                    Some(Effect::Deny) => "may deny: ",
                    None => "unclear: ",
                })?;
                if let Some((operator, key)) = condition {
                    let (operator, key) = (
                        operator.as_str().escape_debug(),
                        key.as_str().escape_debug(),
                    );
                    write!(f, "`{operator}` on `{key}`: ")?;
                }
                why.fmt(f)
            }
        }
    }
}

impl fmt::Display for Unclear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::AnyValueIfExists => "AWS does not say what `IfExists` adds to `ForAnyValue`",
            Self::AnyoneInSession => "AWS does not say whether a session policy limits `*`",
            Self::EncryptionContext => "the encryption context is not known",
            Self::Grant => "AWS does not say whether the grant alone is enough",
            Self::Key => "the key is not known",
            Self::KeyState => "AWS does not say what the operation does in this key state",
            Self::Layer => "it is not known",
            Self::MalformedVariable => "the policy variable is not well formed",
            Self::NoPrincipal => "the statement names no principal",
            Self::NoValues => "there is no value to compare to",
            Self::NotPrincipal => "`NotPrincipal` lacks the account, the role or the session",
            Self::NotPrincipalBoundary => {
                "`Deny` with `NotPrincipal` may deny callers that have a permissions boundary"
            }
            Self::Operator => "the operator is not one of AWS",
            Self::PolicyValue => "the value in the policy cannot be read",
            Self::PrincipalKind => "the kind of principal cannot be compared",
            Self::RepeatedKey => "the key is given twice in different case",
            Self::RequestValue => "the value in the request cannot be read",
            Self::Session => "the role or the name of the session is not known",
            Self::SeveralValues => {
                "a key with several values needs `ForAnyValue` or `ForAllValues`"
            }
            Self::ShortArn => "the ARN pattern has fewer than six parts",
            Self::UnresolvedVariable => "a policy variable has no single value in the request",
            Self::Variable => "a policy variable stands for a key that is not known",
        })
    }
}
