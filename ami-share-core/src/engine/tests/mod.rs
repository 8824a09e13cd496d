mod apply;
mod caller;
mod copy;
#[cfg(feature = "distribution")]
mod distribute;
mod faulty;
mod keys;
mod property;
mod recipient;
mod verify;

use std::sync::Arc;

use faulty::{Fault, Faulty};

use super::EngineOptions;
use crate::backend::simulator::{ImageSpec, SimulatedBackend, World};
use crate::error::Error;
use crate::id::{AccountId, ImageId, Region};
use crate::outcome::{Report, StepOutcome};
use crate::principal::Principal;
use crate::request::{ShareRequest, ShareRequestBuilder, SnapshotSharing};
use crate::sharer::{BackendSharer, Sharer};

/// An owner with images in a world of its own
struct Scene {
    world: World,
    region: Region,
    owner: AccountId,
    images: Vec<ImageId>,
}

impl Scene {
    fn new(images: usize) -> Self {
        Self::with(vec![ImageSpec::named("golden"); images])
    }

    fn with(specs: Vec<ImageSpec>) -> Self {
        let world = World::new();
        let region: Region = "us-east-1".parse().unwrap();
        let owner = "999999999999".parse().unwrap();
        let images = specs
            .into_iter()
            .map(|spec| world.register_image(&region, owner, spec))
            .collect();
        Self {
            world,
            region,
            owner,
            images,
        }
    }

    fn request(&self) -> ShareRequestBuilder {
        ShareRequest::builder()
            .region(&self.region)
            .images(&self.images)
    }

    fn backend(&self) -> SimulatedBackend {
        self.world.backend(self.owner)
    }

    fn sharer(&self) -> BackendSharer<SimulatedBackend> {
        BackendSharer::new(self.backend())
    }

    fn faulty(&self) -> Faulty<SimulatedBackend> {
        Faulty::new(self.backend())
    }

    /// The operations that were called, with their number, since the log was cleared
    fn operations(&self) -> Vec<&'static str> {
        self.world
            .calls()
            .iter()
            .map(|call| call.operation)
            .collect()
    }

    fn writes(&self) -> usize {
        self.world.calls().iter().filter(|call| call.write).count()
    }

    fn can_launch(&self, account: AccountId, image: usize) -> bool {
        self.world
            .can_launch(&self.region, account, &self.images[image])
            .allowed
    }

    fn can_copy(&self, account: AccountId, image: usize) -> bool {
        self.world
            .can_copy(&self.region, account, &self.images[image])
            .allowed
    }
}

fn account(number: u64) -> AccountId {
    format!("{number:012}").parse().unwrap()
}

fn accounts(count: u64) -> Vec<AccountId> {
    (1..=count).map(account).collect()
}

fn incomplete(result: Result<Report, Error>) -> Report {
    match result {
        Err(Error::Incomplete(report)) => *report,
        other => panic!("{other:?}"),
    }
}

fn outcomes(report: &Report) -> Vec<&'static str> {
    let word = |outcome: &StepOutcome| match outcome {
        StepOutcome::Done { .. } => "done",
        StepOutcome::Failed { .. } => "failed",
        StepOutcome::NotAttempted { .. } => "not attempted",
        StepOutcome::Unconfirmed { .. } => "unconfirmed",
    };
    report
        .steps()
        .iter()
        .map(|step| word(&step.outcome))
        .collect()
}
