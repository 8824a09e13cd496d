//! Promise 1: with a lease, the source is as it was before when the copies have ended, however they ended.

use super::*;
use crate::backend::simulator::Fault as WorldFault;
use crate::backend::{Backend, SnapshotChange};
use crate::engine::Cancel;
use crate::plan::{CopyRefusal, LEASE_TAG, Notice};
use crate::request::KeyAccess;
use crate::resource::Tags;

/// Account 1 has nothing before, 2 may launch the source, and 3 may read its snapshots
pub(super) struct Lease {
    pub(super) scene: CopyScene,
    pub(super) probe: ImageId,
    pub(super) before: SourceOpen,
    pub(super) tags_before: Tags,
}

impl Lease {
    pub(super) async fn new() -> Self {
        Self::over(&["us-east-1"]).await
    }

    pub(super) async fn over(regions: &[&str]) -> Self {
        let scene = CopyScene::new(3, regions);
        let probe = scene.probe().await;
        let Scene {
            world,
            region,
            owner,
            images,
        } = &scene.scene;
        let share = scene.scene.request().account(account(2)).build().unwrap();
        scene.scene.sharer().share(&share).await.unwrap();
        for snapshot in world.snapshots_of(region, &images[0]) {
            let add = [account(3).into()];
            world
                .backend(*owner)
                .modify_create_volume_permissions(region, &snapshot, SnapshotChange::Add(&add))
                .await
                .unwrap();
        }
        let before = scene.source_access(&probe);
        let tags_before = tags_of_source(&scene);
        world.clear_calls();
        Self {
            scene,
            probe,
            before,
            tags_before,
        }
    }

    pub(super) fn request(&self) -> CopyRequestBuilder {
        let request = self.scene.for_recipients();
        request.source_access(SourceAccess::Close)
    }

    /// A run ends while its copies are under way
    async fn dies(&self, request: &CopyRequest) {
        self.scene.scene.world.set_faults(copies_take(60));
        let sharer = self.scene.sharer();
        let died = tokio::time::timeout(minutes(5), sharer.copy(request));
        assert!(died.await.is_err(), "it is dropped while it copies");
    }

    pub(super) fn tags(&self) -> Tags {
        tags_of_source(&self.scene)
    }

    pub(super) fn now(&self) -> SourceOpen {
        self.scene.source_access(&self.probe)
    }
}

fn tags_of_source(scene: &CopyScene) -> Tags {
    let Scene {
        world,
        region,
        owner,
        images,
    } = &scene.scene;
    let state = world.state();
    state.images[region][&images[0]].tags.by(*owner).clone()
}

#[tokio::test(start_paused = true)]
async fn promises_1_and_2_after_success_the_source_is_open_to_whom_it_was_before() {
    let lease = Lease::new().await;
    let request = lease.request().build().unwrap();
    let report = lease.scene.sharer().copy(&request).await.unwrap();
    assert!(!report.closed().is_empty());
    assert_eq!(lease.now(), lease.before);
    assert_eq!(lease.scene.there().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn promise_1_after_a_failed_copy_the_source_is_closed() {
    let lease = Lease::new().await;
    let faults = copies_take(10).copy_fails(2, "no reason");
    lease.scene.scene.world.set_faults(faults);
    let request = lease.request().build().unwrap();
    copies_incomplete(lease.scene.sharer().copy(&request).await);
    assert_eq!(lease.now(), lease.before);
}

#[tokio::test(start_paused = true)]
async fn promise_1_after_a_cancel_the_source_is_closed() {
    let lease = Lease::new().await;
    lease.scene.scene.world.set_faults(copies_take(10));
    let request = lease.request().build().unwrap();
    let sharer = lease.scene.sharer();
    let plan = sharer.plan_copies(&request).await.unwrap();
    let cancel = Cancel::new();
    let options = ApplyOptions::just_planned().with_cancel(cancel.clone());
    let (result, ()) = tokio::join!(sharer.apply_copies(&plan, &options), async {
        tokio::time::sleep(minutes(2)).await;
        assert_ne!(lease.now(), lease.before, "it is open while it is copied");
        cancel.cancel();
    });
    copies_incomplete(result);
    assert_eq!(lease.now(), lease.before);
}

#[tokio::test(start_paused = true)]
async fn promise_1_after_the_time_limit_the_source_is_closed() {
    let lease = Lease::new().await;
    lease.scene.scene.world.set_faults(copies_take(10));
    let limits = limits(|limits| limits.minutes = 5);
    let request = lease.request().limits(limits).build().unwrap();
    copies_incomplete(lease.scene.sharer().copy(&request).await);
    assert_eq!(lease.now(), lease.before);
}

/// Those that the source was not opened for do not try; the owner's own copy needs nothing opened
#[tokio::test(start_paused = true)]
async fn promise_3_nobody_copies_what_could_not_be_opened() {
    let lease = Lease::new().await;
    let Scene { world, owner, .. } = &lease.scene.scene;
    world.deny(*owner, "ModifySnapshotAttribute");
    let request = lease.request().to_own_account().build().unwrap();
    let report = copies_incomplete(lease.scene.sharer().copy(&request).await);
    assert_eq!(lease.scene.count("CopyImage"), 1);
    let outcomes = report.copies().iter().map(|copy| &copy.outcome);
    let [own, others @ ..] = &outcomes.collect::<Vec<_>>()[..] else {
        panic!("{report}");
    };
    assert_eq!(**own, CopyOutcome::Copied);
    let not_tried = |of: &&CopyOutcome| matches!(of, CopyOutcome::NotAttempted { .. });
    assert!(
        others.len() == 3 && others.iter().all(not_tried),
        "{report}"
    );
    assert_eq!(lease.now(), lease.before);
}

/// The source is open already, by somebody else's doing: nothing is opened, and nothing closed
#[tokio::test(start_paused = true)]
async fn promise_2_a_source_that_is_to_be_left_as_it_is_is_not_touched() {
    let lease = Lease::new().await;
    let request = lease.request().source_access(SourceAccess::LeaveAsIs);
    let request = request.build().unwrap();
    let report = copies_incomplete(lease.scene.sharer().copy(&request).await);
    assert!(report.opened().is_none() && report.closed().is_empty());
    assert_eq!(lease.now(), lease.before);
    let share = lease.scene.scene.request();
    let share = share.accounts(lease.scene.recipients.iter().copied());
    let share = share.snapshots(SnapshotSharing::ForCopy).build().unwrap();
    lease.scene.scene.sharer().share(&share).await.unwrap();
    let open = lease.now();
    lease.scene.sharer().copy(&request).await.unwrap();
    assert_eq!(lease.now(), open);
}

#[tokio::test(start_paused = true)]
async fn promise_6_what_could_not_be_closed_is_told() {
    let lease = Lease::new().await;
    let second = WorldFault::on("ModifyImageAttribute").call(2);
    let faults = Faults::none().with(second.refused_with("UnauthorizedOperation"));
    lease.scene.scene.world.set_faults(faults);
    let request = lease.request().build().unwrap();
    let report = copies_incomplete(lease.scene.sharer().copy(&request).await);
    assert!(report.copies().iter().all(|copy| copy.is_complete()));
    assert!(!report.is_complete());
    assert!(report.closed().iter().any(|closed| !closed.is_complete()));
    assert!(!lease.now().is_within(&lease.before));
}

#[tokio::test(start_paused = true)]
async fn a_key_that_was_open_before_is_not_told_as_left_open() {
    let lease = Lease::new().await;
    let request = lease.request().build().unwrap();
    let report = lease.scene.sharer().copy(&request).await.unwrap();
    assert!(report.left_open().is_empty(), "{:?}", report.left_open());
}

/// Account 1 may launch the image and cannot decrypt it
#[tokio::test(start_paused = true)]
async fn promise_1_a_key_that_is_opened_for_who_could_launch_is_closed() {
    for key_access in [KeyAccess::KeyPolicy, KeyAccess::Grant] {
        let lease = Lease::new().await;
        let Scene {
            world,
            region,
            owner,
            images,
        } = &lease.scene.scene;
        let add = [account(1).into()];
        let backend = world.backend(*owner);
        backend
            .modify_launch_permissions(region, &images[0], &add, &[])
            .await
            .unwrap();
        let before = lease.now();
        let request = lease.request().key_access(key_access).build().unwrap();
        let report = lease.scene.sharer().copy(&request).await.unwrap();
        assert!(report.left_open().is_empty(), "{:?}", report.left_open());
        assert_eq!(lease.now(), before, "{key_access:?}");
        let calls = lease.scene.scene.operations();
        let last = |operation: &str| calls.iter().rposition(|call| *call == operation).unwrap();
        let key_closes = match key_access {
            KeyAccess::Grant => last("RevokeGrant"),
            _ => last("PutKeyPolicy"),
        };
        assert!(
            key_closes > last("ModifySnapshotAttribute"),
            "promise 3: {calls:?}"
        );
        let key = &lease.scene.source_key;
        let grants = backend.list_grants(region, key, None).await.unwrap();
        assert!(grants.is_empty(), "{grants:?}");
    }
}

/// Somebody takes away what the plan found open: the second plan opens it, and that is closed
#[tokio::test(start_paused = true)]
async fn promise_1_what_only_the_second_plan_opens_is_closed_too() {
    let lease = Lease::new().await;
    let share = lease.scene.scene.request();
    let share = share
        .accounts(lease.scene.recipients.iter().copied())
        .snapshots(SnapshotSharing::ForCopy)
        .build()
        .unwrap();
    let owner = lease.scene.scene.sharer();
    owner.share(&share).await.unwrap();
    let request = lease.request().build().unwrap();
    let sharer = lease.scene.sharer();
    let plan = sharer.plan_copies(&request).await.unwrap();
    owner.revoke(&share).await.unwrap();
    let again = ApplyOptions::default().with_on_change(crate::engine::OnChange::PlanAgain);
    sharer.apply_copies(&plan, &again).await.unwrap();
    let now = lease.now();
    assert!(now.image.is_empty(), "{now:?}");
    assert!(now.snapshots.iter().all(PrincipalSet::is_empty), "{now:?}");
    assert!(now.key.is_empty(), "{now:?}");
}

/// Somebody shares the source with account 1 after it was planned to be opened and closed again
#[tokio::test(start_paused = true)]
async fn promise_2_what_others_opened_since_the_plan_stays_open() {
    let lease = Lease::new().await;
    let request = lease.request().build().unwrap();
    let sharer = lease.scene.sharer();
    let plan = sharer.plan_copies(&request).await.unwrap();
    let share = lease.scene.scene.request().account(account(1));
    let owner = lease.scene.scene.sharer();
    owner.share(&share.build().unwrap()).await.unwrap();
    let before = lease.now();
    let options = ApplyOptions::default();
    sharer.apply_copies(&plan, &options).await.unwrap();
    assert_eq!(lease.now(), before);
}

/// A run that ended early left the source open, and what would close it is refused
#[tokio::test(start_paused = true)]
async fn promise_6_a_source_that_stays_open_for_a_refusal_is_told_with_it() {
    let lease = Lease::new().await;
    let request = lease.request().build().unwrap();
    lease.dies(&request).await;
    let (world, sharer) = (&lease.scene.scene.world, lease.scene.sharer());
    assert_ne!(lease.now(), lease.before);
    world.deny(account(1), "DescribeImages");
    let refused = match sharer.copy(&request).await {
        Err(Error::CopyRefused(refused)) => refused,
        other => panic!("{other:?}"),
    };
    let told = |refusal: &CopyRefusal| matches!(refusal, CopyRefusal::SourceLeftOpen { .. });
    assert!(refused.as_slice().iter().any(told), "{refused}");
    world.allow(account(1), "DescribeImages");
    world.advance(minutes(120));
    sharer.copy(&request).await.unwrap();
    assert_eq!(lease.now(), lease.before);
}

/// A run for accounts 1 to 3 died; the next one is for account 1 alone
#[tokio::test(start_paused = true)]
async fn promise_6_the_lease_of_another_run_is_left_and_told() {
    let lease = Lease::new().await;
    let request = lease.request().build().unwrap();
    lease.dies(&request).await;
    let (world, sharer) = (&lease.scene.scene.world, lease.scene.sharer());
    let tags = lease.tags();
    world.advance(minutes(120));
    let scene = &lease.scene;
    let other = CopyRequest::builder()
        .source(&scene.scene.region, &scene.scene.images[0])
        .to_accounts([account(1)])
        .to_region("us-east-1")
        .key(ALIAS)
        .source_access(SourceAccess::Close);
    let other = other.build().unwrap();
    let plan = sharer.plan_copies(&other).await.unwrap();
    let report = sharer.copy(&other).await.unwrap();
    let leases: Vec<String> = tags
        .keys()
        .filter(|key| key.starts_with(LEASE_TAG))
        .cloned()
        .collect();
    assert!(!leases.is_empty());
    assert_eq!(plan.other_leases(), leases);
    assert_eq!(report.other_leases(), leases);
    for told in [plan.to_string(), report.to_string()] {
        assert!(told.contains(&leases[0]), "{told}");
    }
    assert_eq!(lease.tags(), tags, "it is not this run's");
    // Whoever shares the source for good is told too.
    let share = scene.scene.request().account(account(1)).build().unwrap();
    let plan = scene.scene.sharer().plan(&share).await.unwrap();
    let is_it = |notice: &Notice| matches!(notice, Notice::Leased { .. });
    assert!(plan.notices().iter().any(is_it), "{plan}");
    let report = sharer.copy(&request).await.unwrap();
    assert_eq!(report.other_leases(), &[] as &[String]);
    assert_eq!(lease.now(), lease.before);
}

#[tokio::test(start_paused = true)]
async fn promise_4_a_source_without_room_for_the_tags_of_a_lease_is_refused() {
    for (count, is_refused) in [(49, false), (50, true)] {
        let scene = CopyScene::of(1, &["us-east-1"], |key| {
            let spec = ImageSpec::named("golden").encrypted_with(key);
            (0..count).fold(spec, |spec, number| spec.tag(format!("tag-{number}"), "x"))
        });
        let request = scene.for_recipients().copy_tags(false);
        let request = request.source_access(SourceAccess::Close).build().unwrap();
        match scene.sharer().copy(&request).await {
            Err(Error::CopyRefused(refused)) => {
                assert!(is_refused, "{refused}");
                let [CopyRefusal::TooManyTagsOfSource { count: 51, .. }] = refused.as_slice()
                else {
                    panic!("{refused}");
                };
                assert_eq!(scene.scene.writes(), 0);
            }
            copied => assert!(!is_refused && copied.is_ok(), "{copied:?}"),
        }
    }
}

/// The account that calls cannot be told any more when the source is open already
#[tokio::test(start_paused = true)]
async fn promise_1_a_saved_plan_whose_caller_cannot_be_told_leaves_nothing_open() {
    let lease = Lease::new().await;
    let request = lease.request().build().unwrap();
    let plan = lease.scene.sharer().plan_copies(&request).await.unwrap();
    let faulty = lease.scene.scene.faulty();
    let faulty = faulty.fail("GetCallerIdentity", 0, Fault::Code("InternalError"));
    let sharer = lease.scene.sharer_of(faulty);
    let options = ApplyOptions::just_planned();
    let result = sharer.apply_copies(&plan, &options).await;
    assert!(result.is_err(), "{result:?}");
    assert_eq!(lease.now(), lease.before);
}

/// The source is under two keys, of which one is open to account 1 for another image's sake
#[tokio::test(start_paused = true)]
async fn promise_2_of_two_keys_the_one_that_was_open_before_stays_open() {
    for key_access in [KeyAccess::KeyPolicy, KeyAccess::Grant] {
        let mut scene = CopyScene::new(1, &["us-east-1"]);
        let (world, region) = (scene.scene.world.clone(), scene.scene.region.clone());
        let owner = scene.scene.owner;
        let other = world.create_key(&region, owner, NewKey::new());
        let spec = ImageSpec::named("two keys")
            .encrypted_with(&scene.source_key)
            .encrypted_with(&other);
        let plain = ImageSpec::named("other").encrypted_with(&other);
        let of_other = world.register_image(&region, owner, plain);
        scene.scene.images = vec![world.register_image(&region, owner, spec)];
        let share = ShareRequest::builder().image_in(&region, &of_other);
        let share = share.account(account(1)).key_access(key_access);
        let sharer = scene.scene.sharer();
        sharer.share(&share.build().unwrap()).await.unwrap();
        // What the other image is shared by is gone; its key stays open as somebody left it.
        world.deregister_image(&region, &of_other).unwrap();
        let (policies, grants) = keys_of(&scene, &other).await;
        let (source_policy, source_grants) = keys_of(&scene, &scene.source_key).await;
        let request = scene.for_recipients().source_access(SourceAccess::Close);
        let request = request.key_access(key_access).build().unwrap();
        let report = scene.sharer().copy(&request).await.unwrap();
        assert!(report.left_open().is_empty(), "{:?}", report.left_open());
        assert_eq!(keys_of(&scene, &other).await, (policies, grants));
        assert_eq!(
            keys_of(&scene, &scene.source_key).await,
            (source_policy, source_grants),
            "promise 1: what was opened is closed"
        );
    }
}

async fn keys_of(scene: &CopyScene, key: &KeyArn) -> (String, Vec<crate::resource::KeyGrant>) {
    let scene = &scene.scene;
    let policy = scene.world.key_policy(key).unwrap().as_str().to_owned();
    let backend = scene.world.backend(scene.owner);
    let grants = backend.list_grants(&scene.region, key, None).await.unwrap();
    (policy, grants)
}
