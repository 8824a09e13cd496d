use super::*;
use crate::access::Answer;
use crate::outcome::PrincipalCheck;
use crate::request::{PublicConsent, RemovalLimit};
use crate::resource::BlockPublicAccess;

/// A scene with an organization, managed by the owner, and account 1 in an OU of it
fn organized() -> (Scene, Principal, Principal) {
    let scene = Scene::new(1);
    let organization: Principal = scene.world.create_organization(scene.owner).unwrap().into();
    let unit: Principal = scene
        .world
        .create_organizational_unit(&organization)
        .unwrap()
        .into();
    scene.world.create_account(&unit, account(1)).unwrap();
    (scene, organization, unit)
}

async fn check(scene: &Scene, request: &ShareRequest) -> PrincipalCheck {
    let verification = scene.sharer().verify(request).await.unwrap();
    verification.images()[0].principals[0].clone()
}

#[tokio::test]
async fn a_share_is_verified_per_principal() {
    let scene = Scene::new(1);
    let one = scene.request().account(account(1)).build().unwrap();
    scene.sharer().share(&one).await.unwrap();
    let both = scene.request().accounts(accounts(2)).build().unwrap();
    let verification = scene.sharer().verify(&both).await.unwrap();
    assert_eq!(verification.as_desired(), Answer::No);
    let answers: Vec<_> = verification.images()[0]
        .principals
        .iter()
        .map(|check| check.launch.answer)
        .collect();
    assert_eq!(answers, [Answer::Yes, Answer::No]);
    assert!(verification.images()[0].principals[1].launch.mend.is_some());
}

#[tokio::test]
async fn copying_is_verified_on_every_snapshot() {
    let scene = Scene::with(vec![ImageSpec::named("two").snapshot().snapshot()]);
    let request = scene
        .request()
        .account(account(1))
        .snapshots(SnapshotSharing::ForCopy)
        .build()
        .unwrap();
    scene.sharer().share(&request).await.unwrap();
    assert_eq!(check(&scene, &request).await.as_desired, Answer::Yes);
    let snapshot = scene.world.snapshots_of(&scene.region, &scene.images[0])[1].clone();
    let gone = [account(1).into()];
    use crate::backend::{Backend, SnapshotChange};
    scene
        .backend()
        .modify_create_volume_permissions(&scene.region, &snapshot, SnapshotChange::Remove(&gone))
        .await
        .unwrap();
    let found = check(&scene, &request).await;
    assert_eq!(found.launch.answer, Answer::Yes);
    let copy = found.copy.unwrap();
    assert_eq!(copy.answer, Answer::No);
    assert!(copy.reason.contains(snapshot.as_str()), "{}", copy.reason);
}

#[tokio::test]
async fn promise_6_a_revoked_account_that_an_ou_still_covers_is_told() {
    for group in [0, 1] {
        let (scene, organization, unit) = organized();
        let group = [organization, unit][group].clone();
        let request = scene
            .request()
            .account(account(1))
            .principal(&group)
            .build()
            .unwrap();
        scene.sharer().share(&request).await.unwrap();
        let revoked = scene
            .request()
            .account(account(1))
            .revoke()
            .build()
            .unwrap();
        scene.sharer().share(&revoked).await.unwrap();
        let found = check(&scene, &revoked).await;
        assert_eq!(found.as_desired, Answer::No);
        assert!(
            found.launch.reason.contains(&group.to_string()),
            "{}",
            found.launch.reason
        );
        assert!(
            scene.can_launch(account(1), 0),
            "the simulator judges the same"
        );
    }
}

#[tokio::test]
async fn promise_6_what_cannot_be_read_is_unknown() {
    let (scene, organization, _) = organized();
    let shared = scene.request().principal(&organization).build().unwrap();
    scene.sharer().share(&shared).await.unwrap();
    scene.world.deny(scene.owner, "ListAccounts");
    let request = scene
        .request()
        .account(account(5))
        .revoke()
        .build()
        .unwrap();
    let found = check(&scene, &request).await;
    assert_eq!(found.as_desired, Answer::Unknown);
    assert!(
        found.launch.reason.contains("AccessDenied"),
        "{}",
        found.launch.reason
    );
    scene.world.allow(scene.owner, "ListAccounts");
    assert_eq!(check(&scene, &request).await.as_desired, Answer::Yes);
}

#[tokio::test]
async fn a_revoked_account_that_gets_in_as_the_public_is_told() {
    let scene = Scene::new(1);
    scene.world.set_image_block_public_access(
        scene.owner,
        &scene.region,
        BlockPublicAccess::Unblocked,
    );
    let public = scene
        .request()
        .public(PublicConsent::Given)
        .build()
        .unwrap();
    scene.sharer().share(&public).await.unwrap();
    let request = scene
        .request()
        .account(account(1))
        .revoke()
        .build()
        .unwrap();
    let found = check(&scene, &request).await;
    assert_eq!(found.as_desired, Answer::No);
    assert!(
        found.launch.reason.contains("public"),
        "{}",
        found.launch.reason
    );
}

#[tokio::test]
async fn a_snapshot_that_stayed_open_is_told_after_a_revoke() {
    let scene = Scene::new(1);
    let share = scene
        .request()
        .account(account(1))
        .snapshots(SnapshotSharing::ForCopy)
        .build()
        .unwrap();
    scene.sharer().share(&share).await.unwrap();
    let launch_only = scene
        .request()
        .account(account(1))
        .snapshots(SnapshotSharing::LeaveAsIs)
        .revoke()
        .build()
        .unwrap();
    scene.sharer().share(&launch_only).await.unwrap();
    let found = check(&scene, &share.to_revoke()).await;
    assert_eq!(found.launch.answer, Answer::No);
    assert_eq!(found.copy.unwrap().answer, Answer::Yes);
    assert_eq!(found.as_desired, Answer::No);
    let verification = scene.sharer().verify(&share.to_revoke()).await.unwrap();
    assert!(!verification.cannot_undo().is_empty());
}

#[tokio::test]
async fn exact_names_whoever_is_there_and_is_not_named() {
    let scene = Scene::new(1);
    let both = scene.request().accounts(accounts(2)).build().unwrap();
    scene.sharer().share(&both).await.unwrap();
    let exact = scene
        .request()
        .account(account(1))
        .exactly(RemovalLimit::Principals(1))
        .build()
        .unwrap();
    let verification = scene.sharer().verify(&exact).await.unwrap();
    assert_eq!(verification.as_desired(), Answer::No);
    assert!(
        verification.images()[0]
            .unexpected
            .contains(&account(2).into())
    );
    assert!(verification.to_string().contains("it is not named"));
}

#[tokio::test]
async fn promise_4_an_ou_with_snapshots_is_refused_with_the_accounts_to_name() {
    let (scene, _, unit) = organized();
    let request = scene
        .request()
        .principal(&unit)
        .snapshots(SnapshotSharing::ForCopy)
        .build()
        .unwrap();
    let Error::Refused(refusals) = scene.sharer().share(&request).await.unwrap_err() else {
        panic!("not refused");
    };
    assert!(
        refusals.to_string().contains("`000000000001`"),
        "{refusals}"
    );
}

#[tokio::test]
async fn a_disabled_image_is_reported_with_its_state() {
    let scene = Scene::new(1);
    let request = scene.request().account(account(1)).build().unwrap();
    scene.sharer().share(&request).await.unwrap();
    scene
        .world
        .disable_image(&scene.region, &scene.images[0])
        .unwrap();
    let verification = scene.sharer().verify(&request).await.unwrap();
    let image = &verification.images()[0];
    assert_eq!(image.state.as_ref().unwrap().as_str(), "disabled");
    assert_eq!(image.principals[0].as_desired, Answer::No);
}
