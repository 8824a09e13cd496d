use std::time::Duration;

use super::super::{Faults, NewKey, Outcome};
use super::*;
use crate::backend::{CopyBackend, ImageQuery, NewCopy};
use crate::id::{KeyArn, KeyRef};
use crate::resource::{ImageDetails, ImageSource, ImageState, SnapshotProgress, Tags};

const MINUTE: Duration = Duration::from_secs(60);

fn elsewhere() -> Region {
    "us-east-1".parse().unwrap()
}

fn tags(pairs: &[(&str, &str)]) -> Tags {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

/// Copies of the image of a scene into another Region
struct Copying {
    scene: Scene,
    region: Region,
    key: KeyArn,
    tags: Tags,
}

impl Copying {
    fn new() -> Self {
        Self::of(ImageSpec::named("golden").tag("team", "images"))
    }

    fn of(spec: ImageSpec) -> Self {
        let scene = Scene::with(spec);
        let region = elsewhere();
        Self {
            key: scene.world.create_key(&region, owner(), NewKey::new()),
            scene,
            region,
            tags: Tags::new(),
        }
    }

    fn take(&self, time: Duration) {
        let faults = Faults::none().copies_take(time, Duration::ZERO);
        self.scene.world.set_faults(faults);
    }

    fn plain(&self) -> NewCopy<'_> {
        NewCopy {
            source_region: &self.scene.region,
            source: &self.scene.image,
            name: "golden-copy",
            description: None,
            key: Some(&self.key),
            copy_tags: false,
            image_tags: &self.tags,
            snapshot_tags: &self.tags,
            client_token: None,
            completion_minutes: None,
        }
    }

    async fn start(&self, copy: NewCopy<'_>) -> Result<ImageId, ApiError> {
        let started = self.scene.backend.copy_image(&self.region, &copy).await;
        started.map(|(image, request_id)| {
            assert!(request_id.is_some());
            image
        })
    }

    async fn details(&self, image: &ImageId) -> ImageDetails {
        let images = std::slice::from_ref(image);
        let backend = &self.scene.backend;
        let found = backend.describe_image_details(&self.region, images).await;
        let [details] = found.unwrap().try_into().unwrap();
        details
    }

    async fn progress(&self, image: &ImageId) -> SnapshotProgress {
        let snapshots = self.scene.world.snapshots_of(&self.region, image);
        let backend = &self.scene.backend;
        let found = backend.describe_snapshot_progress(&self.region, &snapshots);
        let [progress] = found.await.unwrap().try_into().unwrap();
        progress
    }

    async fn find(&self, region: &Region, query: &ImageQuery) -> Vec<ImageId> {
        let found = self.scene.backend.find_own_images(region, query).await;
        let found = found.unwrap().into_iter();
        found.map(|details| details.image.id).collect()
    }

    fn calls(&self) -> usize {
        let calls = self.scene.world.calls().len();
        self.scene.world.clear_calls();
        calls
    }
}

fn named(name: &str) -> ImageQuery {
    ImageQuery {
        name: Some(name.to_owned()),
        tags: Tags::new(),
    }
}

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
            crate::backend::SnapshotChange::Add(&accounts(2..3)),
        )
        .await
        .unwrap();
    let (copied, _) = backend.copy_image(region, &copy(None)).await.unwrap();
    let world = &copying.scene.world;
    assert_eq!(world.images_owned_by(region, recipient()), [copied.clone()]);
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
async fn own_images_are_found_by_name_and_exact_tags_disabled_ones_too() {
    let copying = Copying::new();
    let (world, region) = (&copying.scene.world, &copying.scene.region);
    let register = |account, name: &str, run: &str| {
        let spec = ImageSpec::named(name).tag("run", run);
        world.register_image(region, account, spec)
    };
    let star = register(owner(), "silver", "2*");
    let two = register(owner(), "silver", "22");
    register(stranger(), "silver", "2*");
    world.disable_image(region, &two).unwrap();
    let by_run = |name: Option<&str>, run: &str| ImageQuery {
        name: name.map(str::to_owned),
        tags: tags(&[("run", run)]),
    };
    let both = [star.clone(), two.clone()];
    assert_eq!(copying.find(region, &named("sil*")).await, both);
    assert_eq!(copying.find(region, &named("s?lver")).await, both);
    assert_eq!(
        copying.find(region, &by_run(None, "2*")).await,
        std::slice::from_ref(&star)
    );
    assert_eq!(
        copying.find(region, &by_run(Some("silver"), "22")).await,
        [two]
    );
    assert!(
        copying
            .find(region, &by_run(Some("gold*"), "22"))
            .await
            .is_empty()
    );
    let all = copying.find(region, &ImageQuery::default()).await;
    assert_eq!(all, world.images_owned_by(region, owner()));
    copying.calls();
    world.set_page_size(1);
    assert_eq!(copying.find(region, &named("sil*")).await, both);
    assert_eq!(copying.calls(), 2);
}

#[tokio::test]
async fn what_is_not_found_is_left_out_and_asked_for_again_by_filter() {
    let copying = Copying::new();
    let (backend, region) = (&copying.scene.backend, &copying.scene.region);
    let images = [
        copying.scene.image.clone(),
        "ami-0fffffffffffffff0".parse().unwrap(),
    ];
    let found = backend.describe_image_details(region, &images).await;
    assert_eq!(found.unwrap().len(), 1);
    assert_eq!(copying.calls(), 2);
    let snapshots = [
        copying.scene.snapshot(),
        "snap-0fffffffffffffff0".parse().unwrap(),
    ];
    let found = backend.describe_snapshot_progress(region, &snapshots).await;
    assert_eq!(found.unwrap().len(), 1);
    assert_eq!(copying.calls(), 2);
    for _ in 0..2 {
        backend
            .describe_snapshot_progress(region, &snapshots[..1])
            .await
            .unwrap();
    }
    assert_eq!(copying.calls(), 2);
    let others = copying.scene.world.backend(stranger());
    let found = others.describe_snapshot_progress(region, &snapshots).await;
    assert!(found.unwrap().is_empty());
}

#[tokio::test]
async fn a_protected_image_stays_and_a_snapshot_goes_after_its_image() {
    let copying = Copying::new();
    let copy = copying.start(copying.plain()).await.unwrap();
    let region = &copying.region;
    let backend = &copying.scene.backend;
    let protection = copying.details(&copy).await.deregistration_protection;
    assert_eq!(protection.as_deref(), Some("disabled"));
    for (with_cooldown, told) in [
        (true, "enabled-with-cooldown"),
        (false, "enabled-without-cooldown"),
    ] {
        backend
            .enable_image_deregistration_protection(region, &copy, with_cooldown)
            .await
            .unwrap();
        let protection = copying.details(&copy).await.deregistration_protection;
        assert_eq!(protection.as_deref(), Some(told));
    }
    let refusal = backend.deregister_image(region, &copy).await;
    assert_eq!(code(refusal), "OperationNotPermitted");

    let copy = copying.start(copying.plain()).await.unwrap();
    let [snapshot] = &copying.scene.world.snapshots_of(region, &copy)[..] else {
        panic!("one snapshot");
    };
    let others = copying.scene.world.backend(stranger());
    let refusal = others.deregister_image(region, &copy).await;
    assert_eq!(code(refusal), "InvalidAMIID.NotFound");
    let refusal = backend.delete_snapshot(region, snapshot).await;
    assert_eq!(code(refusal), "InvalidSnapshot.InUse");
    backend.deregister_image(region, &copy).await.unwrap();
    let refusal = others.delete_snapshot(region, snapshot).await;
    assert_eq!(code(refusal), "InvalidSnapshot.NotFound");
    backend.delete_snapshot(region, snapshot).await.unwrap();
    let left = copying.scene.world.snapshots_owned_by(region, owner());
    assert!(!left.contains(snapshot));
}

#[tokio::test]
async fn description_and_deprecation_are_the_owners_to_set() {
    let copying = Copying::new();
    let copy = copying.start(copying.plain()).await.unwrap();
    let (backend, region) = (&copying.scene.backend, &copying.region);
    let described = backend.modify_image_description(region, &copy, "new").await;
    described.unwrap();
    let at = "2026-11-22T08:30:00Z".parse().unwrap();
    let deprecated = backend.enable_image_deprecation(region, &copy, at).await;
    deprecated.unwrap();
    let details = copying.details(&copy).await;
    assert_eq!(details.description.as_deref(), Some("new"));
    assert_eq!(details.deprecation, Some(at));
    assert!(details.created.unwrap() < at);

    let past = "2025-11-22T08:30:00Z".parse().unwrap();
    let refusal = backend.enable_image_deprecation(region, &copy, past).await;
    assert_eq!(
        refused(refusal),
        (
            "EnableImageDeprecation".into(),
            "InvalidParameterValue".into()
        )
    );
    let others = copying.scene.world.backend(stranger());
    let refusal = others.modify_image_description(region, &copy, "mine").await;
    assert_eq!(code(refusal), "InvalidAMIID.NotFound");
    let refusal = others.enable_image_deprecation(region, &copy, at).await;
    assert_eq!(code(refusal), "InvalidAMIID.NotFound");
}

#[tokio::test]
async fn only_the_owner_is_told_of_protection_and_launches() {
    let scene = Scene::new();
    scene.add(&accounts(2..3)).await.unwrap();
    let images = std::slice::from_ref(&scene.image);
    let backend = scene.world.backend(recipient());
    let found = backend.describe_image_details(&scene.region, images).await;
    let [details] = &found.unwrap()[..] else {
        panic!("one image");
    };
    assert_eq!(details.deregistration_protection, None);
    assert_eq!(details.last_launched, None);
    assert_eq!(details.image.owner, owner());
}

#[tokio::test]
async fn a_key_is_found_by_each_of_its_names_in_its_own_region() {
    let copying = Copying::new();
    let (world, region, key) = (&copying.scene.world, &copying.region, &copying.key);
    world.create_alias("alias/images", key).unwrap();
    let find = |account, region: &Region, name: &str| {
        let (backend, region) = (world.backend(account), region.clone());
        let name: KeyRef = name.parse().unwrap();
        async move { backend.find_key(&region, &name).await }
    };
    let alias = format!("arn:aws:kms:{region}:{}:alias/images", owner());
    for name in [key.as_str(), key.key_id(), "alias/images", &alias] {
        assert_eq!(find(owner(), region, name).await.unwrap().arn, *key);
    }
    let foreign = find(stranger(), region, key.as_str()).await;
    assert_eq!(
        refused(foreign),
        ("DescribeKey".into(), "AccessDeniedException".into())
    );
    let foreign = find(stranger(), region, "alias/images").await;
    assert_eq!(code(foreign), "NotFoundException");
    let here = &copying.scene.region;
    let away = find(owner(), here, key.key_id()).await;
    assert_eq!(code(away), "NotFoundException");
}

#[tokio::test]
async fn copies_fail_on_purpose_as_other_calls_do() {
    use super::super::Fault;

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
