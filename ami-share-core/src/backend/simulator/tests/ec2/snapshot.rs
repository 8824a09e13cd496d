use super::super::*;
use crate::backend::SnapshotChange;

async fn change(
    scene: &Scene,
    caller: AccountId,
    change: SnapshotChange<'_>,
) -> Result<(), ApiError> {
    scene
        .world
        .backend(caller)
        .modify_create_volume_permissions(&scene.region, &scene.snapshot(), change)
        .await
        .map(|_| ())
}

fn stored(scene: &Scene) -> PrincipalSet {
    scene
        .world
        .create_volume_permissions(&scene.region, &scene.snapshot())
        .unwrap()
}

#[tokio::test]
async fn the_owner_adds_and_removes_accounts() {
    let scene = Scene::new();
    change(&scene, owner(), SnapshotChange::Add(&accounts(2..5)))
        .await
        .unwrap();
    change(&scene, owner(), SnapshotChange::Remove(&accounts(4..9)))
        .await
        .unwrap();
    let read = scene
        .backend
        .describe_create_volume_permissions(&scene.region, &scene.snapshot())
        .await;
    assert_eq!(read.unwrap(), set(&accounts(2..4)));
    // The other permission is another one.
    assert!(scene.stored().is_empty());
}

#[tokio::test]
async fn at_most_500_entries_go_into_a_call_and_at_least_one() {
    let scene = Scene::new();
    change(&scene, owner(), SnapshotChange::Add(&accounts(2..502)))
        .await
        .unwrap();
    let over = change(&scene, owner(), SnapshotChange::Remove(&accounts(2..503))).await;
    assert_eq!(
        refused(over),
        (
            "ModifySnapshotAttribute".into(),
            "InvalidParameterValue".into()
        )
    );
    let none = change(&scene, owner(), SnapshotChange::Add(&[])).await;
    assert_eq!(code(none), "MissingParameter");
    assert_eq!(stored(&scene).len(), 500);
}

#[tokio::test]
async fn an_organization_or_ou_cannot_hold_a_snapshot_permission() {
    let scene = Scene::new();
    let organization: Principal = scene.world.create_organization(account(90)).unwrap().into();
    let unit = scene
        .world
        .create_organizational_unit(&organization)
        .unwrap();
    for principal in [organization, unit.into()] {
        let both = [recipient().into(), principal];
        let result = change(&scene, owner(), SnapshotChange::Add(&both)).await;
        assert_eq!(code(result), "InvalidParameterValue");
        assert!(stored(&scene).is_empty());
    }
}

#[tokio::test]
async fn a_snapshot_is_seen_only_where_it_is_shared_itself() {
    let scene = Scene::new();
    scene.add(&accounts(2..3)).await.unwrap();
    let snapshots = [scene.snapshot()];
    let backend = scene.world.backend(recipient());
    let describe = || backend.describe_snapshots(&scene.region, &snapshots);
    let read = || backend.describe_create_volume_permissions(&scene.region, &snapshots[0]);
    assert_eq!(
        refused(describe().await),
        (
            "DescribeSnapshots".into(),
            "InvalidSnapshot.NotFound".into()
        )
    );
    assert_eq!(code(read().await), "InvalidSnapshot.NotFound");
    let grab = change(&scene, recipient(), SnapshotChange::Add(&accounts(2..3))).await;
    assert_eq!(code(grab), "InvalidSnapshot.NotFound");

    change(&scene, owner(), SnapshotChange::Add(&accounts(2..3)))
        .await
        .unwrap();
    assert_eq!(describe().await.unwrap().len(), 1);
    assert_eq!(code(read().await), "AuthFailure");
    let spread = change(&scene, recipient(), SnapshotChange::Add(&accounts(3..4))).await;
    assert_eq!(code(spread), "AuthFailure");
}

#[tokio::test]
async fn one_unknown_snapshot_fails_the_whole_call() {
    let scene = Scene::new();
    let unknown: SnapshotId = "snap-ffffffff".parse().unwrap();
    let error = scene
        .backend
        .describe_snapshots(&scene.region, &[scene.snapshot(), unknown])
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("InvalidSnapshot.NotFound"));
    assert!(error.message().contains("snap-ffffffff"));
}

#[tokio::test]
async fn an_encrypted_snapshot_is_shared_with_accounts() {
    let scene = Scene::with(ImageSpec::named("golden").encrypted_snapshot());
    change(&scene, owner(), SnapshotChange::Add(&accounts(2..3)))
        .await
        .unwrap();
    let backend = scene.world.backend(recipient());
    let snapshots = backend
        .describe_snapshots(&scene.region, &[scene.snapshot()])
        .await;
    assert!(snapshots.unwrap()[0].encrypted);
}
