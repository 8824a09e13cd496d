//! Copies on the simulator: who can launch and copy them is what the simulator says, by its own rules.

use std::time::Duration;

use super::*;
use crate::backend::simulator::{Faults, NewKey};
use crate::engine::{ApplyOptions, Roles};
use crate::id::KeyArn;
use crate::outcome::{CopyOutcome, CopyReport};
use crate::plan::FoundCopy;
use crate::request::{CopyRequest, CopyRequestBuilder, SourceAccess};

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
        let mut scene = Scene::with(Vec::new());
        let source_key = scene
            .world
            .create_key(&scene.region, scene.owner, NewKey::new());
        let spec = ImageSpec::named("golden")
            .description("as approved")
            .tag("team", "web")
            .encrypted_with(&source_key)
            .encrypted_with(&source_key);
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

    fn request(&self) -> CopyRequestBuilder {
        CopyRequest::builder()
            .source(&self.scene.region, &self.scene.images[0])
            .to_regions(&self.regions)
            .key(ALIAS)
    }

    fn for_recipients(&self) -> CopyRequestBuilder {
        self.request().to_accounts(self.recipients.iter().copied())
    }

    /// Takes the owner's key away from everybody else
    fn lose_the_source_key(&self) {
        let world = &self.scene.world;
        let state = crate::policy::evaluate::KeyState::PendingDeletion;
        world.set_key_state(&self.source_key, state).unwrap();
    }

    fn count(&self, operation: &str) -> usize {
        let operations = self.scene.operations();
        operations
            .iter()
            .filter(|called| **called == operation)
            .count()
    }
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

#[tokio::test(start_paused = true)]
async fn recipients_launch_their_copies_without_the_owner_s_key() {
    let scene = CopyScene::new(2, &["us-east-1", "eu-west-1"]);
    let request = scene
        .for_recipients()
        .source_access(SourceAccess::Close)
        .build()
        .unwrap();
    let report = scene.sharer().copy(&request).await.unwrap();
    assert_eq!(report.copies().len(), 4);
    scene.lose_the_source_key();
    for copy in report.copies() {
        assert_eq!(copy.outcome, CopyOutcome::Copied);
        let region = &copy.destination.region;
        let image = copy.image.as_ref().unwrap();
        let judged = scene.scene.world.can_launch(region, copy.account, image);
        assert!(judged.allowed, "{copy:?} {judged:?}");
        assert_eq!(copy.key.as_ref().unwrap().account(), copy.account);
    }
    // What was opened for the copies is closed again.
    let permissions = scene
        .scene
        .world
        .launch_permissions(&scene.scene.region, &scene.scene.images[0]);
    assert!(permissions.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn promise_5_a_second_run_copies_and_writes_nothing() {
    let scene = CopyScene::new(2, &["us-east-1", "eu-west-1"]);
    let request = scene.for_recipients().build().unwrap();
    let first = scene.sharer().copy(&request).await.unwrap();
    scene.scene.world.clear_calls();
    let sharer = scene.sharer();
    let plan = sharer.plan_copies(&request).await.unwrap();
    assert!(plan.is_empty(), "{plan:?}");
    let second = sharer
        .apply_copies(&plan, &ApplyOptions::just_planned())
        .await
        .unwrap();
    assert_eq!(scene.scene.writes(), 0, "{:?}", scene.scene.operations());
    let images = |report: &CopyReport| {
        let copies = report.copies().iter();
        copies.map(|copy| copy.image.clone()).collect::<Vec<_>>()
    };
    assert_eq!(images(&first), images(&second));
    assert!(
        second
            .copies()
            .iter()
            .all(|copy| copy.outcome == CopyOutcome::Found)
    );
}

#[tokio::test(start_paused = true)]
async fn the_owner_copies_for_itself_and_what_is_pending_is_adopted() {
    let scene = CopyScene::new(0, &["us-east-1", "eu-west-1"]);
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    let faults = Faults::none().copies_take(minutes(10), minutes(0));
    scene.scene.world.set_faults(faults);
    let request = scene.request().build().unwrap();
    let sharer = scene.sharer();
    let (first, second) = tokio::join!(sharer.copy(&request), async {
        tokio::time::sleep(minutes(2)).await;
        let plan = sharer.plan_copies(&request).await.unwrap();
        let pending =
            |copy: &crate::plan::PlannedCopy| matches!(copy.found, FoundCopy::Pending { .. });
        assert!(plan.copies().iter().all(pending), "{plan:?}");
        sharer.copy(&request).await
    });
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(scene.count("CopyImage"), 2);
    for (one, other) in first.copies().iter().zip(second.copies()) {
        assert_eq!(one.image, other.image);
    }
}
