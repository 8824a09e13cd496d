//! How many copies there are at once, and what becomes of those that there is no room for.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::*;
use crate::backend::simulator::Fault as WorldFault;

/// Runs the request, and gives the most copies that were pending at once in one Region of one account
async fn most_at_once(scene: &CopyScene, request: &CopyRequest) -> usize {
    let most = Arc::new(Mutex::new(0));
    let world = scene.scene.world.clone();
    let faulty = scene.scene.faulty().watched({
        let most = Arc::clone(&most);
        move || {
            let state = world.state();
            let images = state.images.iter();
            let mut pending: BTreeMap<(Region, AccountId), usize> = BTreeMap::new();
            for (region, image) in
                images.flat_map(|(region, images)| images.values().map(move |of| (region, of)))
            {
                if image.state == ImageState::Pending && !image.gone {
                    *pending.entry((region.clone(), image.owner)).or_default() += 1;
                }
            }
            let now = pending.into_values().max().unwrap_or_default();
            let mut most = most.lock().unwrap();
            *most = now.max(*most);
        }
    });
    let report = scene.sharer_of(faulty).copy(request).await.unwrap();
    assert!(report.is_complete());
    scene.copied_once(request, "all were copied");
    *most.lock().unwrap()
}

#[tokio::test(start_paused = true)]
async fn there_are_never_more_copies_at_once_than_the_request_allows() {
    let scene = CopyScene::new(14, &["us-east-1", "eu-west-1"]);
    scene.scene.world.set_faults(copies_take(5));
    let limits = limits(|limits| limits.images = 4);
    let request = scene.owner_made().limits(limits).build().unwrap();
    assert_eq!(most_at_once(&scene, &request).await, 4);
}

#[tokio::test(start_paused = true)]
async fn snapshots_count_by_the_image() {
    let scene = CopyScene::new(8, &["us-east-1"]);
    scene.scene.world.set_faults(copies_take(5));
    let limits = limits(|limits| limits.snapshots = 7);
    let request = scene.owner_made().limits(limits).build().unwrap();
    assert_eq!(most_at_once(&scene, &request).await, 3);
}

#[tokio::test(start_paused = true)]
async fn where_ec2_says_that_there_are_too_many_the_next_one_waits_and_few_calls_are_made() {
    let scene = CopyScene::new(20, &["us-east-1"]);
    scene.scene.world.set_faults(copies_take(5));
    scene.scene.world.set_image_copy_quota(scene.scene.owner, 3);
    let request = scene.owner_made().build().unwrap();
    let started = tokio::time::Instant::now();
    assert_eq!(most_at_once(&scene, &request).await, 3);
    // One for each copy, one that finds no room after each, and one a minute.
    let minutes = started.elapsed().as_secs() / 60;
    let (calls, most) = (scene.count("CopyImage"), 2 * 20 + 8 + minutes as usize);
    assert!(
        calls <= most,
        "{calls} calls for 20 copies in {minutes} minutes"
    );
}

/// Others fill the quota of the account: whoever waits asks now and then, and not without end
#[tokio::test(start_paused = true)]
async fn a_quota_that_others_use_up_is_waited_for() {
    let scene = CopyScene::new(3, &["us-east-1"]);
    scene.scene.world.set_faults(copies_take(30));
    scene.scene.world.set_image_copy_quota(scene.scene.owner, 0);
    let request = scene.owner_made().build().unwrap();
    let sharer = scene.sharer();
    let (result, ()) = tokio::join!(sharer.copy(&request), async {
        tokio::time::sleep(minutes(60)).await;
        scene
            .scene
            .world
            .set_image_copy_quota(scene.scene.owner, 300);
    });
    assert!(result.unwrap().is_complete());
    let calls = scene.count("CopyImage");
    assert!(calls <= 3 + 80, "{calls} calls in an hour");
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_is_throttled_or_has_too_many_snapshots_before_it_is_made_later() {
    for code in ["PendingSnapshotLimitExceeded", "RequestLimitExceeded"] {
        let scene = CopyScene::new(4, &["us-east-1"]);
        let fault = WorldFault::on("CopyImage").call(2).call(4);
        let faults = copies_take(5).with(fault.refused_with(code));
        scene.scene.world.set_faults(faults);
        let request = scene.owner_made().build().unwrap();
        let result = scene.sharer().copy(&request).await;
        assert!(result.is_ok(), "{code}: {result:?}");
        scene.copied_once(&request, code);
    }
}

#[tokio::test(start_paused = true)]
async fn copies_go_on_in_a_world_that_throttles_them() {
    let scene = CopyScene::new(40, &["us-east-1"]);
    scene
        .scene
        .world
        .set_faults(copies_take(5).bucket("CopyImage", 10.0, 0.1));
    let request = scene.owner_made().build().unwrap();
    let report = scene.sharer().copy(&request).await.unwrap();
    assert!(report.is_complete());
    scene.copied_once(&request, "throttled");
}
