//! Copies that the owner makes for accounts, and shares with them.

use super::*;

#[tokio::test(start_paused = true)]
async fn an_account_without_a_role_launches_its_copy_and_nobody_else_s() {
    let scene = CopyScene::new(3, &["us-east-1", "eu-west-1"]);
    let request = scene.owner_made().build().unwrap();
    // No role is given at all.
    let report = scene.scene.sharer().copy(&request).await.unwrap();
    assert_eq!(report.copies().len(), 6);
    for copy in report.copies() {
        assert_eq!(copy.account, scene.scene.owner);
        let (region, image) = (&copy.destination.region, copy.image.as_ref().unwrap());
        for who in scene.recipients.iter().copied().chain([account(STRANGER)]) {
            let judged = scene.scene.world.can_launch(region, who, image);
            let is_its_own = copy.destination.account == Some(who);
            assert_eq!(judged.allowed, is_its_own, "{who}: {judged:?}");
        }
    }
    // Nothing of the source was opened.
    assert!(report.opened().is_none());
    let permissions = scene
        .scene
        .world
        .launch_permissions(&scene.scene.region, &scene.scene.images[0]);
    assert!(permissions.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn promise_5_a_second_run_finds_each_account_s_copy() {
    let scene = CopyScene::new(3, &["us-east-1", "eu-west-1"]);
    let request = scene.owner_made().build().unwrap();
    scene.sharer().copy(&request).await.unwrap();
    scene.scene.world.clear_calls();
    let report = scene.sharer().copy(&request).await.unwrap();
    assert_eq!(scene.scene.writes(), 0, "{:?}", scene.scene.operations());
    let found = report.copies().iter();
    assert!(
        found
            .map(|copy| &copy.outcome)
            .all(|of| *of == CopyOutcome::Found)
    );
    scene.copied_once(&request, "twice");
}

/// One copy for the owner and one for an account are two, though both are the owner's
#[tokio::test(start_paused = true)]
async fn names_tell_the_copies_of_a_region_apart() {
    let scene = CopyScene::new(2, &["eu-west-1"]);
    let request = scene.owner_made().to_own_account().build().unwrap();
    scene.sharer().copy(&request).await.unwrap();
    let state = scene.scene.world.state();
    let region = scene.regions[0].clone();
    let names: Vec<&str> = state.images[&region]
        .values()
        .map(|image| image.name.as_str())
        .collect();
    assert_eq!(
        names,
        ["golden", "golden-000000000001", "golden-000000000002"]
    );
}
