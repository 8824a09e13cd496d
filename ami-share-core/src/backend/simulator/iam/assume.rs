//! Who may become a role, and for how long.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::call::{Caller, Service};
use super::super::clock::Moment;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::constraint;
use super::document::Document;
use super::identity::{Bounds, Identity};
use super::session::Term;
use super::store::Session;
use crate::id::IamPrincipalArn;
use crate::policy::evaluate::{Access, Layers, Request, Verdict, access_by, evaluate};

/// What `AssumeRole` is asked for
#[derive(Clone, Debug, Default)]
pub(crate) struct Assumption<'a> {
    pub(crate) role: &'a str,
    pub(crate) session: &'a str,
    pub(crate) external_id: Option<&'a str>,
    pub(crate) duration: Option<u32>,
    pub(crate) policy: Option<&'a str>,
    pub(crate) policy_arns: Vec<&'a str>,
    pub(crate) tags: BTreeMap<String, String>,
}

/// What `AssumeRole` answers
#[derive(Clone, Debug)]
pub(crate) struct Assumed {
    pub(crate) access_key: String,
    pub(crate) token: String,
    pub(crate) identity: Identity,
    pub(crate) expires: Moment,
    /// `AROA…:session`
    pub(crate) id: String,
    /// `arn:aws:sts::…:assumed-role/…`
    pub(crate) arn: String,
    /// How much of the room for session policies is taken
    pub(crate) packed_percent: Option<usize>,
}

/// In seconds
const DEFAULT: u32 = 3_600;
/// The bounds of what may be asked for, whatever the role allows
const SHORTEST: u32 = 900;
const LONGEST: u32 = 43_200;
/// The most for a session of a role that a session of a role asks for
const CHAINED: u32 = 3_600;
/// The most characters of session policies
const POLICY_SIZE: usize = 2_048;

impl State {
    pub(crate) fn assume_role(
        &mut self,
        caller: Caller<'_>,
        asked: &Assumption<'_>,
    ) -> Result<Assumed, Refusal> {
        asked.check()?;
        let denied = || denied(caller, "sts:AssumeRole", asked.role);
        let arn: IamPrincipalArn = asked.role.parse().map_err(|_| denied())?;
        let Some(role) = self.identities.role_of(&arn) else {
            return Err(denied());
        };
        // AWS answers a root user "Roles may not be assumed by root accounts." Here a root user may,
        // as the one identity that every account has from the start.
        let policies = self.identities.policies_of(caller.identity);
        let layers = Layers::none()
            .identity(policies)
            .session(caller.identity.session_policies())
            .resource(&role.trust.policy);
        let assuming = self.assume_request(caller, "sts:AssumeRole", &arn, asked);
        if evaluate(&assuming, &layers).verdict != Verdict::Allowed {
            return Err(denied());
        }
        if !asked.tags.is_empty() {
            // The trust policy has to allow it even where the caller's own policies would do.
            let tagging = self.assume_request(caller, "sts:TagSession", &arn, asked);
            let trusted = access_by(&role.trust.policy, &tagging);
            if !matches!(trusted, Access::Direct | Access::Account)
                || evaluate(&tagging, &layers).verdict != Verdict::Allowed
            {
                return Err(self::denied(caller, "sts:TagSession", asked.role));
            }
        }
        let duration = asked.duration.unwrap_or(DEFAULT);
        if duration > role.max_session {
            return Err(Refusal::new(
                "ValidationError",
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            ));
        }
        if matches!(caller.identity, Identity::Role { .. }) && duration > CHAINED {
            return Err(Refusal::new(
                "ValidationError",
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed \
                 by role chaining.",
            ));
        }
        let role_id = role.entity.id.clone();
        let term = Term {
            role_id: role_id.as_str().into(),
            ends: self.now().after(Duration::from_secs(duration.into())),
        };
        let expires = term.ends;
        let (bounds, packed_percent) = self.bounds_of(asked, term)?;
        let identity = Identity::Role {
            role: arn,
            session: asked.session.to_owned(),
            bounds,
        };
        let access_key = self.identities.mint("ASIA", 20);
        let assumed = Assumed {
            token: format!("simulated-session-token-of-{access_key}"),
            expires,
            id: format!("{role_id}:{}", asked.session),
            arn: identity.caller().to_string(),
            identity: identity.clone(),
            packed_percent,
            access_key,
        };
        self.identities.sessions.insert(
            assumed.access_key.clone(),
            Session {
                identity,
                token: assumed.token.clone(),
            },
        );
        Ok(assumed)
    }

    /// What the policies are asked, with the condition keys that the call has
    fn assume_request(
        &self,
        caller: Caller<'_>,
        action: &str,
        role: &IamPrincipalArn,
        asked: &Assumption<'_>,
    ) -> Request {
        let mut request = self
            .request_by(caller, action, role.as_str(), role.account())
            .key("sts:RoleSessionName", asked.session);
        if let Some(external_id) = asked.external_id {
            request = request.key("sts:ExternalId", external_id);
        }
        for (key, value) in &asked.tags {
            request = request.key(&format!("aws:RequestTag/{key}"), value);
        }
        if !asked.tags.is_empty() {
            request = request.key_values("aws:TagKeys", asked.tags.keys().map(String::as_str));
        }
        request
    }

    /// What limits the session, and how much of the room for it is taken
    fn bounds_of(
        &self,
        asked: &Assumption<'_>,
        term: Term,
    ) -> Result<(Bounds, Option<usize>), Refusal> {
        let mut policies = Vec::new();
        let mut size = 0;
        if let Some(text) = asked.policy {
            size = text.chars().count();
            if size > POLICY_SIZE {
                return Err(Refusal::new(
                    "PackedPolicyTooLarge",
                    format!(
                        "Packed policy consumes {}% of allotted space, please use smaller policy.",
                        percent(size)
                    ),
                ));
            }
            policies.push(Document::of_identity(text)?.policy);
        }
        for arn in &asked.policy_arns {
            size += arn.len();
            match self.identities.managed_policy(arn) {
                Some(policy) => policies.push(policy),
                None => {
                    return Err(super::document::malformed(format!(
                        "Policy {arn} does not exist or is not attachable."
                    )));
                }
            }
        }
        let packed = (size > 0).then(|| percent(size));
        let bounds = Bounds {
            policies: policies.into(),
            tags: asked.tags.clone().into(),
            term: Some(term),
        };
        Ok((bounds, packed))
    }
}

fn denied(caller: Caller<'_>, action: &str, role: &str) -> Refusal {
    let user = caller.identity.caller();
    Refusal::not_authorized(
        Service::Sts,
        format!("User: {user} is not authorized to perform: {action} on resource: {role}"),
    )
}

impl Assumption<'_> {
    /// Refuses what STS's own model forbids
    fn check(&self) -> Result<(), Refusal> {
        bounded("roleArn", self.role, 20, 2_048)?;
        bounded("roleSessionName", self.session, 2, 64)?;
        let is_session = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        if !self.session.chars().all(is_session) {
            return Err(constraint(
                "roleSessionName",
                self.session,
                "Member must satisfy regular expression pattern: [\\w+=,.@-]*",
            ));
        }
        if !self.role.starts_with("arn:") {
            return Err(Refusal::new(
                "ValidationError",
                format!("{} is invalid", self.role),
            ));
        }
        if let Some(id) = self.external_id {
            bounded("externalId", id, 2, 1_224)?;
            if !id.chars().all(|c| is_session(c) || ":/".contains(c)) {
                return Err(constraint(
                    "externalId",
                    id,
                    "Member must satisfy regular expression pattern: [\\w+=,.@:\\/-]*",
                ));
            }
        }
        match self.duration {
            Some(seconds) if !(SHORTEST..=LONGEST).contains(&seconds) => {
                Err(bad_duration(&seconds.to_string()))
            }
            _ => Ok(()),
        }
    }
}

pub(crate) fn bad_duration(text: &str) -> Refusal {
    constraint(
        "durationSeconds",
        text,
        &format!("Member must have value between {SHORTEST} and {LONGEST}"),
    )
}

fn bounded(member: &str, text: &str, least: usize, most: usize) -> Result<(), Refusal> {
    let bound = match text.chars().count() {
        length if length < least => format!("greater than or equal to {least}"),
        length if length > most => format!("less than or equal to {most}"),
        _ => return Ok(()),
    };
    Err(constraint(
        member,
        text,
        &format!("Member must have length {bound}"),
    ))
}

/// AWS packs in a way that it does not document
fn percent(size: usize) -> usize {
    (size * 100).div_ceil(POLICY_SIZE)
}
