//! Copies that fail end at once, say why, and leave nothing behind, or what the request says.

use super::*;
use crate::backend::simulator::Fault as WorldFault;
use crate::outcome::{CopyFailureCause, CopyResult, Remains};
use tokio::time::Instant;

fn failure(copy: &CopyResult) -> (CopyFailureCause, &Remains) {
    match &copy.outcome {
        CopyOutcome::Failed { failure, remains } => {
            assert!(!failure.mend().is_empty());
            (failure.cause, remains)
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_copy_ends_at_once_and_is_cleaned_up_and_a_new_run_makes_it() {
    let scene = CopyScene::new(0, &["us-east-1", "eu-west-1"]);
    let reason = "AMI snapshot copy failed with error: Given key ID is not accessible.";
    let faults = Faults::none().copies_take(minutes(10), minutes(0));
    scene
        .scene
        .world
        .set_faults(faults.copy_fails(1, reason).copy_fails(2, reason));
    let request = scene.request().build().unwrap();
    let started = Instant::now();
    let report = copies_incomplete(scene.sharer().copy(&request).await);
    assert!(started.elapsed() <= minutes(12), "{:?}", started.elapsed());
    for copy in report.copies() {
        let (cause, remains) = failure(copy);
        assert_eq!(cause, CopyFailureCause::KeyNotUsable);
        assert_eq!(*remains, Remains::CleanedUp);
        assert!(copy.ended.is_some() && copy.image.is_some());
        let text = format!("{:?}", copy.outcome);
        assert!(text.contains("key ID is not accessible"), "{text}");
    }
    assert!(scene.there().is_empty());
    assert!(scene.orphans().is_empty());

    scene.scene.world.set_faults(Faults::none());
    let report = scene.sharer().copy(&request).await.unwrap();
    assert!(report.is_complete());
    assert_eq!(scene.there().len(), 2);
}

/// EC2 answers with the image of a client token whatever became of it since
#[tokio::test(start_paused = true)]
async fn a_copy_that_was_cleaned_up_many_times_is_made_in_the_end() {
    let scene = CopyScene::new(0, &["eu-west-1"]);
    let request = scene.request().build().unwrap();
    for _ in 0..6 {
        let faults = (1..=10).fold(Faults::none(), |faults, copy| {
            faults.copy_fails(copy, "why")
        });
        scene.scene.world.set_faults(faults);
        copies_incomplete(scene.sharer().copy(&request).await);
        assert!(scene.there().is_empty());
    }
    scene.scene.world.set_faults(Faults::none());
    let report = scene.sharer().copy(&request).await.unwrap();
    assert_eq!(report.copies()[0].outcome, CopyOutcome::Copied);
    assert_eq!(scene.there().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_failed_copy_is_kept_where_the_request_says_so_and_the_next_one_is_another() {
    let scene = CopyScene::new(1, &["us-east-1"]);
    scene
        .scene
        .world
        .set_faults(copies_take(5).copy_fails(1, "The image is wrong."));
    let request = scene.for_recipients().on_failure(OnFailure::Keep);
    let request = request.build().unwrap();
    let report = copies_incomplete(scene.sharer().copy(&request).await);
    let (cause, remains) = failure(&report.copies()[0]);
    assert_eq!(cause, CopyFailureCause::Other);
    assert_eq!(*remains, Remains::Kept);
    assert_eq!(scene.there()[0].state, ImageState::Failed);

    let plan = scene.sharer().plan_copies(&request).await.unwrap();
    assert_eq!(plan.copies()[0].failed_before, 1);
    assert_eq!(plan.copies()[0].found, FoundCopy::Nothing);
    let again = scene.sharer().copy(&request).await.unwrap();
    let image = again.copies()[0].image.clone();
    assert!(image.is_some() && image != report.copies()[0].image);
    assert_eq!(scene.count("CopyImage"), 2);
    assert_eq!(scene.there().len(), 2);
}

/// The key of the source is shut while the copies run: AWS says so only when they fail
#[tokio::test(start_paused = true)]
async fn a_key_that_cannot_be_used_is_told_as_the_cause() {
    let scene = CopyScene::new(1, &["us-east-1"]);
    let theirs = scene.scene.world.keys();
    let theirs = theirs.iter().find(|key| key.account() == account(1));
    let locked = crate::policy::KeyPolicy::parse(
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["kms:DescribeKey",
        "kms:PutKeyPolicy"], "Principal": {"AWS": "arn:aws:iam::000000000001:root"}, "Resource": "*"}]}"#,
    );
    let world = &scene.scene.world;
    world
        .put_key_policy(theirs.unwrap(), &locked.unwrap())
        .unwrap();
    let request = scene.for_recipients().build().unwrap();
    let report = copies_incomplete(scene.sharer().copy(&request).await);
    let (cause, remains) = failure(&report.copies()[0]);
    assert_eq!(cause, CopyFailureCause::KeyNotUsable);
    assert_eq!(*remains, Remains::CleanedUp);
    assert!(scene.there().is_empty() && scene.orphans().is_empty());
}

#[tokio::test(start_paused = true)]
async fn promise_6_what_could_not_be_cleaned_up_is_told() {
    for (operation, left) in [("DeregisterImage", 3), ("DeleteSnapshot", 2)] {
        let scene = CopyScene::new(0, &["us-east-1"]);
        let world = &scene.scene.world;
        world.set_faults(copies_take(5).copy_fails(1, "no reason"));
        world.deny(scene.scene.owner, operation);
        let request = scene.request().build().unwrap();
        let report = copies_incomplete(scene.sharer().copy(&request).await);
        match failure(&report.copies()[0]).1 {
            Remains::Left { resources, error } => {
                assert_eq!(resources.len(), left, "{resources:?}");
                assert_eq!(error.operation(), operation);
            }
            other => panic!("{other:?}"),
        }
    }
}

/// `CopyImage` itself is refused: there is nothing to wait for and nothing to remove
#[tokio::test(start_paused = true)]
async fn a_refused_copy_ends_at_once_and_the_others_go_on() {
    let scene = CopyScene::new(2, &["us-east-1"]);
    let refused = WorldFault::on("CopyImage").by(account(1));
    let faults = Faults::none().with(refused.refused_with("UnauthorizedOperation"));
    scene.scene.world.set_faults(faults);
    let request = scene.for_recipients().build().unwrap();
    let report = copies_incomplete(scene.sharer().copy(&request).await);
    let (cause, remains) = failure(&report.copies()[0]);
    assert_eq!(cause, CopyFailureCause::AccessDenied);
    assert_eq!(*remains, Remains::Nothing);
    assert_eq!(report.copies()[1].outcome, CopyOutcome::Copied);
}

/// Somebody ends a copy that is under way: it is not made again behind their back
#[tokio::test(start_paused = true)]
async fn a_copy_that_somebody_deregisters_while_it_runs_is_told_and_its_snapshots_go() {
    let scene = CopyScene::new(0, &["us-east-1"]);
    scene.scene.world.set_faults(copies_take(10));
    let request = scene.request().build().unwrap();
    let sharer = scene.sharer();
    let (result, ()) = tokio::join!(sharer.copy(&request), async {
        tokio::time::sleep(minutes(3)).await;
        let made = scene.there().remove(0);
        let world = &scene.scene.world;
        world.deregister_image(&made.region, &made.image).unwrap();
    });
    let report = copies_incomplete(result);
    assert_eq!(failure(&report.copies()[0]).0, CopyFailureCause::Gone);
    assert_eq!(scene.count("CopyImage"), 1);
    assert!(scene.orphans().is_empty(), "{:?}", scene.orphans());
}
