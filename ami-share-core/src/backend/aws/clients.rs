//! One client for each service and Region, made when it is first needed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_sdk_ec2::config::retry::RetryPartition;

use crate::id::Region;

/// The clients of one backend
pub(super) struct Clients {
    base: SdkConfig,
    retry: RetryConfig,
    backend: u64,
    ec2: ByRegion<aws_sdk_ec2::Client>,
    kms: ByRegion<aws_sdk_kms::Client>,
    organizations: ByRegion<aws_sdk_organizations::Client>,
}

impl Clients {
    pub(super) fn new(
        base: SdkConfig,
        retry: RetryConfig,
        given: Vec<(Region, aws_sdk_ec2::Client)>,
    ) -> Self {
        static BACKENDS: AtomicU64 = AtomicU64::new(0);
        Self {
            base,
            retry,
            backend: BACKENDS.fetch_add(1, Ordering::Relaxed),
            ec2: ByRegion(RwLock::new(given.into_iter().collect())),
            kms: ByRegion(RwLock::default()),
            organizations: ByRegion(RwLock::default()),
        }
    }

    pub(super) fn ec2(&self, region: &Region) -> aws_sdk_ec2::Client {
        self.ec2.get_or_make(region, || {
            let config = aws_sdk_ec2::config::Builder::from(&self.base)
                .region(aws_config::Region::new(region.as_str().to_owned()))
                .retry_config(self.retry.clone())
                .retry_partition(self.retry_partition("ec2", region))
                .build();
            aws_sdk_ec2::Client::from_conf(config)
        })
    }

    pub(super) fn kms(&self, region: &Region) -> aws_sdk_kms::Client {
        self.kms.get_or_make(region, || {
            let config = aws_sdk_kms::config::Builder::from(&self.base)
                .region(aws_config::Region::new(region.as_str().to_owned()))
                .retry_config(self.retry.clone())
                .retry_partition(self.retry_partition("kms", region))
                .build();
            aws_sdk_kms::Client::from_conf(config)
        })
    }

    /// The client of AWS Organizations in the partition that the Region lies in
    pub(super) fn organizations(&self, region: &Region) -> aws_sdk_organizations::Client {
        self.organizations.get_or_make(region, || {
            let endpoint = organizations_region(region);
            let config = aws_sdk_organizations::config::Builder::from(&self.base)
                .region(aws_config::Region::new(endpoint.to_owned()))
                .retry_config(self.retry.clone())
                .retry_partition(self.retry_partition("organizations", region))
                .build();
            aws_sdk_organizations::Client::from_conf(config)
        })
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
