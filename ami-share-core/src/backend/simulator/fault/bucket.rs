//! How AWS throttles.

use std::collections::HashMap;

use super::super::call::{Asked, Caller, Service};
use super::super::clock::Moment;
use super::super::refusal::Refusal;
use super::config::Bucket;
use crate::id::{AccountId, Region};

/// The buckets of all accounts, Regions and operations, as full as they are
#[derive(Debug, Default)]
pub(super) struct Buckets(HashMap<(AccountId, Region, Service, &'static str), Level>);

#[derive(Clone, Copy, Debug)]
struct Level {
    tokens: f64,
    at: Moment,
}

/// How many tokens a bucket holds, and how many come in a second
#[derive(Clone, Copy, Debug, PartialEq)]
struct Size {
    most: f64,
    refill: f64,
}

impl Buckets {
    /// Takes a token for a call, or says how AWS throttles it
    pub(super) fn take(
        &mut self,
        caller: Caller<'_>,
        asked: &Asked,
        now: Moment,
        own: &[Bucket],
        is_aws: bool,
    ) -> Result<(), Refusal> {
        let own = own
            .iter()
            .find(|bucket| bucket.operation == asked.operation)
            .map(|bucket| Size {
                most: bucket.size,
                refill: bucket.refill,
            });
        let Some(size) = own.or_else(|| is_aws.then(|| size_of(asked)).flatten()) else {
            return Ok(());
        };
        let level = self
            .0
            .entry((
                caller.account,
                caller.region.clone(),
                asked.service,
                asked.operation,
            ))
            .or_insert(Level {
                tokens: size.most,
                at: now,
            });
        let refilled = now.since(level.at).as_secs_f64() * size.refill;
        level.tokens = (level.tokens + refilled).min(size.most);
        level.at = now;
        if level.tokens < 1.0 {
            return Err(throttled(asked.service));
        }
        level.tokens -= 1.0;
        Ok(())
    }
}

/// AWS's own buckets, as far as they are documented
///
/// `DescribeSnapshots` has a smaller one for calls without filters and pages, which is not modelled.
/// The figures of Organizations, IAM, SSM and STS are not documented: they do not throttle here.
fn size_of(asked: &Asked) -> Option<Size> {
    let (most, refill) = match asked.service {
        Service::Ec2 => match asked.operation {
            "EnableImageBlockPublicAccess"
            | "DisableImageBlockPublicAccess"
            | "EnableSnapshotBlockPublicAccess"
            | "DisableSnapshotBlockPublicAccess" => (1.0, 0.1),
            "ModifyImageAttribute"
            | "ModifySnapshotAttribute"
            | "DeregisterImage"
            | "CreateSnapshot" => (100.0, 5.0),
            "CopyImage" => (100.0, 1.0),
            "CreateTags" | "DeleteTags" => (100.0, 10.0),
            _ if asked.is_write() => (50.0, 5.0),
            _ => (100.0, 20.0),
        },
        // A quota for a second is a bucket that is full again after one.
        Service::Kms => {
            let in_second = match asked.operation {
                "CreateGrant" | "RevokeGrant" | "RetireGrant" => 50.0,
                "ListGrants" | "ListRetirableGrants" | "ListKeyPolicies" => 100.0,
                "ListAliases" => 500.0,
                "GetKeyPolicy" => 1_000.0,
                "PutKeyPolicy" => 15.0,
                "DescribeKey" => 2_000.0,
                "CreateKey" | "ReplicateKey" => 5.0,
                _ => return None,
            };
            (in_second, in_second)
        }
        Service::Iam | Service::Organizations | Service::Ssm | Service::Sts => return None,
    };
    Some(Size { most, refill })
}

fn throttled(service: Service) -> Refusal {
    match service {
        Service::Ec2 => Refusal::new("RequestLimitExceeded", "Request limit exceeded."),
        Service::Iam | Service::Sts => Refusal::new("Throttling", "Rate exceeded"),
        Service::Ssm => Refusal::new("ThrottlingException", "Rate exceeded"),
        Service::Organizations => Refusal::new(
            "TooManyRequestsException",
            "You have sent too many requests in too short a period of time.",
        ),
        Service::Kms => Refusal::new(
            "ThrottlingException",
            "You have exceeded the rate at which you may call KMS. Reduce the frequency of your \
             calls.",
        ),
    }
}
