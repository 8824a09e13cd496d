//! Images in full, and how far snapshots are.

use super::fake::{Fake, ec2_error, images};
use super::{home, image_id, image_ids};
use crate::backend::{CopyBackend, ImageQuery};
use crate::id::SnapshotId;
use crate::resource::{BootSettings, ImageSource, SnapshotProgress, Tags};

fn snapshot_ids(count: usize) -> Vec<SnapshotId> {
    (0..count)
        .map(|n| format!("snap-{n:017x}").parse().unwrap())
        .collect()
}

/// An answer of `DescribeImages` with one image that has all these fields too
fn image_with(fields: &str) -> String {
    let answer = images(&[image_id().as_str()], None);
    answer.replacen("</imageId>", &format!("</imageId>{fields}"), 1)
}

#[tokio::test]
async fn an_image_is_told_of_in_full() {
    let body = image_with(
        "<description>every night</description><creationDate>2026-11-20T01:02:03.000Z</creationDate>\
         <deprecationTime>2027-11-20T01:02:00.000Z</deprecationTime>\
         <deregistrationProtection>enabled-with-cooldown</deregistrationProtection>\
         <lastLaunchedTime>2026-11-21T09:00:00Z</lastLaunchedTime>\
         <sourceImageId>ami-0fedcba9876543210</sourceImageId>\
         <sourceImageRegion>us-east-1</sourceImageRegion>\
         <architecture>arm64</architecture><bootMode>uefi</bootMode><imdsSupport>v2.0</imdsSupport>\
         <tpmSupport>v2.0</tpmSupport><virtualizationType>hvm</virtualizationType>\
         <enaSupport>true</enaSupport><sriovNetSupport>simple</sriovNetSupport>\
         <rootDeviceName>/dev/xvda</rootDeviceName><platform>windows</platform>",
    );

    let backend = Fake::always(200, body).backend().await;
    let found = backend.describe_image_details(&home(), &[image_id()]).await;

    let details = found.unwrap().remove(0);
    assert_eq!(details.image.id, image_id());
    assert_eq!(details.description.as_deref(), Some("every night"));
    let times = [details.created, details.deprecation, details.last_launched];
    assert_eq!(
        times.map(|time| time.unwrap().to_string()),
        [
            "2026-11-20T01:02:03Z",
            "2027-11-20T01:02:00Z",
            "2026-11-21T09:00:00Z"
        ]
    );
    assert_eq!(
        details.deregistration_protection.as_deref(),
        Some("enabled-with-cooldown")
    );
    let source = ImageSource {
        region: "us-east-1".parse().unwrap(),
        image: "ami-0fedcba9876543210".parse().unwrap(),
    };
    assert_eq!(details.source, Some(source));
    let boot = BootSettings {
        architecture: "arm64".to_owned(),
        boot_mode: "uefi".to_owned(),
        imds_support: "v2.0".to_owned(),
        tpm_support: "v2.0".to_owned(),
        virtualization: "hvm".to_owned(),
        ena_support: "true".to_owned(),
        sriov_net_support: "simple".to_owned(),
        root_device_name: "/dev/xvda".to_owned(),
        platform: "windows".to_owned(),
    };
    assert_eq!(details.boot, boot);
}

#[tokio::test]
async fn what_ec2_does_not_say_of_an_image_is_left_open() {
    let backend = Fake::always(200, image_with("<deprecationTime></deprecationTime>"));
    let backend = backend.backend().await;
    let found = backend.describe_image_details(&home(), &[image_id()]).await;

    let details = found.unwrap().remove(0);
    assert_eq!(details.description, None);
    assert_eq!(
        [details.created, details.deprecation, details.last_launched],
        [None; 3]
    );
    assert_eq!(details.source, None);
    assert_eq!(details.boot, BootSettings::default());
}

#[tokio::test]
async fn honest_answers_a_date_that_is_none_is_an_error() {
    let backend = Fake::always(200, image_with("<creationDate>lately</creationDate>"));
    let backend = backend.backend().await;
    let found = backend.describe_image_details(&home(), &[image_id()]).await;

    let error = found.unwrap_err();
    assert!(
        error.message().contains("when an image was made"),
        "{error}"
    );
    assert!(error.message().contains("`lately`"), "{error}");
}

#[tokio::test]
async fn details_of_missing_images_are_left_out_and_hidden_ones_are_not() {
    let fake = Fake::new(|sent| {
        if sent.count("ImageId.") > 0 {
            return Some((400, ec2_error("InvalidAMIID.NotFound", "not there")));
        }
        Some((
            200,
            images(&[&sent.field("Filter.1.Value.1").unwrap()], None),
        ))
    });

    let backend = fake.backend().await;
    let found = backend
        .describe_image_details(&home(), &image_ids(250))
        .await;

    assert_eq!(found.unwrap().len(), 2);
    let sent = fake.sent();
    assert_eq!(sent.len(), 3);
    for sent in sent {
        assert_eq!(sent.field("IncludeDisabled").as_deref(), Some("true"));
        assert_eq!(sent.field("IncludeDeprecated").as_deref(), Some("true"));
    }
}

#[tokio::test]
async fn own_images_are_found_by_name_and_tags_over_all_pages() {
    let ids = image_ids(2);
    let (first, second) = (ids[0].to_string(), ids[1].to_string());
    let fake = Fake::new(move |sent| {
        Some(match sent.field("NextToken") {
            None => (200, images(&[&first], Some("more"))),
            Some(_) => (200, images(&[&second], None)),
        })
    });
    let query = ImageQuery {
        name: Some("golden-*".to_owned()),
        tags: Tags::from([("what".to_owned(), r"50% * a\b?".to_owned())]),
    };

    let found = fake.backend().await.find_own_images(&home(), &query).await;

    let found: Vec<_> = found.unwrap().into_iter().map(|d| d.image.id).collect();
    assert_eq!(found, ids);
    let sent = &fake.sent()[0];
    let field = |name: &str| sent.field(name).unwrap();
    assert_eq!(field("Owner.1"), "self");
    assert_eq!(field("Filter.1.Name"), "name");
    assert_eq!(field("Filter.1.Value.1"), "golden-*");
    assert_eq!(field("Filter.2.Name"), "tag:what");
    assert_eq!(
        field("Filter.2.Value.1"),
        r"50% \* a\\b\?",
        "a tag's value stands for itself alone"
    );
    assert_eq!(field("MaxResults"), "1000");
    assert_eq!(field("IncludeDeprecated"), "true");
    assert_eq!(field("IncludeDisabled"), "true");

    let all = Fake::always(200, images(&[], None));
    let backend = all.backend().await;
    let found = backend
        .find_own_images(&home(), &ImageQuery::default())
        .await;
    assert!(found.unwrap().is_empty());
    assert_eq!(all.sent()[0].count("Filter."), 0);
}

fn snapshot(id: &str, fields: &str) -> String {
    format!(
        "<DescribeSnapshotsResponse><snapshotSet><item><snapshotId>{id}</snapshotId>{fields}</item>\
         </snapshotSet></DescribeSnapshotsResponse>"
    )
}

#[tokio::test]
async fn the_progress_of_a_thousand_snapshots_is_one_call() {
    let fake = Fake::new(|sent| {
        let first = sent.field("SnapshotId.1").unwrap();
        Some((
            200,
            snapshot(&first, "<status>pending</status><progress>45%</progress>"),
        ))
    });

    let ids = snapshot_ids(1_001);
    let backend = fake.backend().await;
    let found = backend.describe_snapshot_progress(&home(), &ids).await;

    let first = SnapshotProgress {
        id: ids[0].clone(),
        state: "pending".to_owned(),
        percent: Some(45),
        message: None,
    };
    assert_eq!(found.unwrap()[0], first);
    let sent = fake.sent();
    let counts: Vec<usize> = sent.iter().map(|s| s.count("SnapshotId.")).collect();
    assert_eq!(counts, [1_000, 1]);
    assert_eq!(
        sent[0].field("MaxResults"),
        None,
        "EC2 refuses it next to ids"
    );
}

#[tokio::test]
async fn missing_snapshots_are_left_out_by_filters_of_200() {
    let fake = Fake::new(|sent| {
        if sent.count("SnapshotId.") > 0 {
            return Some((400, ec2_error("InvalidSnapshot.NotFound", "not there")));
        }
        let first = sent.field("Filter.1.Value.1").unwrap();
        let failed = "<status>error</status><progress></progress>\
                      <statusMessage>Given key ID is not accessible</statusMessage>";
        Some((200, snapshot(&first, failed)))
    });

    let backend = fake.backend().await;
    let found = backend
        .describe_snapshot_progress(&home(), &snapshot_ids(201))
        .await
        .unwrap();

    assert_eq!(found.len(), 2);
    assert_eq!(found[0].state, "error");
    assert_eq!(found[0].percent, None);
    assert_eq!(
        found[0].message.as_deref(),
        Some("Given key ID is not accessible")
    );
    let sent = fake.sent();
    let filters = sent.iter().map(|s| s.count("Filter.1.Value."));
    assert_eq!(filters.collect::<Vec<_>>(), [0, 200, 1]);
    assert_eq!(
        sent[1].field("Filter.1.Name").as_deref(),
        Some("snapshot-id")
    );
}

#[tokio::test]
async fn honest_answers_a_progress_that_is_none_is_an_error() {
    for (fields, says) in [
        (
            "<progress>45%</progress>",
            "the state of a snapshot is missing",
        ),
        (
            "<status>pending</status><progress>much</progress>",
            "`much`",
        ),
        (
            "<status>pending</status><progress>101%</progress>",
            "`101%`",
        ),
    ] {
        let ids = snapshot_ids(1);
        let backend = Fake::always(200, snapshot(ids[0].as_str(), fields));
        let backend = backend.backend().await;
        let found = backend.describe_snapshot_progress(&home(), &ids).await;
        let error = found.unwrap_err();
        assert!(error.message().contains(says), "{error}");
    }
}
