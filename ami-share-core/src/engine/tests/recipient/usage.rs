use std::time::Duration;

use super::*;
use crate::access::Answer;
use crate::backend::simulator::Faults;
use crate::outcome::{Hurt, ImageUsageReport, hurt_by};
use crate::plan::Refusal;
use crate::principal::Principal;
use crate::request::{RemovalLimit, UsageRequest, UsageRequestBuilder};
use crate::resource::Reading;

fn asked(scene: &Scene) -> UsageRequestBuilder {
    UsageRequest::builder()
        .region(&scene.region)
        .images(&scene.images)
}

async fn usage(scene: &Scene, request: UsageRequestBuilder) -> ImageUsageReport {
    scene
        .sharer()
        .usage(&request.build().unwrap())
        .await
        .unwrap()
}

/// Two images shared with accounts 1 to 3: account 1 runs two instances of the first, 2 runs one, and so
/// does the owner
async fn used() -> Scene {
    let scene = Scene::new(2);
    scene.share_with(accounts(3)).await;
    for user in [account(1), account(1), account(2), scene.owner] {
        scene
            .world
            .run_instance(&scene.region, user, &scene.images[0])
            .unwrap();
    }
    // EC2 tells a day late when an image was launched last.
    scene.world.advance(Duration::from_secs(25 * 60 * 60));
    scene
}

fn told(hurt: &[Hurt]) -> Vec<(Option<AccountId>, Answer)> {
    hurt.iter()
        .map(|hurt| (hurt.account, hurt.answer))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn the_owner_learns_who_uses_an_image_and_who_would_be_hurt() {
    let scene = used().await;
    scene
        .world
        .set_faults(Faults::none().reports_take(Duration::from_secs(300)));
    let report = usage(&scene, asked(&scene)).await;
    assert!(report.is_complete());
    let Reading::Known(users) = &report.images()[0].usage else {
        panic!("{report}")
    };
    let counts: Vec<(AccountId, u64)> = users.iter().map(|u| (u.account, u.count)).collect();
    assert_eq!(counts, [(account(1), 2), (account(2), 1)]);
    assert!(report.images()[0].last_launched.is_some());
    assert!(
        report.to_string().contains("2 accounts use 2 images."),
        "{report}"
    );
    let request = |accounts: &[AccountId]| scene.request().accounts(accounts.iter().copied());
    let revoke = request(&[account(1), account(3)]).revoke().build().unwrap();
    assert_eq!(
        told(&hurt_by(&report, &revoke)),
        [(Some(account(1)), Answer::Yes)]
    );
    let share = request(&[account(1)]).build().unwrap();
    assert!(hurt_by(&report, &share).is_empty());
    let exactly = request(&[account(1)])
        .exactly(RemovalLimit::Unlimited)
        .build()
        .unwrap();
    assert_eq!(
        told(&hurt_by(&report, &exactly)),
        [(Some(account(2)), Answer::Yes)]
    );
    let organization: Principal = "arn:aws:organizations::111122223333:organization/o-exampleorg1"
        .parse()
        .unwrap();
    let group = request(&[account(1)])
        .principal(organization)
        .revoke()
        .build()
        .unwrap();
    let both = [
        (Some(account(1)), Answer::Yes),
        (Some(account(2)), Answer::Unknown),
    ];
    assert_eq!(told(&hurt_by(&report, &group)), both);
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(
        serde_json::from_str::<ImageUsageReport>(&json).unwrap(),
        report
    );
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_report_that_is_late_or_fails_is_unknown_and_not_nobody() {
    let scene = used().await;
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    let faults = Faults::none().reports_take(minutes(30)).report_fails(4);
    scene.world.set_faults(faults);
    let revoke = scene
        .request()
        .account(account(1))
        .revoke()
        .build()
        .unwrap();
    scene.world.clear_calls();
    let report = usage(&scene, asked(&scene).time_limit(minutes(5))).await;
    let reasons: Vec<String> = report
        .images()
        .iter()
        .map(|image| match &image.usage {
            Reading::Unknown { because } => because.clone(),
            known => panic!("{known:?}"),
        })
        .collect();
    assert!(
        reasons.iter().all(|r| r.contains("after 300 seconds")),
        "{reasons:?}"
    );
    assert!(!report.is_complete());
    assert_eq!(
        told(&hurt_by(&report, &revoke)),
        [(None, Answer::Unknown), (None, Answer::Unknown)]
    );
    let looks = scene
        .operations()
        .iter()
        .filter(|o| **o == "DescribeImageUsageReports")
        .count();
    assert!(
        looks < 60,
        "two reports, five minutes, no busy loop: {looks}"
    );
    scene.world.advance(minutes(60));
    let report = usage(&scene, asked(&scene).time_limit(minutes(60))).await;
    let unread: Vec<&String> = report
        .images()
        .iter()
        .filter_map(|image| match &image.usage {
            Reading::Unknown { because } => Some(because),
            Reading::Known(_) => None,
        })
        .collect();
    let [because] = unread.as_slice() else {
        panic!("{report}")
    };
    assert!(because.contains("EC2 could not make report"), "{because}");
    assert!(because.contains("fails on purpose"), "{because}");
}

#[tokio::test(start_paused = true)]
async fn promise_8_a_call_after_a_timeout_adopts_the_report_of_the_first() {
    let scene = used().await;
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    scene
        .world
        .set_faults(Faults::none().reports_take(minutes(30)));
    let ids = |report: &ImageUsageReport| -> Vec<Option<String>> {
        let images = report.images().iter();
        images.map(|image| image.report.clone()).collect()
    };
    let first = usage(&scene, asked(&scene).time_limit(minutes(5))).await;
    assert!(!first.is_complete() && ids(&first).iter().all(Option::is_some));
    // What is pending tells of all accounts, and so of one.
    let one = asked(&scene).account(account(1));
    let second = usage(&scene, one.time_limit(minutes(60))).await;
    assert!(second.is_complete(), "{second}");
    assert_eq!(ids(&second), ids(&first));
    assert!(second.images()[0].asked.is_empty());
    let told = second.images()[0].usage.known().unwrap();
    assert_eq!(told.len(), 2, "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn promise_6_a_pending_report_about_fewer_is_not_taken_for_an_answer() {
    let scene = used().await;
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    scene
        .world
        .set_faults(Faults::none().reports_take(minutes(30)));
    let few = asked(&scene).account(account(2));
    let first = usage(&scene, few.time_limit(minutes(5))).await;
    let second = usage(&scene, asked(&scene).time_limit(minutes(60))).await;
    let (first, second) = (&first.images()[0], &second.images()[0]);
    let Reading::Unknown { because } = &second.usage else {
        panic!("{second:?}")
    };
    let pending = first.report.as_ref().unwrap();
    assert!(because.contains(pending), "{because}");
    assert!(because.contains("ask again"), "{because}");
}

#[tokio::test(start_paused = true)]
async fn promise_6_who_may_not_look_at_a_report_is_told_at_once() {
    let scene = used().await;
    for (code, mend) in [
        ("UnauthorizedOperation", "ec2:DescribeImageUsageReports"),
        ("ExpiredToken", "ExpiredToken"),
    ] {
        scene.world.clear_calls();
        let backend = scene
            .faulty()
            .fail("DescribeImageUsageReports", 0, Fault::Code(code));
        let request = UsageRequest::builder().image_in(&scene.region, &scene.images[0]);
        let request = request.build().unwrap();
        let report = BackendSharer::new(backend).usage(&request).await.unwrap();
        let Reading::Unknown { because } = &report.images()[0].usage else {
            panic!("{report}")
        };
        assert!(
            because.contains(code) && because.contains(mend),
            "{because}"
        );
        assert!(
            !scene.operations().contains(&"DescribeImageUsageReports"),
            "it was looked at again"
        );
    }
}

#[tokio::test]
async fn what_is_not_asked_about_is_not_taken_for_unused() {
    let scene = used().await;
    let report = usage(&scene, asked(&scene).account(account(2))).await;
    let revoke = scene
        .request()
        .accounts(accounts(2))
        .revoke()
        .build()
        .unwrap();
    let hurt = hurt_by(&report, &revoke);
    assert!(told(&hurt).contains(&(None, Answer::Unknown)), "{hurt:?}");
    assert!(
        told(&hurt).contains(&(Some(account(2)), Answer::Yes)),
        "{hurt:?}"
    );
    let named = scene
        .request()
        .account(account(2))
        .revoke()
        .build()
        .unwrap();
    assert_eq!(
        told(&hurt_by(&report, &named)),
        [(Some(account(2)), Answer::Yes)]
    );
}

#[tokio::test]
async fn only_the_owner_of_an_image_is_told() {
    let scene = used().await;
    let recipient = BackendSharer::new(scene.world.backend(account(1)));
    let request = asked(&scene)
        .image("ami-0123456789abcdef0")
        .build()
        .unwrap();
    match recipient.usage(&request).await {
        Err(Error::Refused(refusals)) => {
            let refusals = refusals.as_slice();
            assert_eq!(refusals.len(), 3);
            assert!(
                refusals
                    .iter()
                    .any(|r| matches!(r, Refusal::ImageNotFound { .. }))
            );
            assert!(
                refusals
                    .iter()
                    .any(|r| matches!(r, Refusal::NotOwner { .. }))
            );
        }
        other => panic!("{other:?}"),
    }
    assert!(!scene.operations().contains(&"CreateImageUsageReport"));
}
