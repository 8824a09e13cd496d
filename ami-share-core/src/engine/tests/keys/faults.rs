//! Every single call fails once, in each of three ways.

use super::*;
use crate::access::Answer;
use crate::backend::simulator::{Call, Outcome};
use crate::request::KeyAccess;

const FAULTS: [Fault; 5] = [
    Fault::Code("InternalError"),
    Fault::Code("AccessDeniedException"),
    Fault::Code("ThrottlingException"),
    Fault::LoseAnswer,
    Fault::LoseRequest,
];
const RECIPIENTS: u64 = 2;
const STRANGER: u64 = 3;

/// Judges after every call, that nobody has a launch permission of an image whose key is shut
struct Watch {
    world: World,
    region: Region,
    image: ImageId,
    probes: Vec<ImageId>,
}

impl Watch {
    fn look(&self) {
        let permissions = self
            .world
            .launch_permissions(&self.region, &self.image)
            .unwrap();
        for number in 1..=STRANGER {
            let who = account(number);
            let has_permission = permissions.contains(&who.into());
            let is_open = |probe: &ImageId| self.world.can_launch(&self.region, who, probe).allowed;
            assert!(
                !has_permission || self.probes.iter().all(is_open),
                "promise 3: {who} has the launch permission of an image that it cannot decrypt"
            );
            assert!(
                number != STRANGER || !has_permission && !self.probes.iter().any(is_open),
                "promise 1: {who} was not named"
            );
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Case {
    keys: usize,
    access: KeyAccess,
    revokes: bool,
}

async fn scene_of(case: Case) -> (Locked, ShareRequest, Watch) {
    let under: &[usize] = if case.keys == 1 { &[0, 0] } else { &[0, 1] };
    let locked = Locked::new(case.keys, &[under]);
    let scene = &locked.scene;
    let everyone = [account(1), account(2), account(STRANGER)];
    let mut probes = Vec::new();
    for key in &locked.keys {
        probes.push(probe(&scene.world, &scene.region, key, &everyone).await);
    }
    let request = scene
        .request()
        .accounts(accounts(RECIPIENTS))
        .snapshots(SnapshotSharing::ForCopy)
        .key_access(case.access)
        .build()
        .unwrap();
    let watch = Watch {
        world: scene.world.clone(),
        region: scene.region.clone(),
        image: scene.images[0].clone(),
        probes,
    };
    if !case.revokes {
        return (locked, request, watch);
    }
    scene.sharer().share(&request).await.unwrap();
    (locked, request.to_revoke(), watch)
}

/// The writes of the log by kind, in order: none may come before those that it has to wait for
fn in_order(calls: &[Call], revokes: bool) {
    let rank = |call: &&Call| match call.operation {
        "PutKeyPolicy" | "CreateGrant" | "RevokeGrant" => Some(0),
        "ModifySnapshotAttribute" => Some(1),
        "ModifyImageAttribute" => Some(2),
        _ => None,
    };
    let mut ranks: Vec<i32> = calls
        .iter()
        .filter(|call| matches!(call.outcome, Outcome::Done))
        .filter_map(|call| rank(&call))
        .collect();
    if revokes {
        ranks.reverse();
    }
    // A key policy may be put once more when all is done, if it was undone.
    assert!(ranks.is_sorted(), "promise 3: {calls:#?}");
}

async fn one_fault(case: Case, at: usize, fault: Fault) -> bool {
    let (locked, request, watch) = scene_of(case).await;
    let scene = &locked.scene;
    scene.world.clear_calls();
    let watched = watch.world.clone();
    let faulty = scene
        .faulty()
        .watched(move || watch.look())
        .fail_any(at, fault.clone());
    let faulty = std::sync::Arc::new(faulty);
    let result = BackendSharer::new(faulty.clone()).share(&request).await;
    let met = faulty.has_failed();
    in_order(&watched.calls(), case.revokes);
    let told = format!("{case:?}, call {at}, {fault:?}");
    match &result {
        Ok(report) => {
            assert!(report.is_complete(), "{told}");
            as_told(scene, case, true, &told);
        }
        Err(Error::Incomplete(report)) => {
            assert!(met, "{told}");
            assert!(!report.is_complete(), "{told}");
            for step in report.steps() {
                if let StepOutcome::Failed { error } = &step.outcome {
                    assert!(
                        !error.is_ambiguous() || error.operation().starts_with("Get"),
                        "promise 6: {told}: {error:?}"
                    );
                }
            }
        }
        Err(Error::Api(_) | Error::Refused(_)) => {
            assert!(met, "{told}");
            assert_eq!(scene.writes(), 0, "promise 4: {told}");
        }
        Err(other) => panic!("{told}: {other:?}"),
    }
    // Again, and all is well.
    let again = scene.sharer().share(&request).await;
    let again = again.unwrap_or_else(|error| panic!("{told}: {error:?}"));
    let verification = again.verification().unwrap();
    assert_eq!(verification.as_desired(), Answer::Yes, "{told}");
    as_told(scene, case, true, &told);
    scene.world.clear_calls();
    assert!(scene.sharer().share(&request).await.unwrap().is_empty());
    assert_eq!(scene.writes(), 0, "promise 5: {told}");
    if case.revokes {
        for key in 0..case.keys {
            assert!(locked.ours(key).is_empty(), "{told}");
            assert_eq!(locked.our_grants(key), 0, "{told}");
        }
    }
    met
}

fn as_told(scene: &Scene, case: Case, done: bool, told: &str) {
    for number in 1..=RECIPIENTS {
        assert_eq!(
            scene.can_launch(account(number), 0),
            done != case.revokes,
            "{told}"
        );
        assert_eq!(
            scene.can_copy(account(number), 0),
            done != case.revokes,
            "{told}"
        );
    }
}

async fn every_fault(keys: usize, access: KeyAccess) {
    for revokes in [false, true] {
        let case = Case {
            keys,
            access,
            revokes,
        };
        for fault in FAULTS {
            let mut at = 0;
            while one_fault(case, at, fault.clone()).await {
                at += 1;
            }
            assert!(at >= 8, "{at} calls were met: {case:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn promises_1_3_and_6_hold_when_any_call_fails_with_one_key_by_policy() {
    every_fault(1, KeyAccess::Auto).await;
}

#[tokio::test(start_paused = true)]
async fn promises_1_3_and_6_hold_when_any_call_fails_with_two_keys_by_policy() {
    every_fault(2, KeyAccess::KeyPolicy).await;
}

#[tokio::test(start_paused = true)]
async fn promises_1_3_and_6_hold_when_any_call_fails_with_one_key_by_grants() {
    every_fault(1, KeyAccess::Grant).await;
}

#[tokio::test(start_paused = true)]
async fn promises_1_3_and_6_hold_when_any_call_fails_with_two_keys_by_grants() {
    every_fault(2, KeyAccess::Grant).await;
}
