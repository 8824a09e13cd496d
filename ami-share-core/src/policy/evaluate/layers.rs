use super::{Grant, KeyState};
use crate::policy::Policy;

/// The layers of permissions that a request passes
///
/// Start from [`unknown`](Self::unknown) and tell what is known, or from [`none`](Self::none) and tell
/// what there is. What is not known and could decide makes the decision unknown.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Layers<'a> {
    /// The policy of the resource: for a KMS key, the key policy
    pub resource: Told<Option<&'a Policy>>,
    /// The policies of the user and its groups, or of the role
    pub identity: Told<&'a [Policy]>,
    /// The permissions boundary of the user or role
    pub boundary: Told<Option<&'a Policy>>,
    /// The session policies; none is no limit
    pub session: Told<&'a [Policy]>,
    /// The service control policies of the caller's account by level, root first; no level is no limit
    pub service_control: Told<&'a [Vec<Policy>]>,
    /// The resource control policies of the owner's account by level
    pub resource_control: Told<&'a [Vec<Policy>]>,
    /// The grants of the KMS key
    pub grants: Told<&'a [Grant]>,
    /// The state of the KMS key
    pub key_state: Told<KeyState>,
}

/// Something that was told, or not
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(clippy::exhaustive_enums)]
pub enum Told<T> {
    /// It is this
    Known(T),
    /// Nobody told
    Unknown,
}

impl Layers<'static> {
    /// Nothing is known
    pub fn unknown() -> Self {
        Self {
            resource: Told::Unknown,
            identity: Told::Unknown,
            boundary: Told::Unknown,
            session: Told::Unknown,
            service_control: Told::Unknown,
            resource_control: Told::Unknown,
            grants: Told::Unknown,
            key_state: Told::Unknown,
        }
    }

    /// No policies, no limits, no grants, and an enabled key
    pub fn none() -> Self {
        Self {
            resource: Told::Known(None),
            identity: Told::Known(&[]),
            boundary: Told::Known(None),
            session: Told::Known(&[]),
            service_control: Told::Known(&[]),
            resource_control: Told::Known(&[]),
            grants: Told::Known(&[]),
            key_state: Told::Known(KeyState::Enabled),
        }
    }
}

impl<'a> Layers<'a> {
    /// Tells the key policy, or the policy of another resource
    pub fn resource(self, policy: &'a Policy) -> Self {
        Self {
            resource: Told::Known(Some(policy)),
            ..self
        }
    }

    /// Tells the policies of the user and its groups, or of the role
    pub fn identity(self, policies: &'a [Policy]) -> Self {
        Self {
            identity: Told::Known(policies),
            ..self
        }
    }

    /// Tells the permissions boundary
    pub fn boundary(self, policy: &'a Policy) -> Self {
        Self {
            boundary: Told::Known(Some(policy)),
            ..self
        }
    }

    /// Tells the session policies
    pub fn session(self, policies: &'a [Policy]) -> Self {
        Self {
            session: Told::Known(policies),
            ..self
        }
    }

    /// Tells the service control policies of the caller's account, level by level
    pub fn service_control(self, levels: &'a [Vec<Policy>]) -> Self {
        Self {
            service_control: Told::Known(levels),
            ..self
        }
    }

    /// Tells the resource control policies of the owner's account, level by level
    pub fn resource_control(self, levels: &'a [Vec<Policy>]) -> Self {
        Self {
            resource_control: Told::Known(levels),
            ..self
        }
    }

    /// Tells the grants of the key
    pub fn grants(self, grants: &'a [Grant]) -> Self {
        Self {
            grants: Told::Known(grants),
            ..self
        }
    }

    /// Tells the state of the key
    pub fn key_state(self, state: KeyState) -> Self {
        Self {
            key_state: Told::Known(state),
            ..self
        }
    }
}
