//! What is opened for copies, to be closed again, is written down on the owner's images.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::*;
use crate::backend::{Backend, SnapshotChange};
use crate::distribution::Shard;
use crate::plan::{CopyRefusal, LEASE_TAG};
use crate::principal::PrincipalSet;
use crate::resource::{KeyGrant, Tags};

/// Account 2 may launch the image before, and 3 may read its first snapshot
struct Lease {
    scene: Distributing,
    /// The owner's, that images are encrypted under
    keys: [KeyArn; 2],
    before: Open,
}

/// By whom the owner's images and keys can be used, and what the image is tagged with
#[derive(Clone, Debug, Eq, PartialEq)]
struct Open {
    launch: PrincipalSet,
    snapshots: Vec<PrincipalSet>,
    keys: BTreeMap<KeyArn, (String, Vec<KeyGrant>)>,
    tags: Tags,
}

impl Lease {
    async fn new() -> Self {
        let scene = Distributing::of(&REGIONS[..2]);
        let (region, image) = (&scene.scene.region, &scene.scene.images[0]);
        let [_, launches, reads] = scene.recipients[..] else {
            panic!("{:?}", scene.recipients);
        };
        let backend = scene.scene.backend();
        let add = [launches.into()];
        let opened = backend.modify_launch_permissions(region, image, &add, &[]);
        opened.await.unwrap();
        let snapshot = &scene.world().snapshots_of(region, image)[0];
        let add = [reads.into()];
        let change = SnapshotChange::Add(&add);
        let opened = backend.modify_create_volume_permissions(region, snapshot, change);
        opened.await.unwrap();
        let keys = [
            scene.source_key.clone(),
            scene.key(scene.scene.owner, "eu-west-1"),
        ];
        let before = Open::of(&scene, &keys).await;
        scene.world().clear_calls();
        Self {
            scene,
            keys,
            before,
        }
    }

    /// Everything is as it was before, and nobody has anything of the owner's copy
    async fn is_closed(&self, told: &str) {
        assert_eq!(self.now().await, self.before, "{told}");
        let elsewhere = &self.scene.regions[1];
        for image in self.owner_s_in(elsewhere) {
            assert_eq!(self.scene.permitted(elsewhere, &image), [], "{told}");
            for snapshot in self.scene.world().snapshots_of(elsewhere, &image) {
                let world = self.scene.world();
                let permitted = world.create_volume_permissions(elsewhere, &snapshot);
                assert!(permitted.unwrap().is_empty(), "{told}");
            }
            let owner = self.scene.scene.owner;
            let details = self.scene.details(owner, elsewhere, &image).await;
            let tags = details.image.tags;
            assert!(!tags.keys().any(|key| key.starts_with(LEASE_TAG)), "{told}");
        }
    }

    async fn now(&self) -> Open {
        Open::of(&self.scene, &self.keys).await
    }

    /// Each has one copy, without the tags that tell of the lease
    async fn is_copied(&self, told: &str) {
        assert_eq!(self.owner_s_in(&self.scene.regions[1]).len(), 1, "{told}");
        for account in &self.scene.recipients {
            for region in &self.scene.regions {
                let images = self.scene.world().images_owned_by(region, *account);
                let [image] = &images[..] else {
                    panic!("{told}: {account} {region} {images:?}");
                };
                let details = self.scene.details(*account, region, image).await;
                let tags = details.image.tags;
                assert!(!tags.keys().any(|key| key.starts_with(LEASE_TAG)), "{told}");
            }
        }
    }

    fn owner_s_in(&self, region: &Region) -> Vec<ImageId> {
        let world = self.scene.world();
        world.images_owned_by(region, self.scene.scene.owner)
    }

    fn owner_shard(plan: &DistributionPlan, region: &Region) -> Shard {
        let mut shards = plan.shards().iter();
        let is_it = |shard: &&Shard| shard.stage == Stage::Owner && shard.region == *region;
        shards.find(is_it).unwrap().clone()
    }

    /// Runs a shard from its JSON alone, by a sharer that knows nothing
    async fn work(&self, shard: &Shard) -> ShardReport {
        let text = serde_json::to_string(shard).unwrap();
        let shard: Shard = serde_json::from_str(&text).unwrap();
        let options = ApplyOptions::default();
        self.scene.sharer().run_shard(&shard, &options).await
    }
}

impl Open {
    async fn of(scene: &Distributing, of_owner: &[KeyArn]) -> Self {
        let (region, image) = (&scene.scene.region, &scene.scene.images[0]);
        let (world, backend) = (scene.world(), scene.scene.backend());
        let snapshots = world.snapshots_of(region, image);
        let of_snapshot = |id| world.create_volume_permissions(region, id).unwrap();
        let mut keys = BTreeMap::new();
        for key in of_owner {
            let policy = world.key_policy(key).unwrap().as_str().to_owned();
            let grants = backend.list_grants(&key.region(), key, None).await;
            keys.insert(key.clone(), (policy, grants.unwrap()));
        }
        Self {
            launch: world.launch_permissions(region, image).unwrap(),
            snapshots: snapshots.iter().map(of_snapshot).collect(),
            keys,
            tags: scene
                .details(scene.scene.owner, region, image)
                .await
                .image
                .tags,
        }
    }
}

/// Lets a run end after a call; whether it came so far
async fn crashes(
    scene: &Distributing,
    plan: &DistributionPlan,
    options: &ApplyOptions,
    at: usize,
) -> bool {
    let crash = Arc::new(Notify::new());
    let calls = AtomicUsize::new(0);
    let faulty = scene.scene.faulty().watched({
        let crash = Arc::clone(&crash);
        move || {
            if calls.fetch_add(1, Ordering::SeqCst) == at {
                crash.notify_one();
            }
        }
    });
    let sharer = BackendSharer::new(faulty);
    tokio::select! {
        biased;
        () = crash.notified() => true,
        result = sharer.apply_distribution(plan, options) => {
            result.unwrap();
            false
        }
    }
}

async fn a_new_plan_closes(key_access: &str, options: ApplyOptions) {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    let (mut at, mut left_open) = (0, 0);
    loop {
        let lease = Lease::new().await;
        let scene = &lease.scene;
        let copies_take = Faults::none().copies_take(minutes(3), minutes(3));
        scene.world().set_faults(copies_take);
        let distribution = scene.copying(json!({"key_access": key_access}));
        let plan = scene.plan(&distribution).await;
        let crashed = crashes(scene, &plan, &options, at).await;
        // Half of the time the copies have ended in between, and nothing is to be opened again.
        if at % 2 == 0 {
            scene.world().advance(minutes(10));
        }
        let told = format!("{key_access}, crash after call {at}");
        let plan = scene.plan(&distribution).await;
        left_open += plan.left_open().count();
        let just_planned = ApplyOptions::just_planned();
        let sharer = scene.sharer();
        let applied = sharer.apply_distribution(&plan, &just_planned);
        let applied = applied.await;
        assert!(applied.is_ok(), "{told}: {applied:?}");
        lease.is_closed(&told).await;
        lease.is_copied(&told).await;
        scene.world().clear_calls();
        assert!(scene.plan(&distribution).await.is_empty(), "{told}");
        if at % 5 == 0 {
            scene.run(&distribution).await;
            assert_eq!(scene.writes(), Vec::<&str>::new(), "{told}");
        }
        if !crashed {
            break;
        }
        at += 1;
    }
    assert!(at >= 60, "{at} crashes");
    assert!(left_open >= 30, "{left_open} images were left open");
}

#[tokio::test(start_paused = true)]
async fn promise_1_after_a_crash_at_any_call_a_new_plan_closes_the_image_and_its_keys() {
    a_new_plan_closes("key_policy", ApplyOptions::just_planned()).await;
}

#[tokio::test(start_paused = true)]
async fn promise_1_after_a_crash_at_any_call_of_shards_that_look_anew_a_new_plan_closes_grants() {
    let again = ApplyOptions::default().with_on_change(OnChange::PlanAgain);
    a_new_plan_closes("grant", again).await;
}

/// In the image's own Region, and in one where the copy was still to be made; the reports are lost
#[tokio::test(start_paused = true)]
async fn promise_8_a_saved_shard_alone_closes_what_the_owner_s_opened() {
    let lease = Lease::new().await;
    let plan = lease.scene.plan(&lease.scene.copying(json!({}))).await;
    for region in &lease.scene.regions {
        let report = lease.work(&Lease::owner_shard(&plan, region)).await;
        assert!(report.is_complete(), "{report}");
        for image in lease.owner_s_in(region) {
            assert_eq!(lease.scene.permitted(region, &image).len(), 3);
        }
    }
    for shard in plan.finishing(&[]) {
        assert!(lease.work(&shard).await.is_complete());
    }
    lease.is_closed("by shards alone").await;
    lease.scene.world().clear_calls();
    for shard in plan.finishing(&[]) {
        assert!(lease.work(&shard).await.is_complete());
    }
    assert_eq!(lease.scene.writes(), Vec::<&str>::new());
}

/// EC2 need not show tags at once, and others may take them away
#[tokio::test(start_paused = true)]
async fn promise_1_what_a_report_tells_is_closed_where_no_tag_is_seen() {
    let lease = Lease::new().await;
    let plan = lease.scene.plan(&lease.scene.copying(json!({}))).await;
    let (region, image) = (&lease.scene.scene.region, &lease.scene.scene.images[0]);
    let report = lease.work(&Lease::owner_shard(&plan, region)).await;
    let mut tags = lease.now().await.tags;
    tags.retain(|key, _| key.starts_with(LEASE_TAG));
    assert!(!tags.is_empty());
    let images = [image.clone().into()];
    let backend = lease.scene.scene.backend();
    backend.delete_tags(region, &images, &tags).await.unwrap();
    for shard in plan.finishing(&[report]) {
        assert!(lease.work(&shard).await.is_complete());
    }
    lease.is_closed("by the report").await;
}

#[tokio::test(start_paused = true)]
async fn promise_2_what_others_opened_since_the_plan_stays_open() {
    let lease = Lease::new().await;
    let scene = &lease.scene;
    let (region, image) = (&scene.scene.region, &scene.scene.images[0]);
    let plan = scene.plan(&scene.copying(json!({}))).await;
    let early = [scene.recipients[0].into()];
    let backend = scene.scene.backend();
    let opened = backend.modify_launch_permissions(region, image, &early, &[]);
    opened.await.unwrap();
    let before = lease.now().await;
    let again = ApplyOptions::default().with_on_change(OnChange::PlanAgain);
    let sharer = scene.sharer();
    sharer.apply_distribution(&plan, &again).await.unwrap();
    assert_eq!(lease.now().await, before);
}

#[tokio::test(start_paused = true)]
async fn promise_3_nothing_is_opened_that_could_not_be_written_down() {
    let lease = Lease::new().await;
    let scene = &lease.scene;
    scene.world().deny(scene.scene.owner, "CreateTags");
    let plan = scene.plan(&scene.copying(json!({}))).await;
    scene.world().clear_calls();
    let report = lease
        .work(&Lease::owner_shard(&plan, &scene.scene.region))
        .await;
    assert!(!report.is_complete());
    assert_eq!(scene.writes(), Vec::<&str>::new());
    lease.is_closed("nothing was opened").await;
}

#[tokio::test(start_paused = true)]
async fn promise_6_half_a_record_is_told_and_a_plan_says_what_it_closes() {
    let lease = Lease::new().await;
    let scene = &lease.scene;
    let distribution = scene.copying(json!({}));
    let plan = scene.plan(&distribution).await;
    let (region, image) = (&scene.scene.region, &scene.scene.images[0]);
    lease.work(&Lease::owner_shard(&plan, region)).await;
    let plan = scene.plan(&distribution).await;
    assert!(plan.left_open().eq([region]));
    let told = plan.to_string();
    assert!(told.contains("1 Region to close"), "{told}");
    let mut tags = lease.now().await.tags;
    tags.retain(|key, _| key.starts_with(LEASE_TAG));
    for value in tags.values_mut() {
        "half".clone_into(value);
    }
    let images = [image.clone().into()];
    let backend = scene.scene.backend();
    backend.create_tags(region, &images, &tags).await.unwrap();
    let finishing = plan.finishing(&[]);
    let its = |shard: &&Shard| shard.region == *region;
    let report = lease.work(finishing.iter().find(its).unwrap()).await;
    assert!(
        report.problems[0].contains("no whole record"),
        "{:?}",
        report.problems
    );
    assert!(!scene.plan(&distribution).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn promise_6_an_image_that_stays_open_for_a_refusal_is_told_with_it() {
    let lease = Lease::new().await;
    let scene = &lease.scene;
    let distribution = scene.copying(json!({}));
    let plan = scene.plan(&distribution).await;
    lease
        .work(&Lease::owner_shard(&plan, &scene.scene.region))
        .await;
    scene.world().deny(scene.recipients[0], "DescribeImages");
    let sharer = scene.sharer();
    let refused = match sharer.plan_distribution(&distribution).await {
        Err(Error::CopyRefused(refused)) => refused,
        other => panic!("{other:?}"),
    };
    let told = |refusal: &CopyRefusal| matches!(refusal, CopyRefusal::SourceLeftOpen { .. });
    assert!(refused.as_slice().iter().any(told), "{refused}");
    scene.world().allow(scene.recipients[0], "DescribeImages");
    scene.run(&distribution).await;
    lease.is_closed("run again").await;
}

#[tokio::test(start_paused = true)]
async fn promise_1_destroy_closes_what_a_run_that_ended_early_left_open() {
    let lease = Lease::new().await;
    let distribution = lease.scene.copying(json!({}));
    let plan = lease.scene.plan(&distribution).await;
    for region in &lease.scene.regions {
        lease.work(&Lease::owner_shard(&plan, region)).await;
    }
    let sharer = lease.scene.sharer();
    sharer.destroy_shares(&distribution).await.unwrap();
    lease.is_closed("by destroy").await;
    lease.scene.world().clear_calls();
    sharer.destroy_shares(&distribution).await.unwrap();
    assert_eq!(lease.scene.writes(), Vec::<&str>::new());
}
