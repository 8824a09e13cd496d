//! One client for each service and Region, made when it is first needed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_sdk_ec2::config::retry::RetryPartition;

use super::session::RoleSession;
use crate::id::Region;

/// The clients of one backend
pub(super) struct Clients {
    base: SdkConfig,
    retry: RetryConfig,
    /// Whose credentials are used, where not those of `base`
    session: Option<Arc<RoleSession>>,
    backend: u64,
    ec2: ByRegion<aws_sdk_ec2::Client>,
    kms: ByRegion<aws_sdk_kms::Client>,
    organizations: ByRegion<aws_sdk_organizations::Client>,
    ssm: ByRegion<aws_sdk_ssm::Client>,
    sts: ByRegion<aws_sdk_sts::Client>,
}

/// A client of a service for the calls of a Region, at the endpoint of another one if need be
macro_rules! client {
    ($sdk:ident, $service:literal, $clients:expr, $region:expr, $endpoint:expr) => {{
        let config = $sdk::config::Builder::from(&$clients.config($region))
            .region(aws_config::Region::new(str::to_owned($endpoint)))
            .retry_config($clients.retry.clone())
            .retry_partition($clients.retry_partition($service, $region))
            .build();
        $sdk::Client::from_conf(config)
    }};
}

impl Clients {
    pub(super) fn new(
        base: SdkConfig,
        retry: RetryConfig,
        given: Vec<(Region, aws_sdk_ec2::Client)>,
    ) -> Self {
        let mut clients = Self::of(base, retry, None);
        clients.ec2 = ByRegion(RwLock::new(given.into_iter().collect()));
        clients
    }

    /// Those of a role: with the same connections, endpoint and limits, but a retry budget of their own
    pub(super) fn of_session(session: RoleSession) -> Self {
        let caller = session.caller();
        // A session is kept by itself. The SDK's cache has room for 64.
        let base = caller.base.to_builder();
        let base = base.identity_cache(IdentityCache::no_cache()).build();
        Self::of(base, caller.retry.clone(), Some(Arc::new(session)))
    }

    fn of(base: SdkConfig, retry: RetryConfig, session: Option<Arc<RoleSession>>) -> Self {
        static BACKENDS: AtomicU64 = AtomicU64::new(0);
        Self {
            base,
            retry,
            session,
            backend: BACKENDS.fetch_add(1, Ordering::Relaxed),
            ec2: ByRegion::default(),
            kms: ByRegion::default(),
            organizations: ByRegion::default(),
            ssm: ByRegion::default(),
            sts: ByRegion::default(),
        }
    }

    pub(super) fn ec2(&self, region: &Region) -> aws_sdk_ec2::Client {
        self.ec2.get_or_make(region, || {
            client!(aws_sdk_ec2, "ec2", self, region, region.as_str())
        })
    }

    pub(super) fn kms(&self, region: &Region) -> aws_sdk_kms::Client {
        self.kms.get_or_make(region, || {
            client!(aws_sdk_kms, "kms", self, region, region.as_str())
        })
    }

    /// The client of AWS Organizations in the partition that the Region lies in
    pub(super) fn organizations(&self, region: &Region) -> aws_sdk_organizations::Client {
        self.organizations.get_or_make(region, || {
            let endpoint = organizations_region(region);
            client!(
                aws_sdk_organizations,
                "organizations",
                self,
                region,
                endpoint
            )
        })
    }

    pub(super) fn ssm(&self, region: &Region) -> aws_sdk_ssm::Client {
        self.ssm.get_or_make(region, || {
            client!(aws_sdk_ssm, "ssm", self, region, region.as_str())
        })
    }

    /// The client of STS at its endpoint of the Region
    pub(super) fn sts(&self, region: &Region) -> aws_sdk_sts::Client {
        self.sts.get_or_make(region, || {
            client!(aws_sdk_sts, "sts", self, region, region.as_str())
        })
    }

    /// The configuration of all clients of a Region
    fn config(&self, region: &Region) -> SdkConfig {
        let Some(session) = &self.session else {
            return self.base.clone();
        };
        let credentials = session.credentials_in(region);
        let base = self.base.to_builder();
        base.credentials_provider(credentials).build()
    }

    #[cfg(test)]
    pub(super) fn credentials_provider(
        &self,
        region: &Region,
    ) -> Option<aws_sdk_ec2::config::SharedCredentialsProvider> {
        self.config(region).credentials_provider()
    }

    /// The longest that one attempt of a call may take
    pub(super) fn attempt_timeout(&self) -> Option<Duration> {
        self.base.timeout_config()?.operation_attempt_timeout()
    }

    /// The Regions that have an EC2 client already
    pub(super) fn regions(&self) -> Vec<Region> {
        self.ec2.regions()
    }

    /// A retry budget of this backend's own
    ///
    /// The SDK's default is one for the whole process: a throttled account would use up the
    /// retries of all others in the Region.
    fn retry_partition(&self, service: &str, region: &Region) -> RetryPartition {
        RetryPartition::custom(format!("ami-share-{}-{service}-{region}", self.backend)).build()
    }
}

/// The Region of AWS Organizations, which has one endpoint a partition
///
/// Where it is not known, Region and endpoint are taken to be the same.
fn organizations_region(region: &Region) -> &str {
    match region.partition().as_str() {
        "aws" => "us-east-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-cn" => "cn-northwest-1",
        _ => region.as_str(),
    }
}

struct ByRegion<C>(RwLock<BTreeMap<Region, C>>);

impl<C> Default for ByRegion<C> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<C: Clone> ByRegion<C> {
    fn get_or_make(&self, region: &Region, make: impl FnOnce() -> C) -> C {
        // A panic in between leaves the map whole, so a poisoned lock is as good as any.
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = known.get(region) {
            return client.clone();
        }
        drop(known);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.entry(region.clone()).or_insert_with(make).clone()
    }

    fn regions(&self) -> Vec<Region> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.keys().cloned().collect()
    }
}
