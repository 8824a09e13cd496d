use std::sync::atomic::{AtomicUsize, Ordering};

use super::fake::{Fake, ec2_error};
use super::{home, image_id};
use crate::api_error::ApiErrorKind;
use crate::backend::Backend;
use crate::principal::Principal;

const DONE: &str =
    "<ModifyImageAttributeResponse><return>true</return></ModifyImageAttributeResponse>";

fn throttled() -> (u16, String) {
    (503, ec2_error("RequestLimitExceeded", "slow down"))
}

fn add() -> [Principal; 1] {
    ["111111111111".parse().unwrap()]
}

#[tokio::test(start_paused = true)]
async fn nothing_lost_under_throttling() {
    let calls = AtomicUsize::new(0);
    let fake = Fake::new(move |_| {
        let done = calls.fetch_add(1, Ordering::Relaxed) == 3;
        Some(if done {
            (200, DONE.to_owned())
        } else {
            throttled()
        })
    });

    let backend = fake.backend().await;
    let written = backend
        .modify_launch_permissions(&home(), &image_id(), &add(), &[])
        .await;

    assert!(written.is_ok(), "{written:?}");
    assert_eq!(fake.sent().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn after_eight_attempts_it_gives_up() {
    let fake = Fake::new(|_| Some(throttled()));
    let backend = fake.backend().await;

    let error = backend
        .modify_launch_permissions(&home(), &image_id(), &add(), &[])
        .await
        .unwrap_err();

    assert_eq!(error.kind(), ApiErrorKind::Throttled);
    assert_eq!(error.code(), Some("RequestLimitExceeded"));
    assert!(error.is_retryable() && !error.is_ambiguous());
    assert_eq!(fake.sent().len(), 8);
}

#[tokio::test(start_paused = true)]
async fn what_will_not_get_better_is_not_tried_again() {
    let fake = Fake::always(403, ec2_error("UnauthorizedOperation", "no"));
    let backend = fake.backend().await;

    let error = backend.count_public_images(&home()).await.unwrap_err();

    assert_eq!(error.kind(), ApiErrorKind::AccessDenied);
    assert_eq!(fake.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn settings_are_tried_twice_at_most() {
    let fake = Fake::always(500, "");
    let backend = fake.backend().await;
    let error = backend.get_image_block_public_access_state(&home()).await;
    assert_eq!(error.unwrap_err().kind(), ApiErrorKind::Transient);
    assert_eq!(fake.sent().len(), 2);

    let once = fake.builder().retry_attempts(1).build().await.unwrap();
    let error = once.get_snapshot_block_public_access_state(&home()).await;
    assert!(error.is_err());
    assert_eq!(fake.sent().len(), 3);
}

/// The SDK's own retry budget is one for the whole process, by service and Region
#[tokio::test(start_paused = true)]
async fn one_accounts_failures_do_not_cost_another_its_retries() {
    let failing = Fake::always(500, "");
    let noisy = failing.builder().retry_attempts(3).build().await.unwrap();
    for _ in 0..100 {
        let _ = noisy.count_public_images(&home()).await;
    }
    let without_budget = failing.sent().len();
    assert!(
        without_budget < 300,
        "the budget is used up: {without_budget} attempts"
    );

    let fake = Fake::always(500, "");
    let other = fake.builder().retry_attempts(3).build().await.unwrap();
    let _ = other.count_public_images(&home()).await;
    assert_eq!(fake.sent().len(), 3);

    // Nor one Region another, of the same account.
    let elsewhere = "us-west-2".parse().unwrap();
    let _ = noisy.count_public_images(&elsewhere).await;
    assert_eq!(failing.sent().len(), without_budget + 3);
}
