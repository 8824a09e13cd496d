use std::time::Duration;

use tokio::time::Instant;

use super::super::{Fault, Faults, Outcome};
use super::*;

fn outcomes(scene: &Scene) -> Vec<Outcome> {
    let calls = scene.world.calls();
    calls.into_iter().map(|call| call.outcome).collect()
}

#[tokio::test]
async fn the_named_call_of_an_operation_fails_with_the_code_and_nothing_is_done() {
    let scene = Scene::new();
    let second = Fault::on("ModifyImageAttribute").call(2);
    scene
        .world
        .set_faults(Faults::none().with(second.refused_with("RequestLimitExceeded")));
    scene.add(&accounts(2..3)).await.unwrap();
    let error = scene.add(&accounts(3..4)).await.unwrap_err();
    assert_eq!(error.code(), Some("RequestLimitExceeded"));
    assert!(error.is_retryable());
    assert_eq!(scene.stored(), set(&accounts(2..3)));
    scene.add(&accounts(4..5)).await.unwrap();
    assert_eq!(
        outcomes(&scene),
        [
            Outcome::Done,
            Outcome::Refused("RequestLimitExceeded".into()),
            Outcome::Done
        ]
    );
}

#[tokio::test]
async fn a_lost_answer_leaves_the_work_done_and_a_cut_connection_does_not() {
    let scene = Scene::new();
    scene.world.set_faults(
        Faults::none()
            .with(
                Fault::on("ModifyImageAttribute")
                    .call(1)
                    .losing_the_answer(),
            )
            .with(
                Fault::on("ModifyImageAttribute")
                    .call(2)
                    .cutting_the_connection(),
            ),
    );
    for principals in [accounts(2..3), accounts(3..4)] {
        let error = scene.add(&principals).await.unwrap_err();
        assert!(error.is_ambiguous(), "nobody knows whether it was done");
        assert_eq!(error.code(), None);
    }
    assert_eq!(scene.stored(), set(&accounts(2..3)));
    assert_eq!(outcomes(&scene), [Outcome::Lost(None), Outcome::Cut]);
}

#[tokio::test]
async fn a_server_error_of_a_code_that_nobody_knows_may_have_been_done() {
    let scene = Scene::new();
    let fault = Fault::on("*").refused_with_status("SomethingNew", 500);
    scene.world.set_faults(Faults::none().with(fault));
    let error = scene.add(&accounts(2..3)).await.unwrap_err();
    assert!(error.is_ambiguous());
}

#[tokio::test]
async fn a_fault_is_of_its_account_and_region_alone() {
    let scene = Scene::new();
    scene.world.set_faults(
        Faults::none()
            .with(Fault::on("*").by(stranger()).refused_with("Unavailable"))
            .with(
                Fault::on("*")
                    .within("us-east-1".parse().unwrap())
                    .refused_with("Unavailable"),
            ),
    );
    scene.add(&accounts(2..3)).await.unwrap();
    let other = scene.world.backend(stranger());
    let setting = other.get_image_block_public_access_state(&scene.region);
    assert_eq!(code(setting.await), "Unavailable");
    let elsewhere = "us-east-1".parse().unwrap();
    let setting = scene
        .backend
        .get_image_block_public_access_state(&elsewhere);
    assert_eq!(code(setting.await), "Unavailable");
}

#[tokio::test(start_paused = true)]
async fn answers_take_the_latency_and_at_most_the_spread_more() {
    let scene = Scene::new();
    let (at_least, spread) = (Duration::from_millis(30), Duration::from_millis(20));
    scene
        .world
        .set_faults(Faults::none().latency(at_least, spread));
    let mut taken = Vec::new();
    for _ in 0..20 {
        let start = Instant::now();
        scene.add(&accounts(2..3)).await.unwrap();
        taken.push(start.elapsed());
    }
    assert!(taken.iter().all(|&time| time >= at_least));
    // The runtime's clock counts whole milliseconds and wakes at the next one.
    assert!(
        taken
            .iter()
            .all(|&time| time <= at_least + spread + Duration::from_millis(1))
    );
    assert!(taken.iter().any(|time| *time != taken[0]));
}

#[tokio::test(start_paused = true)]
async fn aws_throttles_at_its_own_buckets_and_they_fill_with_time() {
    let scene = Scene::new();
    scene.world.set_faults(Faults::none().throttled());
    for _ in 0..100 {
        scene.add(&accounts(2..3)).await.unwrap();
    }
    assert_eq!(
        code(scene.add(&accounts(2..3)).await),
        "RequestLimitExceeded"
    );
    // Another operation has a bucket of its own, and so has another account.
    let setting = scene
        .backend
        .get_image_block_public_access_state(&scene.region);
    assert!(setting.await.is_ok());
    scene.world.advance(Duration::from_secs(1));
    for _ in 0..5 {
        scene.add(&accounts(2..3)).await.unwrap();
    }
    assert_eq!(
        code(scene.add(&accounts(2..3)).await),
        "RequestLimitExceeded"
    );
}

#[tokio::test(start_paused = true)]
async fn a_bucket_that_is_set_holds_instead_of_aws_s_own() {
    let scene = Scene::new();
    let faults = Faults::none().bucket("ModifyImageAttribute", 2.0, 0.5);
    scene.world.set_faults(faults);
    scene.add(&accounts(2..3)).await.unwrap();
    scene.add(&accounts(2..3)).await.unwrap();
    assert!(scene.add(&accounts(2..3)).await.is_err());
    tokio::time::sleep(Duration::from_secs(2)).await;
    scene.add(&accounts(2..3)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_write_stays_unseen_for_the_time_that_is_set() {
    let scene = Scene::new();
    let stale = Duration::from_secs(300);
    scene.world.set_faults(Faults::none().stale_for(stale));
    scene.add(&accounts(2..3)).await.unwrap();
    let read = async || {
        let read = scene
            .backend
            .describe_launch_permissions(&scene.region, &scene.image);
        read.await.unwrap()
    };
    assert!(read().await.is_empty());
    scene.world.advance(stale - Duration::from_secs(1));
    assert!(read().await.is_empty());
    scene.world.advance(Duration::from_secs(1));
    assert_eq!(read().await, set(&accounts(2..3)));
}

#[tokio::test]
async fn the_same_seed_makes_the_same_calls_fail() {
    let run = async |seed| {
        let scene = Scene::new();
        let coin = Fault::on("ModifyImageAttribute").chance(0.5);
        let faults = Faults::none().seed(seed).with(coin);
        scene.world.set_faults(faults);
        for _ in 0..40 {
            // Whether it fails is what is looked at.
            let _ = scene.add(&accounts(2..3)).await;
        }
        outcomes(&scene)
    };
    let first = run(7).await;
    assert_eq!(first, run(7).await);
    assert_ne!(first, run(8).await);
    assert!(first.contains(&Outcome::Done));
    assert!(first.contains(&Outcome::Refused("InternalError".into())));
}

#[test]
fn faults_are_written_and_read_back() {
    let faults = Faults::none()
        .seed(7)
        .latency(Duration::from_millis(30), Duration::from_millis(10))
        .throttled()
        .bucket("CopyImage", 2.0, 0.5)
        .stale_reads(2)
        .stale_for(Duration::from_secs(5))
        .copies_take(Duration::from_secs(60), Duration::from_secs(10))
        .copy_fails(2, "no")
        .reports_take(Duration::from_secs(60))
        .report_fails(2)
        .with(Fault::on("*").by(owner()).call(3).losing_the_answer())
        .with(
            Fault::on("CreateTags")
                .chance(0.25)
                .refused_with("InternalError"),
        );
    let text = serde_json::to_string(&faults).unwrap();
    assert_eq!(serde_json::from_str::<Faults>(&text).unwrap(), faults);
    let error = serde_json::from_str::<Faults>(r#"{"latancy": {}}"#).unwrap_err();
    assert!(
        error.to_string().contains("unknown field `latancy`"),
        "{error}"
    );
}
