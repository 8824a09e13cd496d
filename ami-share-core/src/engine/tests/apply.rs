use std::time::Duration;

use super::*;
use crate::engine::{ApplyOptions, OnChange};
use crate::outcome::{Event, events};
use crate::plan::{Change, Plan, Refusal};
use crate::request::RemovalLimit;

#[tokio::test]
async fn promise_7_a_share_costs_four_calls_for_one_account_or_a_thousand() {
    for count in [1, 1_000] {
        let scene = Scene::new(1);
        let request = scene.request().accounts(accounts(count)).build().unwrap();
        scene.sharer().share(&request).await.unwrap();
        assert_eq!(
            scene.operations(),
            [
                "DescribeImages",
                "DescribeImageAttribute",
                "ModifyImageAttribute",
                "DescribeImageAttribute"
            ]
        );
    }
}

#[tokio::test]
async fn promise_7_a_snapshot_costs_two_reads_and_a_write_per_500_accounts() {
    let spec = ImageSpec::named("two").snapshot().snapshot();
    let scene = Scene::with(vec![spec]);
    let request = scene
        .request()
        .accounts(accounts(1_000))
        .snapshots(SnapshotSharing::ForCopy)
        .build()
        .unwrap();
    scene.sharer().share(&request).await.unwrap();
    let count = |name| scene.operations().iter().filter(|op| **op == name).count();
    assert_eq!(count("DescribeSnapshotAttribute"), 4);
    assert_eq!(count("ModifySnapshotAttribute"), 4);
    assert_eq!(scene.operations().len(), 4 + 8);
}

#[tokio::test]
async fn promise_7_a_thousand_images_are_planned_with_one_call_each_and_one_for_all() {
    let scene = Scene::new(1_000);
    let request = scene.request().account(account(1)).build().unwrap();
    scene.sharer().plan(&request).await.unwrap();
    assert_eq!(scene.operations().len(), 1_001);
}

#[tokio::test]
async fn promise_5_a_second_run_writes_nothing() {
    let scene = Scene::new(2);
    let request = scene
        .request()
        .accounts(accounts(3))
        .snapshots(SnapshotSharing::ForCopy)
        .tag("purpose", "golden")
        .build()
        .unwrap();
    let sharer = scene.sharer();
    assert!(sharer.share(&request).await.unwrap().is_complete());
    scene.world.clear_calls();
    assert!(sharer.share(&request).await.unwrap().is_empty());
    assert_eq!(scene.writes(), 0);
    sharer.revoke(&request).await.unwrap();
    scene.world.clear_calls();
    assert!(sharer.revoke(&request).await.unwrap().is_empty());
    assert_eq!(scene.writes(), 0);
}

#[tokio::test]
async fn promise_4_one_bad_image_stops_all_before_the_first_write() {
    let scene = Scene::new(2);
    scene
        .world
        .disable_image(&scene.region, &scene.images[1])
        .unwrap();
    let request = scene.request().account(account(1)).build().unwrap();
    let error = scene.sharer().share(&request).await.unwrap_err();
    assert!(matches!(error, Error::Refused(_)), "{error}");
    assert_eq!(scene.writes(), 0);
}

#[tokio::test]
async fn a_stranger_is_told_who_the_owner_is() {
    let scene = Scene::new(1);
    let owner_request = scene.request().account(account(1)).build().unwrap();
    scene.sharer().share(&owner_request).await.unwrap();
    let recipient = BackendSharer::new(scene.world.backend(account(1)));
    let request = scene.request().account(account(2)).build().unwrap();
    let Error::Refused(refusals) = recipient.share(&request).await.unwrap_err() else {
        panic!("not refused");
    };
    assert!(
        matches!(&refusals.as_slice()[0], Refusal::NotOwner { owner, .. } if *owner == scene.owner)
    );
    let stranger = BackendSharer::new(scene.world.backend(account(3)));
    let Error::Refused(refusals) = stranger.share(&request).await.unwrap_err() else {
        panic!("not refused");
    };
    assert!(matches!(
        &refusals.as_slice()[0],
        Refusal::ImageNotFound { .. }
    ));
}

#[tokio::test]
async fn promise_6_credentials_that_expire_are_not_taken_for_a_foreign_image() {
    let scene = Scene::new(1);
    let request = scene.request().account(account(1)).build().unwrap();
    let faulty = scene
        .faulty()
        .fail("DescribeImageAttribute", 0, Fault::Code("ExpiredToken"));
    let result = BackendSharer::new(faulty).plan(&request).await;
    assert!(
        matches!(&result, Err(Error::Api(error)) if error.code() == Some("ExpiredToken")),
        "{result:?}"
    );
}

async fn saved(scene: &Scene, request: &ShareRequest) -> Plan {
    let plan = scene.sharer().plan(request).await.unwrap();
    serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap()
}

#[tokio::test]
async fn a_saved_plan_is_applied_after_the_world_was_read_again() {
    let scene = Scene::new(1);
    let request = scene.request().accounts(accounts(2)).build().unwrap();
    let plan = saved(&scene, &request).await;
    scene.world.clear_calls();
    let report = scene
        .sharer()
        .apply(&plan, &ApplyOptions::default())
        .await
        .unwrap();
    assert!(report.is_complete());
    assert_eq!(scene.operations().len(), 4);
    assert!(scene.can_launch(account(2), 0));
}

#[tokio::test]
async fn a_saved_plan_refuses_a_changed_world_and_names_the_change() {
    let scene = Scene::new(1);
    let request = scene
        .request()
        .account(account(1))
        .exactly(RemovalLimit::Principals(0))
        .build()
        .unwrap();
    let plan = saved(&scene, &request).await;
    let other = scene.request().account(account(7)).build().unwrap();
    scene.sharer().share(&other).await.unwrap();
    scene.world.clear_calls();
    let result = scene.sharer().apply(&plan, &ApplyOptions::default()).await;
    let Err(Error::WorldChanged(changes)) = result else {
        panic!("{result:?}");
    };
    let seven: Principal = account(7).into();
    assert!(
        matches!(&changes[..], [Change::Permissions { added, .. }] if added.contains(&seven)),
        "{changes:?}"
    );
    assert_eq!(scene.writes(), 0);
    // Told to plan again, it holds the new world to the request's own limits.
    let again = ApplyOptions::default().with_on_change(OnChange::PlanAgain);
    let result = scene.sharer().apply(&plan, &again).await;
    assert!(matches!(result, Err(Error::Refused(_))), "{result:?}");
    assert_eq!(scene.writes(), 0);
}

#[tokio::test]
async fn promise_1_a_saved_plan_that_was_edited_is_refused() {
    let scene = Scene::new(1);
    let request = scene.request().account(account(1)).build().unwrap();
    let plan = scene.sharer().plan(&request).await.unwrap();
    let mut json = serde_json::to_value(&plan).unwrap();
    json["steps"][0]["call"]["add"] = serde_json::json!(["000000000001", "000000000666"]);
    let edited: Plan = serde_json::from_value(json).unwrap();
    let result = scene
        .sharer()
        .apply(&edited, &ApplyOptions::default())
        .await;
    assert!(
        matches!(&result, Err(Error::WorldChanged(changes)) if changes[..] == [Change::Steps]),
        "{result:?}"
    );
    assert_eq!(scene.writes(), 0);
}

#[tokio::test]
async fn a_plan_that_was_applied_is_planned_again_to_nothing() {
    let scene = Scene::new(1);
    let request = scene.request().accounts(accounts(2)).build().unwrap();
    let plan = saved(&scene, &request).await;
    scene
        .sharer()
        .apply(&plan, &ApplyOptions::default())
        .await
        .unwrap();
    scene.world.clear_calls();
    let again = ApplyOptions::default().with_on_change(OnChange::PlanAgain);
    assert!(
        scene
            .sharer()
            .apply(&plan, &again)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(scene.writes(), 0);
}

#[tokio::test(start_paused = true)]
async fn promise_6_success_means_that_the_write_was_seen() {
    let scene = Scene::new(1);
    scene.world.delay_consistency(4);
    let request = scene.request().account(account(1)).build().unwrap();
    let plan = scene.sharer().plan(&request).await.unwrap();
    let (sink, mut progress) = events();
    let options = ApplyOptions::just_planned().with_events(sink);
    let report = scene.sharer().apply(&plan, &options).await.unwrap();
    assert!(report.is_complete());
    drop(options);
    let mut waits = Vec::new();
    while let Some(event) = progress.recv().await {
        if let Event::Waiting { delay, .. } = event {
            waits.push(delay);
        }
    }
    assert_eq!(waits.len(), 4);
    assert!(waits.is_sorted(), "{waits:?}");
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_write_that_is_not_seen_in_time_is_no_success() {
    let scene = Scene::new(1);
    scene.world.delay_consistency(1_000);
    let options = EngineOptions::default().with_consistency_timeout(Duration::from_secs(30));
    let sharer = BackendSharer::with_options(scene.backend(), options);
    let request = scene.request().account(account(1)).build().unwrap();
    let started = tokio::time::Instant::now();
    let report = incomplete(sharer.share(&request).await);
    assert_eq!(outcomes(&report), ["unconfirmed"]);
    assert_eq!(started.elapsed(), Duration::from_secs(30));
}

#[tokio::test]
async fn promise_6_a_failure_says_what_was_done_and_what_was_not() {
    let scene = Scene::new(2);
    let sharer = BackendSharer::with_options(
        Arc::new(scene.faulty().fail(
            "ModifyImageAttribute",
            0,
            Fault::Code("UnauthorizedOperation"),
        )),
        EngineOptions::default().with_concurrency(1),
    );
    let request = scene
        .request()
        .account(account(1))
        .snapshots(SnapshotSharing::ForCopy)
        .tag("purpose", "golden")
        .build()
        .unwrap();
    let report = incomplete(sharer.share(&request).await);
    assert_eq!(
        outcomes(&report),
        ["done", "failed", "done", "done", "done", "not attempted"]
    );
    // The tags of the image that failed are not told as done.
    for (place, image) in [(4, 1), (5, 0)] {
        let (resources, _) = report.steps()[place].step.action.tagged().unwrap();
        assert_eq!(resources.len(), 2);
        assert!(resources.contains(&scene.images[image].clone().into()));
    }
    let StepOutcome::Failed { error } = &report.steps()[1].outcome else {
        panic!("{report}");
    };
    assert_eq!(error.code(), Some("UnauthorizedOperation"));
    assert!(!scene.can_launch(account(1), 0));
    assert!(scene.can_copy(account(1), 1));
    // The tag that says "shared" is on the image that is shared, and on that alone.
    let images = scene.sharer().plan(&request).await.unwrap();
    let untagged: Vec<_> = images.seen().regions[&scene.region]
        .images
        .values()
        .filter(|image| image.image.tags.is_empty())
        .map(|image| image.image.id.clone())
        .collect();
    assert_eq!(untagged, [scene.images[0].clone()]);
}

#[tokio::test]
async fn promise_3_a_layer_that_failed_keeps_the_next_one_closed() {
    let scene = Scene::new(1);
    let sharer = BackendSharer::new(scene.faulty().fail(
        "ModifySnapshotAttribute",
        0,
        Fault::Code("UnauthorizedOperation"),
    ));
    let request = scene
        .request()
        .account(account(1))
        .snapshots(SnapshotSharing::ForCopy)
        .build()
        .unwrap();
    let report = incomplete(sharer.share(&request).await);
    assert_eq!(outcomes(&report), ["failed", "not attempted"]);
    assert_eq!(scene.writes(), 0);
}

#[tokio::test(start_paused = true)]
async fn promise_8_a_lost_answer_is_settled_by_reading_back() {
    let scene = Scene::new(1);
    let request = scene.request().account(account(1)).build().unwrap();
    let lost = |fault| BackendSharer::new(scene.faulty().fail("ModifyImageAttribute", 0, fault));
    let report = incomplete(lost(Fault::LoseRequest).share(&request).await);
    assert_eq!(outcomes(&report), ["unconfirmed"]);
    assert!(!scene.can_launch(account(1), 0));
    let report = lost(Fault::LoseAnswer).share(&request).await.unwrap();
    assert_eq!(outcomes(&report), ["done"]);
    assert!(scene.can_launch(account(1), 0));
}

#[tokio::test]
async fn chunks_after_a_failed_one_are_not_attempted() {
    let scene = Scene::new(1);
    let request = scene
        .request()
        .accounts(accounts(3))
        .limits(crate::request::Limits {
            launch_permissions_per_call: 1,
            ..Default::default()
        })
        .build()
        .unwrap();
    let faulty = scene.faulty().fail(
        "ModifyImageAttribute",
        1,
        Fault::Code("UnauthorizedOperation"),
    );
    let report = incomplete(BackendSharer::new(faulty).share(&request).await);
    assert_eq!(outcomes(&report), ["done", "failed", "not attempted"]);
    assert!(scene.can_launch(account(1), 0));
    assert!(!scene.can_launch(account(2), 0));
}

#[tokio::test]
async fn images_are_worked_on_side_by_side_within_the_bound() {
    let scene = Scene::new(20);
    let faulty = Arc::new(scene.faulty());
    let options = EngineOptions::default().with_concurrency(3);
    let sharer = BackendSharer::with_options(faulty.clone(), options);
    let request = scene.request().account(account(1)).build().unwrap();
    sharer.share(&request).await.unwrap();
    assert_eq!(faulty.most_under_way(), 3);
}

#[tokio::test]
async fn every_step_is_told_when_it_begins_and_ends() {
    let scene = Scene::new(1);
    let request = scene
        .request()
        .account(account(1))
        .tag("a", "b")
        .build()
        .unwrap();
    let plan = scene.sharer().plan(&request).await.unwrap();
    let (sink, mut progress) = events();
    let options = ApplyOptions::just_planned().with_events(sink);
    scene.sharer().apply(&plan, &options).await.unwrap();
    drop(options);
    let mut told = Vec::new();
    while let Some(event) = progress.recv().await {
        told.push(match event {
            Event::Started { steps } => format!("started {steps}"),
            Event::StepStarted {
                step, operation, ..
            } => format!("{step} {operation}"),
            Event::StepFinished { step, outcome } => format!("{step} {}", outcome.is_done()),
            Event::Finished { done, steps } => format!("finished {done}/{steps}"),
            other => format!("{other:?}"),
        });
    }
    assert_eq!(
        told,
        [
            "started 2",
            "0 ModifyImageAttribute",
            "0 true",
            "1 CreateTags",
            "1 true",
            "finished 2/2"
        ]
    );
}

#[tokio::test]
async fn several_regions_are_one_request() {
    let scene = Scene::new(1);
    let ireland: Region = "eu-west-1".parse().unwrap();
    let other = scene
        .world
        .register_image(&ireland, scene.owner, ImageSpec::named("golden"));
    let request = scene
        .request()
        .image_in(&ireland, &other)
        .account(account(1))
        .tag("a", "b")
        .build()
        .unwrap();
    let report = scene.sharer().share(&request).await.unwrap();
    assert_eq!(report.steps().len(), 4);
    assert!(scene.world.can_launch(&ireland, account(1), &other).allowed);
    assert!(scene.can_launch(account(1), 0));
}

#[tokio::test]
async fn a_recipient_lists_what_is_shared_and_gives_it_up() {
    let scene = Scene::new(3);
    scene.world.set_page_size(2);
    let request = scene.request().account(account(1)).build().unwrap();
    scene.sharer().share(&request).await.unwrap();
    let recipient = BackendSharer::new(scene.world.backend(account(1)));
    let first = recipient.shared_with_me(&scene.region, None).await.unwrap();
    assert_eq!(first.items.len(), 2);
    let second = recipient
        .shared_with_me(&scene.region, first.next_token)
        .await
        .unwrap();
    assert_eq!((second.items.len(), second.next_token), (1, None));
    recipient
        .give_up(&scene.region, &scene.images[0])
        .await
        .unwrap();
    assert!(!scene.can_launch(account(1), 0));
    assert!(scene.can_launch(account(1), 1));
}
