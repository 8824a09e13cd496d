//! Every single call fails once, in several ways; then the same request is run again.

use super::lease::Lease;
use super::*;
use crate::backend::simulator::Fault as WorldFault;
use crate::outcome::Remains;

async fn one_fault(at: usize, fault: Fault) -> bool {
    let told = format!("call {at}, {fault:?}");
    let lease = Lease::new().await;
    let world = &lease.scene.scene.world;
    world.set_faults(copies_take(3));
    let faulty = Arc::new(lease.scene.scene.faulty().fail_any(at, fault));
    let sharer = BackendSharer::new(faulty.clone()).with_roles(roles());
    let request = lease.request().build().unwrap();
    let result = sharer.copy(&request).await;
    let met = faulty.has_failed();
    let is_within = lease.now().is_within(&lease.before);
    match &result {
        Ok(report) => {
            assert!(report.is_complete(), "{told}");
            assert!(is_within, "promise 1: {told}: {:?}", lease.now());
            lease.scene.copied_once(&request, &told);
        }
        Err(Error::CopyIncomplete(report)) => {
            assert!(met && !report.is_complete(), "{told}");
            let is_told = !report.left_open().is_empty()
                || report.closed().iter().any(|closed| !closed.is_complete());
            assert!(is_within || is_told, "promise 1: {told}: {:?}", lease.now());
        }
        Err(Error::Api(_) | Error::CopyRefused(_) | Error::Refused(_)) => {
            assert!(met, "{told}");
            assert_eq!(lease.scene.scene.writes(), 0, "promise 4: {told}");
        }
        Err(other) => panic!("{told}: {other:?}"),
    }
    let made = lease.scene.made();
    let again = lease.scene.sharer().copy(&request).await;
    let again = again.unwrap_or_else(|error| panic!("promise 8: {told}: {error:?}"));
    assert!(again.is_complete(), "{told}");
    lease
        .scene
        .copied_once(&request, &format!("{told}, {made:?}"));
    assert!(lease.scene.orphans().is_empty(), "{told}");
    lease.scene.scene.world.clear_calls();
    lease.scene.sharer().copy(&request).await.unwrap();
    assert_eq!(lease.scene.scene.writes(), 0, "promise 5: {told}");
    met
}

async fn every_call(fault: Fault) {
    let mut at = 0;
    while one_fault(at, fault.clone()).await {
        at += 1;
    }
    assert!(at >= 30, "{at} calls were met");
}

#[tokio::test(start_paused = true)]
async fn promises_1_and_8_hold_when_any_call_fails_inside_aws() {
    every_call(Fault::Code("InternalError")).await;
}

#[tokio::test(start_paused = true)]
async fn promises_1_and_8_hold_when_any_call_is_denied() {
    every_call(Fault::Code("UnauthorizedOperation")).await;
}

#[tokio::test(start_paused = true)]
async fn promises_1_and_8_hold_when_any_call_is_throttled() {
    every_call(Fault::Code("RequestLimitExceeded")).await;
}

#[tokio::test(start_paused = true)]
async fn promises_1_and_8_hold_when_any_answer_is_lost() {
    every_call(Fault::LoseAnswer).await;
}

#[tokio::test(start_paused = true)]
async fn promises_1_and_8_hold_when_any_request_is_lost() {
    every_call(Fault::LoseRequest).await;
}

/// The client token makes the second call the same copy
#[tokio::test(start_paused = true)]
async fn promise_8_a_lost_answer_of_copy_image_makes_no_second_copy() {
    for passes in 0..3 {
        let scene = CopyScene::new(3, &["eu-west-1"]);
        let faulty = scene.scene.faulty();
        let faulty = faulty.fail("CopyImage", passes, Fault::LoseAnswer);
        let request = scene.for_recipients().build().unwrap();
        scene.sharer_of(faulty).copy(&request).await.unwrap();
        scene.copied_once(&request, &format!("answer {passes}"));
        assert_eq!(scene.count("CopyImage"), 4);
    }
}

/// No answer arrives at all: what was started is found by its tags, and waited for
#[tokio::test(start_paused = true)]
async fn promise_8_a_copy_whose_start_is_never_answered_is_found_and_waited_for() {
    let scene = CopyScene::new(2, &["eu-west-1"]);
    let lost = WorldFault::on("CopyImage").losing_the_answer();
    scene.scene.world.set_faults(copies_take(3).with(lost));
    let request = scene.for_recipients().build().unwrap();
    let report = scene.sharer().copy(&request).await.unwrap();
    assert!(report.is_complete(), "{report}");
    scene.copied_once(&request, "all answers are lost");
}

#[tokio::test(start_paused = true)]
async fn promise_6_what_was_started_without_an_answer_is_nothing_only_where_that_was_seen() {
    for (is_hidden, remains) in [(false, Remains::Nothing), (true, Remains::Unknown)] {
        let scene = CopyScene::new(1, &["eu-west-1"]);
        let request = scene.for_recipients().build().unwrap();
        let sharer = scene.sharer();
        let plan = sharer.plan_copies(&request).await.unwrap();
        let cut = WorldFault::on("CopyImage").cutting_the_connection();
        let faults = copies_take(3).with(cut);
        scene.scene.world.set_faults(if is_hidden {
            faults.with(WorldFault::on("DescribeImages").within(scene.regions[0].clone()))
        } else {
            faults
        });
        let options = ApplyOptions::just_planned();
        let report = copies_incomplete(sharer.apply_copies(&plan, &options).await);
        let CopyOutcome::Failed { remains: left, .. } = &report.copies()[0].outcome else {
            panic!("{report}");
        };
        assert_eq!(*left, remains);
    }
}
