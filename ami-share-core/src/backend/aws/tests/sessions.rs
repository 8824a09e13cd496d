//! Sessions over time: renewed before they end, and what STS may take and cost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::{Instant, advance};

use super::fake::Fake;
use super::home;
use super::roles::{assumed, role, session, sts_error, willing};
use crate::api_error::ApiErrorKind;
use crate::backend::{Backend, Role, RoleBackend};

const MINUTE: Duration = Duration::from_secs(60);

/// The end that STS tells of is by AWS's clock, and in the tests long past
#[tokio::test(start_paused = true)]
async fn a_session_is_renewed_five_minutes_before_its_end_and_no_sooner() {
    let number = AtomicUsize::new(0);
    let fake = Fake::new(move |sent| match sent.action.as_str() {
        "AssumeRole" => {
            let number = number.fetch_add(1, Ordering::Relaxed);
            Some((200, session(&format!("ASIA{number}"))))
        }
        _ => willing(sent),
    });
    let backend = fake.backend().await.assume_role(&role());

    for (later, expected) in [(0, "ASIA0"), (54, "ASIA0"), (2, "ASIA1"), (54, "ASIA1")] {
        advance(later * MINUTE).await;
        backend.count_public_images(&home()).await.unwrap();
        assert_eq!(fake.sent().last().unwrap().access_key, expected);
    }
    assert_eq!(assumed(&fake).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn nothing_lost_under_a_fault_the_old_session_serves_until_its_end() {
    let broken = Arc::new(AtomicBool::new(false));
    let is_broken = broken.clone();
    let fake = Fake::new(move |sent| match sent.action.as_str() {
        "AssumeRole" if is_broken.load(Ordering::Relaxed) => Some((503, String::new())),
        _ => willing(sent),
    });
    let backend = fake.builder().retry_attempts(1).build().await.unwrap();
    let backend = backend.assume_role(&role());
    backend.count_public_images(&home()).await.unwrap();

    broken.store(true, Ordering::Relaxed);
    advance(57 * MINUTE).await;
    backend.count_public_images(&home()).await.unwrap();
    advance(4 * MINUTE).await;
    let error = backend.count_public_images(&home()).await.unwrap_err();
    assert_eq!(error.operation(), "AssumeRole");
    assert!(error.is_retryable());

    broken.store(false, Ordering::Relaxed);
    backend.count_public_images(&home()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_sts_that_throttles_or_hangs_is_given_up_within_an_attempt_of_the_call() {
    let throttling = Fake::new(|_| Some((400, sts_error("Throttling"))));
    let hanging = Fake::new(|_| None);
    for (fake, kind) in [
        (throttling, ApiErrorKind::Throttled),
        (hanging, ApiErrorKind::Transient),
    ] {
        let backend = fake.backend().await.assume_role(&role());
        let started = Instant::now();

        let error = backend.count_public_images(&home()).await.unwrap_err();

        assert_eq!(error.operation(), "AssumeRole", "{error}");
        assert!(
            [kind, ApiErrorKind::Transient].contains(&error.kind()),
            "{error}"
        );
        assert!(started.elapsed() < MINUTE, "{:?}", started.elapsed());
        let tries = fake.sent().len();
        assert!((2..=8).contains(&tries), "{tries}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_roles_failures_do_not_cost_another_its_retries() {
    let fake = Fake::new(|sent| match sent.action.as_str() {
        "AssumeRole" => willing(sent),
        _ => Some((500, String::new())),
    });
    let owner = fake.builder().retry_attempts(3).build().await.unwrap();
    let other = Role {
        arn: "arn:aws:iam::333333333333:role/Sharer".parse().unwrap(),
        ..role()
    };
    let (noisy, other) = (owner.assume_role(&role()), owner.assume_role(&other));
    for _ in 0..100 {
        let _ = noisy.count_public_images(&home()).await;
    }
    let without_budget = fake.sent().len();
    assert!(without_budget < 300, "{without_budget}");

    let _ = other.count_public_images(&home()).await;
    let _ = owner.count_public_images(&home()).await;

    let assumed = 1;
    assert_eq!(fake.sent().len(), without_budget + assumed + 3 + 3);
}
