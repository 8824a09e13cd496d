use super::super::super::{ImageSpec, NewKey};
use super::ec2::{OWNER, RECIPIENT, STRANGER, Scene, account, text, texts};

async fn told(scene: &Scene, caller: &str, action: &str, field: &str) -> String {
    let told = scene.ok(caller, action, &[]).await;
    text(&told, field).unwrap_or_else(|| panic!("no {field} in {told}"))
}

#[tokio::test]
async fn settings_are_read_back_and_belong_to_their_account() {
    let scene = Scene::new().await;
    let get = "GetImageBlockPublicAccessState";
    let field = "imageBlockPublicAccessState";
    assert_eq!(told(&scene, OWNER, get, field).await, "block-new-sharing");
    scene.ok(OWNER, "DisableImageBlockPublicAccess", &[]).await;
    assert_eq!(told(&scene, OWNER, get, field).await, "unblocked");
    assert_eq!(
        told(&scene, RECIPIENT, get, field).await,
        "block-new-sharing"
    );
    assert_eq!(told(&scene, OWNER, get, "managedBy").await, "account");
    let on = [("ImageBlockPublicAccessState", "block-new-sharing")];
    scene.ok(OWNER, "EnableImageBlockPublicAccess", &on).await;
    assert_eq!(told(&scene, OWNER, get, field).await, "block-new-sharing");

    let get = "GetSnapshotBlockPublicAccessState";
    assert_eq!(told(&scene, OWNER, get, "state").await, "unblocked");
    for state in ["block-all-sharing", "block-new-sharing"] {
        let to = [("State", state)];
        scene
            .ok(OWNER, "EnableSnapshotBlockPublicAccess", &to)
            .await;
        assert_eq!(told(&scene, OWNER, get, "state").await, state);
    }
    let bad = [("State", "unblocked")];
    assert_eq!(
        scene
            .no(OWNER, "EnableSnapshotBlockPublicAccess", &bad)
            .await,
        "InvalidParameterValue"
    );
    scene
        .ok(OWNER, "DisableSnapshotBlockPublicAccess", &[])
        .await;
    assert_eq!(told(&scene, OWNER, get, "state").await, "unblocked");

    let get = "GetEbsEncryptionByDefault";
    let field = "ebsEncryptionByDefault";
    assert_eq!(told(&scene, OWNER, get, field).await, "false");
    scene.ok(OWNER, "EnableEbsEncryptionByDefault", &[]).await;
    assert_eq!(told(&scene, OWNER, get, field).await, "true");
    scene.ok(OWNER, "DisableEbsEncryptionByDefault", &[]).await;
    assert_eq!(told(&scene, OWNER, get, field).await, "false");
}

#[tokio::test]
async fn the_default_key_is_aws_ebs_until_another_one_is_chosen() {
    let scene = Scene::new().await;
    let key = scene
        .world
        .create_key(&scene.region, account(OWNER), NewKey::new());
    let get = "GetEbsDefaultKmsKeyId";
    let field = "kmsKeyId";
    assert_eq!(told(&scene, OWNER, get, field).await, "alias/aws/ebs");
    let to = [("KmsKeyId", key.key_id())];
    scene.ok(OWNER, "ModifyEbsDefaultKmsKeyId", &to).await;
    assert_eq!(told(&scene, OWNER, get, field).await, key.as_str());
    scene.ok(OWNER, "ResetEbsDefaultKmsKeyId", &[]).await;
    assert_eq!(told(&scene, OWNER, get, field).await, "alias/aws/ebs");
}

#[tokio::test]
async fn allowed_amis_hide_what_does_not_meet_a_criterion_from_the_recipient_alone() {
    let scene = Scene::new().await;
    scene.share(RECIPIENT).await;
    let other = scene.register(STRANGER, ImageSpec::named("silver"));
    let image = [
        ("ImageId", other.as_str()),
        ("LaunchPermission.Add.1.UserId", RECIPIENT),
    ];
    scene.ok(STRANGER, "ModifyImageAttribute", &image).await;
    let own = scene.register(RECIPIENT, ImageSpec::named("bronze"));
    let criteria = [
        ("ImageCriterion.1.ImageProvider.1", OWNER),
        ("ImageCriterion.1.ImageName.1", "gold*"),
        (
            "ImageCriterion.1.CreationDateCondition.MaximumDaysSinceCreated",
            "30",
        ),
    ];
    scene
        .ok(
            RECIPIENT,
            "ReplaceImageCriteriaInAllowedImagesSettings",
            &criteria,
        )
        .await;
    let can_launch = |image| {
        scene
            .world
            .can_launch(&scene.region, account(RECIPIENT), image)
    };
    let set = |state| [("AllowedImagesSettingsState", state)];
    assert!(can_launch(&other).allowed);
    scene
        .ok(RECIPIENT, "EnableAllowedImagesSettings", &set("audit-mode"))
        .await;
    assert!(can_launch(&other).allowed);
    assert_eq!(scene.found(RECIPIENT, &[]).await.len(), 3);

    scene
        .ok(RECIPIENT, "EnableAllowedImagesSettings", &set("enabled"))
        .await;
    let told = scene.ok(RECIPIENT, "GetAllowedImagesSettings", &[]).await;
    assert_eq!(text(&told, "state").unwrap(), "enabled");
    assert_eq!(text(&told, "maximumDaysSinceCreated").unwrap(), "30");
    assert_eq!(texts(&told, "managedBy"), ["account"]);
    let judged = can_launch(&other);
    assert!(!judged.allowed);
    assert!(judged.reason.contains("Allowed AMIs"), "{judged:?}");
    assert!(can_launch(&scene.image).allowed);
    assert!(can_launch(&own).allowed);
    let run = |image| [("ImageId", image), ("MinCount", "1"), ("MaxCount", "1")];
    assert_eq!(
        scene
            .no(RECIPIENT, "RunInstances", &run(other.as_str()))
            .await,
        "InvalidAMIID.NotFound"
    );
    let named = [("ImageId.1", other.as_str())];
    assert_eq!(
        scene.no(RECIPIENT, "DescribeImages", &named).await,
        "InvalidAMIID.NotFound"
    );

    scene
        .ok(RECIPIENT, "DisableAllowedImagesSettings", &[])
        .await;
    assert!(can_launch(&other).allowed);
}

#[tokio::test]
async fn criteria_that_aws_does_not_take_are_refused() {
    let scene = Scene::new().await;
    for (params, code) in [
        (
            vec![("ImageCriterion.1.ImageProvider.1", "me")],
            "InvalidParameterValue",
        ),
        (
            vec![
                ("ImageCriterion.1.ImageProvider.1", "none"),
                ("ImageCriterion.1.ImageProvider.2", OWNER),
            ],
            "InvalidParameterValue",
        ),
        (
            vec![("ImageCriterion.1.ImageWatermark.1.WatermarkKey", "x")],
            "UnknownParameter",
        ),
    ] {
        let action = "ReplaceImageCriteriaInAllowedImagesSettings";
        assert_eq!(scene.no(OWNER, action, &params).await, code, "{params:?}");
    }
}
