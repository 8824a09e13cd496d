use super::super::NewKey;
use super::*;
use crate::backend::SnapshotChange;
use crate::id::KeyArn;
use crate::policy::KeyPolicy;
use crate::policy::evaluate::KeyState;
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

fn opening(to: AccountId) -> KeyPolicy {
    let policy = format!(
        r#"{{"Version": "2012-10-17", "Statement": [
            {{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::{owner}:root"}},
              "Action": "kms:*", "Resource": "*"}},
            {{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::{to}:root"}},
              "Action": "kms:*", "Resource": "*"}}]}}"#,
        owner = owner()
    );
    policy.parse().unwrap()
}

fn locked() -> (Scene, KeyArn) {
    let mut scene = Scene::new();
    let key = scene
        .world
        .create_key(&scene.region, owner(), NewKey::new());
    let spec = ImageSpec::named("locked").encrypted_with(&key);
    scene.image = scene.world.register_image(&scene.region, owner(), spec);
    (scene, key)
}

#[tokio::test]
async fn the_key_of_an_encrypted_image_has_to_be_open_to_its_recipient() {
    let (scene, key) = locked();
    scene.add(&accounts(2..3)).await.unwrap();
    assert!(scene.launches(owner()));
    assert!(!scene.launches(recipient()));
    scene
        .world
        .put_key_policy(&key, &opening(recipient()))
        .unwrap();
    assert!(scene.launches(recipient()));
    assert!(!scene.launches(stranger()));
    assert!(!scene.copies(recipient()));
    share_snapshot(&scene, 0, recipient().into()).await;
    assert!(scene.copies(recipient()));

    scene.world.set_key_state(&key, KeyState::Disabled).unwrap();
    for account in [owner(), recipient()] {
        let judged = scene.world.can_launch(&scene.region, account, &scene.image);
        assert!(!judged.allowed);
        assert!(judged.reason.contains("Disabled"), "{judged:?}");
        assert!(!scene.copies(account));
    }
}

#[tokio::test]
async fn the_default_key_of_the_recipient_has_to_be_usable_for_what_it_encrypts() {
    let (scene, key) = locked();
    scene.add(&accounts(2..3)).await.unwrap();
    scene
        .world
        .put_key_policy(&key, &opening(recipient()))
        .unwrap();
    let default = scene
        .world
        .create_key(&scene.region, recipient(), NewKey::new());
    scene
        .world
        .set_ebs_default_key(recipient(), &scene.region, Some(default.clone()));
    assert!(scene.launches(recipient()));
    scene
        .world
        .set_key_state(&default, KeyState::Disabled)
        .unwrap();
    assert!(!scene.launches(recipient()));
}

#[tokio::test]
async fn a_role_gets_in_by_its_own_policies_too() {
    let (scene, key) = locked();
    scene.add(&accounts(2..3)).await.unwrap();
    scene
        .world
        .put_key_policy(&key, &opening(recipient()))
        .unwrap();
    let trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"AWS": "000000000002"}, "Action": "sts:AssumeRole"}]}"#;
    let role = scene
        .world
        .create_role(recipient(), "Launcher", trust)
        .unwrap();
    let judge = || {
        scene
            .world
            .can_launch_as(&scene.region, &role, &scene.image)
    };
    let allow = |action: &str| {
        let policy = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
                "Action": [{action}], "Resource": "*"}}]}}"#
        );
        scene.world.put_role_policy(&role, "own", &policy).unwrap();
    };
    assert!(!judge().allowed);
    allow(r#""ec2:RunInstances""#);
    let judged = judge();
    assert!(!judged.allowed);
    assert!(judged.reason.contains("kms:"), "{judged:?}");
    allow(r#""ec2:RunInstances", "kms:*""#);
    assert!(judge().allowed, "{:?}", judge());
    let copy = scene.world.can_copy_as(&scene.region, &role, &scene.image);
    assert!(copy.reason.contains("ec2:CopyImage"), "{copy:?}");
}

#[tokio::test]
async fn an_image_with_a_product_code_is_copied_by_its_owner_alone() {
    let scene = Scene::with(ImageSpec::named("golden").product_code("abc"));
    scene.add(&accounts(2..3)).await.unwrap();
    share_snapshot(&scene, 0, recipient().into()).await;
    assert!(scene.copies(owner()));
    assert!(!scene.copies(recipient()));
}
