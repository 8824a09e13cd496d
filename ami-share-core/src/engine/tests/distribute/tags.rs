use super::*;

#[tokio::test(start_paused = true)]
async fn images_and_snapshots_get_their_tags_and_the_day_is_written_once() {
    let scene = Distributing::new();
    let distribution = scene.distribution(json!({
        "distributed_tags": true,
        "tags": {
            "image": {"team": "web"},
            "snapshots": {"cost": "42"},
            "shared": {"support": "us"},
        },
    }));
    let mut plan = scene.plan(&distribution).await;
    for shard in &mut plan.shards {
        shard.date = "2026-01-31".into();
    }
    let options = ApplyOptions::default().with_on_change(OnChange::PlanAgain);
    let report = scene
        .sharer()
        .apply_distribution(&plan, &options)
        .await
        .unwrap();
    for (region, image) in owner_s(&report) {
        let owner = scene.scene.owner;
        let tags = scene.details(owner, &region, &image).await.image.tags;
        let tag = |key: &str| tags.get(key).map(String::as_str);
        assert_eq!(tag("team"), Some("web"));
        assert_eq!(tag("ec2:SharedTag/support"), Some("us"));
        assert_eq!(tag("Distributed"), Some("true"));
        assert_eq!(tag("DistributedDate"), Some("2026-01-31"));
        for snapshot in scene.snapshots(owner, &region, &image).await {
            assert_eq!(snapshot.tags.get("cost").map(String::as_str), Some("42"));
        }
    }
    // Today is another day.
    scene.is_settled(&distribution).await;
}

#[tokio::test(start_paused = true)]
async fn promise_6_an_image_that_was_not_shared_does_not_tell_that_it_was() {
    let scene = Distributing::of(&["us-east-1"]);
    let distribution = scene.distribution(json!({"distributed_tags": true}));
    let plan = scene.plan(&distribution).await;
    scene
        .world()
        .deny(scene.scene.owner, "ModifyImageAttribute");
    let options = ApplyOptions::just_planned();
    let applied = scene.sharer().apply_distribution(&plan, &options).await;
    let report = distribution_incomplete(applied);
    let (region, image) = owner_s(&report).remove(0);
    let tags = scene
        .details(scene.scene.owner, &region, &image)
        .await
        .image
        .tags;
    assert!(!tags.contains_key("Distributed"), "{tags:?}");
}

#[tokio::test(start_paused = true)]
async fn copies_of_recipients_have_the_tags_of_images_and_those_of_recipients() {
    let scene = Distributing::new();
    let distribution = scene.copying(json!({
        "distributed_tags": true,
        "tags": {
            "image": {"team": "web"},
            "snapshots": {"cost": "42"},
            "recipients": {"origin": "golden"},
        },
    }));
    let report = scene.run(&distribution).await;
    let recipients = report.shards().iter();
    for report in recipients.filter(|report| report.shard.stage == Stage::Recipient) {
        let (account, region) = (report.shard.account, &report.shard.region);
        let image = report.image.as_ref().unwrap();
        let tags = scene.details(account, region, image).await.image.tags;
        for key in ["team", "origin", "Distributed", "stage"] {
            assert!(tags.contains_key(key), "{key}: {tags:?}");
        }
        for snapshot in scene.snapshots(account, region, image).await {
            assert_eq!(snapshot.tags.get("cost").map(String::as_str), Some("42"));
        }
    }
    for (region, image) in owner_s(&report) {
        let tags = scene
            .details(scene.scene.owner, &region, &image)
            .await
            .image
            .tags;
        assert!(!tags.contains_key("origin"), "{tags:?}");
    }
    scene.is_settled(&distribution).await;
}

#[tokio::test(start_paused = true)]
async fn protection_and_deprecation_hold_for_copies_too_and_stay_as_they_were_set_first() {
    let scene = Distributing::new();
    let distribution = scene.copying(json!({
        "protection": {"deregistration": {"cooldown": true}, "deprecate_after_days": 180},
    }));
    let report = scene.run(&distribution).await;
    let of_stages = report.shards().iter();
    let mut deprecations = Vec::new();
    for report in of_stages.filter(|report| report.shard.stage != Stage::Finish) {
        let (account, region) = (report.shard.account, &report.shard.region);
        let image = report.image.as_ref().unwrap();
        let details = scene.details(account, region, image).await;
        let protection = details.deregistration_protection.as_deref();
        assert_eq!(protection, Some("enabled-with-cooldown"), "{report:?}");
        deprecations.push(details.deprecation.unwrap());
    }
    deprecations.dedup();
    assert_eq!(deprecations.len(), 1, "{deprecations:?}");
    // Another number of days is for images that have no date yet.
    let later = scene.copying(json!({
        "protection": {"deregistration": {"cooldown": true}, "deprecate_after_days": 90},
    }));
    scene.is_settled(&later).await;
}
