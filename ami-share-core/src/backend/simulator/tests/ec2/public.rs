use super::super::*;
use crate::resource::{BlockPublicAccess, SnapshotBlockPublicAccess};

fn unblocked(spec: ImageSpec) -> Scene {
    let scene = Scene::with(spec);
    scene
        .world
        .set_image_block_public_access(owner(), &scene.region, BlockPublicAccess::Unblocked);
    scene
}

#[tokio::test]
async fn public_access_is_blocked_by_default_with_the_text_of_aws() {
    let scene = Scene::new();
    let setting = scene
        .backend
        .get_image_block_public_access_state(&scene.region)
        .await;
    assert_eq!(setting.unwrap(), BlockPublicAccess::BlockNewSharing);
    let error = scene.add(&[Principal::Public]).await.unwrap_err();
    assert_eq!(error.code(), Some("OperationNotPermitted"));
    assert_eq!(
        error.message(),
        "You can't publicly share this image because block public access for AMIs is enabled for \
         this account. To publicly share the image, you must call the \
         DisableImageBlockPublicAccess API."
    );
}

#[tokio::test]
async fn an_image_that_is_public_stays_so_when_it_is_blocked() {
    let scene = unblocked(ImageSpec::named("golden"));
    scene.add(&[Principal::Public]).await.unwrap();
    scene.world.set_image_block_public_access(
        owner(),
        &scene.region,
        BlockPublicAccess::BlockNewSharing,
    );
    assert!(scene.launches(stranger()));
    scene.modify(&[], &[Principal::Public]).await.unwrap();
    assert!(!scene.launches(stranger()));
}

#[tokio::test]
async fn the_setting_is_of_one_account_and_region() {
    let scene = unblocked(ImageSpec::named("golden"));
    let elsewhere: Region = "us-east-1".parse().unwrap();
    let read = |account: AccountId, region: Region| {
        let backend = scene.world.backend(account);
        async move {
            backend
                .get_image_block_public_access_state(&region)
                .await
                .unwrap()
        }
    };
    assert_eq!(
        read(owner(), scene.region.clone()).await,
        BlockPublicAccess::Unblocked
    );
    assert_eq!(
        read(owner(), elsewhere).await,
        BlockPublicAccess::BlockNewSharing
    );
    assert_eq!(
        read(stranger(), scene.region.clone()).await,
        BlockPublicAccess::BlockNewSharing
    );
}

#[tokio::test]
async fn encrypted_and_product_coded_images_are_never_public() {
    for spec in [
        ImageSpec::named("golden").snapshot().encrypted_snapshot(),
        ImageSpec::named("golden").product_code("abc"),
    ] {
        let scene = unblocked(spec);
        let result = scene.add(&[Principal::Public]).await;
        assert_eq!(code(result), "OperationNotPermitted");
        scene.add(&accounts(2..3)).await.unwrap();
    }
}

#[tokio::test]
async fn public_images_are_counted_and_limited_in_a_region() {
    let scene = unblocked(ImageSpec::named("golden"));
    scene.world.set_public_image_quota(owner(), 1);
    scene.add(&[Principal::Public]).await.unwrap();
    // Public already: nothing new is counted.
    scene.add(&[Principal::Public]).await.unwrap();
    let second = scene
        .world
        .register_image(&scene.region, owner(), ImageSpec::named("second"));
    let publish = || {
        scene
            .backend
            .modify_launch_permissions(&scene.region, &second, &[Principal::Public], &[])
    };
    let error = publish().await.unwrap_err();
    assert_eq!(error.code(), Some("ResourceLimitExceeded"));
    assert!(
        error
            .message()
            .starts_with("You have reached your quota of 1 for the number of public images")
    );
    let count = || scene.backend.count_public_images(&scene.region);
    assert_eq!(count().await.unwrap(), 1);
    scene.modify(&[], &[Principal::Public]).await.unwrap();
    publish().await.unwrap();
    assert_eq!(count().await.unwrap(), 1);
}

#[tokio::test]
async fn a_snapshot_is_made_public_only_where_nothing_blocks_it() {
    let scene = Scene::with(ImageSpec::named("golden").snapshot().encrypted_snapshot());
    let snapshots = scene.world.snapshots_of(&scene.region, &scene.image);
    let publish = |index: usize| {
        let change = crate::backend::SnapshotChange::Add(&[Principal::Public]);
        scene
            .backend
            .modify_create_volume_permissions(&scene.region, &snapshots[index], change)
    };
    for setting in [
        SnapshotBlockPublicAccess::BlockAllSharing,
        SnapshotBlockPublicAccess::BlockNewSharing,
    ] {
        scene
            .world
            .set_snapshot_block_public_access(owner(), &scene.region, setting);
        assert_eq!(code(publish(0).await), "OperationNotPermitted");
    }
    scene.world.set_snapshot_block_public_access(
        owner(),
        &scene.region,
        SnapshotBlockPublicAccess::Unblocked,
    );
    assert_eq!(code(publish(1).await), "OperationNotPermitted");
    publish(0).await.unwrap();
}
