use super::super::*;
use crate::resource::ImageState;

#[tokio::test]
async fn disabling_wipes_the_launch_permissions_and_enabling_does_not_bring_them_back() {
    let scene = Scene::new();
    scene.add(&accounts(2..5)).await.unwrap();
    scene
        .world
        .disable_image(&scene.region, &scene.image)
        .unwrap();
    assert!(scene.stored().is_empty());
    assert!(!scene.launches(recipient()));
    scene
        .world
        .enable_image(&scene.region, &scene.image)
        .unwrap();
    assert!(scene.stored().is_empty());
    assert!(scene.launches(owner()));
    assert!(!scene.launches(recipient()));
    scene.add(&accounts(2..3)).await.unwrap();
    assert!(scene.launches(recipient()));
}

#[tokio::test]
async fn an_image_that_turns_disabled_by_itself_is_private_too() {
    let scene = Scene::new();
    scene.add(&accounts(2..5)).await.unwrap();
    scene
        .world
        .set_image_state(&scene.region, &scene.image, ImageState::Disabled)
        .unwrap();
    assert!(scene.stored().is_empty());
}

#[tokio::test]
async fn a_deregistered_image_is_gone_for_all_and_its_snapshots_stay() {
    let scene = Scene::new();
    scene.add(&accounts(2..3)).await.unwrap();
    let snapshot = scene.snapshot();
    scene
        .world
        .deregister_image(&scene.region, &scene.image)
        .unwrap();
    for account in [owner(), recipient()] {
        let backend = scene.world.backend(account);
        let found = backend
            .describe_images(&scene.region, std::slice::from_ref(&scene.image))
            .await;
        assert_eq!(found.unwrap(), []);
        assert!(!scene.launches(account));
    }
    assert_eq!(
        code(scene.add(&accounts(2..3)).await),
        "InvalidAMIID.Unavailable"
    );
    let snapshots = scene
        .backend
        .describe_snapshots(&scene.region, &[snapshot])
        .await;
    assert_eq!(snapshots.unwrap().len(), 1);
    let again = scene.world.deregister_image(&scene.region, &scene.image);
    assert_eq!(
        refused(again),
        ("DeregisterImage".into(), "InvalidAMIID.NotFound".into())
    );
}

#[test]
fn only_an_available_image_is_disabled_and_only_a_disabled_one_enabled() {
    let scene = Scene::new();
    let disable = || scene.world.disable_image(&scene.region, &scene.image);
    let enable = || scene.world.enable_image(&scene.region, &scene.image);
    assert_eq!(code(enable()), "InvalidAMIID.Unavailable");
    disable().unwrap();
    assert_eq!(code(disable()), "InvalidAMIID.Unavailable");
}
