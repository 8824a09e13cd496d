use super::super::*;
use crate::backend::SnapshotChange;

#[tokio::test]
async fn a_write_stays_unseen_by_the_next_reads_of_its_attribute() {
    let scene = Scene::new();
    scene.world.delay_consistency(2);
    scene.add(&accounts(2..3)).await.unwrap();
    let read = || {
        scene
            .backend
            .describe_launch_permissions(&scene.region, &scene.image)
    };
    // The world itself is not late.
    assert!(scene.launches(recipient()));
    assert_eq!(scene.stored(), set(&accounts(2..3)));
    assert!(read().await.unwrap().is_empty());
    assert!(read().await.unwrap().is_empty());
    assert_eq!(read().await.unwrap(), set(&accounts(2..3)));
}

#[tokio::test]
async fn each_write_starts_the_delay_anew() {
    let scene = Scene::new();
    scene.world.delay_consistency(1);
    scene.add(&accounts(2..3)).await.unwrap();
    scene.add(&accounts(3..4)).await.unwrap();
    let read = || {
        scene
            .backend
            .describe_launch_permissions(&scene.region, &scene.image)
    };
    assert_eq!(read().await.unwrap(), set(&accounts(2..3)));
    assert_eq!(read().await.unwrap(), set(&accounts(2..4)));
}

#[tokio::test]
async fn snapshots_are_late_on_their_own() {
    let scene = Scene::new();
    scene.world.delay_consistency(1);
    let snapshot = scene.snapshot();
    scene.add(&accounts(2..3)).await.unwrap();
    scene
        .backend
        .modify_create_volume_permissions(
            &scene.region,
            &snapshot,
            SnapshotChange::Add(&accounts(2..3)),
        )
        .await
        .unwrap();
    let read = || {
        scene
            .backend
            .describe_create_volume_permissions(&scene.region, &snapshot)
    };
    assert!(read().await.unwrap().is_empty());
    assert_eq!(read().await.unwrap(), set(&accounts(2..3)));
}
