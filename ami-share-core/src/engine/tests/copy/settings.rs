//! What copies are to be beside copied: set where it lacks, told where it differs.

use super::*;
use crate::outcome::CopyDifference;
use crate::plan::CopySetting;
use crate::request::DeregistrationProtection;
use crate::resource::Timestamp;

fn fully_set(scene: &CopyScene) -> CopyRequestBuilder {
    scene
        .for_recipients()
        .image_tag("stage", "live")
        .snapshot_tag("cost", "web")
        .description("approved again")
        .protect(DeregistrationProtection::WithCooldown)
        .deprecate_at(Timestamp::now().plus_days(90))
}

fn operations(settings: &[CopySetting]) -> Vec<&'static str> {
    settings.iter().map(CopySetting::operation).collect()
}

#[tokio::test(start_paused = true)]
async fn what_a_found_copy_lacks_is_planned_and_set_and_only_that() {
    let scene = CopyScene::new(1, &["us-east-1"]);
    let plain = scene.for_recipients().build().unwrap();
    scene.sharer().copy(&plain).await.unwrap();
    let request = fully_set(&scene).build().unwrap();
    let plan = scene.sharer().plan_copies(&request).await.unwrap();
    let FoundCopy::Available { settings, image } = &plan.copies()[0].found else {
        panic!("{plan:?}");
    };
    let all = [
        "CreateTags",
        "CreateTags",
        "ModifyImageAttribute",
        "EnableImageDeregistrationProtection",
        "EnableImageDeprecation",
    ];
    assert_eq!(operations(settings), all);
    assert!(!plan.is_empty());
    let CopySetting::CreateTags { tags, resources } = &settings[0] else {
        panic!("{settings:?}");
    };
    assert_eq!(tags.len(), 1, "{tags:?}");
    assert_eq!(resources[..], [image.clone().into()]);

    scene.scene.world.clear_calls();
    let report = scene.sharer().copy(&request).await.unwrap();
    assert_eq!(scene.scene.writes(), 5, "{:?}", scene.scene.operations());
    let set = report.copies()[0].settings.iter();
    let set: Vec<CopySetting> = set.map(|report| report.setting.clone()).collect();
    assert_eq!(set, *settings);

    scene.scene.world.clear_calls();
    scene.sharer().copy(&request).await.unwrap();
    assert_eq!(scene.scene.writes(), 0, "promise 5");
    scene.copied_once(&request, "settings make no other copy");
}

#[tokio::test(start_paused = true)]
async fn a_new_copy_has_its_tags_and_description_from_the_start() {
    let scene = CopyScene::new(1, &["us-east-1"]);
    let request = fully_set(&scene).build().unwrap();
    let report = scene.sharer().copy(&request).await.unwrap();
    let set = report.copies()[0].settings.iter();
    let set: Vec<CopySetting> = set.map(|report| report.setting.clone()).collect();
    assert_eq!(
        operations(&set),
        [
            "EnableImageDeregistrationProtection",
            "EnableImageDeprecation"
        ]
    );
    let made = scene.there().remove(0);
    let state = scene.scene.world.state();
    let image = state.image(&made.region, &made.image).unwrap();
    assert_eq!(image.description, "approved again");
    let tags = image.tags.by(image.owner);
    assert_eq!(tags["team"], "web", "the source's");
    assert_eq!(tags["stage"], "live");
    let snapshot = state.snapshot(&made.region, &made.snapshots[0]).unwrap();
    assert_eq!(snapshot.tags.by(image.owner)["cost"], "web");
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_setting_that_aws_refuses_is_told_and_the_others_are_set() {
    let scene = CopyScene::new(1, &["us-east-1"]);
    scene
        .scene
        .world
        .deny(account(1), "EnableImageDeregistrationProtection");
    let request = fully_set(&scene).build().unwrap();
    let report = copies_incomplete(scene.sharer().copy(&request).await);
    let copy = &report.copies()[0];
    assert!(copy.outcome.is_available() && !copy.is_complete());
    let failed: Vec<bool> = copy.settings.iter().map(|of| of.error.is_some()).collect();
    assert_eq!(failed, [true, false]);
}

async fn differences(scene: &CopyScene, request: &CopyRequest) -> Vec<CopyDifference> {
    let report = copies_incomplete(scene.sharer().copy(request).await);
    assert!(report.copies()[0].outcome.is_available());
    report.copies()[0].differences.clone()
}

/// EBS encrypts by default there: the copy is not as the source, and could not be shared
#[tokio::test(start_paused = true)]
async fn promise_6_a_copy_that_ebs_encrypts_by_default_is_told() {
    let scene = CopyScene::unencrypted(0, &["eu-west-1"]);
    let Scene { world, owner, .. } = &scene.scene;
    world.set_ebs_encryption_by_default(*owner, &scene.regions[0], true);
    let request = CopyRequest::builder()
        .source(&scene.scene.region, &scene.scene.images[0])
        .to_region("eu-west-1")
        .build()
        .unwrap();
    let found = differences(&scene, &request).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].field.starts_with("KmsKeyId of snap-"), "{found:?}");
    assert_eq!(found[0].wanted, "as the source");
    assert!(found[0].actual.starts_with("arn:aws:kms:"), "{found:?}");
    // With a key of its own it is as it was to be.
    let request = scene.request().build().unwrap();
    scene.sharer().copy(&request).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn promise_6_boot_settings_and_keys_that_differ_are_told() {
    let scene = CopyScene::new(1, &["us-east-1"]);
    let request = scene.for_recipients().build().unwrap();
    scene.sharer().copy(&request).await.unwrap();
    let made = scene.there().remove(0);
    {
        let mut state = scene.scene.world.state();
        let image = state.image_mut(&made.region, &made.image).unwrap();
        image.boot_mode = Some("uefi".into());
        image.imds_v2 = true;
        let snapshot = &made.snapshots[0];
        state.snapshot_mut(&made.region, snapshot).unwrap().key = Some(scene.source_key.clone());
    }
    let found = differences(&scene, &request).await;
    let fields: Vec<&str> = found.iter().map(|of| of.field.as_str()).collect();
    let of_key = format!("KmsKeyId of {}", made.snapshots[0]);
    assert_eq!(fields, ["BootMode", "ImdsSupport", of_key.as_str()]);
    assert_eq!(found[0].actual, "uefi");
    assert_eq!(found[2].actual, scene.source_key.to_string());
}

#[tokio::test(start_paused = true)]
async fn promise_6_keys_that_cannot_be_read_are_not_taken_for_right() {
    let scene = CopyScene::new(1, &["us-east-1"]);
    let request = scene.for_recipients().build().unwrap();
    scene.scene.world.deny(account(1), "DescribeSnapshots");
    let found = differences(&scene, &request).await;
    assert_eq!(found.len(), 1);
    assert!(found[0].actual.starts_with("not known: "), "{found:?}");
}

/// A source with both kinds of snapshots, copied within its account and Region without a key
#[tokio::test(start_paused = true)]
async fn snapshots_of_a_mixed_source_stay_as_they_are() {
    let scene = CopyScene::of(0, &["us-east-1"], |key| {
        ImageSpec::named("mixed").snapshot().encrypted_with(key)
    });
    let request = CopyRequest::builder()
        .source(&scene.scene.region, &scene.scene.images[0])
        .name("{name} again")
        .build()
        .unwrap();
    let report = scene.sharer().copy(&request).await.unwrap();
    assert_eq!(report.copies()[0].differences, []);
}
