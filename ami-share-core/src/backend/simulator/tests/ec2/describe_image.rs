use super::super::*;
use crate::resource::{BlockPublicAccess, ImageState};

async fn seen(scene: &Scene, account: AccountId) -> bool {
    let backend = scene.world.backend(account);
    let found = backend
        .describe_images(&scene.region, std::slice::from_ref(&scene.image))
        .await;
    !found.unwrap().is_empty()
}

#[tokio::test]
async fn what_cannot_be_seen_is_left_out() {
    let scene = Scene::new();
    scene.add(&accounts(2..3)).await.unwrap();
    assert!(seen(&scene, owner()).await);
    assert!(seen(&scene, recipient()).await);
    assert!(!seen(&scene, stranger()).await);
    let elsewhere: Region = "us-east-1".parse().unwrap();
    let found = scene
        .backend
        .describe_images(&elsewhere, std::slice::from_ref(&scene.image))
        .await;
    assert_eq!(found.unwrap(), []);
}

#[tokio::test]
async fn an_encrypted_image_is_seen_by_those_who_cannot_launch_it() {
    let scene = Scene::with(ImageSpec::named("golden").encrypted_snapshot());
    scene.add(&accounts(2..3)).await.unwrap();
    assert!(seen(&scene, recipient()).await);
    assert!(!scene.launches(recipient()));
}

#[tokio::test]
async fn a_disabled_or_deregistered_image_is_its_owners_alone() {
    for state in [ImageState::Disabled, ImageState::Deregistered] {
        let scene = Scene::new();
        scene.add(&accounts(2..3)).await.unwrap();
        scene
            .world
            .set_image_state(&scene.region, &scene.image, state)
            .unwrap();
        assert!(seen(&scene, owner()).await);
        assert!(!seen(&scene, recipient()).await);
    }
}

#[tokio::test]
async fn an_image_is_told_in_full() {
    let spec = ImageSpec::named("golden")
        .snapshot()
        .encrypted_snapshot()
        .product_code("abc")
        .tag("team", "images");
    let scene = Scene::with(spec);
    let found = scene
        .backend
        .describe_images(&scene.region, &[scene.image.clone(), scene.image.clone()])
        .await
        .unwrap();
    let [image] = found.as_slice() else {
        panic!("asked twice, told {} times", found.len());
    };
    assert_eq!(image.id, scene.image);
    assert_eq!(image.owner, owner());
    assert_eq!(image.name.as_deref(), Some("golden"));
    assert_eq!(image.state, ImageState::Available);
    assert_eq!(image.encrypted(), Some(true));
    assert_eq!(image.product_codes, ["abc"]);
    assert_eq!(image.tags["team"], "images");
    let devices: Vec<&str> = image.snapshots.iter().map(|s| s.device.as_str()).collect();
    assert_eq!(devices, ["/dev/xvda", "/dev/xvdb"]);
    let encrypted: Vec<Option<bool>> = image.snapshots.iter().map(|s| s.encrypted).collect();
    assert_eq!(encrypted, [Some(false), Some(true)]);
}

#[tokio::test]
async fn a_missing_id_costs_the_calls_that_it_costs_on_aws() {
    let scene = Scene::new();
    let mut images: Vec<ImageId> = (0..1_200)
        .map(|_| {
            scene
                .world
                .register_image(&scene.region, owner(), ImageSpec::named("x"))
        })
        .collect();
    let found = scene.backend.describe_images(&scene.region, &images).await;
    assert_eq!(found.unwrap().len(), 1_200);
    assert_eq!(scene.world.calls().len(), 2);

    scene.world.clear_calls();
    images[1_100] = "ami-ffffffff".parse().unwrap();
    let found = scene.backend.describe_images(&scene.region, &images).await;
    assert_eq!(found.unwrap().len(), 1_199);
    // 1,000 at once; 200 at once, refused; the same 200 by filter.
    assert_eq!(scene.world.calls().len(), 3);

    scene.world.clear_calls();
    let found = scene.backend.describe_images(&scene.region, &[]).await;
    assert_eq!(found.unwrap(), []);
    assert_eq!(scene.world.calls(), []);
}

#[tokio::test]
async fn shared_images_are_listed_page_by_page() {
    let scene = Scene::new();
    let world = &scene.world;
    let organization: Principal = world.create_organization(account(90)).unwrap().into();
    let unit: Principal = world
        .create_organizational_unit(&organization)
        .unwrap()
        .into();
    world.create_account(&unit, recipient()).unwrap();
    world.set_image_block_public_access(owner(), &scene.region, BlockPublicAccess::Unblocked);
    let mut expected = Vec::new();
    for principal in [
        recipient().into(),
        organization,
        unit,
        Principal::Public,
        recipient().into(),
    ] {
        let image = world.register_image(&scene.region, owner(), ImageSpec::named("shared"));
        scene
            .backend
            .modify_launch_permissions(&scene.region, &image, std::slice::from_ref(&principal), &[])
            .await
            .unwrap();
        world.register_image(&scene.region, owner(), ImageSpec::named("not shared"));
        world.register_image(&scene.region, recipient(), ImageSpec::named("own"));
        if principal != Principal::Public {
            expected.push(image);
        }
    }
    world.set_page_size(2);

    let backend = world.backend(recipient());
    let mut listed = Vec::new();
    let mut sizes = Vec::new();
    let mut token = None;
    loop {
        let page = backend
            .describe_shared_images(&scene.region, token)
            .await
            .unwrap();
        sizes.push(page.items.len());
        listed.extend(page.items.into_iter().map(|image| image.id));
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(listed, expected);
    assert_eq!(sizes, [2, 2]);
}

#[tokio::test]
async fn a_full_last_page_has_no_token_and_a_made_up_token_is_refused() {
    let scene = Scene::new();
    scene.add(&accounts(2..3)).await.unwrap();
    scene.world.set_page_size(1);
    let backend = scene.world.backend(recipient());
    let page = backend.describe_shared_images(&scene.region, None).await;
    assert_eq!(page.unwrap().next_token, None);
    let bad = backend
        .describe_shared_images(&scene.region, Some("x".into()))
        .await;
    assert_eq!(
        refused(bad),
        ("DescribeImages".into(), "InvalidParameterValue".into())
    );
}
