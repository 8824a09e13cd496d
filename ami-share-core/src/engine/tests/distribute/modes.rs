use super::*;
use crate::access::Answer;
use crate::backend::Backend;

#[tokio::test(start_paused = true)]
async fn promise_1_shared_images_open_to_every_recipient_in_each_region_and_to_nobody_else() {
    let scene = Distributing::new();
    let distribution = scene.distribution(json!({}));
    let plan = scene.plan(&distribution).await;
    assert!(!plan.is_empty());
    // Nothing is done in recipient accounts, so that there are no shards for them.
    assert_eq!(plan.shards().len(), REGIONS.len());
    assert!(!scene.verify(&distribution).await.is_ok());
    let report = scene.run(&distribution).await;
    let images = owner_s(&report);
    assert_eq!(images.len(), REGIONS.len());
    for (region, image) in &images {
        for account in &scene.recipients {
            let judged = scene.world().can_launch(region, *account, image);
            assert!(judged.allowed, "{account} {region} {judged:?}");
        }
        assert!(
            !scene
                .world()
                .can_launch(region, scene.stranger, image)
                .allowed
        );
        let permitted = scene.permitted(region, image);
        let named: Vec<Principal> = distribution.recipients().iter().cloned().collect();
        assert_eq!(permitted, named);
    }
    assert!(scene.verify(&distribution).await.is_ok());
    scene.is_settled(&distribution).await;
}

#[tokio::test(start_paused = true)]
async fn promise_1_recipients_launch_their_copies_without_the_owner_s_key_and_what_was_opened_is_closed()
 {
    let scene = Distributing::new();
    let distribution = scene.copying(json!({}));
    let plan = scene.plan(&distribution).await;
    assert_eq!(plan.accounts().len(), scene.recipients.len());
    assert!(!scene.verify(&distribution).await.is_ok());
    let report = scene.run(&distribution).await;
    for (region, image) in owner_s(&report) {
        assert_eq!(scene.permitted(&region, &image), []);
        for snapshot in scene.world().snapshots_of(&region, &image) {
            let permitted = scene.world().create_volume_permissions(&region, &snapshot);
            assert!(permitted.unwrap().is_empty());
        }
    }
    assert!(scene.verify(&distribution).await.is_ok());
    scene.is_settled(&distribution).await;
    scene.is_copied(&report);
}

#[tokio::test(start_paused = true)]
async fn promise_2_who_had_access_before_keeps_it_and_no_more() {
    let scene = Distributing::of(&["us-east-1"]);
    let (region, image) = (&scene.scene.region, &scene.scene.images[0]);
    let early = scene.recipients[0];
    let request = scene.scene.request().account(early).build().unwrap();
    scene.sharer().share(&request).await.unwrap();
    let report = scene.run(&scene.copying(json!({}))).await;
    assert_eq!(scene.permitted(region, image), [Principal::Account(early)]);
    assert!(scene.world().can_launch(region, early, image).allowed);
    // The snapshots, which it got for its copy alone, are taken back.
    assert!(!scene.world().can_copy(region, early, image).allowed);
    scene.is_copied(&report);
}

#[tokio::test(start_paused = true)]
async fn promise_2_a_snapshot_that_others_opened_before_stays_open() {
    let scene = Distributing::of(&["us-east-1"]);
    let (region, image) = (&scene.scene.region, &scene.scene.images[0]);
    let snapshots = scene.world().snapshots_of(region, image);
    let early = Principal::Account(scene.recipients[0]);
    let add = [early.clone()];
    let backend = scene.scene.backend();
    let change = crate::backend::SnapshotChange::Add(&add);
    let opened = backend.modify_create_volume_permissions(region, &snapshots[0], change);
    opened.await.unwrap();
    scene.run(&scene.copying(json!({}))).await;
    let permitted = |number: usize| {
        let permitted = scene
            .world()
            .create_volume_permissions(region, &snapshots[number]);
        permitted.unwrap().into_iter().collect::<Vec<_>>()
    };
    assert_eq!(permitted(0), [early]);
    assert_eq!(permitted(1), []);
    assert_eq!(scene.permitted(region, image), []);
}

/// In the image's own Region and in one where the copy is still to be made
#[tokio::test(start_paused = true)]
async fn promise_2_keys_that_were_open_to_an_account_before_stay_open_to_it() {
    let scene = Distributing::of(&REGIONS[..2]);
    let (world, owner) = (scene.world(), scene.scene.owner);
    let early = scene.recipients[0];
    let alias = scene.key(owner, "eu-west-1");
    let keys = [scene.source_key.clone(), alias];
    let mut before = Vec::new();
    for key in &keys {
        let image = world.register_image(&key.region(), owner, golden("other", key));
        let share = ShareRequest::builder().image_in(&key.region(), &image);
        let share = share.account(early).build().unwrap();
        scene.sharer().share(&share).await.unwrap();
        world.deregister_image(&key.region(), &image).unwrap();
        before.push(world.key_policy(key).unwrap().as_str().to_owned());
    }
    let report = scene.run(&scene.copying(json!({}))).await;
    for (key, before) in keys.iter().zip(before) {
        assert_eq!(world.key_policy(key).unwrap().as_str(), before);
    }
    for (region, image) in owner_s(&report) {
        assert_eq!(scene.permitted(&region, &image), []);
    }
}

#[tokio::test(start_paused = true)]
async fn promise_1_a_key_that_is_opened_for_who_could_launch_before_is_closed() {
    let scene = Distributing::of(&["us-east-1"]);
    let (region, image) = (&scene.scene.region, &scene.scene.images[0]);
    let early = scene.recipients[0];
    let backend = scene.scene.backend();
    let add = [early.into()];
    let opened = backend.modify_launch_permissions(region, image, &add, &[]);
    opened.await.unwrap();
    let key = &scene.source_key;
    let before = scene.scene.world.key_policy(key).unwrap();
    let report = scene.run(&scene.copying(json!({}))).await;
    assert!(report.is_complete());
    assert_eq!(scene.permitted(region, image), [Principal::Account(early)]);
    assert_eq!(scene.scene.world.key_policy(key).unwrap(), before);
}

#[tokio::test(start_paused = true)]
async fn promise_5_source_access_that_is_kept_stays_and_is_not_written_twice() {
    let scene = Distributing::of(&["us-east-1"]);
    let distribution = scene.copying(json!({"copies": {"source_access": "keep"}}));
    let report = scene.run(&distribution).await;
    let (region, image) = owner_s(&report).remove(0);
    assert_eq!(
        scene.permitted(&region, &image).len(),
        scene.recipients.len()
    );
    scene.is_settled(&distribution).await;
}

#[tokio::test(start_paused = true)]
async fn promise_2_source_access_that_is_left_is_neither_opened_nor_closed() {
    let scene = Distributing::of(&["us-east-1"]);
    let distribution = scene.copying(json!({"copies": {"source_access": "leave_as_is"}}));
    let plan = scene.plan(&distribution).await;
    let options = ApplyOptions::just_planned();
    let applied = scene.sharer().apply_distribution(&plan, &options).await;
    let report = distribution_incomplete(applied);
    let (region, image) = owner_s(&report).remove(0);
    assert_eq!(scene.permitted(&region, &image), []);
    assert_eq!(scene.count("ModifyImageAttribute"), 0);
    let request = scene
        .scene
        .request()
        .accounts(scene.recipients.clone())
        .snapshots(SnapshotSharing::ForCopy);
    scene
        .sharer()
        .share(&request.build().unwrap())
        .await
        .unwrap();
    let report = scene.run(&distribution).await;
    assert_eq!(
        scene.permitted(&region, &image).len(),
        scene.recipients.len()
    );
    scene.is_copied(&report);
}

#[tokio::test(start_paused = true)]
async fn promise_6_verify_says_what_is_missing() {
    let scene = Distributing::new();
    let distribution = scene.copying(json!({"tags": {"image": {"team": "web"}}}));
    let before = scene.verify(&distribution).await;
    let missing = before.copies.iter().filter(|copy| copy.image.is_none());
    // Two copies of the owner, and one for each recipient and Region
    assert_eq!(missing.count(), 2 + REGIONS.len() * scene.recipients.len());
    assert_eq!(before.missing.len(), 1, "{before:?}");
    let report = scene.run(&distribution).await;
    let mut recipients = report.shards().iter();
    let lost = recipients.find(|report| report.shard.stage == Stage::Recipient);
    let lost = lost.unwrap();
    let image = lost.image.as_ref().unwrap();
    scene
        .world()
        .deregister_image(&lost.shard.region, image)
        .unwrap();
    let after = scene.verify(&distribution).await;
    assert!(!after.is_ok());
    let missing: Vec<_> = after.copies.iter().filter(|copy| !copy.is_ok()).collect();
    assert_eq!(missing.len(), 1);
    assert_eq!(
        (missing[0].account, &missing[0].region),
        (lost.shard.account, &lost.shard.region)
    );

    let shared = scene.distribution(json!({}));
    let report = scene.run(&shared).await;
    let (region, image) = owner_s(&report).remove(1);
    let request = ShareRequest::builder()
        .image_in(&region, &image)
        .account(scene.recipients[0])
        .build()
        .unwrap();
    scene.sharer().revoke(&request).await.unwrap();
    let after = scene.verify(&shared).await;
    let answers = after.shares.iter().map(|(_, share)| share.as_desired());
    assert_eq!(answers.filter(|answer| *answer == Answer::No).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn copies_have_the_tags_of_the_image_unless_the_file_says_otherwise() {
    for (more, has) in [
        (json!({}), true),
        (json!({"copies": {"copy_tags": false}}), false),
    ] {
        let scene = Distributing::of(&REGIONS[..2]);
        let mut all = json!({"recipients_get": "copy"});
        let fields = all.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        let distribution = scene.distribution(all);
        let report = scene.run(&distribution).await;
        let copies = report
            .shards()
            .iter()
            .filter(|report| report.copy.is_some());
        for report in copies {
            let (account, region) = (report.shard.account, &report.shard.region);
            let image = report.image.as_ref().unwrap();
            let tags = scene.details(account, region, image).await.image.tags;
            assert_eq!(
                tags.contains_key("stage"),
                has,
                "{account} {region} {tags:?}"
            );
        }
        scene.is_settled(&distribution).await;
    }
}
