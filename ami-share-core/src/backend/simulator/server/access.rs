use hyper::http::request::Parts;

use super::super::call::Service;
use super::super::iam::{BadKey, Identity};
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
    /// The token that temporary credentials have
    pub(crate) token: Option<String>,
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
        let token = match head.headers.get("x-amz-security-token") {
            Some(value) => Some(String::from_utf8_lossy(value.as_bytes()).into_owned()),
            None => form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes())
                .find(|(name, _)| name == "X-Amz-Security-Token")
                .map(|(_, value)| value.into_owned()),
        };
        // An access key has no slash, so that four parts are behind it.
        let mut parts = credential.rsplit('/');
        let (_terminator, service) = (parts.next()?, parts.next()?);
        let (region, _date, access_key) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            access_key: access_key.to_owned(),
            region: region.parse().ok()?,
            service: service_of(service),
            token,
        })
    }
}

impl State {
    /// Who makes a request
    ///
    /// 12 digits are the root user of that account, whatever the token, since many clients are set up
    /// with one for emulators of AWS.
    pub(crate) fn identity_of(&self, scope: &Scope) -> Result<Identity, Refusal> {
        if let Ok(account) = scope.access_key.parse() {
            return Ok(Identity::Root(account));
        }
        self.identities
            .by_access_key(&scope.access_key, scope.token.as_deref(), self.now())
            .map_err(|bad| match bad {
                BadKey::Expired => expired_credentials(scope.service),
                BadKey::Unknown => unknown_credentials(scope.service),
            })
    }
}

/// What a service says to temporary credentials whose time is over
fn expired_credentials(service: Option<Service>) -> Refusal {
    const MESSAGE: &str = "The security token included in the request is expired";
    match service {
        Some(Service::Ec2) => Refusal::new("RequestExpired", "Request has expired."),
        Some(Service::Kms | Service::Organizations | Service::Ssm) => {
            Refusal::new("ExpiredTokenException", MESSAGE)
        }
        Some(Service::Iam | Service::Sts) | None => Refusal::new("ExpiredToken", MESSAGE),
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
