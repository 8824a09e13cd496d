use std::time::Duration;

use super::super::super::{Faults, ImageSpec};
use super::ec2::{OWNER, RECIPIENT, STRANGER, Scene, account, text, texts};
use super::wire::Wire;
use crate::backend::{Backend, SnapshotChange};

const ELSEWHERE: &str = "us-east-1";

fn request<'a>(image: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut params = vec![
        ("SourceImageId", image),
        ("SourceRegion", Wire::REGION),
        ("Name", "copy"),
    ];
    params.extend_from_slice(more);
    params
}

/// Copies the scene's image within its Region, and answers with the XML or the code
async fn copy(scene: &Scene, caller: &str, more: &[(&str, &str)]) -> Result<String, String> {
    let params = request(scene.image.as_str(), more);
    let (status, answer) = scene.wire.query(caller, "ec2", "CopyImage", &params).await;
    match status {
        200 => Ok(text(&answer, "imageId").unwrap()),
        _ => Err(answer),
    }
}

/// From now on copies take so many seconds
fn take(scene: &Scene, seconds: u64) {
    let faults = Faults::none().copies_take(Duration::from_secs(seconds), Duration::ZERO);
    scene.world.set_faults(faults);
}

async fn told(scene: &Scene, caller: &str, image: &str) -> String {
    scene
        .ok(caller, "DescribeImages", &[("ImageId.1", image)])
        .await
}

/// Shares the image and its snapshots with the recipient, so that it can copy
async fn share_for_copy(scene: &Scene) {
    scene.share(RECIPIENT).await;
    for snapshot in scene.world.snapshots_of(&scene.region, &scene.image) {
        let add = [account(RECIPIENT).into()];
        scene
            .world
            .backend(account(OWNER))
            .modify_create_volume_permissions(&scene.region, &snapshot, SnapshotChange::Add(&add))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_copy_is_the_callers_own_and_private_with_snapshots_of_its_own() {
    let spec = ImageSpec::named("golden")
        .description("best")
        .architecture("arm64");
    let scene = Scene::with(spec).await;
    scene.share(STRANGER).await;
    share_for_copy(&scene).await;
    let params = request(scene.image.as_str(), &[("Description", "copied")]);
    let (_, answer) = scene
        .wire
        .query_in(ELSEWHERE, RECIPIENT, "ec2", "CopyImage", &params)
        .await;
    let copy = text(&answer, "imageId").unwrap();
    let (_, told) = scene
        .wire
        .query_in(
            ELSEWHERE,
            RECIPIENT,
            "ec2",
            "DescribeImages",
            &[("ImageId.1", &copy)],
        )
        .await;
    for expected in [
        &format!("<imageOwnerId>{RECIPIENT}</imageOwnerId>"),
        "<imageState>available</imageState>",
        "<name>copy</name>",
        "<description>copied</description>",
        "<architecture>arm64</architecture>",
        &format!("<sourceImageId>{}</sourceImageId>", scene.image),
        &format!("<sourceImageRegion>{}</sourceImageRegion>", Wire::REGION),
        "<encrypted>false</encrypted>",
        "<tagSet/>",
    ] {
        assert!(told.contains(expected), "{expected} in {told}");
    }
    let (region, copy) = (ELSEWHERE.parse().unwrap(), copy.parse().unwrap());
    assert!(
        scene
            .world
            .launch_permissions(&region, &copy)
            .unwrap()
            .is_empty()
    );
    let snapshot = &scene.world.snapshots_of(&region, &copy)[0];
    let state = scene.world.state();
    let record = state.snapshot(&region, snapshot).unwrap();
    assert_eq!(record.owner, account(RECIPIENT));
    assert!(record.permissions.current().is_empty());
}

#[tokio::test]
async fn a_copy_takes_the_time_that_is_set_and_is_cancelled_by_deregistering() {
    let scene = Scene::new().await;
    take(&scene, 600);
    let id = copy(&scene, OWNER, &[]).await.unwrap();
    assert!(
        told(&scene, OWNER, &id)
            .await
            .contains("<imageState>pending<")
    );
    let pending = [
        ("ImageId", id.as_str()),
        ("LaunchPermission.Add.1.UserId", RECIPIENT),
    ];
    assert_eq!(
        scene.no(OWNER, "ModifyImageAttribute", &pending).await,
        "InvalidAMIID.Unavailable"
    );
    let again = copy(&scene, OWNER, &[("Name", "again")]).await.unwrap();
    let cancelled = scene
        .world
        .snapshots_of(&scene.region, &again.parse().unwrap());
    scene
        .ok(OWNER, "DeregisterImage", &[("ImageId", &again)])
        .await;
    let advance = |seconds| {
        let mut state = scene.world.state();
        state.clock.advance(Duration::from_secs(seconds));
    };
    advance(590);
    assert!(
        told(&scene, OWNER, &id)
            .await
            .contains("<imageState>pending<")
    );
    advance(10);
    assert!(
        told(&scene, OWNER, &id)
            .await
            .contains("<imageState>available<")
    );
    // In process, too.
    assert!(
        scene
            .world
            .can_launch(&scene.region, account(OWNER), &id.parse().unwrap())
            .allowed
    );
    assert!(
        scene
            .found(
                OWNER,
                &[("Filter.1.Name", "name"), ("Filter.1.Value.1", "again")]
            )
            .await
            .is_empty()
    );
    let state = scene.world.state();
    assert!(state.snapshot(&scene.region, &cancelled[0]).is_none());
}

#[tokio::test]
async fn a_copy_fails_on_purpose_with_its_reason() {
    let scene = Scene::new().await;
    let faults = Faults::none().copy_fails(1, "AMI snapshot copy failed with error: disk full");
    scene.world.set_faults(faults);
    let id = copy(&scene, OWNER, &[]).await.unwrap();
    let answer = told(&scene, OWNER, &id).await;
    assert!(
        answer.contains("<imageState>failed</imageState>"),
        "{answer}"
    );
    assert!(
        answer.contains("<message>AMI snapshot copy failed with error: disk full</message>"),
        "{answer}"
    );
    let id = copy(&scene, OWNER, &[("Name", "again")]).await.unwrap();
    assert!(
        told(&scene, OWNER, &id)
            .await
            .contains("<imageState>available<")
    );
}

#[tokio::test]
async fn a_recipient_copies_only_with_access_to_image_and_storage() {
    let scene = Scene::with(ImageSpec::named("golden").snapshot().snapshot()).await;
    let answer = copy(&scene, RECIPIENT, &[]).await.unwrap_err();
    assert!(answer.contains("<Code>InvalidAMIID.NotFound<"), "{answer}");
    scene.share(RECIPIENT).await;
    let storage = "<Code>InvalidRequest</Code><Message>You do not have permission to access the \
                   storage of this ami</Message>";
    let answer = copy(&scene, RECIPIENT, &[]).await.unwrap_err();
    assert!(answer.contains(storage), "{answer}");
    share_for_copy(&scene).await;
    copy(&scene, RECIPIENT, &[]).await.unwrap();

    for spec in [
        ImageSpec::named("golden").product_code("abc"),
        ImageSpec::named("golden").instance_store(),
    ] {
        let scene = Scene::with(spec).await;
        share_for_copy(&scene).await;
        let answer = copy(&scene, RECIPIENT, &[]).await.unwrap_err();
        assert!(answer.contains("<Code>InvalidRequest</Code>"), "{answer}");
        copy(&scene, OWNER, &[]).await.unwrap();
    }
}

#[tokio::test]
async fn the_same_token_makes_one_copy_and_none_with_other_parameters() {
    let scene = Scene::new().await;
    let token = ("ClientToken", "once");
    let first = copy(&scene, OWNER, &[token]).await.unwrap();
    assert_eq!(copy(&scene, OWNER, &[token]).await.unwrap(), first);
    let answer = copy(&scene, OWNER, &[token, ("Description", "x")])
        .await
        .unwrap_err();
    assert!(
        answer.contains("<Code>IdempotentParameterMismatch<"),
        "{answer}"
    );
    assert_eq!(scene.found(OWNER, &[]).await.len(), 2);
}

#[tokio::test]
async fn copies_share_a_name_that_no_new_image_then_takes() {
    let scene = Scene::new().await;
    let name = ("Name", "golden");
    let first = copy(&scene, OWNER, &[name]).await.unwrap();
    let second = copy(&scene, OWNER, &[name]).await.unwrap();
    assert_ne!(first, second);
    scene.change("DeregisterImage", &[]).await;
    let snapshot = scene.world.snapshots_of(&scene.region, &scene.image)[0].to_string();
    let taken = [
        name,
        ("RootDeviceName", "/dev/sda1"),
        ("BlockDeviceMapping.1.DeviceName", "/dev/sda1"),
        ("BlockDeviceMapping.1.Ebs.SnapshotId", snapshot.as_str()),
    ];
    assert_eq!(
        scene.no(OWNER, "RegisterImage", &taken).await,
        "InvalidAMIName.Duplicate"
    );
}

#[tokio::test]
async fn what_is_asked_for_in_vain_is_refused_at_once() {
    let scene = Scene::with(ImageSpec::named("golden").encrypted_snapshot()).await;
    let long = "x".repeat(65);
    for (more, code) in [
        (&[("Name", "x")][..], "InvalidAMIName.Malformed"),
        (&[("SourceImageId", "ami-x")], "InvalidAMIID.Malformed"),
        (
            &[("SourceImageId", "ami-ffffffff")],
            "InvalidAMIID.NotFound",
        ),
        (&[("SourceRegion", "us-east-1")], "InvalidAMIID.NotFound"),
        (&[("SourceRegion", "cn-north-1")], "InvalidParameterValue"),
        (&[("KmsKeyId", "alias/x")], "InvalidParameterDependency"),
        (&[("Encrypted", "false")], "InvalidRequest"),
        (&[("ClientToken", long.as_str())], "InvalidParameterValue"),
        (&[("DestinationOutpostArn", "x")], "UnknownParameter"),
    ] {
        let answer = copy(&scene, OWNER, more).await.unwrap_err();
        assert_eq!(text(&answer, "Code").unwrap(), code, "{more:?}");
    }
    assert_eq!(scene.found(OWNER, &[]).await.len(), 1);
}

#[tokio::test]
async fn the_tags_that_are_the_callers_to_see_go_along_if_asked_for() {
    let spec = ImageSpec::named("golden")
        .tag("team", "images")
        .tag("ec2:SharedTag/os", "linux")
        .tag("aws:made-by", "aws");
    let scene = Scene::with(spec).await;
    share_for_copy(&scene).await;
    let plain = copy(&scene, OWNER, &[]).await.unwrap();
    assert!(told(&scene, OWNER, &plain).await.contains("<tagSet/>"));

    let with_tags = [("Name", "tagged"), ("CopyImageTags", "true")];
    let own = copy(&scene, OWNER, &with_tags).await.unwrap();
    assert_eq!(
        texts(&told(&scene, OWNER, &own).await, "key"),
        ["ec2:SharedTag/os", "team"]
    );
    let more = [
        &with_tags[..],
        &[
            ("TagSpecification.1.ResourceType", "image"),
            ("TagSpecification.1.Tag.1.Key", "new"),
            ("TagSpecification.2.ResourceType", "snapshot"),
            ("TagSpecification.2.Tag.1.Key", "of-snapshot"),
        ],
    ]
    .concat();
    let others = copy(&scene, RECIPIENT, &more).await.unwrap();
    assert_eq!(
        texts(&told(&scene, RECIPIENT, &others).await, "key"),
        ["ec2:SharedTag/os", "new"]
    );
    let snapshots = scene
        .world
        .snapshots_of(&scene.region, &others.parse().unwrap());
    let backend = scene.world.backend(account(RECIPIENT));
    let snapshots = backend
        .describe_snapshots(&scene.region, &snapshots)
        .await
        .unwrap();
    assert!(snapshots[0].tags.contains_key("of-snapshot"));
}

#[tokio::test]
async fn a_region_takes_so_many_copies_at_a_time() {
    let scene = Scene::new().await;
    take(&scene, 60);
    scene.world.set_image_copy_quota(account(OWNER), 1);
    copy(&scene, OWNER, &[]).await.unwrap();
    let answer = copy(&scene, OWNER, &[("Name", "again")]).await.unwrap_err();
    assert_eq!(text(&answer, "Code").unwrap(), "ResourceLimitExceeded");
    scene.world.state().clock.advance(Duration::from_secs(60));
    copy(&scene, OWNER, &[("Name", "again")]).await.unwrap();
}

#[tokio::test]
async fn a_key_that_cannot_be_used_fails_the_copy_only_later() {
    let scene = Scene::new().await;
    let key = [("Encrypted", "true"), ("KmsKeyId", "alias/nowhere")];
    let id = copy(&scene, OWNER, &key).await.unwrap();
    let answer = told(&scene, OWNER, &id).await;
    assert!(
        answer.contains("<imageState>failed</imageState>"),
        "{answer}"
    );
    assert!(
        answer.contains("Given key ID is not accessible"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_rehearsal_copies_nothing() {
    let scene = Scene::new().await;
    let answer = copy(&scene, OWNER, &[("DryRun", "true")])
        .await
        .unwrap_err();
    assert_eq!(text(&answer, "Code").unwrap(), "DryRunOperation");
    assert_eq!(scene.found(OWNER, &[]).await.len(), 1);
}
