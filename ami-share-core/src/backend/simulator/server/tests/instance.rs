use super::super::super::{ImageSpec, NewKey};
use super::ec2::{OWNER, RECIPIENT, STRANGER, Scene, account, text, texts};
use crate::policy::evaluate::KeyState;

const ONE: [(&str, &str); 2] = [("MinCount", "1"), ("MaxCount", "1")];

fn run<'a>(image: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("ImageId", image)], &ONE[..], more].concat()
}

#[tokio::test]
async fn who_has_the_launch_permission_runs_an_instance_and_terminates_it() {
    let scene = Scene::new().await;
    let image = scene.image.as_str();
    let hidden = scene.no(RECIPIENT, "RunInstances", &run(image, &[])).await;
    assert_eq!(hidden, "InvalidAMIID.NotFound");
    scene.share(RECIPIENT).await;
    let tagged = run(
        image,
        &[
            ("InstanceType", "t3.micro"),
            ("TagSpecification.1.ResourceType", "instance"),
            ("TagSpecification.1.Tag.1.Key", "team"),
            ("ClientToken", "once"),
        ],
    );
    let ran = scene.ok(RECIPIENT, "RunInstances", &tagged).await;
    let id = text(&ran, "instanceId").unwrap();
    let again = scene.ok(RECIPIENT, "RunInstances", &tagged).await;
    assert_eq!(text(&again, "instanceId").unwrap(), id);

    let told = scene
        .ok(RECIPIENT, "DescribeInstances", &[("InstanceId.1", &id)])
        .await;
    assert_eq!(text(&told, "imageId").unwrap(), image);
    assert!(told.contains("<name>running</name>"), "{told}");
    assert!(told.contains("<key>team</key>"), "{told}");
    let volume = text(&told, "volumeId").unwrap();
    let in_use = scene
        .no(RECIPIENT, "DeleteVolume", &[("VolumeId", &volume)])
        .await;
    assert_eq!(in_use, "VolumeInUse");
    assert_eq!(
        scene
            .no(OWNER, "DescribeInstances", &[("InstanceId.1", &id)])
            .await,
        "InvalidInstanceID.NotFound"
    );

    let ended = scene
        .ok(RECIPIENT, "TerminateInstances", &[("InstanceId.1", &id)])
        .await;
    assert_eq!(texts(&ended, "name"), ["terminated", "running"]);
    assert_eq!(
        scene
            .no(RECIPIENT, "DeleteVolume", &[("VolumeId", &volume)])
            .await,
        "InvalidVolume.NotFound"
    );
}

#[tokio::test]
async fn a_rehearsal_looks_at_permissions_and_the_image_and_launches_nothing() {
    let scene = Scene::new().await;
    scene.share(RECIPIENT).await;
    let rehearsal = run(scene.image.as_str(), &[("DryRun", "true")]);
    for spelling in ["true", "True"] {
        let rehearsal = run(scene.image.as_str(), &[("DryRun", spelling)]);
        assert_eq!(
            scene.no(RECIPIENT, "RunInstances", &rehearsal).await,
            "DryRunOperation"
        );
    }
    let listing = scene.ok(RECIPIENT, "DescribeInstances", &[]).await;
    assert!(texts(&listing, "instanceId").is_empty());
    assert_eq!(
        scene.no(STRANGER, "RunInstances", &rehearsal).await,
        "InvalidAMIID.NotFound"
    );
    scene.world.deny(account(STRANGER), "RunInstances");
    assert_eq!(
        scene.no(STRANGER, "RunInstances", &rehearsal).await,
        "UnauthorizedOperation"
    );
}

#[tokio::test]
async fn what_cannot_be_launched_is_refused() {
    let scene = Scene::new().await;
    let image = scene.image.as_str();
    for (params, code) in [
        (run("ami-x", &[]), "InvalidAMIID.Malformed"),
        (run("ami-ffffffff", &[]), "InvalidAMIID.NotFound"),
        (vec![("ImageId", image)], "MissingParameter"),
        (
            vec![("ImageId", image), ("MinCount", "2"), ("MaxCount", "1")],
            "InvalidParameterValue",
        ),
        (run(image, &[("KeyName", "mine")]), "UnknownParameter"),
        (
            run(
                image,
                &[
                    ("BlockDeviceMapping.1.DeviceName", "/dev/xvda"),
                    ("BlockDeviceMapping.1.Ebs.VolumeSize", "1"),
                ],
            ),
            "InvalidBlockDeviceMapping",
        ),
    ] {
        assert_eq!(
            scene.no(OWNER, "RunInstances", &params).await,
            code,
            "{params:?}"
        );
    }
    scene.change("DisableImage", &[]).await;
    assert_eq!(
        scene.no(OWNER, "RunInstances", &run(image, &[])).await,
        "InvalidAMIID.Unavailable"
    );
}

#[tokio::test]
async fn without_a_default_vpc_only_a_launch_into_a_subnet_starts() {
    let scene = Scene::new().await;
    let image = scene.image.as_str();
    scene
        .world
        .delete_default_vpc(account(OWNER), &scene.region);
    for dry_run in [&[][..], &[("DryRun", "true")]] {
        assert_eq!(
            scene.no(OWNER, "RunInstances", &run(image, dry_run)).await,
            "VPCIdNotSpecified"
        );
    }
    let subnet = ("SubnetId", "subnet-0123456789abcdef0");
    let rehearsed = run(image, &[subnet, ("DryRun", "true")]);
    assert_eq!(
        scene.no(OWNER, "RunInstances", &rehearsed).await,
        "DryRunOperation"
    );
    scene
        .ok(OWNER, "RunInstances", &run(image, &[subnet]))
        .await;
}

#[tokio::test]
async fn one_call_cannot_ask_for_volumes_without_end() {
    let scene = Scene::new().await;
    let names: Vec<(String, String)> = (1..=129)
        .map(|number| {
            (
                format!("BlockDeviceMapping.{number}.DeviceName"),
                format!("/dev/{number}"),
            )
        })
        .collect();
    let devices: Vec<(&str, &str)> = names.iter().map(|(name, to)| (&**name, &**to)).collect();
    let code = scene
        .no(OWNER, "RunInstances", &run(scene.image.as_str(), &devices))
        .await;
    assert_eq!(code, "AttachmentLimitExceeded");
}

#[tokio::test]
async fn an_instance_whose_key_cannot_be_used_terminates_at_once() {
    let scene = Scene::new().await;
    let key = scene
        .world
        .create_key(&scene.region, account(OWNER), NewKey::new());
    let image = scene.register(OWNER, ImageSpec::named("locked").encrypted_with(&key));
    let share = [
        ("ImageId", image.as_str()),
        ("LaunchPermission.Add.1.UserId", RECIPIENT),
    ];
    scene.ok(OWNER, "ModifyImageAttribute", &share).await;
    let judged = |who: &str| {
        let world = &scene.world;
        world
            .can_launch(&scene.region, account(who), &image)
            .allowed
    };
    for (who, state, volumes) in [(OWNER, "running", 1), (RECIPIENT, "terminated", 0)] {
        let ran = scene
            .ok(who, "RunInstances", &run(image.as_str(), &[]))
            .await;
        assert_eq!(text(&ran, "name").unwrap(), state);
        assert_eq!(texts(&ran, "volumeId").len(), volumes);
        assert_eq!(judged(who), state == "running");
        assert_eq!(ran.contains("Client.InternalError"), state == "terminated");
    }
}

#[tokio::test]
async fn an_instance_whose_key_is_disabled_names_the_state_of_the_key() {
    let scene = Scene::new().await;
    let key = scene
        .world
        .create_key(&scene.region, account(OWNER), NewKey::new());
    let image = scene.register(OWNER, ImageSpec::named("locked").encrypted_with(&key));
    scene.world.set_key_state(&key, KeyState::Disabled).unwrap();
    let params = run(image.as_str(), &[]);
    let ran = scene.ok(OWNER, "RunInstances", &params).await;
    assert_eq!(text(&ran, "name").unwrap(), "terminated");
    assert!(ran.contains("Client.InvalidKMSKey.InvalidState"), "{ran}");
}

#[tokio::test]
async fn regions_and_zones_are_told() {
    let scene = Scene::new().await;
    let told = scene.ok(OWNER, "DescribeRegions", &[]).await;
    let names = texts(&told, "regionName");
    assert!(names.contains(&"eu-central-1".to_owned()), "{told}");
    let one = [("RegionName.1", "us-east-1")];
    let told = scene.ok(OWNER, "DescribeRegions", &one).await;
    assert_eq!(texts(&told, "regionName"), ["us-east-1"]);
    let unknown = [("RegionName.1", "mars-1")];
    let code = scene.no(OWNER, "DescribeRegions", &unknown).await;
    assert_eq!(code, "InvalidParameterValue");
    let zones = scene.ok(OWNER, "DescribeAvailabilityZones", &[]).await;
    assert_eq!(texts(&zones, "zoneName")[0], "eu-central-1a");
}
