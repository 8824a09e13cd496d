//! What becomes of copies when the run is cancelled or the time is up.

use super::*;
use crate::engine::Cancel;
use crate::outcome::Remains;
use tokio::time::Instant;

async fn cancelled_after(
    scene: &CopyScene,
    request: &CopyRequest,
    time: Duration,
) -> Result<CopyReport, Error> {
    let sharer = scene.sharer();
    let plan = sharer.plan_copies(request).await.unwrap();
    let cancel = Cancel::new();
    let options = ApplyOptions::just_planned().with_cancel(cancel.clone());
    let stop = async {
        if !time.is_zero() {
            tokio::time::sleep(time).await;
        }
        cancel.cancel();
    };
    tokio::join!(stop, sharer.apply_copies(&plan, &options)).1
}

fn words(report: &CopyReport) -> Vec<&'static str> {
    let copies = report.copies().iter();
    let word = |outcome: &CopyOutcome| match outcome {
        CopyOutcome::Copied => "copied",
        CopyOutcome::Found => "found",
        CopyOutcome::Failed { .. } => "failed",
        CopyOutcome::Unfinished { remains, .. } => match remains {
            Remains::CleanedUp => "cleaned up",
            Remains::Kept => "kept",
            Remains::Nothing | Remains::Unknown | Remains::Left { .. } => "unfinished",
        },
        CopyOutcome::NotAttempted { .. } => "not attempted",
    };
    copies.map(|copy| word(&copy.outcome)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_cancel_cleans_up_what_is_under_way_and_starts_nothing_more() {
    let scene = CopyScene::new(5, &["us-east-1"]);
    scene.scene.world.set_faults(copies_take(10));
    let limits = limits(|limits| limits.images = 2);
    let request = scene.owner_made().limits(limits).build().unwrap();
    let started = Instant::now();
    let result = cancelled_after(&scene, &request, minutes(3)).await;
    assert!(started.elapsed() < minutes(4), "{:?}", started.elapsed());
    let report = copies_incomplete(result);
    let mut words = words(&report);
    words.sort_unstable();
    assert_eq!(
        words,
        [
            "cleaned up",
            "cleaned up",
            "not attempted",
            "not attempted",
            "not attempted"
        ]
    );
    assert!(scene.there().is_empty() && scene.orphans().is_empty());
    assert_eq!(scene.count("CopyImage"), 2);
    let because = format!("{:?}", report.copies());
    assert!(because.contains("the run was cancelled"), "{because}");
}

#[tokio::test(start_paused = true)]
async fn a_cancel_while_copies_are_started_starts_no_more_of_them() {
    let scene = Arc::new(CopyScene::new(10, &["us-east-1"]));
    scene.scene.world.set_faults(copies_take(10));
    let request = scene.owner_made().build().unwrap();
    let plan = scene.sharer().plan_copies(&request).await.unwrap();
    let cancel = Cancel::new();
    let faulty = scene.scene.faulty().watched({
        let (scene, cancel) = (Arc::clone(&scene), cancel.clone());
        move || {
            if scene.count("CopyImage") > 0 {
                cancel.cancel();
            }
        }
    });
    let one_by_one = crate::engine::EngineOptions::default().with_concurrency(1);
    let sharer = BackendSharer::with_options(faulty, one_by_one).with_roles(roles());
    let options = ApplyOptions::just_planned().with_cancel(cancel);
    let report = copies_incomplete(sharer.apply_copies(&plan, &options).await);
    assert_eq!(scene.count("CopyImage"), 1);
    let not_tried = words(&report).into_iter();
    assert_eq!(not_tried.filter(|word| *word == "not attempted").count(), 9);
}

#[tokio::test(start_paused = true)]
async fn after_the_time_limit_copies_are_kept_where_the_request_says_so_and_adopted_later() {
    let scene = CopyScene::new(2, &["us-east-1", "eu-west-1"]);
    scene.scene.world.set_faults(copies_take(10));
    let limits = limits(|limits| limits.minutes = 4);
    let request = scene.for_recipients().on_failure(OnFailure::Keep);
    let request = request.limits(limits).build().unwrap();
    let started = Instant::now();
    let report = copies_incomplete(scene.sharer().copy(&request).await);
    assert!(started.elapsed() < minutes(5), "{:?}", started.elapsed());
    assert_eq!(words(&report), ["kept"; 4]);
    let because = format!("{:?}", report.copies());
    assert!(because.contains("the time limit was reached"), "{because}");
    scene.scene.world.advance(minutes(30));
    scene.sharer().copy(&request).await.unwrap();
    scene.copied_once(&request, "adopted");
}

#[tokio::test(start_paused = true)]
async fn after_the_time_limit_copies_are_cleaned_up() {
    let scene = CopyScene::new(1, &["us-east-1", "eu-west-1"]);
    scene.scene.world.set_faults(copies_take(10));
    let limits = limits(|limits| limits.minutes = 4);
    let request = scene.for_recipients().limits(limits).build().unwrap();
    let report = copies_incomplete(scene.sharer().copy(&request).await);
    assert_eq!(words(&report), ["cleaned up"; 2]);
    assert!(scene.there().is_empty() && scene.orphans().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_cancelled_before_it_begins_writes_nothing() {
    let scene = CopyScene::new(2, &["us-east-1"]);
    let request = scene
        .for_recipients()
        .source_access(SourceAccess::Close)
        .build()
        .unwrap();
    let report = copies_incomplete(cancelled_after(&scene, &request, Duration::ZERO).await);
    assert_eq!(words(&report), ["not attempted"; 2]);
    assert_eq!(scene.scene.writes(), 0, "{:?}", scene.scene.operations());
}

/// Hides the copies that there are, or lets them show again
fn hide(scene: &CopyScene, is_hidden: bool) {
    for made in scene.made() {
        let mut state = scene.scene.world.state();
        let images = state.images.get_mut(&made.region).unwrap();
        images.get_mut(&made.image).unwrap().gone = is_hidden;
    }
}

/// A new image shows late: what is cancelled before is waited for, and then removed
#[tokio::test(start_paused = true)]
async fn promise_6_a_copy_that_was_never_seen_is_not_told_to_be_cleaned_up() {
    for shows in [true, false] {
        let scene = CopyScene::new(1, &["us-east-1"]);
        scene.scene.world.set_faults(copies_take(10));
        let request = scene.for_recipients().build().unwrap();
        let halfway = Duration::from_millis(500);
        let (result, ()) = tokio::join!(cancelled_after(&scene, &request, halfway), async {
            tokio::time::sleep(halfway / 2).await;
            hide(&scene, true);
            tokio::time::sleep(Duration::from_secs(5)).await;
            hide(&scene, !shows);
        });
        let report = copies_incomplete(result);
        if shows {
            assert_eq!(words(&report), ["cleaned up"]);
            assert!(scene.there().is_empty() && scene.orphans().is_empty());
            continue;
        }
        let CopyOutcome::Unfinished { remains, .. } = &report.copies()[0].outcome else {
            panic!("{report}");
        };
        let Remains::Left { resources, error } = remains else {
            panic!("{remains:?}");
        };
        assert_eq!(error.kind(), crate::api_error::ApiErrorKind::NotFound);
        let image = scene.made().remove(0).image;
        assert_eq!(*resources, [image.into()]);
    }
}

/// It is held for dead and shows just then
#[tokio::test(start_paused = true)]
async fn promise_8_a_copy_that_shows_too_late_is_not_left_beside_the_new_one() {
    let scene = Arc::new(CopyScene::new(0, &["eu-west-1"]));
    scene.scene.world.set_faults(copies_take(10));
    let started = Instant::now();
    let faulty = scene.scene.faulty().watched({
        let scene = Arc::clone(&scene);
        let shown = std::sync::Once::new();
        move || match started.elapsed() < Duration::from_secs(15) {
            true => hide(&scene, true),
            // What is deregistered afterwards stays so.
            false => shown.call_once(|| hide(&scene, false)),
        }
    });
    let request = scene.request().build().unwrap();
    let report = copies_incomplete(scene.sharer_of(faulty).copy(&request).await);
    let remains = |report: &CopyReport| match &report.copies()[0].outcome {
        CopyOutcome::Failed { remains, .. } => remains.clone(),
        other => panic!("{other:?}"),
    };
    // Its snapshots were never seen.
    assert_eq!(remains(&report), Remains::Unknown);
    assert_eq!(scene.count("DeregisterImage"), 1);
    assert!(scene.there().is_empty());
    scene.sharer().copy(&request).await.unwrap();
    assert_eq!(scene.there().len(), 1);
}

/// It is held for dead, shows just then, and cannot be deregistered
#[tokio::test(start_paused = true)]
async fn promise_6_a_copy_that_shows_too_late_and_stays_is_told_and_not_made_twice() {
    let scene = Arc::new(CopyScene::new(0, &["eu-west-1"]));
    scene.scene.world.set_faults(copies_take(10));
    scene.scene.world.deny(scene.scene.owner, "DeregisterImage");
    let started = Instant::now();
    let faulty = scene.scene.faulty().watched({
        let scene = Arc::clone(&scene);
        move || hide(&scene, started.elapsed() < Duration::from_secs(15))
    });
    let request = scene.request().build().unwrap();
    let report = copies_incomplete(scene.sharer_of(faulty).copy(&request).await);
    let made = scene.made();
    let [made] = &made[..] else {
        panic!("{made:?}");
    };
    let CopyOutcome::Failed { remains, .. } = &report.copies()[0].outcome else {
        panic!("{report}");
    };
    let Remains::Left { resources, error } = remains else {
        panic!("{remains:?}");
    };
    assert_eq!(*resources, [made.image.clone().into()]);
    assert_eq!(error.operation(), "DeregisterImage");
}

/// The role may not deregister: what is held for dead stays, as everything does where copies are kept
#[tokio::test(start_paused = true)]
async fn promise_8_a_copy_that_is_gone_is_made_anew_where_copies_are_kept() {
    let scene = CopyScene::new(1, &["us-east-1"]);
    let request = scene.for_recipients().on_failure(OnFailure::Keep);
    let request = request.build().unwrap();
    scene.sharer().copy(&request).await.unwrap();
    let made = scene.there().remove(0);
    let world = &scene.scene.world;
    world.deregister_image(&made.region, &made.image).unwrap();
    world.deny(account(1), "DeregisterImage");
    let report = scene.sharer().copy(&request).await.unwrap();
    assert_eq!(words(&report), ["copied"]);
    assert_eq!(scene.there().len(), 1);
}

/// A copy that was there when it was planned is gone: the one that is made in its place is of this run
#[tokio::test(start_paused = true)]
async fn promise_6_a_copy_that_is_made_in_the_place_of_one_that_was_there_is_told_as_made() {
    for minutes_to_copy in [1, 30] {
        let scene = CopyScene::new(1, &["us-east-1"]);
        let limits = limits(|limits| limits.minutes = 10);
        let request = scene.for_recipients().limits(limits).build().unwrap();
        scene.sharer().copy(&request).await.unwrap();
        let sharer = scene.sharer();
        let plan = sharer.plan_copies(&request).await.unwrap();
        let made = scene.there().remove(0);
        let world = &scene.scene.world;
        world.deregister_image(&made.region, &made.image).unwrap();
        world.set_faults(copies_take(minutes_to_copy));
        let options = ApplyOptions::just_planned();
        let result = sharer.apply_copies(&plan, &options).await;
        if minutes_to_copy == 1 {
            assert_eq!(words(&result.unwrap()), ["copied"]);
            assert_eq!(scene.there().len(), 1);
        } else {
            assert_eq!(words(&copies_incomplete(result)), ["cleaned up"]);
            assert!(scene.there().is_empty());
        }
    }
}

/// What an earlier run made is there and in use: it is never a leftover of this run
#[tokio::test(start_paused = true)]
async fn promise_2_copies_that_were_there_before_survive_a_cancel() {
    let scene = CopyScene::new(2, &["us-east-1", "eu-west-1"]);
    let first = CopyRequest::builder()
        .source(&scene.scene.region, &scene.scene.images[0])
        .to_accounts(scene.recipients.iter().copied())
        .to_region("us-east-1")
        .key(ALIAS)
        .build()
        .unwrap();
    scene.sharer().copy(&first).await.unwrap();
    let there = scene.there();
    scene.scene.world.set_faults(copies_take(10));
    let request = scene.for_recipients().build().unwrap();
    for time in [Duration::ZERO, Duration::from_millis(1), minutes(1)] {
        copies_incomplete(cancelled_after(&scene, &request, time).await);
        let images = |made: &[Made]| {
            made.iter()
                .map(|made| made.image.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(images(&scene.there()), images(&there), "after {time:?}");
    }
    assert!(scene.orphans().is_empty());
}

/// The copy ended since the last look
#[tokio::test(start_paused = true)]
async fn a_copy_that_is_complete_when_the_time_is_up_is_not_thrown_away() {
    let scene = CopyScene::new(1, &["us-east-1"]);
    let faults = Faults::none().copies_take(minutes(9) + Duration::from_secs(59), minutes(0));
    scene.scene.world.set_faults(faults);
    let limits = limits(|limits| limits.minutes = 10);
    let request = scene.for_recipients().limits(limits).build().unwrap();
    let report = scene.sharer().copy(&request).await.unwrap();
    assert_eq!(words(&report), ["copied"]);
    scene.copied_once(&request, "just in time");
}

/// The last look fails: what is not known to have ended is not a leftover either, if it was there before
#[tokio::test(start_paused = true)]
async fn promise_2_a_copy_that_was_there_before_is_kept_though_it_cannot_be_looked_at() {
    let scene = CopyScene::new(1, &["us-east-1"]);
    let request = scene.for_recipients().build().unwrap();
    scene.sharer().copy(&request).await.unwrap();
    let sharer = scene.sharer();
    let plan = sharer.plan_copies(&request).await.unwrap();
    scene.scene.world.deny(account(1), "DescribeImages");
    let cancel = Cancel::new();
    cancel.cancel();
    let options = ApplyOptions::just_planned().with_cancel(cancel);
    let report = copies_incomplete(sharer.apply_copies(&plan, &options).await);
    assert_eq!(words(&report), ["kept"]);
    scene.copied_once(&request, "kept");
}

/// Somebody disables a copy between plan and apply
#[tokio::test(start_paused = true)]
async fn promise_2_a_copy_that_somebody_disabled_is_told_and_kept() {
    let scene = CopyScene::new(1, &["us-east-1"]);
    let request = scene.for_recipients().build().unwrap();
    scene.sharer().copy(&request).await.unwrap();
    let sharer = scene.sharer();
    let plan = sharer.plan_copies(&request).await.unwrap();
    let made = scene.there().remove(0);
    let world = &scene.scene.world;
    world.disable_image(&made.region, &made.image).unwrap();
    let options = ApplyOptions::just_planned();
    let report = copies_incomplete(sharer.apply_copies(&plan, &options).await);
    let CopyOutcome::Failed { remains, .. } = &report.copies()[0].outcome else {
        panic!("{report}");
    };
    assert_eq!(*remains, Remains::Kept);
    assert_eq!(scene.there()[0].state, ImageState::Disabled);
}
