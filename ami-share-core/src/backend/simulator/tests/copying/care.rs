use super::*;
use crate::id::KeyRef;

fn named(name: &str) -> ImageQuery {
    ImageQuery {
        name: Some(name.to_owned()),
        tags: Tags::new(),
    }
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
