//! What each layer says about a request.

use super::grant::grants_cover;
use super::principal::Covered;
use super::reason::{Finding, Layer, Reason, Reasons};
use super::statement::{Answer, At, answer};
use super::truth::{Truth, Unclear};
use super::{CallerKind, Layers, Request, Told};
use crate::policy::Policy;

/// What each layer came to
pub(super) struct Found {
    pub(super) deny: Truth,
    pub(super) resource: Answer,
    pub(super) grants: Covered,
    pub(super) identity: Truth,
    pub(super) boundary: Truth,
    pub(super) session: Truth,
    pub(super) service_control: Truth,
    pub(super) key_state: Truth,
    /// Whether the identity policies were of any weight
    pub(super) hands_on: bool,
}

impl Found {
    pub(super) fn gather(request: &Request, layers: &Layers<'_>, reasons: &mut Reasons) -> Self {
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
            (_, CallerKind::Root) => {
                let root = Reason::of_layer(Layer::Identity, Finding::RootUser);
                reader.reasons.push(root);
                Truth::Yes
            }
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
        // Neither kind limits service-linked roles:
        // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
        // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
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

pub(super) fn unclear(layer: Layer, why: Unclear) -> Reason {
    Reason::of_layer(
        layer,
        Finding::Unclear {
            effect: None,
            why,
            condition: None,
        },
    )
}
