//! Snapshots, settings and tags.

use super::fake::{Fake, REQUEST_ID};
use super::{home, image_id};
use crate::api_error::ApiErrorKind;
use crate::backend::{Backend, SnapshotChange};
use crate::id::{ResourceId, SnapshotId};
use crate::principal::Principal;
use crate::resource::{BlockPublicAccess, SnapshotBlockPublicAccess, Tags};

fn snapshot_id() -> SnapshotId {
    "snap-0123456789abcdef0".parse().unwrap()
}

#[tokio::test]
async fn snapshot_permissions_are_written_in_the_older_form() {
    let fake = Fake::always(200, "<ModifySnapshotAttributeResponse/>");
    let principals: [Principal; 2] = ["012345678901".parse().unwrap(), "all".parse().unwrap()];

    let request_id = fake
        .backend()
        .await
        .modify_create_volume_permissions(
            &home(),
            &snapshot_id(),
            SnapshotChange::Remove(&principals),
        )
        .await
        .unwrap();

    assert_eq!(request_id.as_deref(), Some(REQUEST_ID));
    let sent = &fake.sent()[0];
    assert_eq!(
        sent.field("Attribute").as_deref(),
        Some("createVolumePermission")
    );
    assert_eq!(sent.field("OperationType").as_deref(), Some("remove"));
    assert_eq!(sent.field("UserId.1").as_deref(), Some("012345678901"));
    assert_eq!(sent.field("UserGroup.1").as_deref(), Some("all"));
    assert_eq!(sent.count("CreateVolumePermission"), 0);
}

#[tokio::test]
async fn honest_answers_a_snapshot_that_does_not_say_is_not_taken_for_unencrypted() {
    let fake = Fake::always(
        200,
        "<DescribeSnapshotsResponse><snapshotSet><item>\
         <snapshotId>snap-0123456789abcdef0</snapshotId>\
         </item></snapshotSet></DescribeSnapshotsResponse>",
    );

    let backend = fake.backend().await;
    let error = backend.describe_snapshots(&home(), &[snapshot_id()]).await;

    let error = error.unwrap_err();
    assert!(error.message().contains("encrypted is missing"), "{error}");
    assert!(
        backend
            .describe_snapshots(&home(), &[])
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(fake.sent().len(), 1, "no ids must not mean all snapshots");
}

#[tokio::test]
async fn settings_are_read_and_unknown_ones_named() {
    let answer = |state: &str| {
        let state = state.to_owned();
        Fake::new(move |sent| {
            let tag = match sent.action.as_str() {
                "GetImageBlockPublicAccessState" => "imageBlockPublicAccessState",
                _ => "state",
            };
            Some((
                200,
                format!(
                    "<{0}Response><{tag}>{state}</{tag}></{0}Response>",
                    sent.action
                ),
            ))
        })
    };
    let of_images = async |state: &'static str| {
        let backend = answer(state).backend().await;
        backend.get_image_block_public_access_state(&home()).await
    };
    let of_snapshots = async |state: String| {
        let backend = answer(&state).backend().await;
        backend
            .get_snapshot_block_public_access_state(&home())
            .await
    };

    let blocked = of_images("block-new-sharing").await.unwrap();
    assert_eq!(blocked, BlockPublicAccess::BlockNewSharing);
    let unblocked = of_images("unblocked").await.unwrap();
    assert_eq!(unblocked, BlockPublicAccess::Unblocked);
    for state in [
        SnapshotBlockPublicAccess::BlockAllSharing,
        SnapshotBlockPublicAccess::BlockNewSharing,
        SnapshotBlockPublicAccess::Unblocked,
    ] {
        assert_eq!(of_snapshots(state.to_string()).await.unwrap(), state);
    }
    let of_images = of_images("block-all-sharing").await.unwrap_err();
    let of_snapshots = of_snapshots("block-some-sharing".to_owned())
        .await
        .unwrap_err();
    assert_eq!(of_images.kind(), ApiErrorKind::Other);
    assert!(
        of_images.message().contains("`block-all-sharing`"),
        "{of_images}"
    );
    assert!(
        of_snapshots.message().contains("`block-some-sharing`"),
        "{of_snapshots}"
    );
}

#[tokio::test]
async fn others_tags_are_untouched_each_goes_with_its_value() {
    let fake = Fake::always(
        200,
        "<DeleteTagsResponse><return>true</return></DeleteTagsResponse>",
    );
    let resources = [
        ResourceId::Image(image_id()),
        ResourceId::Snapshot(snapshot_id()),
    ];
    let tags = Tags::from([
        ("empty".to_owned(), String::new()),
        ("full".to_owned(), "value".to_owned()),
    ]);

    let request_id = fake
        .backend()
        .await
        .delete_tags(&home(), &resources, &tags)
        .await
        .unwrap();

    assert_eq!(request_id.as_deref(), Some(REQUEST_ID));
    let sent = &fake.sent()[0];
    assert_eq!(sent.count("ResourceId."), 2);
    assert_eq!(sent.field("Tag.1.Key").as_deref(), Some("empty"));
    assert_eq!(sent.field("Tag.1.Value").as_deref(), Some(""));
    assert_eq!(sent.field("Tag.2.Value").as_deref(), Some("value"));
}
