use super::super::call::{Caller, Service};
use super::super::refusal::Refusal;
use super::super::state::State;
use super::identity::Identity;
use crate::id::AccountId;
use crate::policy::evaluate::{Decision, Finding, Layer, Layers, Request, Verdict, evaluate};

impl State {
    /// Whether the caller's own policies allow an action on a resource; a root user may do all
    ///
    /// `keys` are the condition keys that the call has beside those that follow from the caller.
    pub(crate) fn authorize(
        &self,
        caller: Caller<'_>,
        action: &str,
        arn: &str,
        keys: &[(&str, &str)],
    ) -> Result<(), Refusal> {
        if caller.identity.principal().is_none() {
            return Ok(());
        }
        // The owner of a resource is looked at where its policy is: by the rule of the operation.
        let mut request = self.request_by(caller, action, arn, caller.account);
        for (key, value) in keys {
            request = request.key(key, value);
        }
        let policies = self.identities.policies_of(caller.identity);
        let layers = Layers::none()
            .identity(policies)
            .session(caller.identity.session_policies());
        let decision = evaluate(&request, &layers);
        match decision.verdict {
            Verdict::Allowed => Ok(()),
            Verdict::Denied | Verdict::Unknown => {
                Err(denial(caller.identity, action, arn, &decision))
            }
        }
    }

    /// A call with all the condition keys that follow from the caller and the owner of the resource
    pub(crate) fn request_by(
        &self,
        caller: Caller<'_>,
        action: &str,
        arn: &str,
        owner: AccountId,
    ) -> Request {
        let now = self.now();
        let mut request = Request::new(caller.identity.caller(), action, arn, owner)
            .key("aws:CurrentTime", &now.iso_8601())
            .key("aws:EpochTime", &(now.milliseconds() / 1_000).to_string())
            .key("aws:RequestedRegion", caller.region.as_str())
            // AWS takes no other; that the simulator does is for tests alone.
            .key("aws:SecureTransport", "true")
            .key("aws:SourceIp", "127.0.0.1")
            .key("aws:userid", &self.identities.user_id(caller.identity))
            .key("aws:ViaAWSService", "false");
        if matches!(caller.identity, Identity::Role { .. }) {
            request = request.key("aws:MultiFactorAuthPresent", "false");
        }
        for (account, id, paths) in [
            (
                caller.account,
                "aws:PrincipalOrgID",
                "aws:PrincipalOrgPaths",
            ),
            (owner, "aws:ResourceOrgID", "aws:ResourceOrgPaths"),
        ] {
            if let Some(organization) = self.organizations.organization_id_of(account) {
                request = request.key(id, organization);
            }
            if let Some(path) = self.organizations.path_of(account) {
                request = request.key_values(paths, [path.as_str()]);
            }
        }
        for (key, value) in self.identities.principal_tags(caller.identity) {
            request = request.key(&format!("aws:PrincipalTag/{key}"), &value);
        }
        request.nothing_else()
    }
}

/// How AWS's services word that policies do not allow a call
///
/// See [access denied messages](https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
pub(crate) fn denial(identity: &Identity, action: &str, arn: &str, decision: &Decision) -> Refusal {
    let service = service_of(action);
    let by_session = |wanted: fn(&Finding) -> bool| {
        decision
            .reasons
            .iter()
            .any(|reason| reason.layer == Layer::Session && wanted(&reason.finding))
    };
    let why = if decision.is_denied_explicitly() {
        let kind = match by_session(|finding| *finding == Finding::Denies) {
            true => "a session",
            false => "an identity-based",
        };
        format!("with an explicit deny in {kind} policy")
    } else {
        let kind = match by_session(|finding| *finding == Finding::NothingAllows) {
            true => "session",
            false => "identity-based",
        };
        format!("because no {kind} policy allows the {action} action")
    };
    let on = match arn {
        "*" => String::new(),
        arn => format!(" on resource: {arn}"),
    };
    let user = identity.caller();
    let told = format!("User: {user} is not authorized to perform: {action}{on} {why}");
    Refusal::not_authorized(
        service,
        match service {
            Service::Ec2 => format!(
                "You are not authorized to perform this operation. {told}. Encoded authorization \
                 failure message: {}",
                encoded(&format!("{user} {action} {arn}"))
            ),
            _ => told,
        },
    )
}

/// What AWS encrypts is only written in hexadecimal digits here
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn service_of(action: &str) -> Service {
    let name = action.split(':').next().unwrap_or_default();
    [
        Service::Iam,
        Service::Kms,
        Service::Organizations,
        Service::Ssm,
        Service::Sts,
    ]
    .into_iter()
    .find(|service| service.as_str() == name)
    .unwrap_or(Service::Ec2)
}
