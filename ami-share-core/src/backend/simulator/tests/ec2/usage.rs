use std::collections::BTreeSet;
use std::time::Duration;

use super::super::super::Faults;
use super::super::super::call::Caller;
use super::super::super::ec2::{UsageKind, UsageRequest};
use super::super::super::iam::Identity;
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::*;
use crate::resource::Tags;

fn of_instances(image: &ImageId) -> UsageRequest {
    UsageRequest {
        image: image.clone(),
        kinds: vec![UsageKind {
            name: UsageKind::INSTANCE,
            version_depth: None,
        }],
        accounts: BTreeSet::new(),
        tags: Tags::new(),
    }
}

fn by<T>(scene: &Scene, account: AccountId, run: impl FnOnce(&mut State, Caller<'_>) -> T) -> T {
    let identity = Identity::Root(account);
    let caller = Caller {
        account,
        region: &scene.region,
        identity: &identity,
    };
    run(&mut scene.world.state(), caller)
}

fn create(scene: &Scene, request: UsageRequest, token: Option<&str>) -> Result<String, Refusal> {
    by(scene, owner(), |state, caller| {
        state.create_usage_report(caller, request, token)
    })
}

/// The state of a report, and how many instances it tells of in which accounts
fn told(scene: &Scene, id: &str) -> (String, Vec<(AccountId, usize)>) {
    by(scene, owner(), |state, caller| {
        let now = state.now();
        let report = state.usage_report(caller, id).unwrap();
        let entries = report.entries(now).iter();
        (
            report.state(now).to_owned(),
            entries.map(|entry| (entry.account, entry.count)).collect(),
        )
    })
}

/// An image that two others launch, one of them twice, and its owner too
async fn used() -> Scene {
    let scene = Scene::new();
    scene.add(&accounts(2..4)).await.unwrap();
    for account in [recipient(), recipient(), stranger(), owner()] {
        scene
            .world
            .run_instance(&scene.region, account, &scene.image)
            .unwrap();
    }
    scene
}

#[tokio::test]
async fn a_report_tells_its_owner_how_many_instances_others_run() {
    let scene = used().await;
    let id = create(&scene, of_instances(&scene.image), None).unwrap();
    let expected = vec![(recipient(), 2), (stranger(), 1)];
    assert_eq!(told(&scene, &id), ("available".into(), expected));
    let request = UsageRequest {
        accounts: [recipient(), account(9)].into(),
        ..of_instances(&scene.image)
    };
    let id = create(&scene, request, None).unwrap();
    assert_eq!(told(&scene, &id).1, [(recipient(), 2)]);
    let other = scene
        .world
        .register_image(&scene.region, owner(), ImageSpec::named("unused"));
    let id = create(&scene, of_instances(&other), None).unwrap();
    assert_eq!(told(&scene, &id), ("available".into(), Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn a_report_says_nothing_until_it_is_available_and_is_deleted_after_30_days() {
    let scene = used().await;
    let minute = Duration::from_secs(60);
    let faults = Faults::none().reports_take(minute).report_fails(2);
    scene.world.set_faults(faults);
    let id = create(&scene, of_instances(&scene.image), None).unwrap();
    assert_eq!(told(&scene, &id), ("pending".into(), Vec::new()));
    let second = create(&scene, of_instances(&scene.image), None);
    assert_eq!(second.unwrap_err().code, "ResourceLimitExceeded");
    scene.world.advance(minute);
    assert_eq!(told(&scene, &id).0, "available");
    let failed = create(&scene, of_instances(&scene.image), None).unwrap();
    scene.world.advance(minute);
    assert_eq!(told(&scene, &failed), ("error".into(), Vec::new()));
    scene.world.advance(Duration::from_secs(30 * 24 * 60 * 60));
    let gone = by(&scene, owner(), |state, caller| {
        state.usage_reports(caller).count()
    });
    assert_eq!(gone, 0);
}

#[tokio::test]
async fn only_the_owner_of_an_image_has_reports_about_it() {
    let scene = used().await;
    let request = of_instances(&scene.image);
    let refusal = by(&scene, recipient(), |state, caller| {
        state.create_usage_report(caller, request.clone(), None)
    });
    assert_eq!(refusal.unwrap_err().code, "AuthFailure");
    let refusal = by(&scene, account(9), |state, caller| {
        state.create_usage_report(caller, request.clone(), None)
    });
    assert_eq!(refusal.unwrap_err().code, "InvalidAMIID.NotFound");
    let id = create(&scene, request, None).unwrap();
    let refusal = by(&scene, recipient(), |state, caller| {
        state.delete_usage_report(caller, &id)
    });
    assert!(refusal.is_err());
    assert_eq!(told(&scene, &id).0, "available");
}

#[tokio::test]
async fn the_same_token_makes_one_report_and_none_with_other_parameters() {
    let scene = used().await;
    let first = create(&scene, of_instances(&scene.image), Some("once")).unwrap();
    let again = create(&scene, of_instances(&scene.image), Some("once"));
    assert_eq!(again.unwrap(), first);
    let other = UsageRequest {
        accounts: [recipient()].into(),
        ..of_instances(&scene.image)
    };
    let refusal = create(&scene, other, Some("once")).unwrap_err();
    assert_eq!(refusal.code, "IdempotentParameterMismatch");
}

#[tokio::test]
async fn a_report_is_about_at_most_200_accounts_and_at_least_one_kind() {
    let scene = Scene::new();
    let about = |count| UsageRequest {
        accounts: (1..=count).map(account).collect(),
        ..of_instances(&scene.image)
    };
    assert!(create(&scene, about(200), None).is_ok());
    let refusal = create(&scene, about(201), None).unwrap_err();
    assert_eq!(refusal.code, "InvalidParameterValue");
    let none = UsageRequest {
        kinds: Vec::new(),
        ..of_instances(&scene.image)
    };
    assert_eq!(
        create(&scene, none, None).unwrap_err().code,
        "MissingParameter"
    );
}
