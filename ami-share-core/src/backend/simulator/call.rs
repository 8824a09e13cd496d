use std::fmt;

use serde::{Deserialize, Serialize};

use super::iam::Identity;
use crate::id::{AccountId, Region};

/// One call that was made to the simulated AWS
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Call {
    /// The id that the call was answered with, such as `sim-000001`
    pub request_id: String,
    /// The account that called
    pub account: AccountId,
    /// The Region that was called; for services without Regions, the one that the caller named
    pub region: Region,
    /// The service that was called
    pub service: Service,
    /// AWS's name of the operation, such as `ModifyImageAttribute`
    pub operation: &'static str,
    /// How it went
    pub outcome: Outcome,
    /// Whether the operation is one that writes, also where it was refused
    pub write: bool,
}

/// How a call to the simulated AWS went
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// It was done
    Done,
    /// It was refused with this error code of AWS
    Refused(String),
    /// The caller never got the answer: the call was done, or refused with this error code
    Lost(Option<String>),
    /// The connection closed before anything was done
    Cut,
}

/// An AWS service that the simulator speaks for
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Service {
    /// Amazon Elastic Compute Cloud
    Ec2,
    /// AWS Identity and Access Management
    Iam,
    /// AWS Key Management Service
    Kms,
    /// AWS Organizations
    Organizations,
    /// AWS Systems Manager
    Ssm,
    /// AWS Security Token Service
    Sts,
}

impl Service {
    /// Its name in an IAM action, an ARN and an endpoint, such as `ec2`
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ec2 => "ec2",
            Self::Iam => "iam",
            Self::Kms => "kms",
            Self::Organizations => "organizations",
            Self::Ssm => "ssm",
            Self::Sts => "sts",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who calls, and where
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller<'a> {
    pub(crate) account: AccountId,
    pub(crate) region: &'a Region,
    pub(crate) identity: &'a Identity,
}

impl<'a> Caller<'a> {
    pub(crate) fn of(identity: &'a Identity, region: &'a Region) -> Self {
        Self {
            account: identity.account(),
            region,
            identity,
        }
    }
}

/// A call as it comes in: what is asked, on what, and whether only in rehearsal
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) service: Service,
    pub(crate) operation: &'static str,
    pub(crate) authority: Authority,
    pub(crate) dry_run: bool,
}

/// Who says whether a caller may make a call
#[derive(Clone, Debug)]
pub(crate) enum Authority {
    /// The caller's own policies have to allow the action on each of these ARNs, before anything
    /// else is looked at
    Identity(Vec<String>),
    /// The rule of the operation asks by itself, since it has to find the resource first
    Rule,
}

impl Asked {
    /// An operation whose permission is not bound to a resource
    pub(crate) fn of(service: Service, operation: &'static str) -> Self {
        Self {
            service,
            operation,
            authority: Authority::Identity(vec!["*".to_owned()]),
            dry_run: false,
        }
    }

    pub(crate) fn ec2(operation: &'static str) -> Self {
        Self::of(Service::Ec2, operation)
    }

    /// On these resources, by ARN
    pub(crate) fn on(self, arns: impl IntoIterator<Item = String>) -> Self {
        Self {
            authority: Authority::Identity(arns.into_iter().collect()),
            ..self
        }
    }

    /// The rule of the operation authorizes the caller
    pub(crate) fn by_rule(self) -> Self {
        Self {
            authority: Authority::Rule,
            ..self
        }
    }

    /// The IAM action, such as `ec2:ModifyImageAttribute`
    pub(crate) fn action(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }

    /// Whether the operation writes; AWS names those that only read by their first word
    ///
    /// CloudTrail calls `AssumeRole` `readOnly`.
    pub(crate) fn is_write(&self) -> bool {
        !["Assume", "Describe", "Get", "List"]
            .iter()
            .any(|verb| self.operation.starts_with(verb))
    }
}
