//! Copies, and the side of a recipient, through the AWS backend on the simulator's server.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests fail by panic"
)]

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use ami_share_core::ApiErrorKind;
use ami_share_core::backend::aws::AwsBackend;
use ami_share_core::backend::simulator::server::Server;
use ami_share_core::backend::simulator::{
    AllowedImages, AllowedImagesState, Faults, ImageCriterion, ImageSpec, NewKey as KeySpec, World,
};
use ami_share_core::backend::{
    Backend, CopyBackend, ImageQuery, NewCopy, NewGrant, RecipientBackend, SnapshotChange,
};
use ami_share_core::id::{AccountId, ImageId, KeyArn, KeyRef, Region, SnapshotId};
use ami_share_core::resource::{
    AllowedImagesSettings, ImageDetails, ImageState, SnapshotProgress, Tags, UsageReportState,
};
use support::{CallCounter, simulator_backend};

const HOUR: Duration = Duration::from_secs(3_600);

/// An owner with an encrypted image, a recipient with a key of its own in another Region
struct Scene {
    world: World,
    _server: Server,
    home: Region,
    there: Region,
    source: ImageId,
    source_key: KeyArn,
    key: KeyArn,
    tags: Tags,
    owner: AwsBackend,
    recipient: AwsBackend,
}

const OWNER: &str = "999999999999";
const RECIPIENT: &str = "000000000001";

impl Scene {
    async fn start() -> Self {
        let world = World::new();
        let (home, there): (Region, Region) =
            ("us-east-1".parse().unwrap(), "eu-west-1".parse().unwrap());
        let source_key = world.create_key(&home, account(OWNER), KeySpec::new());
        let key = world.create_key(&there, account(RECIPIENT), KeySpec::new());
        world.create_alias("alias/golden", &key).unwrap();
        let spec = ImageSpec::named("golden")
            .encrypted_with(&source_key)
            .tag("team", "images");
        let source = world.register_image(&home, account(OWNER), spec);
        let server = Server::start(world.clone(), ([127, 0, 0, 1], 0).into())
            .await
            .unwrap();
        let backend =
            async |of| simulator_backend(&server, account(of), &CallCounter::default()).await;
        let (owner, recipient) = (backend(OWNER).await, backend(RECIPIENT).await);
        Self {
            world,
            _server: server,
            home,
            there,
            source,
            source_key,
            key,
            tags: Tags::from([("made-by".to_owned(), "ami-share".to_owned())]),
            owner,
            recipient,
        }
    }

    /// Opens all that the recipient needs to copy the image: launch, snapshots, key
    async fn open(&self) {
        let recipient = [account(RECIPIENT).into()];
        let (home, source) = (&self.home, &self.source);
        let owner = &self.owner;
        owner
            .modify_launch_permissions(home, source, &recipient, &[])
            .await
            .unwrap();
        for snapshot in self.world.snapshots_of(home, source) {
            let add = SnapshotChange::Add(&recipient);
            owner
                .modify_create_volume_permissions(home, &snapshot, add)
                .await
                .unwrap();
        }
        let policy = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "kms:*",
                "Principal": {{"AWS": ["{OWNER}", "{RECIPIENT}"]}}, "Resource": "*"}}}}"#
        );
        let policy = policy.parse().unwrap();
        self.world
            .put_key_policy(&self.source_key, &policy)
            .unwrap();
    }

    fn copy(&self) -> NewCopy<'_> {
        NewCopy {
            source_region: &self.home,
            source: &self.source,
            name: "golden copy",
            description: Some("every night"),
            key: Some(&self.key),
            copy_tags: false,
            image_tags: &self.tags,
            snapshot_tags: &self.tags,
            client_token: Some("token-1"),
            completion_minutes: None,
        }
    }

    async fn details(&self, image: &ImageId) -> ImageDetails {
        let found = self
            .recipient
            .describe_image_details(&self.there, std::slice::from_ref(image))
            .await;
        found.unwrap().remove(0)
    }

    async fn progress(&self, snapshots: &[SnapshotId]) -> Vec<SnapshotProgress> {
        let progress = self
            .recipient
            .describe_snapshot_progress(&self.there, snapshots);
        progress.await.unwrap()
    }

    /// A copy that is done
    async fn copied(&self) -> ImageId {
        self.open().await;
        let (image, _) = self
            .recipient
            .copy_image(&self.there, &self.copy())
            .await
            .unwrap();
        image
    }
}

fn account(id: &str) -> AccountId {
    id.parse().unwrap()
}

#[tokio::test]
async fn a_recipient_makes_a_copy_under_its_own_key_and_sees_how_far_it_is() {
    let scene = Scene::start().await;
    scene.open().await;
    scene
        .world
        .set_faults(Faults::none().copies_take(HOUR, Duration::ZERO));

    let copy = scene.copy();
    let (image, request_id) = scene
        .recipient
        .copy_image(&scene.there, &copy)
        .await
        .unwrap();
    assert!(request_id.is_some());
    let (again, _) = scene
        .recipient
        .copy_image(&scene.there, &copy)
        .await
        .unwrap();
    assert_eq!(again, image, "the same token gives the same copy");

    scene.world.advance(HOUR / 2);
    let details = scene.details(&image).await;
    assert_eq!(details.image.state, ImageState::Pending);
    assert_eq!(details.image.tags, scene.tags);
    assert_eq!(details.description.as_deref(), Some("every night"));
    let source = details.source.unwrap();
    assert_eq!(
        (source.region, source.image),
        (scene.home.clone(), scene.source.clone())
    );
    let snapshots = scene.world.snapshots_of(&scene.there, &image);
    let progress = scene.progress(&snapshots).await;
    assert_eq!(progress.len(), 1);
    assert_eq!(progress[0].state, "pending");
    let percent = progress[0].percent.unwrap();
    assert!((40..=60).contains(&percent), "{percent}");

    scene.world.advance(HOUR);
    let details = scene.details(&image).await;
    assert_eq!(details.image.state, ImageState::Available);
    let progress = scene.progress(&snapshots).await;
    assert_eq!(
        (progress[0].state.as_str(), progress[0].percent),
        ("completed", Some(100))
    );
    let made = scene
        .recipient
        .describe_snapshots(&scene.there, &snapshots)
        .await;
    let made = made.unwrap();
    assert_eq!(made[0].key.as_ref(), Some(&scene.key));
    assert_eq!(made[0].tags, scene.tags);
    let own = scene
        .world
        .can_launch(&scene.there, account(RECIPIENT), &image);
    assert!(own.allowed, "{}", own.reason);
}

#[tokio::test]
async fn promise_6_a_copy_that_fails_tells_why() {
    let scene = Scene::start().await;
    scene.open().await;
    let reason = "Given key ID is not accessible";
    scene.world.set_faults(Faults::none().copy_fails(1, reason));

    let copied = scene
        .recipient
        .copy_image(&scene.there, &scene.copy())
        .await;
    let (image, _) = copied.unwrap();

    let details = scene.details(&image).await;
    assert_eq!(details.image.state, ImageState::Failed);
    assert!(details.image.state_reason.unwrap().contains(reason));
}

#[tokio::test]
async fn snapshots_that_are_not_there_are_left_out() {
    let scene = Scene::start().await;
    let image = scene.copied().await;
    let mut snapshots = scene.world.snapshots_of(&scene.there, &image);
    snapshots.push("snap-0123456789abcdef0".parse().unwrap());

    let progress = scene.progress(&snapshots).await;

    assert_eq!(progress.len(), 1);
    assert_eq!(progress[0].id, snapshots[0]);
}

#[tokio::test]
async fn own_images_are_found_by_name_and_tags() {
    let scene = Scene::start().await;
    let image = scene.copied().await;
    let find = async |name: Option<&str>, tags: &Tags| -> Vec<ImageId> {
        let query = ImageQuery {
            name: name.map(str::to_owned),
            tags: tags.clone(),
        };
        let found = scene.recipient.find_own_images(&scene.there, &query).await;
        found
            .unwrap()
            .into_iter()
            .map(|found| found.image.id)
            .collect()
    };
    let (none, made) = (Tags::new(), [image]);
    let star = Tags::from([("made-by".to_owned(), "ami-*".to_owned())]);
    assert_eq!(find(Some("golden*"), &scene.tags).await, made);
    assert_eq!(find(None, &none).await, made);
    assert!(find(Some("silver*"), &none).await.is_empty());
    assert!(
        find(None, &star).await.is_empty(),
        "a tag's value is no pattern"
    );
}

#[tokio::test]
async fn a_copy_is_described_protected_deprecated_and_removed() {
    let scene = Scene::start().await;
    let image = scene.copied().await;
    let snapshots = scene.world.snapshots_of(&scene.there, &image);
    let (backend, there) = (&scene.recipient, &scene.there);
    let at = "2027-06-01T12:30:00Z".parse().unwrap();

    backend
        .modify_image_description(there, &image, "of today")
        .await
        .unwrap();
    backend
        .enable_image_deprecation(there, &image, at)
        .await
        .unwrap();
    let details = scene.details(&image).await;
    assert_eq!(details.description.as_deref(), Some("of today"));
    assert_eq!(details.deprecation, Some(at));
    assert_eq!(
        details.deregistration_protection.as_deref(),
        Some("disabled")
    );

    backend
        .enable_image_deregistration_protection(there, &image, false)
        .await
        .unwrap();
    let details = scene.details(&image).await;
    assert_eq!(
        details.deregistration_protection.as_deref(),
        Some("enabled-without-cooldown")
    );
    let error = backend.deregister_image(there, &image).await.unwrap_err();
    assert_eq!(error.kind(), ApiErrorKind::NotPermitted, "{error}");

    let other = NewCopy {
        client_token: Some("token-2"),
        name: "another copy",
        ..scene.copy()
    };
    let (other, _) = backend.copy_image(there, &other).await.unwrap();
    let behind = scene.world.snapshots_of(there, &other);
    let error = backend.delete_snapshot(there, &behind[0]).await;
    assert_eq!(error.unwrap_err().code(), Some("InvalidSnapshot.InUse"));
    backend.deregister_image(there, &other).await.unwrap();
    let gone = backend.describe_image_details(there, &[image, other]).await;
    assert_eq!(gone.unwrap().len(), 1);
    assert_eq!(scene.progress(&behind).await.len(), 1, "its snapshots stay");
    backend.delete_snapshot(there, &behind[0]).await.unwrap();
    assert!(scene.progress(&behind).await.is_empty());
    assert_eq!(scene.progress(&snapshots).await.len(), 1);
}

#[tokio::test]
async fn a_key_is_found_by_whatever_names_it() {
    let scene = Scene::start().await;
    let alias_arn = format!("arn:aws:kms:eu-west-1:{RECIPIENT}:alias/golden");
    for name in [
        "alias/golden",
        alias_arn.as_str(),
        scene.key.key_id(),
        scene.key.as_str(),
    ] {
        let name: KeyRef = name.parse().unwrap();
        let found = scene.recipient.find_key(&scene.there, &name).await;
        assert_eq!(found.unwrap().arn, scene.key, "{name}");
    }
    let alias = "alias/golden".parse().unwrap();
    let elsewhere = scene.recipient.find_key(&scene.home, &alias).await;
    assert_eq!(elsewhere.unwrap_err().kind(), ApiErrorKind::NotFound);
}

#[tokio::test]
async fn a_rehearsal_says_what_the_call_would_and_does_nothing() {
    let scene = Scene::start().await;
    let (recipient, home) = (&scene.recipient, &scene.home);
    let rehearsal = recipient.rehearse_launch(home, &scene.source, "t3.micro", None);
    assert_eq!(
        rehearsal.await.unwrap_err().code(),
        Some("InvalidAMIID.NotFound")
    );
    scene.open().await;
    scene.world.clear_calls();

    recipient
        .rehearse_launch(home, &scene.source, "t3.micro", None)
        .await
        .unwrap();
    recipient
        .rehearse_copy(&scene.there, &scene.copy())
        .await
        .unwrap();
    let operations = BTreeSet::from(["Decrypt".to_owned()]);
    let grantee = format!("arn:aws:iam::{RECIPIENT}:root");
    let grant = NewGrant {
        grantee: &grantee,
        name: "rehearsal",
        operations: &operations,
    };
    recipient
        .rehearse_grant(home, &scene.source_key, &grant)
        .await
        .unwrap();

    assert!(scene.world.grants(&scene.source_key).is_empty());
    let own = recipient
        .find_own_images(&scene.there, &ImageQuery::default())
        .await;
    assert!(own.unwrap().is_empty());
    scene.world.deny(account(RECIPIENT), "RunInstances");
    let refused = recipient.rehearse_launch(home, &scene.source, "t3.micro", None);
    assert_eq!(
        refused.await.unwrap_err().kind(),
        ApiErrorKind::AccessDenied
    );
}

#[tokio::test]
async fn allowed_images_settings_are_told() {
    let scene = Scene::start().await;
    let settings = || scene.recipient.get_allowed_images_settings(&scene.there);
    assert_eq!(settings().await.unwrap(), AllowedImagesSettings::Disabled);
    let amazon = ImageCriterion::of_providers(["amazon"]);
    let allowed = AllowedImages::new(AllowedImagesState::Enabled, vec![amazon]);
    scene
        .world
        .set_allowed_images(account(RECIPIENT), &scene.there, allowed);
    assert_eq!(settings().await.unwrap(), AllowedImagesSettings::Enabled);
}

#[tokio::test]
async fn an_image_parameter_is_written_over_the_value_before() {
    let scene = Scene::start().await;
    let (backend, there) = (&scene.recipient, &scene.there);
    let name = "/images/golden";
    let missing = backend.get_parameter(there, name).await.unwrap();
    assert_eq!(missing, None);

    let first = scene.copied().await;
    let second = scene
        .world
        .register_image(there, account(RECIPIENT), ImageSpec::named("second"));
    for (image, version) in [(first, 1), (second, 2)] {
        backend
            .put_image_parameter(there, name, &image)
            .await
            .unwrap();
        let written = backend.get_parameter(there, name).await.unwrap().unwrap();
        assert_eq!(written.value, image.as_str());
        assert_eq!(written.data_type, "aws:ec2:image");
        assert_eq!(written.version, version);
    }
}

#[tokio::test]
async fn who_uses_an_image_is_told_by_a_report_and_by_its_last_launch() {
    let scene = Scene::start().await;
    scene.open().await;
    let (owner, home, source) = (&scene.owner, &scene.home, &scene.source);
    for _ in 0..2 {
        scene
            .world
            .run_instance(home, account(RECIPIENT), source)
            .unwrap();
    }
    let faults = Faults::none().reports_take(HOUR);
    scene.world.set_faults(faults.clone().report_fails(2));

    let report = owner.create_image_usage_report(home, source, &[]).await;
    let report = report.unwrap();
    let state = || owner.describe_image_usage_report(home, &report);
    assert_eq!(state().await.unwrap(), UsageReportState::Pending);
    scene.world.advance(HOUR);
    assert_eq!(state().await.unwrap(), UsageReportState::Available);
    let entries = owner
        .describe_image_usage_report_entries(home, &report)
        .await;
    let entries = entries.unwrap();
    let told: Vec<(String, &str, u64)> = entries
        .iter()
        .map(|entry| {
            (
                entry.account.to_string(),
                entry.resource_type.as_str(),
                entry.count,
            )
        })
        .collect();
    assert!(
        told.contains(&(RECIPIENT.to_owned(), "ec2:Instance", 2)),
        "{told:?}"
    );
    assert!(entries[0].counted.is_some());

    let failing = owner
        .create_image_usage_report(home, source, &[account(RECIPIENT)])
        .await
        .unwrap();
    scene.world.advance(HOUR);
    let state = owner.describe_image_usage_report(home, &failing).await;
    assert!(matches!(state.unwrap(), UsageReportState::Failed(_)));

    scene.world.advance(24 * HOUR);
    let details = owner
        .describe_image_details(home, std::slice::from_ref(source))
        .await
        .unwrap();
    assert!(details[0].last_launched.is_some());
}
