//! Whether a caller may do something with a key: by the key's policy, the caller's own policies,
//! the key's grants, and the key's state.

use super::super::call::Caller;
use super::super::iam::Identity;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::grant::GrantTerms;
use super::key::Key;
use crate::id::{IamPrincipalArn, KeyArn};
use crate::policy::evaluate::{
    self, Decision, Finding, KeyState, Layer, Layers, Request, evaluate,
};
use crate::policy::{Policy, PrincipalEntry};

/// One use of a key, with the condition keys that it has beside those of its caller and its key
#[derive(Clone, Debug)]
pub(crate) struct Ask<'a> {
    pub(super) identity: &'a Identity,
    /// Such as `kms:Decrypt`
    pub(super) action: &'a str,
    keys: Vec<(&'static str, Vec<String>)>,
    /// Condition keys that the call has, with values that the simulator does not know
    unknown: &'a [&'static str],
    /// The service that calls in the caller's name
    via: Option<String>,
    /// The grant that `CreateGrant` is asked for
    grant: Option<&'a GrantTerms>,
}

/// The operations that work on the keys of other accounts, beside the cryptographic ones
///
/// See [allowing users in other accounts to use a key](https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html).
const ACROSS_ACCOUNTS: [&str; 6] = [
    "kms:CreateGrant",
    "kms:DescribeKey",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:RetireGrant",
    "kms:RevokeGrant",
];

impl<'a> Ask<'a> {
    pub(super) fn of(identity: &'a Identity, action: &'a str) -> Self {
        Self {
            identity,
            action,
            keys: Vec::new(),
            unknown: &[],
            via: None,
            grant: None,
        }
    }

    pub(super) fn key(self, name: &'static str, value: impl Into<String>) -> Self {
        self.key_values(name, [value.into()])
    }

    pub(super) fn key_values(
        mut self,
        name: &'static str,
        values: impl IntoIterator<Item = String>,
    ) -> Self {
        self.keys.push((name, values.into_iter().collect()));
        self
    }

    pub(super) fn unknown(self, unknown: &'a [&'static str]) -> Self {
        Self { unknown, ..self }
    }

    pub(super) fn via(self, service: impl Into<String>) -> Self {
        let via = Some(service.into());
        Self { via, ..self }
    }

    pub(super) fn grant(self, terms: &'a GrantTerms) -> Self {
        let grant = Some(terms);
        Self { grant, ..self }
    }
}

impl State {
    /// The key, if the caller may do what it asks for and the key is in a state for it
    pub(super) fn permit(
        &self,
        caller: Caller<'_>,
        arn: &KeyArn,
        ask: Ask<'_>,
    ) -> Result<&Key, Refusal> {
        let key = self.keys.get(arn);
        let is_own = arn.account() == caller.account;
        if is_own && key.is_none() {
            return Err(not_found(arn.as_str()));
        }
        // With which code AWS refuses another account's key where the operation takes none is not
        // documented.
        let key = key.filter(|_| is_own || ACROSS_ACCOUNTS.contains(&ask.action));
        let decision = self.decide(&ask, arn, key);
        match key {
            Some(key) if decision.is_allowed() => {
                check_state(key, ask.action)?;
                Ok(key)
            }
            _ => {
                let told = if is_own {
                    decision
                } else {
                    // As if there were no such key, so that nothing about it can be learned.
                    self.decide(&ask, arn, None)
                };
                let (identity, action) = (ask.identity, ask.action);
                Err(access_denied(identity, action, arn.as_str(), Some(&told)))
            }
        }
    }

    /// What the policies and grants say, whatever the key's state
    pub(super) fn decide(&self, ask: &Ask<'_>, arn: &KeyArn, key: Option<&Key>) -> Decision {
        let policy = key.map(|key| key.policy.current().policy.as_ref());
        let grants = key.map(|key| grants_for(ask, key)).unwrap_or_default();
        self.decide_by(ask, arn, key, policy, &grants)
    }

    /// What a policy that is not the key's yet would say
    pub(super) fn decide_by(
        &self,
        ask: &Ask<'_>,
        arn: &KeyArn,
        key: Option<&Key>,
        policy: Option<&Policy>,
        grants: &[evaluate::Grant],
    ) -> Decision {
        let request = self.key_request(ask, arn, key);
        let by_grant: Vec<Policy>;
        let own = if is_granted_to_service(ask.identity, grants) {
            // AWS documents that the grant is enough: nobody can give these roles policies.
            by_grant = Policy::parse(ALL_OF_KMS).into_iter().collect();
            &by_grant
        } else {
            self.identities.policies_of(ask.identity)
        };
        let layers = Layers::none()
            .identity(own)
            .session(ask.identity.session_policies());
        // The state is looked at when the permission is there; this is one that does all it is
        // asked for.
        let layers = layers.grants(grants).key_state(match ask.action {
            "kms:CancelKeyDeletion" => KeyState::PendingDeletion,
            _ => KeyState::Enabled,
        });
        // Where a decision is unknown because AWS does not say, such as whether a grant to a role
        // of another account needs that account's policies too, the simulator is strict: it takes
        // nothing but `allowed`.
        match policy {
            Some(policy) => evaluate(&request, &layers.resource(policy)),
            None => evaluate(&request, &layers),
        }
    }

    fn key_request(&self, ask: &Ask<'_>, arn: &KeyArn, key: Option<&Key>) -> Request {
        let caller = Caller {
            account: ask.identity.account(),
            region: &arn.region(),
            identity: ask.identity,
        };
        let mut request = self.request_by(caller, ask.action, arn.as_str(), arn.account());
        if let Some(service) = &ask.via {
            request = request
                .key("kms:ViaService", service)
                .key("aws:ViaAWSService", "true");
        }
        if let Some(key) = key {
            request = self.with_key(request, key);
        }
        for (name, values) in &ask.keys {
            request = request.key_values(name, values.iter().map(String::as_str));
        }
        for name in ask.unknown {
            request = request.unknown(name);
        }
        request
    }

    fn with_key(&self, mut request: Request, key: &Key) -> Request {
        let is_multi_region = key.primary.is_some();
        request = request
            .key("kms:KeySpec", key.kind.spec)
            .key("kms:KeyUsage", key.kind.usage)
            .key("kms:KeyOrigin", key.kind.origin)
            .key("kms:MultiRegion", &is_multi_region.to_string());
        if let Some(primary) = &key.primary {
            let kind = if key.is_primary() {
                "PRIMARY"
            } else {
                "REPLICA"
            };
            request = request
                .key("kms:MultiRegionKeyType", kind)
                .key("kms:PrimaryRegion", primary.as_str());
        }
        request = request.key_values("kms:ResourceAliases", self.keys.aliases_of_key(&key.arn));
        for (name, value) in &key.tags {
            request = request.key(&format!("aws:ResourceTag/{name}"), value);
        }
        request
    }
}

/// What a role of an AWS service is taken to be allowed where a grant names it
const ALL_OF_KMS: &str =
    r#"{"Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]}"#;

/// Whether it is the role of an AWS service, to which one of the grants is made as a whole
fn is_granted_to_service(identity: &Identity, grants: &[evaluate::Grant]) -> bool {
    let Some(role) = identity.principal().map(IamPrincipalArn::as_str) else {
        return false;
    };
    role.contains(":role/aws-service-role/")
        && grants.iter().any(|grant| {
            let names_it = matches!(&grant.grantee, PrincipalEntry::Arn(arn) if **arn == *role);
            names_it && grant.constraint.is_none()
        })
}

/// The grants that could allow it
///
/// A grant that allows `CreateGrant` hands on no more than it allows itself, under constraints that
/// are at least as strict; which grant is asked for decides that, not the request's own context.
fn grants_for(ask: &Ask<'_>, key: &Key) -> Vec<evaluate::Grant> {
    let operation = ask.action.strip_prefix("kms:").unwrap_or_default();
    let account = ask.identity.account().to_string();
    let creates = operation == "CreateGrant";
    key.grants
        .current()
        .values()
        .map(|grant| (&grant.id, &grant.terms))
        .filter(|(_, terms)| terms.operations.contains(operation))
        .filter(|(_, terms)| terms.grantee.split(':').nth(4) == Some(&account))
        .filter(|(_, terms)| match ask.grant {
            _ if !creates => true,
            Some(child) => terms.hands_on(child),
            // EC2 constrains its grants by a volume that is not known here.
            None => terms.constraint.is_none(),
        })
        .map(|(id, terms)| {
            let grant = evaluate::Grant::new(id, &terms.grantee, [operation]);
            match &terms.constraint {
                Some(constraint) if !creates => grant.under(constraint.clone()),
                _ => grant,
            }
        })
        .collect()
}

/// Whether the key's state lets the operation succeed, by the table of
/// [key states](https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html)
pub(super) fn check_state(key: &Key, action: &str) -> Result<(), Refusal> {
    use KeyState::{Disabled, Enabled, PendingDeletion};

    let permits = match (action, key.state) {
        (_, Enabled) if action != "kms:CancelKeyDeletion" => true,
        // Rows that the table of the evaluation leaves out.
        ("kms:GetKeyRotationStatus", _) => true,
        ("kms:EnableKeyRotation" | "kms:DisableKeyRotation" | "kms:ReplicateKey", _) => false,
        ("kms:UpdateAlias", state) => state != PendingDeletion,
        (_, state) => is_in_table(key, action, state),
    };
    if permits {
        return Ok(());
    }
    let arn = &key.arn;
    let is = |state: &str| format!("{arn} is {state}.");
    let (code, message) = match key.state {
        _ if action == "kms:CancelKeyDeletion" => {
            ("KMSInvalidStateException", is("not pending deletion"))
        }
        Disabled => ("DisabledException", is("disabled")),
        PendingDeletion => ("KMSInvalidStateException", is("pending deletion")),
        KeyState::PendingReplicaDeletion => {
            ("KMSInvalidStateException", is("pending replica deletion"))
        }
        KeyState::PendingImport => ("KMSInvalidStateException", is("pending import")),
        KeyState::Creating => ("KMSInvalidStateException", is("creating")),
        KeyState::Updating => ("KMSInvalidStateException", is("updating")),
        _ => ("KMSInvalidStateException", is("unavailable")),
    };
    Err(Refusal::new(code, message))
}

/// What the evaluation's own table says; where the table is silent, the simulator refuses
fn is_in_table(key: &Key, action: &str, state: KeyState) -> bool {
    let owner = key.arn.account();
    let root = evaluate::Caller::root(owner);
    let operation = action.strip_prefix("kms:").unwrap_or_default();
    let grant = evaluate::Grant::new("", &root.to_string(), [operation]);
    let layers = Layers::none()
        .grants(std::slice::from_ref(&grant))
        .key_state(state);
    let request = Request::new(root, action, key.arn.as_str(), owner).nothing_else();
    evaluate(&request, &layers).is_allowed()
}

pub(super) fn not_found(arn: &str) -> Refusal {
    Refusal::new("NotFoundException", format!("Key '{arn}' does not exist"))
}

/// How KMS refuses who lacks a permission
///
/// The texts are those that users of AWS see. `decision` is what the caller may know.
pub(super) fn access_denied(
    identity: &Identity,
    action: &str,
    arn: &str,
    decision: Option<&Decision>,
) -> Refusal {
    let caller = identity.caller();
    let reasons = decision.map_or(&[][..], |decision| &decision.reasons);
    let says = |layer, finding: &Finding| {
        let mut reasons = reasons.iter();
        reasons.any(|reason| reason.layer == layer && reason.finding == *finding)
    };
    let is_foreign = arn.split(':').nth(4) != Some(&identity.account().to_string());
    let why = if says(Layer::Identity, &Finding::Denies) {
        "with an explicit deny in an identity-based policy".to_owned()
    } else if says(Layer::ResourcePolicy, &Finding::Denies) && !is_foreign {
        "with an explicit deny in a resource-based policy".to_owned()
    } else if is_foreign && !says(Layer::Identity, &Finding::NothingAllows) {
        "because the resource does not exist in this Region, no resource-based policies allow \
         access, or a resource-based policy explicitly denies access"
            .to_owned()
    } else if says(Layer::ResourcePolicy, &Finding::NothingAllows) && !is_foreign {
        format!("because no resource-based policy allows the {action} action")
    } else {
        format!("because no identity-based policy allows the {action} action")
    };
    Refusal::new(
        "AccessDeniedException",
        format!("User: {caller} is not authorized to perform: {action} on resource: {arn} {why}"),
    )
}
