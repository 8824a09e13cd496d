//! Distributions through the AWS backend, on the simulator's server.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests fail by panic"
)]

mod support;

use std::time::{Duration, SystemTime};

use ami_share_core::access::Answer;
use ami_share_core::backend::simulator::server::Server;
use ami_share_core::backend::simulator::{Outcome, World};
use ami_share_core::distribution::{Distribution, DistributionReport, Shard, Stage};
use ami_share_core::id::AccountId;
use ami_share_core::policy::evaluate::KeyState;
use ami_share_core::{ApplyOptions, AwsSharer, Distributor};
use support::{CallCounter, simulator_backend};

const OWNER: &str = "111122223333";
const RECIPIENTS: [&str; 3] = ["222222222222", "444455556666", "555566667777"];
const STRANGER: &str = "999988887777";
const FILE: &str = include_str!("../examples/distributions/golden-image.yaml");

/// The world of the example, and a sharer of the owner on its server
struct Scene {
    world: World,
    _server: Server,
    sharer: AwsSharer,
}

impl Scene {
    async fn start() -> Self {
        let world = World::load_file("examples/worlds/golden-image.yaml").unwrap();
        // The engine goes by the time of the machine, and EC2 takes no deprecation in its past.
        world.set_time(SystemTime::now() - Duration::from_secs(24 * 3_600));
        let server = Server::start(world.clone(), ([127, 0, 0, 1], 0).into())
            .await
            .unwrap();
        let backend = simulator_backend(&server, account(OWNER), &CallCounter::default()).await;
        Self {
            world,
            _server: server,
            sharer: AwsSharer::new(backend),
        }
    }

    async fn run(&self, distribution: &Distribution) -> DistributionReport {
        let plan = self.sharer.plan_distribution(distribution).await.unwrap();
        let options = ApplyOptions::just_planned();
        let applied = self.sharer.apply_distribution(&plan, &options).await;
        applied.unwrap()
    }

    /// The writes that took effect since the log was cleared; a rehearsal is refused, allowed or not
    fn writes(&self) -> Vec<&'static str> {
        let calls = self.world.calls().into_iter();
        let writes =
            calls.filter(|call| call.write && !matches!(call.outcome, Outcome::Refused(_)));
        writes.map(|call| call.operation).collect()
    }
}

fn account(id: &str) -> AccountId {
    id.parse().unwrap()
}

/// The published example with copies in the recipients, each under a key of its own
fn copying() -> Distribution {
    let file = FILE
        .replace("recipients_get: share", "recipients_get: copy")
        .replace(
            "  on_failure: clean_up",
            "  on_failure: clean_up\n  source_access: close",
        )
        // A key of its own needs no grant of the owner's.
        .replace("service_linked_roles: [autoscaling, ec2_spot]", "")
        .replace("key_access: key_policy", "key_access: auto");
    Distribution::from_yaml(&file).unwrap()
}

#[tokio::test]
async fn the_published_distribution_lets_its_recipients_in_and_nobody_else_and_again_writes_nothing()
 {
    let scene = Scene::start().await;
    let distribution = Distribution::from_yaml(FILE).unwrap();
    let report = scene.run(&distribution).await;
    let owners = report.shards().iter();
    let owners: Vec<_> = owners
        .filter(|shard| shard.shard.stage == Stage::Owner)
        .collect();
    assert_eq!(owners.len(), 3);
    for shard in owners {
        let (region, image) = (&shard.shard.region, shard.image.as_ref().unwrap());
        for id in RECIPIENTS {
            let judged = scene.world.can_launch(region, account(id), image);
            assert!(judged.allowed, "{id} in {region}: {}", judged.reason);
        }
        let judged = scene.world.can_launch(region, account(STRANGER), image);
        assert!(!judged.allowed, "{STRANGER} in {region}");
    }
    scene.world.clear_calls();
    let again = scene.run(&distribution).await;
    assert!(again.is_complete());
    assert_eq!(scene.writes(), Vec::<&str>::new());
    let verified = scene
        .sharer
        .verify_distribution(&distribution)
        .await
        .unwrap();
    assert_ne!(verified.answer(), Answer::No, "{verified}");
}

#[tokio::test]
async fn recipients_launch_their_copies_without_the_owner_s_keys_and_the_source_is_closed() {
    let scene = Scene::start().await;
    for id in RECIPIENTS {
        for region in ["us-east-1", "eu-central-1", "ap-southeast-2"] {
            let key = ami_share_core::backend::simulator::NewKey::new();
            let key = scene
                .world
                .create_key(&region.parse().unwrap(), account(id), key);
            scene
                .world
                .create_alias("alias/golden-images", &key)
                .unwrap();
        }
    }
    let report = scene.run(&copying()).await;
    for key in scene.world.keys() {
        if key.account() == account(OWNER) {
            scene
                .world
                .set_key_state(&key, KeyState::PendingDeletion)
                .unwrap();
        }
    }
    let mut copies = 0;
    for shard in report.shards() {
        let (region, image) = (&shard.shard.region, shard.image.as_ref().unwrap());
        match shard.shard.stage {
            Stage::Recipient => {
                let judged = scene.world.can_launch(region, shard.shard.account, image);
                assert!(judged.allowed, "{}: {}", shard.shard, judged.reason);
                copies += 1;
            }
            Stage::Owner | Stage::Finish => {
                let permissions = scene.world.launch_permissions(region, image).unwrap();
                assert!(permissions.is_empty(), "{}: {permissions:?}", shard.shard);
            }
        }
    }
    assert_eq!(copies, 9);
}

#[tokio::test]
async fn promise_8_shards_run_from_their_json_alone_twice_and_make_every_copy_once() {
    let scene = Scene::start().await;
    let distribution = Distribution::from_yaml(FILE).unwrap();
    let plan = scene.sharer.plan_distribution(&distribution).await.unwrap();
    let options = ApplyOptions::just_planned();
    let mut reports = Vec::new();
    for shard in plan.shards() {
        let json = serde_json::to_string(shard).unwrap();
        for _ in 0..2 {
            let shard: Shard = serde_json::from_str(&json).unwrap();
            reports.push(scene.sharer.run_shard(&shard, &options).await);
        }
    }
    let report = DistributionReport::merge(reports);
    assert!(report.is_complete(), "{report}");
    let copied = scene.world.calls().into_iter();
    assert_eq!(
        copied.filter(|call| call.operation == "CopyImage").count(),
        2
    );
}
