//! How the layers come to one decision.

use super::grant::grants_cover;
use super::principal::Covered;
use super::reason::{Finding, Layer, Reason, Reasons};
use super::statement::{Answer, At, answer};
use super::truth::{Truth, Unclear};
use super::{Access, CallerKind, Decision, Layers, Request, Told, Verdict};
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
        Verdict::Allowed => |finding| matches!(finding, Finding::Allows),
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

/// What each layer came to
struct Found {
    deny: Truth,
    resource: Answer,
    grants: Covered,
    identity: Truth,
    boundary: Truth,
    session: Truth,
    service_control: Truth,
    key_state: Truth,
    /// Whether the identity policies were of any weight
    hands_on: bool,
}

impl Found {
    fn gather(request: &Request, layers: &Layers<'_>, reasons: &mut Reasons) -> Self {
        let caller = &request.caller;
        let has_policies = matches!(
            caller.kind,
            CallerKind::User | CallerKind::Role | CallerKind::FederatedUser
        );
        let is_linked = caller
            .arn
            .as_deref()
            .is_some_and(|arn| arn.contains(":role/aws-service-role/"));
        let mut reader = Reader {
            request,
            bounded: match layers.boundary {
                _ if !has_policies => Truth::No,
                Told::Known(policy) => policy.is_some().into(),
                Told::Unknown => Truth::Unknown(Unclear::Layer),
            },
            deny: Truth::No,
            reasons,
        };
        let resource = match layers.resource {
            Told::Known(None) => Answer::SILENT,
            Told::Known(Some(policy)) => {
                reader.read(Layer::ResourcePolicy, std::slice::from_ref(policy))
            }
            Told::Unknown => reader.not_told(Layer::ResourcePolicy),
        };
        // The root user may do what its account may; others without policies depend on the resource's.
        let identity = match (layers.identity, caller.kind) {
            (_, CallerKind::Root) => Truth::Yes,
            _ if !has_policies => Truth::No,
            (Told::Known(policies), _) => reader.read(Layer::Identity, policies).allow.direct,
            (Told::Unknown, _) => reader.not_told(Layer::Identity).allow.direct,
        };
        let boundary = match layers.boundary {
            _ if !has_policies => Truth::Yes,
            Told::Known(None) => Truth::Yes,
            Told::Known(Some(policy)) => {
                let policies = std::slice::from_ref(policy);
                reader.read(Layer::Boundary, policies).allow.direct
            }
            Told::Unknown => reader.not_told(Layer::Boundary).allow.direct,
        };
        let session = match layers.session {
            _ if !has_policies || caller.kind == CallerKind::User => Truth::Yes,
            Told::Known([]) => Truth::Yes,
            Told::Known(policies) => reader.read(Layer::Session, policies).allow.direct,
            Told::Unknown => reader.not_told(Layer::Session).allow.direct,
        };
        // Neither kind of control policy limits service-linked roles.
        let service_control = match layers.service_control {
            _ if caller.account.is_none() || is_linked => Truth::Yes,
            Told::Known(levels) => levels.iter().fold(Truth::Yes, |all, level| {
                all.and(reader.read(Layer::ServiceControl, level).allow.direct)
            }),
            Told::Unknown => reader.not_told(Layer::ServiceControl).allow.direct,
        };
        // `RCPFullAWSAccess` is always there: these policies can only deny.
        match layers.resource_control {
            _ if is_linked => {}
            Told::Known(levels) => {
                for level in levels {
                    reader.read(Layer::ResourceControl, level);
                }
            }
            Told::Unknown => {
                reader.not_told(Layer::ResourceControl);
            }
        }
        let deny = reader.deny;
        let grants = match layers.grants {
            _ if !request.is_kms() => Covered::NOT,
            Told::Known(grants) => grants_cover(grants, request, reasons),
            Told::Unknown => {
                let why = Unclear::Layer;
                reasons.push(unclear(Layer::Grants, why));
                Answer::unknown().allow
            }
        };
        let key_state = match layers.key_state {
            _ if !request.is_kms() => Truth::Yes,
            Told::Known(state) => {
                let permits = state.permits(&request.action);
                match permits {
                    Truth::Yes => {}
                    Truth::No => {
                        let finding = Finding::KeyState(state);
                        reasons.push(Reason::of_layer(Layer::KeyState, finding));
                    }
                    Truth::Unknown(why) => reasons.push(unclear(Layer::KeyState, why)),
                }
                permits
            }
            Told::Unknown => {
                reasons.push(unclear(Layer::KeyState, Unclear::Layer));
                Truth::Unknown(Unclear::Layer)
            }
        };
        Self {
            deny,
            resource,
            grants,
            identity,
            boundary,
            session,
            service_control,
            key_state,
            hands_on: has_policies,
        }
    }

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

/// Reads layers and keeps what denies
struct Reader<'r> {
    request: &'r Request,
    bounded: Truth,
    deny: Truth,
    reasons: &'r mut Reasons,
}

impl Reader<'_> {
    fn read(&mut self, layer: Layer, policies: &[Policy]) -> Answer {
        let mut all = Answer::SILENT;
        for (index, policy) in policies.iter().enumerate() {
            let at = At {
                layer,
                policy: index,
            };
            all = all.or(&answer(
                policy,
                at,
                self.request,
                self.bounded,
                self.reasons,
            ));
        }
        self.deny = self.deny.or(all.deny);
        all
    }

    fn not_told(&mut self, layer: Layer) -> Answer {
        self.reasons.push(unclear(layer, Unclear::Layer));
        let all = Answer::unknown();
        self.deny = self.deny.or(all.deny);
        all
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

fn unclear(layer: Layer, why: Unclear) -> Reason {
    Reason::of_layer(
        layer,
        Finding::Unclear {
            effect: None,
            why,
            condition: None,
        },
    )
}
