use super::super::super::{Fault, Outcome};
use super::*;
use crate::backend::SnapshotChange;
use crate::resource::{ImageSource, ImageState};

#[tokio::test]
async fn a_copy_is_pending_until_its_snapshots_are_there_and_under_the_key_that_was_named() {
    let copying = Copying::of(ImageSpec::named("golden").description("the best"));
    copying.take(4 * MINUTE);
    let (image_tags, snapshot_tags) = (tags(&[("a", "1")]), tags(&[("b", "2")]));
    let copy = NewCopy {
        description: Some("a copy"),
        image_tags: &image_tags,
        snapshot_tags: &snapshot_tags,
        ..copying.plain()
    };
    let copy = copying.start(copy).await.unwrap();

    copying.scene.world.advance(MINUTE);
    let details = copying.details(&copy).await;
    assert_eq!(details.image.state, ImageState::Pending);
    assert_eq!(details.image.name.as_deref(), Some("golden-copy"));
    assert_eq!(details.image.tags, image_tags);
    assert_eq!(details.description.as_deref(), Some("a copy"));
    let source = ImageSource {
        region: copying.scene.region.clone(),
        image: copying.scene.image.clone(),
    };
    assert_eq!(details.source, Some(source));
    let progress = copying.progress(&copy).await;
    assert_eq!(
        (progress.state.as_str(), progress.percent),
        ("pending", Some(25))
    );

    copying.scene.world.advance(3 * MINUTE);
    assert_eq!(
        copying.details(&copy).await.image.state,
        ImageState::Available
    );
    let progress = copying.progress(&copy).await;
    assert_eq!(
        (progress.state.as_str(), progress.percent),
        ("completed", Some(100))
    );
    let snapshots = copying.scene.world.snapshots_of(&copying.region, &copy);
    let described = copying
        .scene
        .backend
        .describe_snapshots(&copying.region, &snapshots)
        .await
        .unwrap();
    assert_eq!(described[0].key.as_ref(), Some(&copying.key));
    assert_eq!(described[0].tags, snapshot_tags);
    let world = &copying.scene.world;
    assert_eq!(world.images_owned_by(&copying.region, owner()), [copy]);
    assert_eq!(
        world.snapshots_owned_by(&copying.region, owner()),
        snapshots
    );
    assert!(
        world
            .images_owned_by(&copying.region, recipient())
            .is_empty()
    );
}

#[tokio::test]
async fn a_copy_boots_as_its_source_and_has_its_tags_where_they_are_asked_for() {
    let spec = ImageSpec::named("golden")
        .architecture("arm64")
        .tag("team", "images");
    let copying = Copying::of(spec);
    let source = copying
        .scene
        .backend
        .describe_image_details(
            &copying.scene.region,
            std::slice::from_ref(&copying.scene.image),
        )
        .await
        .unwrap();
    assert_eq!(source[0].boot.architecture, "arm64");
    let copy = NewCopy {
        copy_tags: true,
        ..copying.plain()
    };
    let tagged = copying.start(copy).await.unwrap();
    let tagged = copying.details(&tagged).await;
    assert_eq!(tagged.image.tags, tags(&[("team", "images")]));
    assert_eq!(source[0].boot.differences(&tagged.boot).count(), 0);
    let bare = copying.start(copying.plain()).await.unwrap();
    assert!(copying.details(&bare).await.image.tags.is_empty());
}

#[tokio::test]
async fn a_key_that_cannot_be_used_is_told_by_the_failed_copy_alone() {
    let copying = Copying::new();
    let foreign = copying
        .scene
        .world
        .create_key(&copying.region, stranger(), NewKey::new());
    let copy = NewCopy {
        key: Some(&foreign),
        ..copying.plain()
    };
    let copy = copying.start(copy).await.unwrap();
    let details = copying.details(&copy).await;
    assert_eq!(details.image.state, ImageState::Failed);
    let reason = details.image.state_reason.unwrap();
    assert!(
        reason.contains("Given key ID is not accessible"),
        "{reason}"
    );
    let progress = copying.progress(&copy).await;
    assert_eq!(
        (progress.state, progress.message),
        ("error".into(), Some(reason))
    );
}

#[tokio::test]
async fn a_recipient_copies_what_it_may_read_and_owns_the_copy() {
    let copying = Copying::new();
    let backend = copying.scene.world.backend(recipient());
    let copy = |key| NewCopy {
        key,
        ..copying.plain()
    };
    let region = &copying.region;
    let refusal = backend.copy_image(region, &copy(None)).await;
    assert_eq!(
        refused(refusal),
        ("CopyImage".into(), "InvalidAMIID.NotFound".into())
    );
    copying.scene.add(&accounts(2..3)).await.unwrap();
    let refusal = backend.copy_image(region, &copy(None)).await;
    assert_eq!(code(refusal), "InvalidRequest");
    copying
        .scene
        .backend
        .modify_create_volume_permissions(
            &copying.scene.region,
            &copying.scene.snapshot(),
            SnapshotChange::Add(&accounts(2..3)),
        )
        .await
        .unwrap();
    let (copied, _) = backend.copy_image(region, &copy(None)).await.unwrap();
    let world = &copying.scene.world;
    let owned = world.images_owned_by(region, recipient());
    assert_eq!(owned, std::slice::from_ref(&copied));
    assert!(world.can_launch(region, recipient(), &copied).allowed);
    assert!(!world.can_launch(region, owner(), &copied).allowed);
}

#[tokio::test]
async fn a_client_token_starts_one_copy() {
    let copying = Copying::new();
    let copy = NewCopy {
        client_token: Some("once"),
        ..copying.plain()
    };
    let first = copying.start(copy).await.unwrap();
    assert_eq!(copying.start(copy).await.unwrap(), first);
    let other = NewCopy {
        name: "other",
        ..copy
    };
    let refusal = copying.start(other).await;
    assert_eq!(code(refusal), "IdempotentParameterMismatch");
    assert_eq!(
        copying
            .scene
            .world
            .images_owned_by(&copying.region, owner()),
        [first]
    );
}

#[tokio::test]
async fn a_time_based_copy_is_done_within_its_time() {
    let copying = Copying::new();
    copying.take(60 * MINUTE);
    let within = |minutes| NewCopy {
        completion_minutes: Some(minutes),
        ..copying.plain()
    };
    let copy = copying.start(within(15)).await.unwrap();
    copying.scene.world.advance(15 * MINUTE);
    assert_eq!(copying.progress(&copy).await.state, "completed");
    for minutes in [0, 20, 2_895] {
        let refusal = copying.start(within(minutes)).await;
        assert_eq!(code(refusal), "InvalidParameterValue", "{minutes}");
    }
}

#[tokio::test]
async fn who_tags_a_copy_has_to_be_allowed_to() {
    let copying = Copying::new();
    let trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"AWS": "000000000001"}, "Action": "sts:AssumeRole"}]}"#;
    let world = &copying.scene.world;
    let role = world.create_role(owner(), "Copier", trust).unwrap();
    let policy = r#"{"Statement": [{"Effect": "Allow", "Resource": "*",
        "Action": ["ec2:CopyImage", "kms:*"]}]}"#;
    world.put_role_policy(&role, "Copy", policy).unwrap();
    let backend = world.backend_as(&role);
    let some = tags(&[("a", "1")]);
    for tagged in [
        NewCopy {
            image_tags: &some,
            ..copying.plain()
        },
        NewCopy {
            snapshot_tags: &some,
            ..copying.plain()
        },
        NewCopy {
            copy_tags: true,
            ..copying.plain()
        },
    ] {
        let refusal = backend.copy_image(&copying.region, &tagged).await;
        assert_eq!(code(refusal), "UnauthorizedOperation", "{tagged:?}");
    }
    backend
        .copy_image(&copying.region, &copying.plain())
        .await
        .unwrap();
}

#[tokio::test]
async fn copies_fail_on_purpose_as_other_calls_do() {
    let copying = Copying::new();
    let lost = Fault::on("CopyImage").call(1).losing_the_answer();
    let full = Fault::on("CopyImage")
        .call(2)
        .refused_with("ResourceLimitExceeded");
    let faults = Faults::none().with(lost).with(full);
    copying.scene.world.set_faults(faults);
    let first = copying.start(copying.plain()).await.unwrap_err();
    assert_eq!(first.code(), None);
    let copied = copying
        .scene
        .world
        .images_owned_by(&copying.region, owner());
    assert_eq!(copied.len(), 1);
    let second = copying.start(copying.plain()).await;
    assert_eq!(code(second), "ResourceLimitExceeded");
    let outcomes: Vec<Outcome> = copying
        .scene
        .world
        .calls()
        .into_iter()
        .map(|call| call.outcome)
        .collect();
    assert_eq!(
        outcomes,
        [
            Outcome::Lost(None),
            Outcome::Refused("ResourceLimitExceeded".into())
        ]
    );
}
