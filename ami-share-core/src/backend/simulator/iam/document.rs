//! What IAM takes for a policy.

use std::sync::Arc;

use super::super::refusal::Refusal;
use super::store::Identities;
use crate::id::IamPrincipalArn;
use crate::policy::{Pattern, PatternKind, PatternList, Policy, PrincipalEntry};

/// A policy as it was given, and what it says
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) text: Arc<str>,
    pub(crate) policy: Policy,
}

impl Document {
    /// A policy of a user, role or session
    pub(crate) fn of_identity(text: &str) -> Result<Self, Refusal> {
        let policy = parse(text)?;
        for statement in &policy.statements {
            if statement.principal.is_some() {
                return Err(malformed("Policy document should not specify a principal."));
            }
            let Some(action) = &statement.action else {
                return Err(malformed("Policy statement must contain actions."));
            };
            let Some(resource) = &statement.resource else {
                return Err(malformed("Policy statement must contain resources."));
            };
            let is_prefaced =
                |pattern: &Pattern| pattern.as_str() == "*" || pattern.as_str().contains(':');
            if !action.patterns.iter().all(is_prefaced) {
                return Err(malformed(
                    "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
                ));
            }
            let stray = resource.patterns.iter().find(|pattern| {
                let text = pattern.as_str();
                text != "*" && !text.starts_with("arn:")
            });
            if let Some(stray) = stray {
                return Err(malformed(format!(
                    "Resource {} must be in ARN format or \"*\".",
                    stray.as_str()
                )));
            }
        }
        Ok(Self {
            text: text.into(),
            policy,
        })
    }

    /// The trust policy of a role, whose principals have to be there
    pub(crate) fn of_trust(text: &str, identities: &Identities) -> Result<Self, Refusal> {
        let mut policy = parse(text)?;
        let version = policy.version;
        for statement in &mut policy.statements {
            if statement.resource.is_some() {
                return Err(malformed("Has prohibited field Resource"));
            }
            let Some(principal) = &statement.principal else {
                return Err(malformed("Missing required field Principal"));
            };
            let Some(action) = &statement.action else {
                return Err(malformed("Missing required field Action"));
            };
            let is_of_sts = |pattern: &Pattern| {
                let text = pattern.as_str().to_ascii_lowercase();
                text == "*" || text.starts_with("sts:")
            };
            if !action.patterns.iter().all(is_of_sts) {
                return Err(malformed(
                    "AssumeRole policy may only specify STS AssumeRole actions.",
                ));
            }
            for entry in &principal.entries {
                if let Some(stray) = unknown_principal(entry, identities) {
                    return Err(malformed(format!(
                        "Invalid principal in policy: \"AWS\":\"{stray}\""
                    )));
                }
            }
            // A trust policy speaks of its role alone and names no resource.
            statement.resource = Some(PatternList {
                negated: false,
                patterns: vec![Pattern::new("*", PatternKind::Wildcards, version)],
            });
        }
        Ok(Self {
            text: text.into(),
            policy,
        })
    }

    /// The length that quotas go by: IAM does not count white space
    pub(crate) fn size(&self) -> usize {
        self.text.chars().filter(|c| !c.is_whitespace()).count()
    }
}

/// The principal, if it is a user or role that is not there, or nothing that could be
fn unknown_principal(entry: &PrincipalEntry, identities: &Identities) -> Option<String> {
    match entry {
        PrincipalEntry::Arn(arn) if arn.contains(":iam:") => {
            let exists = arn
                .parse::<IamPrincipalArn>()
                .is_ok_and(|arn| identities.exists(&arn));
            (!exists).then(|| arn.to_string())
        }
        PrincipalEntry::Dead(text) => Some(text.to_string()),
        PrincipalEntry::Unknown { text, .. } => Some(text.to_string()),
        _ => None,
    }
}

fn parse(text: &str) -> Result<Policy, Refusal> {
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        return Err(malformed("This policy contains invalid Json"));
    }
    // AWS says no more than the first two words, or a text for each kind of error.
    let policy = Policy::parse(text)
        .map_err(|error| malformed(format!("Syntax errors in policy. ({error})")))?;
    if policy.statements.is_empty() {
        return Err(malformed("Syntax errors in policy."));
    }
    Ok(policy)
}

pub(crate) fn malformed(message: impl Into<String>) -> Refusal {
    Refusal::new("MalformedPolicyDocument", message)
}
