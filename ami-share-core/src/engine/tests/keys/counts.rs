//! How many calls it takes, in process.

use super::*;
use crate::access::Answer;
use crate::backend::simulator::Call;

/// The accounts that the two statements of ours hold within the 32,768 bytes that KMS takes
const MANY: u64 = 470;

fn calls_of(calls: &[Call], operation: &str) -> usize {
    let mut count = 0;
    for call in calls {
        count += usize::from(call.operation == operation);
    }
    count
}

#[tokio::test(start_paused = true)]
async fn promise_7_an_encrypted_image_takes_ten_calls_for_one_account_or_as_many_as_the_policy_holds()
 {
    for number in [1, MANY] {
        let locked = Locked::new(1, &[&[0, 0]]);
        let scene = &locked.scene;
        let request = scene.request().accounts(accounts(number)).build().unwrap();
        let report = scene.sharer().share(&request).await.unwrap();
        let verification = report.verification().unwrap();
        assert_eq!(verification.as_desired(), Answer::Yes);
        let operations = scene.operations();
        assert!(operations.len() <= 10, "{number}: {operations:?}");
        assert_eq!(scene.writes(), 2, "{operations:?}");
        assert!(scene.can_launch(account(number), 0));

        scene.world.clear_calls();
        assert!(scene.sharer().share(&request).await.unwrap().is_empty());
        assert_eq!(scene.writes(), 0);

        scene.world.clear_calls();
        let verification = scene.sharer().verify(&request).await.unwrap();
        assert_eq!(verification.as_desired(), Answer::Yes);
        assert!(scene.operations().len() < 20, "{:?}", scene.operations());
    }
}

#[tokio::test(start_paused = true)]
async fn promise_7_a_key_of_a_hundred_images_is_read_once_and_written_once() {
    let under: Vec<&[usize]> = vec![&[0]; 100];
    let locked = Locked::new(1, &under);
    let scene = &locked.scene;
    let request = scene.request().accounts(accounts(3)).build().unwrap();
    let sharer = scene.sharer();
    let plan = sharer.plan(&request).await.unwrap();
    let calls = scene.world.calls();
    assert_eq!(calls_of(&calls, "DescribeKey"), 1);
    assert_eq!(calls_of(&calls, "GetKeyPolicy"), 1);
    assert_eq!(calls_of(&calls, "DescribeSnapshots"), 1);
    let options = crate::engine::ApplyOptions::just_planned();
    sharer.apply(&plan, &options).await.unwrap();
    let calls = scene.world.calls();
    assert_eq!(calls_of(&calls, "DescribeKey"), 1);
    assert_eq!(calls_of(&calls, "PutKeyPolicy"), 1);
    // The plan's, the one that shows the write, and the look behind everything else
    assert_eq!(calls_of(&calls, "GetKeyPolicy"), 3);
    assert_eq!(calls_of(&calls, "ListGrants"), 0);
    assert!(scene.can_launch(account(3), 99));
}

#[tokio::test(start_paused = true)]
async fn promise_7_a_revoke_takes_as_few_calls_for_many_accounts_as_for_one() {
    let mut counts = Vec::new();
    for number in [1, MANY] {
        let locked = Locked::new(1, &[&[0, 0]]);
        let scene = &locked.scene;
        let request = scene.request().accounts(accounts(number)).build().unwrap();
        scene.sharer().share(&request).await.unwrap();
        scene.world.clear_calls();
        scene.sharer().revoke(&request).await.unwrap();
        assert_eq!(scene.writes(), 2, "{:?}", scene.operations());
        assert!(!scene.can_launch(account(1), 0));
        assert!(locked.ours(0).is_empty());
        counts.push(scene.operations().len());
    }
    assert!(counts[1] <= counts[0], "{counts:?}");
}

#[tokio::test(start_paused = true)]
async fn promise_7_a_revoke_lists_the_grants_of_a_key_once() {
    for number in [1, 2, MANY] {
        let locked = Locked::new(1, &[&[0, 0]]);
        let scene = &locked.scene;
        let request = scene.request().accounts(accounts(number)).build().unwrap();
        scene.sharer().share(&request).await.unwrap();
        scene.world.clear_calls();
        scene.sharer().revoke(&request).await.unwrap();
        let calls = scene.world.calls();
        assert_eq!(calls_of(&calls, "ListGrants"), 1, "{number} accounts");
    }
}

#[tokio::test(start_paused = true)]
async fn promise_7_what_the_policy_does_not_decide_costs_verify_one_list_of_grants() {
    let locked = Locked::new(1, &[&[0]]);
    let scene = &locked.scene;
    let request = scene.request().accounts(accounts(1_000)).build().unwrap();
    scene.world.clear_calls();
    let verification = scene.sharer().verify(&request).await.unwrap();
    assert_eq!(verification.as_desired(), Answer::No);
    assert_eq!(calls_of(&scene.world.calls(), "ListGrants"), 1);
    assert!(scene.operations().len() < 20, "{:?}", scene.operations());
}
