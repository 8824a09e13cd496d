use hyper::http::request::Parts;

use super::super::call::Service;
use super::super::iam::Identity;
use super::super::refusal::Refusal;
use super::super::state::State;
use crate::id::Region;

/// The credential scope of a request that is signed with
/// [Signature Version 4](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html)
#[derive(Debug)]
pub(crate) struct Scope {
    pub(crate) access_key: String,
    pub(crate) region: Region,
    /// `None` for a service that the simulator does not know
    pub(crate) service: Option<Service>,
}

impl Scope {
    /// From the header `Authorization`, or from the query of a presigned request
    pub(crate) fn of(head: &Parts) -> Option<Self> {
        let header = head.headers.get("authorization");
        let credential = match header.and_then(|value| value.to_str().ok()) {
            Some(text) => text
                .split([' ', ','])
                .find_map(|part| part.strip_prefix("Credential="))?
                .to_owned(),
            None => form_urlencoded::parse(head.uri.query()?.as_bytes())
                .find(|(name, _)| name == "X-Amz-Credential")?
                .1
                .into_owned(),
        };
        // An access key has no slash, so that four parts are behind it.
        let mut parts = credential.rsplit('/');
        let (_terminator, service) = (parts.next()?, parts.next()?);
        let (region, _date, access_key) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            access_key: access_key.to_owned(),
            region: region.parse().ok()?,
            service: service_of(service),
        })
    }
}

impl State {
    /// Who calls with an access key
    pub(crate) fn identity_of(&self, access_key: &str) -> Option<Identity> {
        match access_key.parse() {
            Ok(account) => Some(Identity::Root(account)),
            Err(_) => self.identities.by_access_key(access_key, self.now()),
        }
    }
}

/// What a service says to a request that is not signed, or signed with a key that nobody has
pub(crate) fn unknown_credentials(service: Option<Service>) -> Refusal {
    match service {
        Some(Service::Ec2) => Refusal::new(
            "AuthFailure",
            "AWS was not able to validate the provided access credentials",
        ),
        Some(Service::Iam | Service::Sts) => Refusal::new(
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        ),
        Some(Service::Kms | Service::Organizations | Service::Ssm) => Refusal::new(
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ),
        None => Refusal::new(
            "MissingAuthenticationToken",
            "Request is missing Authentication Token",
        ),
    }
}

fn service_of(name: &str) -> Option<Service> {
    [
        Service::Ec2,
        Service::Iam,
        Service::Kms,
        Service::Organizations,
        Service::Ssm,
        Service::Sts,
    ]
    .into_iter()
    .find(|service| service.as_str() == name)
}
