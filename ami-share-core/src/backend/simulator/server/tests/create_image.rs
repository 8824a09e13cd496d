use super::super::super::ImageSpec;
use super::ec2::{OWNER, RECIPIENT, Scene, text, texts};

async fn launch(scene: &Scene) -> String {
    let params = [
        ("ImageId", scene.image.as_str()),
        ("MinCount", "1"),
        ("MaxCount", "1"),
    ];
    let answer = scene.ok(OWNER, "RunInstances", &params).await;
    text(&answer, "instanceId").unwrap()
}

#[tokio::test]
async fn an_image_of_an_instance_has_snapshots_of_its_volumes() {
    let spec = ImageSpec::named("golden")
        .architecture("arm64")
        .snapshot()
        .encrypted_snapshot();
    let scene = Scene::with(spec).await;
    let instance = launch(&scene).await;
    let params = [
        ("InstanceId", instance.as_str()),
        ("Name", "of instance"),
        ("NoReboot", "true"),
        ("TagSpecification.1.ResourceType", "snapshot"),
        ("TagSpecification.1.Tag.1.Key", "team"),
        ("TagSpecification.1.Tag.1.Value", "images"),
    ];
    let answer = scene.ok(OWNER, "CreateImage", &params).await;
    let id = text(&answer, "imageId").unwrap();
    let told = scene
        .ok(OWNER, "DescribeImages", &[("ImageId.1", &id)])
        .await;
    assert_eq!(texts(&told, "deviceName"), ["/dev/xvda", "/dev/xvdb"]);
    assert_eq!(texts(&told, "encrypted"), ["false", "true"]);
    for expected in [
        "<architecture>arm64</architecture>",
        "<imageState>available</imageState>",
        &format!("<sourceInstanceId>{instance}</sourceInstanceId>"),
    ] {
        assert!(told.contains(expected), "{expected} in {told}");
    }
    let filter = [
        ("Filter.1.Name", "source-instance-id"),
        ("Filter.1.Value.1", instance.as_str()),
    ];
    assert_eq!(scene.found(OWNER, &filter).await, [id.as_str()]);
    let snapshots = scene
        .world
        .snapshots_of(&scene.region, &id.parse().unwrap());
    let of_image = scene.world.snapshots_of(&scene.region, &scene.image);
    assert!(
        snapshots
            .iter()
            .all(|snapshot| !of_image.contains(snapshot))
    );
    let described = scene
        .ok(
            OWNER,
            "DescribeSnapshots",
            &[("SnapshotId.1", snapshots[0].as_str())],
        )
        .await;
    assert!(
        described.contains("<key>team</key><value>images</value>"),
        "{described}"
    );
}

#[tokio::test]
async fn there_has_to_be_an_instance_of_the_callers_own_that_runs() {
    let scene = Scene::new().await;
    let instance = launch(&scene).await;
    let of = |id| [("InstanceId", id), ("Name", "of instance")];
    for (caller, id, code) in [
        (OWNER, "i-x", "InvalidInstanceID.Malformed"),
        (OWNER, "i-0000000000000ffff", "InvalidInstanceID.NotFound"),
        (RECIPIENT, instance.as_str(), "InvalidInstanceID.NotFound"),
    ] {
        assert_eq!(scene.no(caller, "CreateImage", &of(id)).await, code);
    }
    let twice = [("InstanceId", instance.as_str()), ("Name", "golden")];
    assert_eq!(
        scene.no(OWNER, "CreateImage", &twice).await,
        "InvalidAMIName.Duplicate"
    );
    scene
        .ok(OWNER, "TerminateInstances", &[("InstanceId.1", &instance)])
        .await;
    assert_eq!(
        scene.no(OWNER, "CreateImage", &of(&instance)).await,
        "IncorrectInstanceState"
    );
}
