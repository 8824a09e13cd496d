//! Who gets at copies, by which keys and roles.

use super::*;
use crate::backend::Backend;
use crate::engine::OnChange;
use crate::plan::CopyRefusal;
use crate::policy::evaluate::KeyState;

fn refusals(result: Result<CopyReport, Error>) -> Vec<CopyRefusal> {
    match result {
        Err(Error::CopyRefused(refusals)) => refusals.as_slice().to_vec(),
        other => panic!("{other:?}"),
    }
}

/// Who of these can launch the copy that a report tells of
fn launchers(scene: &CopyScene, report: &CopyReport, copy: usize, who: &[u64]) -> Vec<u64> {
    let copy = &report.copies()[copy];
    let (region, image) = (&copy.destination.region, copy.image.as_ref().unwrap());
    let can = |number: &u64| {
        let world = &scene.scene.world;
        world.can_launch(region, account(*number), image).allowed
    };
    who.iter().copied().filter(can).collect()
}

#[tokio::test(start_paused = true)]
async fn who_launches_the_source_launches_its_copies_and_nobody_else_does() {
    let scene = CopyScene::new(2, &["us-east-1", "eu-west-1"]);
    let Scene {
        world,
        region,
        owner,
        images,
    } = &scene.scene;
    let organization: Principal = world.create_organization(*owner).unwrap().into();
    world.create_account(&organization, account(71)).unwrap();
    let share = scene.scene.request().account(account(70));
    let share = share.principal(&organization).build().unwrap();
    scene.scene.sharer().share(&share).await.unwrap();
    let request = scene.for_recipients().to_own_account();
    let request = request.replicate_permissions().build().unwrap();
    let sharer = scene.sharer();
    let plan = sharer.plan_copies(&request).await.unwrap();
    let just_planned = ApplyOptions::just_planned();
    let report = sharer.apply_copies(&plan, &just_planned).await.unwrap();
    assert_eq!(report.copies().len(), 6);
    for (number, copy) in report.copies().iter().enumerate() {
        let own: Vec<u64> = (1..=2).filter(|of| copy.account == account(*of)).collect();
        let wanted = [own, vec![70, 71]].concat();
        let launch = launchers(&scene, &report, number, &[1, 2, 70, 71, STRANGER]);
        assert_eq!(launch, wanted, "{copy:?}");
    }
    // The accounts that copied got at the source, and no more.
    let permissions = world.launch_permissions(region, &images[0]).unwrap();
    assert_eq!(permissions.len(), 4);
    // What was opened for them is not replicated to the copies of the others by a second run.
    world.clear_calls();
    let again = sharer.plan_copies(&request).await.unwrap();
    assert!(again.is_empty(), "promise 5: {again:?}");
    let options = ApplyOptions::default().with_on_change(OnChange::Refuse);
    sharer.apply_copies(&plan, &options).await.unwrap();
    assert_eq!(scene.scene.writes(), 0, "promise 5");
    for number in 0..6 {
        let launch = launchers(&scene, &report, number, &[1, 2]);
        assert!(launch.len() < 2, "promise 1: {launch:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn promise_1_the_public_is_not_replicated() {
    let scene = CopyScene::unencrypted(0, &["eu-west-1"]);
    let Scene {
        world,
        region,
        owner,
        images,
    } = &scene.scene;
    let open = crate::resource::BlockPublicAccess::Unblocked;
    world.set_image_block_public_access(*owner, region, open);
    let add = [Principal::Public, account(70).into()];
    let backend = world.backend(*owner);
    backend
        .modify_launch_permissions(region, &images[0], &add, &[])
        .await
        .unwrap();
    let request = scene.request().replicate_permissions().build().unwrap();
    let report = scene.sharer().copy(&request).await.unwrap();
    assert_eq!(launchers(&scene, &report, 0, &[70, STRANGER]), [70]);
}

#[tokio::test(start_paused = true)]
async fn copies_are_shared_with_whom_the_request_names() {
    let scene = CopyScene::new(2, &["us-east-1"]);
    let request = scene.for_recipients();
    let request = request.share_with(["000000000001", "000000000070"]);
    let request = request.build().unwrap();
    let report = scene.sharer().copy(&request).await.unwrap();
    let who = [1, 2, 70, STRANGER];
    assert_eq!(launchers(&scene, &report, 0, &who), [1, 70]);
    assert_eq!(launchers(&scene, &report, 1, &who), [1, 2, 70]);
    scene.scene.world.clear_calls();
    let plan = scene.sharer().plan_copies(&request).await.unwrap();
    assert!(plan.is_empty(), "promise 5: {plan:?}");
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_copy_that_was_not_shared_is_not_complete() {
    let scene = CopyScene::new(1, &["us-east-1"]);
    scene.scene.world.deny(account(1), "ModifyImageAttribute");
    let request = scene.for_recipients().share_with(["000000000070"]);
    let request = request.build().unwrap();
    let report = copies_incomplete(scene.sharer().copy(&request).await);
    let copy = &report.copies()[0];
    assert!(copy.outcome.is_available() && !copy.is_complete());
    scene.scene.world.allow(account(1), "ModifyImageAttribute");
    let again = scene.sharer().copy(&request).await.unwrap();
    assert_eq!(launchers(&scene, &again, 0, &[70]), [70]);
}

#[tokio::test(start_paused = true)]
async fn a_multi_region_key_is_its_replica_where_the_copy_goes() {
    let scene = CopyScene::new(0, &["us-east-1", "eu-west-1"]);
    let Scene {
        world,
        region,
        owner,
        images,
    } = &scene.scene;
    let primary = world.create_key(region, *owner, NewKey::new().multi_region());
    let request = CopyRequest::builder()
        .source(region, &images[0])
        .to_regions(["us-east-1", "eu-west-1"])
        .key(primary.as_str())
        .name("{name} for {region}")
        .build()
        .unwrap();
    let refused = refusals(scene.sharer().copy(&request).await);
    assert!(
        matches!(&refused[..], [CopyRefusal::KeyUnreadable { destination, .. }]
            if destination.region.as_str() == "eu-west-1"),
        "{refused:?}"
    );
    assert_eq!(scene.scene.writes(), 0, "promise 4");
    let replica = world.replicate_key(&primary, &scene.regions[1]).unwrap();
    let report = scene.sharer().copy(&request).await.unwrap();
    let keys: Vec<_> = report
        .copies()
        .iter()
        .map(|copy| copy.key.as_ref())
        .collect();
    assert_eq!(keys, [Some(&replica), Some(&primary)]);
}

/// A destination without an account is the caller's, and so is the key that is given for its id
#[tokio::test(start_paused = true)]
async fn a_key_for_the_caller_s_account_is_that_of_its_own_copies() {
    for encrypted in [false, true] {
        let scene = match encrypted {
            true => CopyScene::new(0, &["us-east-1", "eu-west-1"]),
            false => CopyScene::unencrypted(0, &["us-east-1", "eu-west-1"]),
        };
        let own = CopyRequest::builder()
            .source(&scene.scene.region, &scene.scene.images[0])
            .to_regions(&scene.regions)
            .account_key(scene.scene.owner, ALIAS)
            .build()
            .unwrap();
        let report = scene.sharer().copy(&own).await.unwrap();
        for copy in report.copies() {
            let key = copy.key.as_ref().map(KeyArn::region);
            assert_eq!(key.as_ref(), Some(&copy.destination.region), "{copy:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn promise_4_an_account_that_cannot_be_reached_stops_all_before_the_first_write() {
    let scene = CopyScene::new(2, &["us-east-1"]);
    let request = scene.for_recipients().build().unwrap();
    let refused = refusals(scene.scene.sharer().copy(&request).await);
    assert_eq!(
        refused,
        [1, 2].map(|number| CopyRefusal::NoRole {
            account: account(number)
        })
    );
    let roles = Roles::builder()
        .template("arn:aws:iam::{account}:role/AmiShare")
        .role("000000000002", "arn:aws:iam::000000000002:role/Other")
        .build()
        .unwrap();
    let sharer = scene.scene.sharer().with_roles(roles);
    let refused = refusals(sharer.copy(&request).await);
    let [
        CopyRefusal::DestinationUnreadable {
            account: of,
            because,
            ..
        },
    ] = &refused[..]
    else {
        panic!("{refused:?}");
    };
    assert_eq!(*of, account(2));
    assert!(because.contains("AssumeRole"), "{because}");
    assert_eq!(scene.scene.writes(), 0, "{:?}", scene.scene.operations());
}

/// The snapshots of copies that are there are read where copies are to have tags
#[tokio::test(start_paused = true)]
async fn promise_4_an_account_whose_snapshots_cannot_be_read_is_named() {
    let scene = CopyScene::new(2, &["us-east-1"]);
    let request = scene.for_recipients().snapshot_tag("team", "web");
    let request = request.build().unwrap();
    scene.sharer().copy(&request).await.unwrap();
    scene.scene.world.deny(account(2), "DescribeSnapshots");
    let refused = refusals(scene.sharer().copy(&request).await);
    let [
        CopyRefusal::DestinationUnreadable {
            account: of,
            because,
            ..
        },
    ] = &refused[..]
    else {
        panic!("{refused:?}");
    };
    assert_eq!(*of, account(2));
    assert!(because.contains("DescribeSnapshots"), "{because}");
}

#[tokio::test(start_paused = true)]
async fn promise_4_keys_are_looked_at_in_every_account_before_the_first_write() {
    let scene = CopyScene::new(2, &["us-east-1", "eu-west-1"]);
    let world = &scene.scene.world;
    let keys = world.keys();
    let of = |number: u64, region: &str| {
        let mut keys = keys.iter();
        let is_it =
            |key: &&KeyArn| key.account() == account(number) && key.region().as_str() == region;
        keys.find(is_it).unwrap().clone()
    };
    world
        .set_key_state(&of(1, "us-east-1"), KeyState::PendingDeletion)
        .unwrap();
    world
        .set_key_state(&of(2, "eu-west-1"), KeyState::Disabled)
        .unwrap();
    let request = scene.for_recipients().build().unwrap();
    let refused = refusals(scene.sharer().copy(&request).await);
    let states: Vec<KeyState> = refused
        .iter()
        .map(|refusal| match refusal {
            CopyRefusal::KeyState { state, .. } => *state,
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(states, [KeyState::PendingDeletion, KeyState::Disabled]);
    assert_eq!(scene.scene.writes(), 0);
}

/// A recipient copies, by itself, what its owner opened for it
#[tokio::test(start_paused = true)]
async fn a_recipient_copies_for_itself_what_is_shared_with_it() {
    let scene = CopyScene::new(1, &["us-east-1", "eu-west-1"]);
    let share = scene.scene.request().account(account(1));
    let share = share.snapshots(SnapshotSharing::ForCopy).build().unwrap();
    scene.scene.sharer().share(&share).await.unwrap();
    let recipient = BackendSharer::new(scene.scene.world.backend(account(1)));
    let request = scene.request().build().unwrap();
    let report = recipient.copy(&request).await.unwrap();
    assert_eq!(launchers(&scene, &report, 0, &[1, STRANGER]), [1]);
    assert_eq!(report.copies()[1].account, account(1));
}
