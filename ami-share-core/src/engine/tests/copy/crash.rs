//! The process ends after any call, and starts anew.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::lease::Lease;
use super::*;
use crate::engine::OnChange;
use crate::plan::CopyPlan;
use crate::request::KeyAccess;

/// Lets a run of its own end after a call; whether it came so far
async fn crashes(scene: &CopyScene, plan: &CopyPlan, at: usize) -> bool {
    let crash = Arc::new(Notify::new());
    let calls = AtomicUsize::new(0);
    let faulty = scene.scene.faulty().watched({
        let crash = Arc::clone(&crash);
        move || {
            if calls.fetch_add(1, Ordering::SeqCst) == at {
                crash.notify_one();
            }
        }
    });
    let sharer = scene.sharer_of(faulty);
    let again = ApplyOptions::default().with_on_change(OnChange::PlanAgain);
    tokio::select! {
        biased;
        () = crash.notified() => true,
        result = sharer.apply_copies(plan, &again) => {
            result.unwrap();
            false
        }
    }
}

#[tokio::test(start_paused = true)]
async fn promise_8_after_a_crash_at_any_call_a_new_run_copies_nothing_twice() {
    let mut at = 0;
    loop {
        let scene = CopyScene::new(2, &["us-east-1", "eu-west-1"]);
        scene.scene.world.set_faults(copies_take(3));
        let request = scene.for_recipients().build().unwrap();
        let plan = scene.sharer().plan_copies(&request).await.unwrap();
        let crashed = crashes(&scene, &plan, at).await;
        // Half of the time the copies have ended in between.
        if at % 2 == 0 {
            scene.scene.world.advance(minutes(10));
        }
        let report = scene.sharer().copy(&request).await.unwrap();
        assert!(report.is_complete());
        scene.copied_once(&request, &format!("crash after call {at}"));
        if !crashed {
            break;
        }
        at += 1;
    }
    assert!(at >= 30, "{at} crashes");
}

#[tokio::test(start_paused = true)]
async fn promise_1_after_a_crash_at_any_call_a_new_run_closes_the_source() {
    for key_access in [KeyAccess::KeyPolicy, KeyAccess::Grant] {
        let mut at = 0;
        loop {
            let lease = Lease::new().await;
            lease.scene.scene.world.set_faults(copies_take(3));
            let request = lease.request().key_access(key_access).build().unwrap();
            let plan = lease.scene.sharer().plan_copies(&request).await.unwrap();
            let crashed = crashes(&lease.scene, &plan, at).await;
            // Half of the time the copies have ended in between, and nothing is to be opened again.
            if at % 2 == 0 {
                lease.scene.scene.world.advance(minutes(10));
            }
            let report = lease.scene.sharer().copy(&request).await;
            let told = format!("{key_access:?}, crash after call {at}");
            assert!(report.is_ok(), "{told}: {report:?}");
            lease.scene.copied_once(&request, &told);
            assert_eq!(lease.now(), lease.before, "{told}");
            assert_eq!(lease.tags(), lease.tags_before, "{told}");
            let again = lease.scene.sharer().plan_copies(&request).await.unwrap();
            assert!(again.is_empty(), "{told}");
            if !crashed {
                break;
            }
            at += 1;
        }
        assert!(at >= 30, "{at} crashes");
    }
}

#[tokio::test(start_paused = true)]
async fn promise_1_after_a_crash_at_any_call_the_saved_plan_closes_the_source() {
    let mut at = 0;
    loop {
        let lease = Lease::new().await;
        lease.scene.scene.world.set_faults(copies_take(3));
        let request = lease.request().build().unwrap();
        let plan = lease.scene.sharer().plan_copies(&request).await.unwrap();
        let crashed = crashes(&lease.scene, &plan, at).await;
        let saved = serde_json::to_string(&plan).unwrap();
        let plan: CopyPlan = serde_json::from_str(&saved).unwrap();
        let again = ApplyOptions::default().with_on_change(OnChange::PlanAgain);
        let sharer = lease.scene.sharer();
        let report = sharer.apply_copies(&plan, &again).await;
        assert!(report.is_ok(), "crash after call {at}: {report:?}");
        lease
            .scene
            .copied_once(&request, &format!("crash after call {at}"));
        assert_eq!(lease.now(), lease.before, "crash after call {at}");
        if !crashed {
            break;
        }
        at += 1;
    }
    assert!(at >= 30, "{at} crashes");
}
