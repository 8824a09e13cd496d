use super::*;
use crate::backend::SnapshotChange;
use crate::resource::{BlockPublicAccess, ImageState, SnapshotBlockPublicAccess};

async fn share_snapshot(scene: &Scene, index: usize, principal: Principal) {
    let snapshot = &scene.world.snapshots_of(&scene.region, &scene.image)[index];
    scene
        .backend
        .modify_create_volume_permissions(
            &scene.region,
            snapshot,
            SnapshotChange::Add(&[principal]),
        )
        .await
        .unwrap();
}

#[test]
fn the_owner_launches_and_copies_without_a_permission() {
    for spec in [
        ImageSpec::named("plain"),
        ImageSpec::named("encrypted").encrypted_snapshot(),
        ImageSpec::named("instance store").instance_store(),
    ] {
        let scene = Scene::with(spec);
        assert!(scene.launches(owner()));
        assert!(scene.copies(owner()));
        assert!(!scene.launches(recipient()));
    }
}

#[tokio::test]
async fn a_launch_needs_no_snapshot_permission_and_a_copy_needs_every_one() {
    let scene = Scene::with(ImageSpec::named("golden").snapshot().snapshot());
    scene.add(&accounts(2..3)).await.unwrap();
    assert!(scene.launches(recipient()));
    share_snapshot(&scene, 0, recipient().into()).await;
    assert!(!scene.copies(recipient()));
    share_snapshot(&scene, 1, recipient().into()).await;
    assert!(scene.copies(recipient()));
}

#[tokio::test]
async fn a_copy_needs_the_launch_permission_too() {
    let scene = Scene::new();
    share_snapshot(&scene, 0, recipient().into()).await;
    assert!(!scene.copies(recipient()));
}

#[tokio::test]
async fn members_of_an_organization_launch_but_do_not_copy() {
    let scene = Scene::new();
    let organization = scene.world.create_organization(recipient()).unwrap();
    scene.add(&[organization.into()]).await.unwrap();
    assert!(scene.launches(recipient()));
    assert!(!scene.copies(recipient()));
    share_snapshot(&scene, 0, recipient().into()).await;
    assert!(scene.copies(recipient()));
}

#[tokio::test]
async fn a_public_image_is_copied_only_with_its_snapshots_shared() {
    let scene = Scene::new();
    scene
        .world
        .set_image_block_public_access(owner(), &scene.region, BlockPublicAccess::Unblocked);
    scene.add(&[Principal::Public]).await.unwrap();
    assert!(scene.launches(stranger()));
    assert!(!scene.copies(stranger()));
    share_snapshot(&scene, 0, Principal::Public).await;
    assert!(scene.copies(stranger()));
    scene.world.set_snapshot_block_public_access(
        owner(),
        &scene.region,
        SnapshotBlockPublicAccess::BlockAllSharing,
    );
    assert!(!scene.copies(stranger()));
}

#[tokio::test]
async fn an_encrypted_image_lets_nobody_in_whose_key_it_is_not() {
    let scene = Scene::with(ImageSpec::named("golden").snapshot().encrypted_snapshot());
    scene.add(&accounts(2..3)).await.unwrap();
    let judgement = scene
        .world
        .can_launch(&scene.region, recipient(), &scene.image);
    assert!(!judgement.allowed);
    assert!(
        judgement.reason.contains("its key is not shared"),
        "{judgement:?}"
    );
}

#[tokio::test]
async fn an_instance_store_image_is_launched_but_not_copied() {
    let scene = Scene::with(ImageSpec::named("golden").instance_store());
    assert_eq!(scene.world.snapshots_of(&scene.region, &scene.image), []);
    scene.add(&accounts(2..3)).await.unwrap();
    assert!(scene.launches(recipient()));
    assert!(!scene.copies(recipient()));
}

#[tokio::test]
async fn nobody_launches_an_image_that_is_not_available() {
    for state in [ImageState::Pending, ImageState::Failed] {
        let scene = Scene::new();
        scene.add(&accounts(2..3)).await.unwrap();
        scene
            .world
            .set_image_state(&scene.region, &scene.image, state)
            .unwrap();
        assert!(!scene.launches(owner()));
        assert!(!scene.launches(recipient()));
    }
}

#[tokio::test]
async fn the_reason_names_the_permission_or_what_is_missing() {
    let scene = Scene::new();
    scene.add(&accounts(2..3)).await.unwrap();
    let reason = |account| {
        scene
            .world
            .can_launch(&scene.region, account, &scene.image)
            .reason
    };
    assert_eq!(
        reason(recipient()),
        "launch permission of the account `000000000002`"
    );
    assert_eq!(reason(owner()), "`000000000001` owns the image");
    assert!(reason(stranger()).starts_with("no launch permission names `000000000003`"));
    let elsewhere: Region = "us-east-1".parse().unwrap();
    let judgement = scene
        .world
        .can_launch(&elsewhere, recipient(), &scene.image);
    assert!(judgement.reason.starts_with("there is no image"));
}
