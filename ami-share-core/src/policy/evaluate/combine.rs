//! How the layers come to one decision.

use super::found::{Found, unclear};
use super::reason::{Finding, Layer, Reason, Reasons};
use super::statement::{Answer, At, answer};
use super::truth::{Truth, Unclear};
use super::{Access, CallerKind, Decision, Layers, Request, Verdict};
use crate::policy::{Effect, Policy};

/// Decides a request
///
/// The rules are those of [policy evaluation](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html)
/// and, for KMS, of [key policies](https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html):
/// identity policies count only where the key policy hands on to the account.
pub fn evaluate(request: &Request, layers: &Layers<'_>) -> Decision {
    let mut reasons = Reasons::new();
    let found = Found::gather(request, layers, &mut reasons);
    let allowed = found.allowed(request);
    let verdict = match (found.deny, allowed) {
        (Truth::Yes, _) | (_, Truth::No) => Verdict::Denied,
        (Truth::No, Truth::Yes) => Verdict::Allowed,
        _ => Verdict::Unknown,
    };
    let is_deciding: fn(&Finding) -> bool = match verdict {
        Verdict::Allowed => |finding| matches!(finding, Finding::Allows | Finding::RootUser),
        Verdict::Denied if found.deny.is_yes() => |finding| matches!(finding, Finding::Denies),
        Verdict::Denied => |finding| {
            matches!(
                finding,
                Finding::NothingAllows
                    | Finding::ConditionFails { .. }
                    | Finding::KeyState(_)
                    | Finding::Unclear {
                        effect: Some(Effect::Deny),
                        ..
                    }
            )
        },
        Verdict::Unknown => |finding| matches!(finding, Finding::Unclear { .. }),
    };
    if verdict != Verdict::Allowed {
        found.explain(request, &mut reasons);
    }
    reasons.retain(|reason| is_deciding(&reason.finding));
    Decision {
        verdict,
        access: access(&found.resource),
        reasons,
    }
}

/// What the policy of a resource answers by itself, whatever other layers say
pub fn access_by(policy: &Policy, request: &Request) -> Access {
    let at = At {
        layer: Layer::ResourcePolicy,
        policy: 0,
    };
    let bounded = Truth::Unknown(Unclear::Layer);
    access(&answer(policy, at, request, bounded, &mut Reasons::new()))
}

fn access(answer: &Answer) -> Access {
    let allow = &answer.allow;
    let direct = allow.direct.or(allow.anyone).or(allow.role);
    match (answer.deny, direct, allow.account) {
        (Truth::Yes, ..) => Access::Deny,
        (Truth::Unknown(_), ..) | (_, Truth::Unknown(_), _) => Access::Unknown,
        (Truth::No, Truth::Yes, _) => Access::Direct,
        (Truth::No, Truth::No, Truth::Yes) => Access::Account,
        (Truth::No, Truth::No, Truth::Unknown(_)) => Access::Unknown,
        (Truth::No, Truth::No, Truth::No) => Access::None,
    }
}

impl Found {
    /// Whether the layers allow the request, explicit denials left aside
    fn allowed(&self, request: &Request) -> Truth {
        let limits = self.boundary.and(self.session);
        let own = self.identity.and(limits);
        let by_resource = &self.resource.allow;
        let by_anyone = match request.caller.kind {
            CallerKind::Role | CallerKind::FederatedUser => {
                limited(by_resource.anyone, self.session, Unclear::AnyoneInSession)
            }
            _ => by_resource.anyone,
        };
        let allowed = if request.is_same_account() {
            by_resource
                .direct
                .or(by_anyone)
                .or(by_resource.role.and(limits))
                .or(own.and(if request.needs_resource_policy() {
                    by_resource.account.or(self.grants.account)
                } else {
                    Truth::Yes
                }))
                .or(limited(
                    self.grants.direct.or(self.grants.role),
                    limits,
                    Unclear::Grant,
                ))
        } else if request.caller.account.is_some() {
            let named = self.grants.direct.or(self.grants.role);
            own.and(by_resource.at_all().or(self.grants.account))
                .or(limited(named, own, Unclear::Grant))
        } else {
            by_resource.direct.or(by_anyone).or(self.grants.direct)
        };
        allowed.and(self.service_control).and(self.key_state)
    }

    /// Says which layers allow nothing
    fn explain(&self, request: &Request, reasons: &mut Reasons) {
        let needs_resource = request.needs_resource_policy() || !request.is_same_account();
        let mut silent = Vec::new();
        if needs_resource && self.resource.allow.at_all() == Truth::No {
            silent.push(Layer::ResourcePolicy);
        }
        if self.hands_on && self.identity == Truth::No {
            silent.push(Layer::Identity);
        }
        if self.boundary == Truth::No {
            silent.push(Layer::Boundary);
        }
        if self.session == Truth::No {
            silent.push(Layer::Session);
        }
        if self.service_control == Truth::No {
            silent.push(Layer::ServiceControl);
        }
        let nothing = |layer| Reason::of_layer(layer, Finding::NothingAllows);
        reasons.extend(silent.into_iter().map(nothing));
        if let Truth::Unknown(why @ (Unclear::Grant | Unclear::AnyoneInSession)) =
            self.allowed(request)
        {
            reasons.push(unclear(
                match why {
                    Unclear::Grant => Layer::Grants,
                    _ => Layer::Session,
                },
                why,
            ));
        }
    }
}

/// A permission that may or may not be limited by what does not allow it: then nobody knows
fn limited(permission: Truth, by: Truth, why: Unclear) -> Truth {
    match (permission, by) {
        (Truth::Yes, Truth::No) => Truth::Unknown(why),
        (Truth::No, _) | (_, Truth::Yes) => permission,
        _ => permission.and(by),
    }
}
