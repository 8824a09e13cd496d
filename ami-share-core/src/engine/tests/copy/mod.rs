//! Copies on the simulator: who can launch and copy them is what the simulator says, by its own rules.

mod access;
mod clean_up;
mod crash;
mod faults;
mod flow;
mod lease;
mod limits;
mod owner_made;
mod poll;
mod property;
mod settings;
mod stop;

use std::time::Duration;

use super::keys::probe;
use super::*;
use crate::backend::simulator::{Faults, NewKey};
use crate::engine::{ApplyOptions, Roles};
use crate::id::{KeyArn, SnapshotId};
use crate::outcome::{CopyOutcome, CopyReport, Events, events};
use crate::plan::{COPY_TAG, FoundCopy};
use crate::principal::PrincipalSet;
use crate::request::{
    CopyLimits, CopyMaker, CopyRequest, CopyRequestBuilder, OnFailure, SourceAccess,
};
use crate::resource::ImageState;

/// An owner with an encrypted image, and recipients that have a role for the owner and a key each, in
/// every Region
struct CopyScene {
    scene: Scene,
    source_key: KeyArn,
    recipients: Vec<AccountId>,
    regions: Vec<Region>,
}

const ALIAS: &str = "alias/golden";

impl CopyScene {
    fn new(recipients: u64, regions: &[&str]) -> Self {
        Self::of(recipients, regions, |key| {
            let spec = ImageSpec::named("golden").description("as approved");
            let spec = spec.tag("team", "web");
            spec.encrypted_with(key).encrypted_with(key)
        })
    }

    fn unencrypted(recipients: u64, regions: &[&str]) -> Self {
        Self::of(recipients, regions, |_| ImageSpec::named("golden"))
    }

    fn of(recipients: u64, regions: &[&str], spec: impl FnOnce(&KeyArn) -> ImageSpec) -> Self {
        let mut scene = Scene::with(Vec::new());
        let source_key = scene
            .world
            .create_key(&scene.region, scene.owner, NewKey::new());
        let spec = spec(&source_key);
        scene.images = vec![scene.world.register_image(&scene.region, scene.owner, spec)];
        let regions: Vec<Region> = regions
            .iter()
            .map(|region| region.parse().unwrap())
            .collect();
        let recipients = accounts(recipients);
        for account in recipients.iter().chain([&scene.owner]) {
            for region in &regions {
                let key = scene.world.create_key(region, *account, NewKey::new());
                scene.world.create_alias(ALIAS, &key).unwrap();
            }
        }
        for account in &recipients {
            let trust = format!(
                r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "sts:AssumeRole",
                "Principal": {{"AWS": "arn:aws:iam::{}:root"}}}}]}}"#,
                scene.owner
            );
            let role = scene
                .world
                .create_role(*account, "AmiShare", &trust)
                .unwrap();
            let policy = r#"{"Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
            scene.world.put_role_policy(&role, "all", policy).unwrap();
        }
        scene.world.clear_calls();
        Self {
            scene,
            source_key,
            recipients,
            regions,
        }
    }

    fn sharer(&self) -> BackendSharer<SimulatedBackend> {
        self.scene.sharer().with_roles(roles())
    }

    /// A sharer whose calls fail, or are watched
    fn sharer_of(
        &self,
        faulty: Faulty<SimulatedBackend>,
    ) -> BackendSharer<Faulty<SimulatedBackend>> {
        BackendSharer::new(faulty).with_roles(roles())
    }

    fn request(&self) -> CopyRequestBuilder {
        CopyRequest::builder()
            .source(&self.scene.region, &self.scene.images[0])
            .to_regions(&self.regions)
            .key(ALIAS)
    }

    fn for_recipients(&self) -> CopyRequestBuilder {
        self.request().to_accounts(self.recipients.iter().copied())
    }

    /// One copy for each recipient, all owned by the owner
    fn owner_made(&self) -> CopyRequestBuilder {
        self.for_recipients().made_by(CopyMaker::Owner)
    }

    /// Takes the owner's key away from everybody else
    fn lose_the_source_key(&self) {
        let world = &self.scene.world;
        let state = crate::policy::evaluate::KeyState::PendingDeletion;
        world.set_key_state(&self.source_key, state).unwrap();
    }

    /// All copies that were ever made, by whoever made them
    fn made(&self) -> Vec<Made> {
        let state = self.scene.world.state();
        let images = state.images.iter();
        let images =
            images.flat_map(|(region, images)| images.values().map(move |of| (region, of)));
        images
            .filter_map(|(region, image)| {
                let tags = image.tags.by(image.owner);
                Some(Made {
                    region: region.clone(),
                    owner: image.owner,
                    image: image.id.clone(),
                    state: image.state.clone(),
                    is_there: !image.gone,
                    digest: tags.get(COPY_TAG)?.clone(),
                    snapshots: image.snapshots.iter().map(|of| of.id.clone()).collect(),
                })
            })
            .collect()
    }

    /// The copies that are there
    fn there(&self) -> Vec<Made> {
        let made = self.made().into_iter();
        made.filter(|made| made.is_there).collect()
    }

    /// Snapshots of copies whose image is gone
    fn orphans(&self) -> Vec<SnapshotId> {
        let gone = self.made().into_iter().filter(|made| !made.is_there);
        let orphans = gone.flat_map(|made| {
            let state = self.scene.world.state();
            let is_there = |id: &SnapshotId| state.snapshot(&made.region, id).is_some();
            let snapshots = made.snapshots.into_iter();
            snapshots.filter(is_there).collect::<Vec<_>>()
        });
        orphans.collect()
    }

    /// Holds that every copy that was asked for is there once, is available, and was made once
    fn copied_once(&self, request: &CopyRequest, told: &str) {
        let made = self.made();
        let wanted = request.destinations().len();
        assert_eq!(made.len(), wanted, "promise 8: {told}: {made:#?}");
        let digests: std::collections::BTreeSet<_> = made.iter().map(|made| &made.digest).collect();
        assert_eq!(digests.len(), wanted, "{told}: {made:#?}");
        let is_available = |made: &Made| made.is_there && made.state == ImageState::Available;
        assert!(made.iter().all(is_available), "{told}: {made:#?}");
    }

    /// What the source is open for, and for whom
    fn source_access(&self, probe: &ImageId) -> SourceOpen {
        let (world, region) = (&self.scene.world, &self.scene.region);
        let image = &self.scene.images[0];
        let snapshots = world.snapshots_of(region, image);
        let everyone = self.recipients.iter().copied().chain([account(STRANGER)]);
        SourceOpen {
            image: world.launch_permissions(region, image).unwrap(),
            snapshots: snapshots
                .iter()
                .map(|id| world.create_volume_permissions(region, id).unwrap())
                .collect(),
            key: everyone
                .filter(|who| world.can_launch(region, *who, probe).allowed)
                .map(Principal::Account)
                .collect(),
        }
    }

    /// An image under the source's key that every recipient, and a stranger, may launch
    async fn probe(&self) -> ImageId {
        let scene = &self.scene;
        let everyone: Vec<AccountId> = self
            .recipients
            .iter()
            .copied()
            .chain([account(STRANGER)])
            .collect();
        probe(&scene.world, &scene.region, &self.source_key, &everyone).await
    }

    fn count(&self, operation: &str) -> usize {
        let operations = self.scene.operations();
        operations
            .iter()
            .filter(|called| **called == operation)
            .count()
    }
}

/// A copy that was made
#[derive(Clone, Debug)]
struct Made {
    region: Region,
    owner: AccountId,
    image: ImageId,
    state: ImageState,
    is_there: bool,
    digest: String,
    snapshots: Vec<SnapshotId>,
}

/// Whom the source is open for, layer by layer
#[derive(Clone, Debug, Eq, PartialEq)]
struct SourceOpen {
    image: PrincipalSet,
    snapshots: Vec<PrincipalSet>,
    key: PrincipalSet,
}

impl SourceOpen {
    /// Whether nobody has more than before
    fn is_within(&self, before: &Self) -> bool {
        let is_within = |now: &PrincipalSet, was: &PrincipalSet| now.difference(was).is_empty();
        let mut snapshots = self.snapshots.iter().zip(&before.snapshots);
        is_within(&self.image, &before.image)
            && snapshots.all(|(now, was)| is_within(now, was))
            && is_within(&self.key, &before.key)
    }
}

/// An account that no request names
const STRANGER: u64 = 600;

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

/// Copies that take from so many minutes up to twice as long
fn copies_take(least: u64) -> Faults {
    Faults::none().copies_take(minutes(least), minutes(least))
}

fn limits(limits: impl FnOnce(&mut CopyLimits)) -> CopyLimits {
    let mut all = CopyLimits::default();
    limits(&mut all);
    all
}

fn roles() -> Roles {
    Roles::builder()
        .template("arn:aws:iam::{account}:role/AmiShare")
        .build()
        .unwrap()
}

fn copies_incomplete(result: Result<CopyReport, Error>) -> CopyReport {
    match result {
        Err(Error::CopyIncomplete(report)) => *report,
        other => panic!("{other:?}"),
    }
}
