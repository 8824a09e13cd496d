//! From a request to copies that their accounts launch.

use super::*;

#[tokio::test(start_paused = true)]
async fn recipients_launch_their_copies_without_the_owner_s_key() {
    let scene = CopyScene::new(2, &["us-east-1", "eu-west-1"]);
    let request = scene
        .for_recipients()
        .source_access(SourceAccess::Close)
        .build()
        .unwrap();
    let report = scene.sharer().copy(&request).await.unwrap();
    assert_eq!(report.copies().len(), 4);
    scene.lose_the_source_key();
    for copy in report.copies() {
        assert_eq!(copy.outcome, CopyOutcome::Copied);
        let region = &copy.destination.region;
        let image = copy.image.as_ref().unwrap();
        let judged = scene.scene.world.can_launch(region, copy.account, image);
        assert!(judged.allowed, "{copy:?} {judged:?}");
        assert_eq!(copy.key.as_ref().unwrap().account(), copy.account);
    }
    // What was opened for the copies is closed again.
    let permissions = scene
        .scene
        .world
        .launch_permissions(&scene.scene.region, &scene.scene.images[0]);
    assert!(permissions.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn promise_5_a_second_run_copies_and_writes_nothing() {
    let scene = CopyScene::new(2, &["us-east-1", "eu-west-1"]);
    let request = scene.for_recipients().build().unwrap();
    let first = scene.sharer().copy(&request).await.unwrap();
    scene.scene.world.clear_calls();
    let sharer = scene.sharer();
    let plan = sharer.plan_copies(&request).await.unwrap();
    assert!(plan.is_empty(), "{plan:?}");
    let second = sharer
        .apply_copies(&plan, &ApplyOptions::just_planned())
        .await
        .unwrap();
    assert_eq!(scene.scene.writes(), 0, "{:?}", scene.scene.operations());
    let images = |report: &CopyReport| {
        let copies = report.copies().iter();
        copies.map(|copy| copy.image.clone()).collect::<Vec<_>>()
    };
    assert_eq!(images(&first), images(&second));
    assert!(
        second
            .copies()
            .iter()
            .all(|copy| copy.outcome == CopyOutcome::Found)
    );
}

#[tokio::test(start_paused = true)]
async fn the_owner_copies_for_itself_and_what_is_pending_is_adopted() {
    let scene = CopyScene::new(0, &["us-east-1", "eu-west-1"]);
    let faults = Faults::none().copies_take(minutes(10), minutes(0));
    scene.scene.world.set_faults(faults);
    let request = scene.request().build().unwrap();
    let sharer = scene.sharer();
    let (first, second) = tokio::join!(sharer.copy(&request), async {
        tokio::time::sleep(minutes(2)).await;
        let plan = sharer.plan_copies(&request).await.unwrap();
        let pending =
            |copy: &crate::plan::PlannedCopy| matches!(copy.found, FoundCopy::Pending { .. });
        assert!(plan.copies().iter().all(pending), "{plan:?}");
        sharer.copy(&request).await
    });
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(scene.count("CopyImage"), 2);
    for (one, other) in first.copies().iter().zip(second.copies()) {
        assert_eq!(one.image, other.image);
    }
}
