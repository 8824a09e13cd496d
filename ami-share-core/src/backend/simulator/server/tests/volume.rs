use super::super::super::NewKey;
use super::ec2::{OWNER, RECIPIENT, Scene, account, text, texts};

const ZONE: (&str, &str) = ("AvailabilityZone", "eu-central-1a");

#[tokio::test]
async fn a_volume_is_created_listed_and_deleted() {
    let scene = Scene::new().await;
    let made = scene
        .ok(
            OWNER,
            "CreateVolume",
            &[
                ZONE,
                ("Size", "20"),
                ("VolumeType", "gp3"),
                ("TagSpecification.1.ResourceType", "volume"),
                ("TagSpecification.1.Tag.1.Key", "team"),
                ("TagSpecification.1.Tag.1.Value", "images"),
            ],
        )
        .await;
    let id = text(&made, "volumeId").unwrap();
    for field in [
        "<size>20</size>",
        "<status>available</status>",
        "<encrypted>false</encrypted>",
        "<volumeType>gp3</volumeType>",
        "<iops>3000</iops>",
        "<key>team</key>",
    ] {
        assert!(made.contains(field), "{field} in {made}");
    }
    for (caller, filter, value, found) in [
        (OWNER, "tag:team", "im*", true),
        (OWNER, "size", "21", false),
        (OWNER, "status", "available", true),
        (RECIPIENT, "size", "20", false),
    ] {
        let params = [("Filter.1.Name", filter), ("Filter.1.Value.1", value)];
        let listed = scene.ok(caller, "DescribeVolumes", &params).await;
        assert_eq!(texts(&listed, "volumeId").contains(&id), found, "{filter}");
    }
    let named = [("VolumeId.1", id.as_str())];
    let foreign = scene.no(RECIPIENT, "DescribeVolumes", &named).await;
    assert_eq!(foreign, "InvalidVolume.NotFound");
    let id = [("VolumeId", id.as_str())];
    assert_eq!(
        scene.no(RECIPIENT, "DeleteVolume", &id).await,
        "InvalidVolume.NotFound"
    );
    scene.ok(OWNER, "DeleteVolume", &id).await;
    assert_eq!(
        scene.no(OWNER, "DeleteVolume", &id).await,
        "InvalidVolume.NotFound"
    );
}

#[tokio::test]
async fn what_a_volume_cannot_be_is_refused() {
    let scene = Scene::new().await;
    for (params, code) in [
        (vec![ZONE], "MissingParameter"),
        (vec![("Size", "1")], "MissingParameter"),
        (vec![ZONE, ("Size", "0")], "InvalidParameterValue"),
        (vec![ZONE, ("Size", "16385")], "InvalidParameterValue"),
        (vec![ZONE, ("Size", "x")], "InvalidParameterValue"),
        (
            vec![ZONE, ("Size", "8"), ("VolumeType", "fast")],
            "UnknownVolumeType",
        ),
        (
            vec![("AvailabilityZone", "us-east-1a"), ("Size", "8")],
            "InvalidZone.NotFound",
        ),
        (
            vec![ZONE, ("Size", "8"), ("KmsKeyId", "alias/x")],
            "InvalidParameterDependency",
        ),
        (
            vec![ZONE, ("SnapshotId", "snap-ffffffff")],
            "InvalidSnapshot.NotFound",
        ),
        (
            vec![ZONE, ("SnapshotId", "snap-x")],
            "InvalidSnapshotID.Malformed",
        ),
        (
            vec![ZONE, ("Size", "8"), ("Throughput", "125")],
            "UnknownParameter",
        ),
    ] {
        assert_eq!(
            scene.no(OWNER, "CreateVolume", &params).await,
            code,
            "{params:?}"
        );
    }
    let listed = scene.ok(OWNER, "DescribeVolumes", &[]).await;
    assert!(listed.contains("<volumeSet/>"), "{listed}");
}

#[tokio::test]
async fn a_client_token_makes_one_volume_and_belongs_to_its_parameters() {
    let scene = Scene::new().await;
    let token = ("ClientToken", "once");
    let first = scene
        .ok(OWNER, "CreateVolume", &[ZONE, ("Size", "8"), token])
        .await;
    let again = scene
        .ok(OWNER, "CreateVolume", &[ZONE, ("Size", "8"), token])
        .await;
    assert_eq!(text(&first, "volumeId"), text(&again, "volumeId"));
    let other = scene
        .no(OWNER, "CreateVolume", &[ZONE, ("Size", "9"), token])
        .await;
    assert_eq!(other, "IdempotentParameterMismatch");
}

#[tokio::test]
async fn the_key_of_a_volume_is_the_one_named_or_the_default_or_none() {
    let scene = Scene::new().await;
    let size = ("Size", "8");
    let key_of = |params: Vec<(&'static str, String)>| {
        let scene = &scene;
        async move {
            let params: Vec<(&str, &str)> = params.iter().map(|(n, v)| (*n, v.as_str())).collect();
            let made = scene.ok(OWNER, "CreateVolume", &params).await;
            (
                text(&made, "kmsKeyId").unwrap_or_default(),
                text(&made, "status").unwrap(),
            )
        }
    };
    let params = |more: &[(&'static str, &str)]| {
        let all = [ZONE, size].into_iter().chain(more.iter().copied());
        all.map(|(name, value)| (name, value.to_owned())).collect()
    };
    let own = scene
        .world
        .create_key(&scene.region, account(OWNER), NewKey::new());
    let foreign = scene
        .world
        .create_key(&scene.region, account(RECIPIENT), NewKey::new());
    let aws = scene.world.aws_ebs_key(&scene.region, account(OWNER));
    let available = "available".to_owned();

    let (key, _) = key_of(params(&[])).await;
    assert_eq!(key, "");
    let encrypted = ("Encrypted", "true");
    let made = key_of(params(&[encrypted])).await;
    assert_eq!(made, (aws.to_string(), available.clone()));
    let named = ("KmsKeyId", own.as_str());
    let made = key_of(params(&[encrypted, named])).await;
    assert_eq!(made, (own.to_string(), available.clone()));
    // What is wrong with a key shows only later.
    for bad in [foreign.as_str(), "alias/nobody"] {
        let (_, status) = key_of(params(&[encrypted, ("KmsKeyId", bad)])).await;
        assert_eq!(status, "error", "{bad}");
    }

    scene.ok(OWNER, "EnableEbsEncryptionByDefault", &[]).await;
    let (key, _) = key_of(params(&[])).await;
    assert_eq!(key, aws.as_str());
    scene.ok(OWNER, "ModifyEbsDefaultKmsKeyId", &[named]).await;
    let (key, _) = key_of(params(&[])).await;
    assert_eq!(key, own.as_str());
}
