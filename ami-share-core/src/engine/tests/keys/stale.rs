//! KMS may show a change late, up to five minutes
//! ([eventual consistency](https://docs.aws.amazon.com/kms/latest/developerguide/accessing-kms.html)).

use std::time::Duration;

use super::*;
use crate::access::Answer;
use crate::backend::simulator::Faults;
use crate::request::KeyAccess;

const FOUR_MINUTES: Duration = Duration::from_secs(240);

/// Keys show late, images at once: EC2 is waited for a minute only
async fn under_stale_keys(access: KeyAccess, writes: &[&str]) {
    let locked = Locked::new(1, &[&[0, 0]]);
    let scene = &locked.scene;
    let request = scene
        .request()
        .accounts(accounts(3))
        .key_access(access)
        .build()
        .unwrap();
    let options =
        crate::engine::EngineOptions::default().with_consistency_timeout(Duration::from_secs(300));
    let sharer = BackendSharer::with_options(scene.backend(), options);
    scene
        .world
        .set_faults(Faults::none().stale_for(FOUR_MINUTES));
    for (request, wanted) in [(&request, Answer::Yes), (&request.to_revoke(), Answer::Yes)] {
        scene.world.clear_calls();
        let begun = tokio::time::Instant::now();
        let report = sharer.share(request).await.unwrap();
        assert!(begun.elapsed() >= FOUR_MINUTES, "it did not wait");
        assert_eq!(report.verification().unwrap().as_desired(), wanted);
        let calls = scene.world.calls();
        let written: Vec<&str> = calls
            .iter()
            .filter(|call| {
                call.write && call.operation.contains("Key") | call.operation.contains("Grant")
            })
            .map(|call| call.operation)
            .collect();
        let expected: Vec<&str> = writes
            .iter()
            .map(|operation| match (*operation, request.direction()) {
                ("CreateGrant", crate::request::Direction::Revoke) => "RevokeGrant",
                (operation, _) => operation,
            })
            .collect();
        assert_eq!(written, expected, "a write was repeated");
        // Whoever looks right behind sees it too.
        tokio::time::sleep(FOUR_MINUTES).await;
        scene.world.clear_calls();
        assert!(sharer.share(request).await.unwrap().is_empty());
        assert_eq!(scene.writes(), 0);
    }
    assert!(locked.ours(0).is_empty());
    assert_eq!(locked.our_grants(0), 0);
}

#[tokio::test(start_paused = true)]
async fn promise_8_a_key_policy_that_shows_after_four_minutes_is_done_and_put_once() {
    under_stale_keys(KeyAccess::Auto, &["PutKeyPolicy"]).await;
}

#[tokio::test(start_paused = true)]
async fn promise_8_grants_that_show_after_four_minutes_are_done_and_made_once() {
    under_stale_keys(KeyAccess::Grant, &["CreateGrant"; 3]).await;
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_key_policy_that_never_shows_is_unconfirmed_and_keeps_the_image_shut() {
    let locked = Locked::new(1, &[&[0]]);
    let scene = &locked.scene;
    let request = scene.request().accounts(accounts(1)).build().unwrap();
    scene
        .world
        .set_faults(Faults::none().stale_for(Duration::from_secs(3_600)));
    let report = incomplete(scene.sharer().share(&request).await);
    assert_eq!(outcomes(&report), ["unconfirmed", "not attempted"]);
    assert!(!scene.can_launch(account(1), 0));
    assert_eq!(scene.writes(), 1, "{:?}", scene.operations());
}
