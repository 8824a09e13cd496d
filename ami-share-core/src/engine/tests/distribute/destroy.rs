//! What is taken back, and what stays.

use super::*;

#[tokio::test(start_paused = true)]
async fn promise_2_destroy_takes_back_exactly_what_was_given() {
    let scene = Distributing::new();
    let other = scene
        .scene
        .request()
        .account(scene.stranger)
        .build()
        .unwrap();
    scene.sharer().share(&other).await.unwrap();
    let (region, image) = (scene.scene.region.clone(), scene.scene.images[0].clone());
    let tags_before = scene
        .details(scene.scene.owner, &region, &image)
        .await
        .image
        .tags;
    let distribution = scene.distribution(json!({
        "distributed_tags": true,
        "tags": {"shared": {"support": "us"}},
        "recipients": {"accounts": scene.recipients},
        "snapshots": "for_copy",
    }));
    let report = scene.run(&distribution).await;
    let images = owner_s(&report);
    let destroyed = scene.sharer().destroy_shares(&distribution).await.unwrap();
    assert_eq!(destroyed.shards().len(), REGIONS.len());
    for (region, image) in &images {
        for account in &scene.recipients {
            assert!(!scene.world().can_launch(region, *account, image).allowed);
        }
        for snapshot in scene.world().snapshots_of(region, image) {
            let permitted = scene.world().create_volume_permissions(region, &snapshot);
            assert!(permitted.unwrap().is_empty());
        }
        let tags = scene
            .details(scene.scene.owner, region, image)
            .await
            .image
            .tags;
        assert!(!tags.contains_key("Distributed"), "{tags:?}");
        assert!(!tags.contains_key("DistributedDate"), "{tags:?}");
        assert!(!tags.contains_key("ec2:SharedTag/support"), "{tags:?}");
    }
    // What others gave stays, and so do images and their other tags.
    let judged = scene.world().can_launch(&region, scene.stranger, &image);
    assert!(judged.allowed, "{judged:?}");
    let tags = scene
        .details(scene.scene.owner, &region, &image)
        .await
        .image
        .tags;
    assert_eq!(tags, tags_before);
    assert_eq!(scene.images_of(scene.scene.owner), REGIONS.len());
    scene.world().clear_calls();
    scene.sharer().destroy_shares(&distribution).await.unwrap();
    assert_eq!(scene.writes(), Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn promise_2_destroy_leaves_what_others_gave_where_copies_were_opened_for_and_closed() {
    for access in ["close", "leave_as_is"] {
        let scene = Distributing::of(&["us-east-1"]);
        let (region, image) = (&scene.scene.region, &scene.scene.images[0]);
        let early = scene.recipients[0];
        let share = scene.scene.request().account(early).build().unwrap();
        scene.sharer().share(&share).await.unwrap();
        let distribution = scene.copying(json!({
            "copies": {"source_access": access},
            "recipients": {"accounts": [early]},
            "distributed_tags": true,
        }));
        let plan = scene.plan(&distribution).await;
        let options = ApplyOptions::just_planned();
        let _ = scene.sharer().apply_distribution(&plan, &options).await;
        scene.sharer().destroy_shares(&distribution).await.unwrap();
        assert_eq!(scene.permitted(region, image), [Principal::Account(early)]);
        let judged = scene.world().can_launch(region, early, image);
        assert!(judged.allowed, "{judged:?}");
        let tags = scene
            .details(scene.scene.owner, region, image)
            .await
            .image
            .tags;
        assert!(!tags.contains_key("Distributed"), "{tags:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn destroy_takes_back_what_copies_kept_and_an_ou_without_members_fails_no_region() {
    let scene = Distributing::of(&["us-east-1"]);
    let (region, image) = (&scene.scene.region, &scene.scene.images[0]);
    let kept = json!({"copies": {"source_access": "keep"}, "distributed_tags": true});
    let kept = scene.copying(kept);
    scene.run(&kept).await;
    scene.sharer().destroy_shares(&kept).await.unwrap();
    assert_eq!(scene.permitted(region, image), []);
    let root = scene.organization.clone().into();
    let empty = scene.world().create_organizational_unit(&root).unwrap();
    let nobody = scene.copying(json!({
        "copies": {"source_access": "keep"},
        "recipients": {"organizational_units": [empty]},
        "distributed_tags": true,
    }));
    scene.run(&nobody).await;
    scene.sharer().destroy_shares(&nobody).await.unwrap();
    let tags = scene
        .details(scene.scene.owner, region, image)
        .await
        .image
        .tags;
    assert!(!tags.contains_key("Distributed"), "{tags:?}");
}

#[tokio::test(start_paused = true)]
async fn promise_3_destroy_leaves_keys_open_to_services_where_launch_could_not_be_closed() {
    let scene = Distributing::of(&["us-east-1"]);
    let distribution = scene.distribution(json!({"service_linked_roles": ["autoscaling"]}));
    let plan = scene.plan(&distribution).await;
    let options = ApplyOptions::just_planned();
    let _ = scene.sharer().apply_distribution(&plan, &options).await;
    let open = scene.world().key_policy(&scene.source_key).unwrap();
    assert!(open.as_str().contains("000000000002"), "{}", open.as_str());
    scene
        .world()
        .deny(scene.scene.owner, "ModifyImageAttribute");
    let sharer = scene.sharer();
    distribution_incomplete(sharer.destroy_shares(&distribution).await);
    let policy = scene.world().key_policy(&scene.source_key).unwrap();
    assert_eq!(policy.as_str(), open.as_str());
    scene
        .world()
        .allow(scene.scene.owner, "ModifyImageAttribute");
    sharer.destroy_shares(&distribution).await.unwrap();
    let policy = scene.world().key_policy(&scene.source_key).unwrap();
    assert!(
        !policy.as_str().contains("000000000002"),
        "{}",
        policy.as_str()
    );
}

#[tokio::test(start_paused = true)]
async fn promise_6_destroy_goes_on_with_other_images_where_one_cannot_be_read() {
    let scene = Distributing::of(&REGIONS[..2]);
    let recipients = json!({"recipients": {"accounts": scene.recipients}});
    let distribution = scene.distribution(recipients);
    let report = scene.run(&distribution).await;
    let (region, copy) = owner_s(&report).remove(0);
    let owner = scene.scene.owner;
    // Another copy of the image: what tells of it are its tags.
    let tags = scene.details(owner, &region, &copy).await.image.tags;
    let key = scene.world().create_key(&region, owner, NewKey::new());
    let spec = golden("golden-1-again", &key);
    let spec = tags
        .iter()
        .fold(spec, |spec, (key, value)| spec.tag(key, value));
    let other = scene.world().register_image(&region, owner, spec);
    let share = ShareRequest::builder().image_in(&region, &other);
    let share = share.accounts(scene.recipients.clone()).build().unwrap();
    scene.sharer().share(&share).await.unwrap();
    // They are found by the first call, and looked at together by the second and one by one by the others.
    let fault = SimulatedFault::on("DescribeImages").within(region.clone());
    let fault = fault.call(2).call(3).refused_with("InternalError");
    scene.world().set_faults(Faults::none().with(fault));
    let destroyed = distribution_incomplete(scene.sharer().destroy_shares(&distribution).await);
    let problems = destroyed.shards().iter().flat_map(|of| of.all_problems());
    let problems: Vec<String> = problems.collect();
    assert_eq!(problems.len(), 1, "{problems:?}");
    let open = [&copy, &other].map(|image| scene.permitted(&region, image).len());
    assert_eq!(open, [3, 0]);
    let own = &scene.scene.region;
    assert_eq!(scene.permitted(own, &scene.scene.images[0]), []);
}
