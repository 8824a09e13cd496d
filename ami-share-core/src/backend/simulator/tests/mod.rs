//! Each test states the rule of AWS, or the promise of the simulator, that it guards.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod assume;
mod call;
mod copying;
mod ec2;
mod fault;
mod iam;
mod judge;
mod kms;
mod linked;
mod organizations;
mod recipient;
mod role;
mod world;

use std::fmt::Debug;

use super::{ImageSpec, SimulatedBackend, World};
use crate::api_error::ApiError;
use crate::backend::Backend;
use crate::id::{AccountId, ImageId, Region, SnapshotId};
use crate::principal::{Principal, PrincipalSet};

/// An owner with one plain image, and accounts around it
struct Scene {
    world: World,
    region: Region,
    image: ImageId,
    backend: SimulatedBackend,
}

impl Scene {
    fn new() -> Self {
        Self::with(ImageSpec::named("golden"))
    }

    fn with(spec: ImageSpec) -> Self {
        let world = World::new();
        let region = region();
        let image = world.register_image(&region, owner(), spec);
        let backend = world.backend(owner());
        Self {
            world,
            region,
            image,
            backend,
        }
    }

    async fn add(&self, principals: &[Principal]) -> Result<(), ApiError> {
        self.modify(principals, &[]).await
    }

    async fn modify(&self, add: &[Principal], remove: &[Principal]) -> Result<(), ApiError> {
        self.backend
            .modify_launch_permissions(&self.region, &self.image, add, remove)
            .await
            .map(|_| ())
    }

    fn stored(&self) -> PrincipalSet {
        self.world
            .launch_permissions(&self.region, &self.image)
            .unwrap()
    }

    fn snapshot(&self) -> SnapshotId {
        self.world.snapshots_of(&self.region, &self.image)[0].clone()
    }

    fn launches(&self, account: AccountId) -> bool {
        self.world
            .can_launch(&self.region, account, &self.image)
            .allowed
    }

    fn copies(&self, account: AccountId) -> bool {
        self.world
            .can_copy(&self.region, account, &self.image)
            .allowed
    }
}

fn region() -> Region {
    "eu-central-1".parse().unwrap()
}

fn owner() -> AccountId {
    account(1)
}

fn recipient() -> AccountId {
    account(2)
}

fn stranger() -> AccountId {
    account(3)
}

fn account(number: usize) -> AccountId {
    format!("{number:012}").parse().unwrap()
}

fn accounts(numbers: std::ops::Range<usize>) -> Vec<Principal> {
    numbers.map(|number| account(number).into()).collect()
}

fn set(principals: &[Principal]) -> PrincipalSet {
    principals.iter().cloned().collect()
}

/// The operation and the code of what must be an error
fn refused<T: Debug>(result: Result<T, ApiError>) -> (String, String) {
    let error = result.unwrap_err();
    (
        error.operation().to_owned(),
        error.code().unwrap().to_owned(),
    )
}

fn code<T: Debug>(result: Result<T, ApiError>) -> String {
    refused(result).1
}
