//! How far a copy is, what it says when it fails, and how many there can be.

use std::time::Duration;

use super::super::super::Faults;
use super::super::super::World;
use super::ec2::{OWNER, Scene, account, text, texts};
use super::wire::Wire;

/// From now on copies take an hour
async fn slow(faults: Faults) -> Scene {
    let scene = Scene::new().await;
    let hour = Duration::from_secs(3_600);
    scene
        .world
        .set_faults(faults.copies_take(hour, Duration::ZERO));
    scene
}

async fn copy(scene: &Scene, more: &[(&str, &str)]) -> String {
    let mut params = vec![
        ("SourceImageId", scene.image.as_str()),
        ("SourceRegion", Wire::REGION),
        ("Name", "copy"),
    ];
    params.extend_from_slice(more);
    let answer = scene.ok(OWNER, "CopyImage", &params).await;
    text(&answer, "imageId").unwrap()
}

async fn copy_snapshot(scene: &Scene, more: &[(&str, &str)]) -> (u16, String) {
    let source = &scene.world.snapshots_of(&scene.region, &scene.image)[0];
    let mut params = vec![
        ("SourceSnapshotId", source.as_str()),
        ("SourceRegion", Wire::REGION),
    ];
    params.extend_from_slice(more);
    let query = scene.wire.query(OWNER, "ec2", "CopySnapshot", &params);
    query.await
}

async fn told(scene: &Scene, image: &str) -> String {
    let params = [("ImageId.1", image)];
    scene.ok(OWNER, "DescribeImages", &params).await
}

/// State, progress and message of the one snapshot of an image
async fn snapshot(scene: &Scene, image: &str) -> (String, String, Option<String>) {
    let id = text(&told(scene, image).await, "snapshotId").unwrap();
    let answer = snapshot_told(scene, &id).await;
    (
        text(&answer, "status").unwrap(),
        text(&answer, "progress").unwrap(),
        text(&answer, "statusMessage"),
    )
}

async fn snapshot_told(scene: &Scene, id: &str) -> String {
    let params = [("SnapshotId.1", id)];
    scene.ok(OWNER, "DescribeSnapshots", &params).await
}

#[tokio::test(start_paused = true)]
async fn a_pending_copy_has_its_snapshots_and_they_tell_how_far_it_is() {
    let scene = slow(Faults::none()).await;
    let image = copy(&scene, &[]).await;
    for (minutes, state, percent) in [
        (0, "pending", "0%"),
        (15, "pending", "25%"),
        (30, "pending", "75%"),
        (15, "completed", "100%"),
    ] {
        scene.world.advance(Duration::from_secs(minutes * 60));
        let expected = (state.to_owned(), percent.to_owned(), None);
        assert_eq!(snapshot(&scene, &image).await, expected);
    }
    let told = told(&scene, &image).await;
    assert_eq!(text(&told, "imageState").unwrap(), "available");
}

#[tokio::test(start_paused = true)]
async fn image_and_snapshot_tell_why_a_copy_failed() {
    let scene = slow(Faults::none().copy_fails(1, "The disk is full")).await;
    let image = copy(&scene, &[]).await;
    assert_eq!(snapshot(&scene, &image).await.0, "pending");
    scene.world.advance(Duration::from_secs(3_600));
    let (state, _, message) = snapshot(&scene, &image).await;
    assert_eq!(
        (state.as_str(), message.as_deref()),
        ("error", Some("The disk is full"))
    );
    let told = told(&scene, &image).await;
    assert_eq!(text(&told, "imageState").unwrap(), "failed");
    assert_eq!(text(&told, "message").unwrap(), "The disk is full");
}

#[tokio::test(start_paused = true)]
async fn a_time_based_copy_is_done_in_the_time_that_was_asked_for() {
    let scene = slow(Faults::none()).await;
    let minutes = ("SnapshotCopyCompletionDurationMinutes", "30");
    let image = copy(&scene, &[minutes]).await;
    scene.world.advance(Duration::from_secs(15 * 60));
    assert_eq!(snapshot(&scene, &image).await.1, "50%");
    scene.world.advance(Duration::from_secs(15 * 60));
    assert_eq!(snapshot(&scene, &image).await.0, "completed");
    let id = text(&told(&scene, &image).await, "snapshotId").unwrap();
    let answer = snapshot_told(&scene, &id).await;
    assert_eq!(text(&answer, "transferType").unwrap(), "time-based");
    assert_eq!(text(&answer, "completionDurationMinutes").unwrap(), "30");

    let minutes = ("CompletionDurationMinutes", "15");
    let (_, answer) = copy_snapshot(&scene, &[minutes]).await;
    let id = text(&answer, "snapshotId").unwrap();
    scene.world.advance(Duration::from_secs(15 * 60));
    let answer = snapshot_told(&scene, &id).await;
    assert_eq!(text(&answer, "status").unwrap(), "completed");
    let saved = World::load(&scene.world.save()).unwrap();
    assert_eq!(saved.save(), scene.world.save());
}

#[tokio::test]
async fn a_time_that_aws_does_not_take_copies_nothing() {
    let scene = Scene::new().await;
    for minutes in ["0", "20", "2895", "soon"] {
        let name = "SnapshotCopyCompletionDurationMinutes";
        let params = [
            ("SourceImageId", scene.image.as_str()),
            ("SourceRegion", Wire::REGION),
            ("Name", "copy"),
            (name, minutes),
        ];
        let code = scene.no(OWNER, "CopyImage", &params).await;
        assert_eq!(code, "InvalidParameterValue", "{minutes}");
        let (status, _) = copy_snapshot(&scene, &[("CompletionDurationMinutes", minutes)]).await;
        assert_eq!(status, 400, "{minutes}");
    }
    assert_eq!(scene.found(OWNER, &[]).await.len(), 1);
    let snapshots = scene.ok(OWNER, "DescribeSnapshots", &[]).await;
    assert_eq!(texts(&snapshots, "snapshotId").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_gives_the_same_image_also_when_it_failed_and_when_it_is_gone() {
    let scene = slow(Faults::none().copy_fails(1, "On purpose")).await;
    let token = ("ClientToken", "once");
    let image = copy(&scene, &[token]).await;
    assert_eq!(copy(&scene, &[token]).await, image);
    scene.world.advance(Duration::from_secs(3_600));
    assert!(told(&scene, &image).await.contains("failed"));
    assert_eq!(copy(&scene, &[token]).await, image);
    scene
        .ok(OWNER, "DeregisterImage", &[("ImageId", &image)])
        .await;
    assert_eq!(copy(&scene, &[token]).await, image);
    assert_eq!(scene.found(OWNER, &[]).await, [scene.image.to_string()]);
}

#[tokio::test]
async fn copies_of_images_leave_the_quota_of_snapshots_alone() {
    let scene = slow(Faults::none()).await;
    scene.world.set_snapshot_copy_quota(account(OWNER), 1);
    copy(&scene, &[]).await;
    copy(&scene, &[]).await;
    assert_eq!(copy_snapshot(&scene, &[]).await.0, 200);
    let (_, answer) = copy_snapshot(&scene, &[]).await;
    assert_eq!(text(&answer, "Code").unwrap(), "ResourceLimitExceeded");
}

#[tokio::test(start_paused = true)]
async fn a_copy_goes_on_in_a_world_that_was_saved_and_loaded() {
    let scene = slow(Faults::none()).await;
    let image = copy(&scene, &[]).await;
    let world = World::load(&scene.world.save()).unwrap();
    let state = |world: &World| {
        let state = world.state();
        let image = state.image(&scene.region, &image.parse().unwrap());
        image.unwrap().state.to_string()
    };
    assert_eq!(state(&world), "pending");
    world.advance(Duration::from_secs(3_600));
    assert_eq!(state(&world), "available");
}
