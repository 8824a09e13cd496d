//! Grants in place of statements, where the caller may not write the key policy.

use super::*;
use crate::backend::simulator::{Fault, Faults};
use crate::plan::Action;

#[tokio::test(start_paused = true)]
async fn promise_6_a_grant_that_was_made_is_told_though_another_was_not() {
    let locked = Locked::new(1, &[&[0]]);
    let scene = &locked.scene;
    scene.world.deny(scene.owner, "PutKeyPolicy");
    let second = Fault::on("CreateGrant").call(2);
    let faults = Faults::none().with(second.refused_with("LimitExceededException"));
    scene.world.set_faults(faults);
    let request = scene.request().accounts(accounts(2)).build().unwrap();
    let Err(Error::Incomplete(report)) = scene.sharer().share(&request).await else {
        panic!("the second grant was not made");
    };
    let made = report.steps().iter().filter(|step| {
        step.outcome.is_done() && matches!(step.step.action, Action::CreateGrant { .. })
    });
    assert_eq!(made.count(), 1, "{report}");
    assert!(!scene.can_launch(account(1), 0), "promise 3");
    assert_eq!(scene.world.grants(&locked.keys[0]).len(), 1);

    scene.sharer().share(&request).await.unwrap();
    assert!(scene.can_launch(account(2), 0));
    assert_eq!(scene.world.grants(&locked.keys[0]).len(), 2);
    assert!(scene.sharer().share(&request).await.unwrap().is_empty());
}
