use super::super::call::{Caller, Service};
use super::super::refusal::Refusal;
use super::super::state::State;
use crate::policy::evaluate::{Layers, Request, Verdict, evaluate};

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
        let Some(principal) = caller.identity.principal() else {
            return Ok(());
        };
        let mut request = Request::new(caller.identity.caller(), action, arn, caller.account)
            .key("aws:RequestedRegion", caller.region.as_str());
        for (key, value) in keys {
            request = request.key(key, value);
        }
        let policies = self.identities.policies.get(principal);
        let policies = policies.map(Vec::as_slice).unwrap_or_default();
        let layers = Layers::none().identity(policies);
        match evaluate(&request.nothing_else(), &layers).verdict {
            Verdict::Allowed => Ok(()),
            Verdict::Denied | Verdict::Unknown => Err(Refusal::not_authorized(
                service_of(action),
                format!("{principal} is not authorized to perform: {action} on resource: {arn}"),
            )),
        }
    }
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
