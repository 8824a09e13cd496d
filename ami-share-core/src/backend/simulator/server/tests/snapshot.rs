use super::super::super::{Faults, ImageSpec, NewKey};
use super::ec2::{OWNER, RECIPIENT, STRANGER, Scene, account, text, texts};
use super::wire::Wire;
use crate::id::SnapshotId;

async fn new_snapshot(scene: &Scene, more: &[(&str, &str)]) -> String {
    let volume = scene
        .ok(
            OWNER,
            "CreateVolume",
            &[("AvailabilityZone", "eu-central-1a"), ("Size", "10")],
        )
        .await;
    let volume = text(&volume, "volumeId").unwrap();
    let mut params = vec![("VolumeId", volume.as_str())];
    params.extend_from_slice(more);
    let made = scene.ok(OWNER, "CreateSnapshot", &params).await;
    assert!(made.contains(&volume) && made.contains("<tagSet"), "{made}");
    text(&made, "snapshotId").unwrap()
}

async fn seen(scene: &Scene, caller: &str, params: &[(&str, &str)]) -> Vec<String> {
    texts(
        &scene.ok(caller, "DescribeSnapshots", params).await,
        "snapshotId",
    )
}

async fn share(scene: &Scene, snapshot: &str, with: &str) {
    let item = ("CreateVolumePermission.Add.1.UserId", with);
    scene
        .ok(
            OWNER,
            "ModifySnapshotAttribute",
            &[("SnapshotId", snapshot), item],
        )
        .await;
}

fn snapshot_of(scene: &Scene) -> SnapshotId {
    scene.world.snapshots_of(&scene.region, &scene.image)[0].clone()
}

#[tokio::test]
async fn copies_alone_tell_how_they_were_transferred() {
    let scene = Scene::new().await;
    let source = new_snapshot(&scene, &[]).await;
    let params = [
        ("SourceSnapshotId", source.as_str()),
        ("SourceRegion", Wire::REGION),
    ];
    let made = scene.ok(OWNER, "CopySnapshot", &params).await;
    let copy = text(&made, "snapshotId").unwrap();
    for (snapshot, transfer) in [(&source, vec![]), (&copy, vec!["standard"])] {
        let told = scene
            .ok(OWNER, "DescribeSnapshots", &[("SnapshotId.1", snapshot)])
            .await;
        assert_eq!(texts(&told, "transferType"), transfer);
    }
    let standard = [
        ("SnapshotId.1", source.as_str()),
        ("SnapshotId.2", copy.as_str()),
        ("Filter.1.Name", "transfer-type"),
        ("Filter.1.Value.1", "standard"),
    ];
    assert_eq!(seen(&scene, OWNER, &standard).await, [copy.clone()]);
}

#[tokio::test]
async fn a_snapshot_of_a_volume_is_complete_and_told_whole() {
    let scene = Scene::new().await;
    let id = new_snapshot(&scene, &[("Description", "first")]).await;
    let told = scene
        .ok(OWNER, "DescribeSnapshots", &[("SnapshotId.1", &id)])
        .await;
    for field in [
        "<status>completed</status>",
        "<progress>100%</progress>",
        "<volumeSize>10</volumeSize>",
        "<ownerId>111122223333</ownerId>",
        "<description>first</description>",
        "<encrypted>false</encrypted>",
        "<tagSet/>",
    ] {
        assert!(told.contains(field), "{field} in {told}");
    }
}

#[tokio::test]
async fn snapshots_are_found_by_owner_by_who_may_restore_them_and_by_filters() {
    let scene = Scene::new().await;
    let first = new_snapshot(&scene, &[("Description", "first")]).await;
    let second = new_snapshot(
        &scene,
        &[
            ("TagSpecification.1.ResourceType", "snapshot"),
            ("TagSpecification.1.Tag.1.Key", "team"),
            ("TagSpecification.1.Tag.1.Value", "images"),
        ],
    )
    .await;
    share(&scene, &first, RECIPIENT).await;
    scene
        .ok(
            OWNER,
            "ModifySnapshotAttribute",
            &[
                ("SnapshotId", &second),
                ("Attribute", "createVolumePermission"),
                ("OperationType", "add"),
                ("UserGroup.1", "all"),
            ],
        )
        .await;
    let filter = |name, value| vec![("Filter.1.Name", name), ("Filter.1.Value.1", value)];
    let (f, s) = (vec![first.clone()], vec![second.clone()]);
    let both = vec![first.clone(), second.clone()];
    for (caller, params, found) in [
        (RECIPIENT, vec![], &both),
        (STRANGER, vec![], &s),
        (RECIPIENT, vec![("RestorableBy.1", "self")], &f),
        (OWNER, vec![("RestorableBy.1", RECIPIENT)], &f),
        (OWNER, vec![("RestorableBy.1", "all")], &s),
        (RECIPIENT, vec![("Owner.1", "self")], &vec![]),
        (RECIPIENT, vec![("Owner.1", OWNER)], &both),
        (RECIPIENT, vec![("Owner.1", "amazon")], &vec![]),
        (OWNER, filter("description", "fir*"), &f),
        (OWNER, filter("tag:team", "images"), &s),
        (OWNER, filter("tag-key", "team"), &s),
        // Another account's tags are not shown, nor found.
        (RECIPIENT, filter("tag-key", "team"), &vec![]),
    ] {
        assert_eq!(
            &seen(&scene, caller, &params).await,
            found,
            "{caller} {params:?}"
        );
    }
    let unknown = scene
        .no(OWNER, "DescribeSnapshots", &filter("color", "red"))
        .await;
    assert_eq!(unknown, "InvalidParameterValue");
    let named = [("SnapshotId.1", first.as_str())];
    let hidden = scene.no(STRANGER, "DescribeSnapshots", &named).await;
    assert_eq!(hidden, "InvalidSnapshot.NotFound");
    let malformed = scene
        .no(OWNER, "DescribeSnapshots", &[("SnapshotId.1", "snap-x")])
        .await;
    assert_eq!(malformed, "InvalidSnapshotID.Malformed");
}

#[tokio::test]
async fn pages_hold_every_snapshot_once_and_their_tokens_belong_to_the_query() {
    let scene = Scene::new().await;
    for _ in 0..6 {
        new_snapshot(&scene, &[]).await;
    }
    let own = ("Owner.1", "self");
    let size = ("MaxResults", "5");
    let first = scene.ok(OWNER, "DescribeSnapshots", &[own, size]).await;
    let token = text(&first, "nextToken").unwrap();
    let next = ("NextToken", token.as_str());
    let second = scene
        .ok(OWNER, "DescribeSnapshots", &[own, size, next])
        .await;
    assert_eq!(text(&second, "nextToken"), None);
    let mut ids = texts(&first, "snapshotId");
    ids.extend(texts(&second, "snapshotId"));
    // The seventh is that of the scene's image.
    assert_eq!(ids.len(), 7);
    assert_eq!(ids, seen(&scene, OWNER, &[own]).await);
    for (caller, params) in [
        (OWNER, vec![size, next]),
        (RECIPIENT, vec![own, size, next]),
        (OWNER, vec![own, size, ("NextToken", "x")]),
        (OWNER, vec![own, ("MaxResults", "4")]),
    ] {
        let code = scene.no(caller, "DescribeSnapshots", &params).await;
        assert_eq!(code, "InvalidParameterValue", "{params:?}");
    }
    let elsewhere = scene.no(OWNER, "DescribeVolumes", &[next]).await;
    assert_eq!(elsewhere, "InvalidParameterValue");
}

#[tokio::test]
async fn who_asks_for_no_page_gets_everything() {
    let scene = Scene::new().await;
    for _ in 0..1_000 {
        scene.register(OWNER, ImageSpec::named("golden"));
    }
    for (action, id) in [
        ("DescribeSnapshots", "snapshotId"),
        ("DescribeImages", "imageId"),
    ] {
        let answer = scene.ok(OWNER, action, &[]).await;
        assert!(!answer.contains("nextToken"), "{action}");
        let own = texts(&answer, id);
        assert!(own.len() >= 1_001, "{action}: {}", own.len());
    }
}

#[tokio::test]
async fn both_forms_of_the_permission_add_remove_and_reset() {
    let scene = Scene::new().await;
    let id = new_snapshot(&scene, &[]).await;
    let id = ("SnapshotId", id.as_str());
    let attribute = ("Attribute", "createVolumePermission");
    let stored = || async {
        let told = scene
            .ok(OWNER, "DescribeSnapshotAttribute", &[id, attribute])
            .await;
        texts(&told, "userId")
    };
    let modify = |params: Vec<(&'static str, &'static str)>| {
        let scene = &scene;
        async move {
            let mut all = vec![id];
            all.extend(params);
            let (status, answer) = scene
                .wire
                .query(OWNER, "ec2", "ModifySnapshotAttribute", &all)
                .await;
            match status {
                200 => "done".to_owned(),
                _ => text(&answer, "Code").unwrap(),
            }
        }
    };
    let told = scene
        .ok(OWNER, "DescribeSnapshotAttribute", &[id, attribute])
        .await;
    assert!(told.contains("<createVolumePermission/>"), "{told}");
    let structured = vec![
        ("CreateVolumePermission.Add.1.UserId", RECIPIENT),
        ("CreateVolumePermission.Add.2.UserId", STRANGER),
    ];
    assert_eq!(modify(structured).await, "done");
    assert_eq!(stored().await, [RECIPIENT, STRANGER]);
    // As Custodian has it.
    let custodian = vec![
        ("CreateVolumePermission.Remove.1.UserId", STRANGER),
        ("OperationType", "remove"),
    ];
    assert_eq!(modify(custodian).await, "done");
    assert_eq!(stored().await, [RECIPIENT]);
    let legacy = vec![attribute, ("OperationType", "add"), ("UserId.1", STRANGER)];
    assert_eq!(modify(legacy).await, "done");
    assert_eq!(stored().await, [RECIPIENT, STRANGER]);
    for (params, code) in [
        (
            vec![
                ("CreateVolumePermission.Add.1.UserId", OWNER),
                ("CreateVolumePermission.Remove.1.UserId", STRANGER),
            ],
            "InvalidParameterCombination",
        ),
        (
            vec![("CreateVolumePermission.Add.1.UserId", "1234")],
            "InvalidParameterValue",
        ),
        (
            vec![("CreateVolumePermission.Add.1.Group", "some")],
            "InvalidParameterValue",
        ),
        (
            vec![("CreateVolumePermission.Add.1.OrganizationArn", "x")],
            "UnknownParameter",
        ),
        (
            vec![attribute, ("OperationType", "add")],
            "MissingParameter",
        ),
        (vec![attribute, ("UserId.1", OWNER)], "MissingParameter"),
        (
            vec![("Attribute", "productCodes"), ("OperationType", "add")],
            "InvalidParameterValue",
        ),
    ] {
        assert_eq!(modify(params.clone()).await, code, "{params:?}");
    }
    assert_eq!(stored().await, [RECIPIENT, STRANGER]);
    let read = scene
        .no(RECIPIENT, "DescribeSnapshotAttribute", &[id, attribute])
        .await;
    assert_eq!(read, "AuthFailure");
    scene
        .ok(OWNER, "ResetSnapshotAttribute", &[id, attribute])
        .await;
    assert_eq!(stored().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_under_aws_ebs_cannot_be_shared_and_what_is_coded_cannot_be_public() {
    let scene = Scene::with(ImageSpec::named("golden").encrypted_by_aws()).await;
    let id = snapshot_of(&scene);
    let id = ("SnapshotId", id.as_str());
    let (_, answer) = scene
        .wire
        .query(
            OWNER,
            "ec2",
            "ModifySnapshotAttribute",
            &[id, ("CreateVolumePermission.Add.1.UserId", RECIPIENT)],
        )
        .await;
    assert!(
        answer.contains("OperationNotPermitted")
            && answer.contains("Encrypted snapshots with EBS default key cannot be shared"),
        "{answer}"
    );
    let scene = Scene::with(ImageSpec::named("golden").product_code("abc")).await;
    let id = snapshot_of(&scene);
    let id = ("SnapshotId", id.as_str());
    let public = [id, ("CreateVolumePermission.Add.1.Group", "all")];
    let code = scene.no(OWNER, "ModifySnapshotAttribute", &public).await;
    assert_eq!(code, "OperationNotPermitted");
    let codes = [id, ("Attribute", "productCodes")];
    let told = scene.ok(OWNER, "DescribeSnapshotAttribute", &codes).await;
    assert_eq!(texts(&told, "productCode"), ["abc"]);
}

#[tokio::test]
async fn a_snapshot_of_an_image_stays_until_the_image_is_deregistered() {
    let scene = Scene::new().await;
    let id = snapshot_of(&scene);
    let id = ("SnapshotId", id.as_str());
    assert_eq!(
        scene.no(OWNER, "DeleteSnapshot", &[id]).await,
        "InvalidSnapshot.InUse"
    );
    scene.change("DeregisterImage", &[]).await;
    scene.ok(OWNER, "DeleteSnapshot", &[id]).await;
    assert_eq!(
        scene.no(OWNER, "DeleteSnapshot", &[id]).await,
        "InvalidSnapshot.NotFound"
    );
}

#[tokio::test]
async fn a_copy_takes_the_permission_and_both_keys_and_fails_silently_without_them() {
    let spec = |key| ImageSpec::named("golden").encrypted_with(key);
    let scene = Scene::new().await;
    let closed = scene
        .world
        .create_key(&scene.region, account(OWNER), NewKey::new());
    let image = scene.register(OWNER, spec(&closed));
    let source = scene.world.snapshots_of(&scene.region, &image)[0].clone();
    let from = [
        ("SourceRegion", Wire::REGION),
        ("SourceSnapshotId", source.as_str()),
    ];
    let unseen = scene.no(RECIPIENT, "CopySnapshot", &from).await;
    assert_eq!(unseen, "InvalidSnapshot.NotFound");
    share(&scene, source.as_str(), RECIPIENT).await;
    let copied = scene.ok(RECIPIENT, "CopySnapshot", &from).await;
    let copy = text(&copied, "snapshotId").unwrap();
    let told = scene
        .ok(RECIPIENT, "DescribeSnapshots", &[("SnapshotId.1", &copy)])
        .await;
    assert!(
        told.contains("<status>error</status>")
            && told.contains("<statusMessage>Given key ID is not accessible</statusMessage>"),
        "{told}"
    );
    // The owner may read its key; its copy is under `aws/ebs`, or the key that it names.
    let aws = scene.world.aws_ebs_key(&scene.region, account(OWNER));
    let named = [("Encrypted", "true"), ("KmsKeyId", closed.as_str())];
    for (more, key) in [(&[][..], &aws), (&named[..], &closed)] {
        let params = [&from[..], more].concat();
        let copied = scene.ok(OWNER, "CopySnapshot", &params).await;
        let copy = text(&copied, "snapshotId").unwrap();
        let told = scene
            .ok(OWNER, "DescribeSnapshots", &[("SnapshotId.1", &copy)])
            .await;
        assert!(told.contains("<status>completed</status>"), "{told}");
        assert_eq!(text(&told, "kmsKeyId").unwrap(), key.as_str());
    }
    let plain = [&from[..], &[("Encrypted", "false")]].concat();
    let code = scene.no(OWNER, "CopySnapshot", &plain).await;
    assert_eq!(code, "InvalidRequest");
}

#[tokio::test]
async fn a_copy_takes_its_time_and_a_region_takes_20_at_once() {
    let scene = Scene::new().await;
    let mut faults = Faults::default();
    faults.copies.milliseconds = 3_600_000;
    scene.world.set_faults(faults);
    let source = snapshot_of(&scene);
    let from = [
        ("SourceRegion", Wire::REGION),
        ("SourceSnapshotId", source.as_str()),
        // What boto3 adds by itself.
        ("PresignedUrl", "https://example.com"),
        ("DestinationRegion", "us-east-1"),
    ];
    let copy = || {
        scene
            .wire
            .query_in("us-east-1", OWNER, "ec2", "CopySnapshot", &from)
    };
    for _ in 0..20 {
        let (status, answer) = copy().await;
        assert_eq!(status, 200, "{answer}");
    }
    let (_, told) = scene
        .wire
        .query_in("us-east-1", OWNER, "ec2", "DescribeSnapshots", &[])
        .await;
    assert_eq!(texts(&told, "status"), ["pending"; 20]);
    let (_, answer) = copy().await;
    assert!(
        answer.contains(
            "Too many snapshot copies in progress. The limit is 20 for this destination region."
        ),
        "{answer}"
    );
    scene.world.set_snapshot_copy_quota(account(OWNER), 21);
    assert_eq!(copy().await.0, 200);
}
