use std::time::Duration;

use super::super::super::ImageSpec;
use super::ec2::{OWNER, RECIPIENT, Scene, account, text, texts};
use crate::resource::BlockPublicAccess;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn advance(scene: &Scene, duration: Duration) {
    scene.world.state().clock.advance(duration);
}

#[tokio::test]
async fn disabling_makes_private_and_enabling_does_not_share_again() {
    let scene = Scene::new().await;
    scene.share(RECIPIENT).await;
    scene.change("DisableImage", &[]).await;
    assert!(
        scene
            .found(RECIPIENT, &[("IncludeDisabled", "true")])
            .await
            .is_empty()
    );
    let add = [("LaunchPermission.Add.1.UserId", RECIPIENT)];
    assert_eq!(
        scene.refused("ModifyImageAttribute", &add).await,
        "InvalidAMIID.Unavailable"
    );
    scene.change("EnableImage", &[]).await;
    assert!(scene.found(RECIPIENT, &[]).await.is_empty());
    scene.share(RECIPIENT).await;
    assert_eq!(scene.found(RECIPIENT, &[]).await.len(), 1);
}

#[tokio::test]
async fn a_protected_image_stays_and_a_cooldown_lasts_a_day() {
    let scene = Scene::new().await;
    let enable = "EnableImageDeregistrationProtection";
    let disable = "DisableImageDeregistrationProtection";
    scene.change(enable, &[("WithCooldown", "true")]).await;
    assert_eq!(
        scene.refused("DeregisterImage", &[]).await,
        "OperationNotPermitted"
    );
    scene.change(disable, &[]).await;
    assert_eq!(
        scene.refused("DeregisterImage", &[]).await,
        "OperationNotPermitted"
    );
    advance(&scene, DAY);
    scene.change("DeregisterImage", &[]).await;

    let scene = Scene::new().await;
    let answer = scene.change(enable, &[]).await;
    assert_eq!(text(&answer, "return").unwrap(), "true");
    assert_eq!(
        scene.refused("DeregisterImage", &[]).await,
        "OperationNotPermitted"
    );
    scene.change(disable, &[]).await;
    scene.change("DeregisterImage", &[]).await;
}

#[tokio::test]
async fn a_deregistered_image_is_gone_and_its_snapshots_go_if_asked_for() {
    let scene = Scene::with(ImageSpec::named("golden").snapshot().snapshot()).await;
    let snapshots = scene.world.snapshots_of(&scene.region, &scene.image);
    let registered = scene
        .ok(
            OWNER,
            "RegisterImage",
            &[
                ("Name", "second"),
                ("RootDeviceName", "/dev/xvda"),
                ("BlockDeviceMapping.1.DeviceName", "/dev/xvda"),
                ("BlockDeviceMapping.1.Ebs.SnapshotId", snapshots[0].as_str()),
            ],
        )
        .await;
    let answer = scene
        .change("DeregisterImage", &[("DeleteAssociatedSnapshots", "true")])
        .await;
    assert_eq!(
        texts(&answer, "snapshotId"),
        [snapshots[0].as_str(), snapshots[1].as_str()]
    );
    assert_eq!(texts(&answer, "returnCode"), ["skipped", "success"]);
    let id = [("ImageId.1", scene.image.as_str())];
    assert_eq!(
        scene.no(OWNER, "DescribeImages", &id).await,
        "InvalidAMIID.NotFound"
    );
    assert_eq!(
        scene.refused("DeregisterImage", &[]).await,
        "InvalidAMIID.Unavailable"
    );

    let second = text(&registered, "imageId").unwrap();
    let last = [
        ("ImageId", second.as_str()),
        ("DeleteAssociatedSnapshots", "true"),
    ];
    let answer = scene.ok(OWNER, "DeregisterImage", &last).await;
    assert_eq!(texts(&answer, "returnCode"), ["success"]);
    let state = scene.world.state();
    assert!(
        snapshots
            .iter()
            .all(|id| state.snapshot(&scene.region, id).is_none())
    );
}

#[tokio::test]
async fn a_deprecation_lies_ahead_but_not_too_far() {
    let scene = Scene::new().await;
    scene.share(RECIPIENT).await;
    for (date, code) in [
        ("2025-12-31T00:00:00Z", "InvalidParameterValue"),
        ("2036-01-02T00:00:00Z", "InvalidParameterValue"),
        ("tomorrow", "InvalidParameterValue"),
        ("", "MissingParameter"),
    ] {
        let params = [("DeprecateAt", date)];
        let refused = scene.refused("EnableImageDeprecation", &params).await;
        assert_eq!(refused, code, "{date}");
    }
    let at = [("DeprecateAt", "2026-01-02T00:00:29Z")];
    scene.change("EnableImageDeprecation", &at).await;
    let answer = scene.ok(OWNER, "DescribeImages", &[]).await;
    assert_eq!(
        text(&answer, "deprecationTime").unwrap(),
        "2026-01-02T00:00:00.000Z"
    );
    assert_eq!(scene.found(RECIPIENT, &[]).await.len(), 1);
    advance(&scene, DAY);
    assert!(scene.found(RECIPIENT, &[]).await.is_empty());
    scene.change("DisableImageDeprecation", &[]).await;
    assert_eq!(scene.found(RECIPIENT, &[]).await.len(), 1);
}

#[tokio::test]
async fn a_public_image_is_deprecated_two_years_after_its_creation() {
    let scene = Scene::new().await;
    scene.world.set_image_block_public_access(
        account(OWNER),
        &scene.region,
        BlockPublicAccess::Unblocked,
    );
    let all = [("LaunchPermission.Add.1.Group", "all")];
    scene.change("ModifyImageAttribute", &all).await;
    let answer = scene
        .ok(RECIPIENT, "DescribeImages", &[("ExecutableBy.1", "all")])
        .await;
    assert!(
        text(&answer, "deprecationTime")
            .unwrap()
            .starts_with("2028-01-01T"),
        "{answer}"
    );
    let at = [("DeprecateAt", "2028-01-02T00:00:00Z")];
    assert_eq!(
        scene.refused("EnableImageDeprecation", &at).await,
        "InvalidParameterValue"
    );
}
