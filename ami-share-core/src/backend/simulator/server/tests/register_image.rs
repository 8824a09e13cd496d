use super::super::super::ImageSpec;
use super::ec2::{OWNER, RECIPIENT, Scene, text, texts};

/// The parameters of an image from a snapshot
fn from<'a>(name: &'a str, snapshot: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("Name", name),
        ("RootDeviceName", "/dev/sda1"),
        ("BlockDeviceMapping.1.DeviceName", "/dev/sda1"),
        ("BlockDeviceMapping.1.Ebs.SnapshotId", snapshot),
    ]
}

#[tokio::test]
async fn an_image_is_made_from_a_snapshot_as_it_is_asked_for() {
    let scene = Scene::with(ImageSpec::named("golden").encrypted_snapshot()).await;
    let snapshot = scene.world.snapshots_of(&scene.region, &scene.image)[0].to_string();
    let mut params = from("built", &snapshot);
    params.extend([
        ("Description", "best"),
        ("Architecture", "x86_64"),
        ("VirtualizationType", "hvm"),
        ("EnaSupport", "true"),
        ("BootMode", "uefi"),
        ("ImdsSupport", "v2.0"),
        ("BlockDeviceMapping.1.Ebs.VolumeSize", "20"),
        ("BlockDeviceMapping.1.Ebs.VolumeType", "gp3"),
        ("BlockDeviceMapping.1.Ebs.DeleteOnTermination", "false"),
        ("BlockDeviceMapping.2.DeviceName", "/dev/sdb"),
        ("BlockDeviceMapping.2.Ebs.VolumeSize", "100"),
        ("BlockDeviceMapping.3.DeviceName", "/dev/sdc"),
        ("BlockDeviceMapping.3.VirtualName", "ephemeral0"),
        ("TagSpecification.1.ResourceType", "image"),
        ("TagSpecification.1.Tag.1.Key", "team"),
        ("TagSpecification.1.Tag.1.Value", "images"),
    ]);
    let answer = scene.ok(OWNER, "RegisterImage", &params).await;
    let id = text(&answer, "imageId").unwrap();
    let told = scene
        .ok(OWNER, "DescribeImages", &[("ImageId.1", &id)])
        .await;
    for expected in [
        "<name>built</name>",
        "<imageState>available</imageState>",
        "<description>best</description>",
        "<architecture>x86_64</architecture>",
        "<virtualizationType>hvm</virtualizationType>",
        "<enaSupport>true</enaSupport>",
        "<bootMode>uefi</bootMode>",
        "<imdsSupport>v2.0</imdsSupport>",
        "<rootDeviceType>ebs</rootDeviceType>",
        "<rootDeviceName>/dev/sda1</rootDeviceName>",
        "<volumeSize>20</volumeSize><deleteOnTermination>false</deleteOnTermination>\
         <volumeType>gp3</volumeType><encrypted>true</encrypted>",
        "<deviceName>/dev/sdb</deviceName><ebs><volumeSize>100</volumeSize>",
        "<deviceName>/dev/sdc</deviceName><virtualName>ephemeral0</virtualName>",
        "<key>team</key><value>images</value>",
    ] {
        assert!(told.contains(expected), "{expected} in {told}");
    }
    // Two images are made of it now.
    let of_snapshot = [
        ("Filter.1.Name", "block-device-mapping.snapshot-id"),
        ("Filter.1.Value.1", snapshot.as_str()),
    ];
    assert_eq!(scene.found(OWNER, &of_snapshot).await.len(), 2);
}

#[tokio::test]
async fn an_image_with_a_manifest_is_backed_by_instance_store() {
    let scene = Scene::new().await;
    let params = [
        ("Name", "built"),
        ("ImageLocation", "bucket/image.manifest.xml"),
    ];
    scene.ok(OWNER, "RegisterImage", &params).await;
    let told = scene
        .ok(
            OWNER,
            "DescribeImages",
            &[("Filter.1.Name", "name"), ("Filter.1.Value.1", "built")],
        )
        .await;
    assert_eq!(texts(&told, "rootDeviceType"), ["instance-store"]);
    assert_eq!(texts(&told, "imageLocation"), ["bucket/image.manifest.xml"]);
}

#[tokio::test]
async fn a_name_is_an_accounts_own_once_in_a_region() {
    let scene = Scene::new().await;
    let snapshot = scene.world.snapshots_of(&scene.region, &scene.image)[0].to_string();
    let (_, answer) = scene
        .wire
        .query(OWNER, "ec2", "RegisterImage", &from("golden", &snapshot))
        .await;
    let expected = format!(
        "<Code>InvalidAMIName.Duplicate</Code><Message>AMI name golden is already in use by AMI {}",
        scene.image
    );
    assert!(answer.contains(&expected), "{answer}");
    for name in ["ab", "naïve", "a*b", &"x".repeat(129)] {
        assert_eq!(
            scene
                .no(OWNER, "RegisterImage", &from(name, &snapshot))
                .await,
            "InvalidAMIName.Malformed",
            "{name}"
        );
    }
    scene.change("DeregisterImage", &[]).await;
    scene
        .ok(OWNER, "RegisterImage", &from("golden", &snapshot))
        .await;
    scene.register(RECIPIENT, ImageSpec::named("golden"));
}

#[tokio::test]
async fn devices_that_cannot_be_are_refused() {
    let scene = Scene::new().await;
    let snapshot = scene.world.snapshots_of(&scene.region, &scene.image)[0].to_string();
    let bad = "InvalidBlockDeviceMapping";
    for (more, code) in [
        (&[("RootDeviceName", "/dev/xvda")][..], bad),
        (&[("BlockDeviceMapping.1.Ebs.VolumeSize", "7")], bad),
        (&[("BlockDeviceMapping.1.Ebs.Encrypted", "true")], bad),
        (&[("BlockDeviceMapping.1.VirtualName", "ephemeral0")], bad),
        (
            &[
                ("BlockDeviceMapping.2.DeviceName", "/dev/sda1"),
                ("BlockDeviceMapping.2.Ebs.VolumeSize", "8"),
            ],
            bad,
        ),
        (
            &[("BlockDeviceMapping.2.DeviceName", "/dev/sdb")],
            "MissingParameter",
        ),
        (
            &[("BlockDeviceMapping.1.Ebs.SnapshotId", "snap-x")],
            "InvalidSnapshotID.Malformed",
        ),
        (
            &[("BlockDeviceMapping.1.Ebs.SnapshotId", "snap-ffffffff")],
            "InvalidSnapshot.NotFound",
        ),
        (
            &[("BlockDeviceMapping.1.Ebs.VolumeType", "fast")],
            "InvalidParameterValue",
        ),
        (
            &[("BlockDeviceMapping.1.Ebs.Iops", "100")],
            "UnknownParameter",
        ),
        (&[("Architecture", "vax")], "InvalidParameterValue"),
        (
            &[
                ("TagSpecification.1.ResourceType", "snapshot"),
                ("TagSpecification.1.Tag.1.Key", "a"),
            ],
            "InvalidParameterValue",
        ),
    ] {
        let params = [&from("built", &snapshot)[..], more].concat();
        assert_eq!(
            scene.no(OWNER, "RegisterImage", &params).await,
            code,
            "{more:?}"
        );
    }
    assert_eq!(
        scene.no(OWNER, "RegisterImage", &[("Name", "built")]).await,
        "MissingParameter"
    );
    // Somebody else's snapshot is not there.
    assert_eq!(
        scene
            .no(RECIPIENT, "RegisterImage", &from("built", &snapshot))
            .await,
        "InvalidSnapshot.NotFound"
    );
    assert_eq!(scene.found(OWNER, &[]).await.len(), 1);
}
