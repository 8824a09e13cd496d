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
    /// The token that temporary credentials have
    pub(crate) token: Option<String>,
}

/// Why a request has no [`Scope`]
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum NoScope {
    /// It is not signed
    Missing,
    /// It is signed in a way that nobody can read
    Garbled,
    /// It is signed for a Region that cannot be one
    Region(String),
}

impl Scope {
    /// From the header `Authorization`, or from the query of a presigned request
    pub(crate) fn of(head: &Parts) -> Result<Self, NoScope> {
        let credential = match head.headers.get("authorization") {
            Some(value) => value
                .to_str()
                .ok()
                .and_then(|text| text.strip_prefix("AWS4-HMAC-SHA256 "))
                .and_then(|text| {
                    let mut parts = text.split([' ', ',']);
                    parts.find_map(|part| part.strip_prefix("Credential="))
                })
                .ok_or(NoScope::Garbled)?
                .to_owned(),
            None => form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes())
                .find(|(name, _)| name == "X-Amz-Credential")
                .ok_or(NoScope::Missing)?
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
        let parts: Vec<&str> = credential.split('/').collect();
        let [access_key, _date, region, service, "aws4_request"] = parts.as_slice() else {
            return Err(NoScope::Garbled);
        };
        Ok(Self {
            access_key: (*access_key).to_owned(),
            region: region
                .parse()
                .map_err(|_| NoScope::Region((*region).to_owned()))?,
            service: service_of(service),
            token,
        })
    }
}

impl NoScope {
    /// The [common errors](https://docs.aws.amazon.com/IAM/latest/UserGuide/CommonErrors.html); the
    /// texts are not documented
    pub(crate) fn refusal(&self) -> Refusal {
        match self {
            Self::Missing => Refusal::new(
                "MissingAuthenticationToken",
                "Request is missing Authentication Token",
            ),
            Self::Garbled => Refusal::new(
                "IncompleteSignature",
                "Authorization header requires 'Credential' parameter of the form \
                 access-key/date/region/service/aws4_request.",
            ),
            Self::Region(region) => Refusal::new(
                "SignatureDoesNotMatch",
                format!("Credential should be scoped to a valid Region, not '{region}'."),
            )
            .with_status(403),
        }
    }
}

impl State {
    /// Who makes a request
    ///
    /// 12 digits are the root user of that account, whatever the token, since many clients are set up
    /// with one for emulators of AWS.
    pub(crate) fn identity_of(&self, scope: &Scope, service: Service) -> Result<Identity, Refusal> {
        if let Ok(account) = scope.access_key.parse() {
            return Ok(Identity::Root(account));
        }
        self.identities
            .by_access_key(&scope.access_key, scope.token.as_deref(), self.now())
            .map_err(|bad| bad.refusal(service))
    }
}

/// A request that is signed for a service which is not there
pub(crate) fn unknown_service() -> Refusal {
    let names: Vec<&str> = SERVICES.iter().map(|service| service.as_str()).collect();
    Refusal::new(
        "SignatureDoesNotMatch",
        format!(
            "Credential should be scoped to a service of the simulator: {}.",
            names.join(", ")
        ),
    )
    .with_status(403)
}

const SERVICES: [Service; 6] = [
    Service::Ec2,
    Service::Iam,
    Service::Kms,
    Service::Organizations,
    Service::Ssm,
    Service::Sts,
];

fn service_of(name: &str) -> Option<Service> {
    SERVICES
        .into_iter()
        .find(|service| service.as_str() == name)
}
