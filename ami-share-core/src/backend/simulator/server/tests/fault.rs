use std::time::Duration;

use super::Wire;
use crate::backend::simulator::{Fault, Faults, ImageSpec, Outcome};

const OWNER: &str = "111122223333";

/// Adds a launch permission over the wire; `None` if the connection closed before the answer
async fn wire_with(faults: Faults) -> (Wire, String) {
    let wire = Wire::start().await;
    let region = Wire::REGION.parse().unwrap();
    let image =
        wire.world
            .register_image(&region, OWNER.parse().unwrap(), ImageSpec::named("golden"));
    wire.world.set_faults(faults);
    (wire, image.to_string())
}

async fn describe(wire: &Wire, image: &str) -> Option<(u16, String)> {
    let body = format!(
        "Action=DescribeImageAttribute&Version=2016-11-15&ImageId={image}&Attribute=launchPermission"
    );
    let headers = format!(
        "Content-Type: application/x-www-form-urlencoded\r\n{}",
        super::wire::authorization(OWNER, Wire::REGION, "ec2")
    );
    wire.try_send("POST", "/", &headers, body.as_bytes()).await
}

#[tokio::test]
async fn a_lost_answer_closes_the_connection_behind_the_work() {
    let lost = Fault::on("DescribeImageAttribute")
        .call(1)
        .losing_the_answer();
    let (wire, image) = wire_with(Faults::none().with(lost)).await;
    assert_eq!(describe(&wire, &image).await, None);
    assert_eq!(describe(&wire, &image).await.unwrap().0, 200);
    let outcomes: Vec<_> = wire
        .world
        .calls()
        .into_iter()
        .map(|call| call.outcome)
        .collect();
    assert_eq!(outcomes, [Outcome::Lost(None), Outcome::Done]);
}

#[tokio::test]
async fn throttling_and_server_errors_have_aws_s_statuses() {
    let on = || Fault::on("DescribeImageAttribute");
    let (wire, image) = wire_with(
        Faults::none()
            .with(on().call(1).refused_with("RequestLimitExceeded"))
            .with(on().call(2).refused_with("InternalError"))
            .with(on().call(3).refused_with("Unavailable"))
            .with(on().call(4).refused_with_status("Strange", 504)),
    )
    .await;
    for (status, code) in [
        (503, "RequestLimitExceeded"),
        (500, "InternalError"),
        (503, "Unavailable"),
        (504, "Strange"),
    ] {
        let (answered, body) = describe(&wire, &image).await.unwrap();
        assert_eq!(answered, status);
        assert!(body.contains(&format!("<Code>{code}</Code>")), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_latency_is_waited_for_over_the_wire() {
    let slow = Duration::from_secs(7);
    let (wire, image) = wire_with(Faults::none().latency(slow, Duration::ZERO)).await;
    let start = tokio::time::Instant::now();
    assert_eq!(describe(&wire, &image).await.unwrap().0, 200);
    assert!(start.elapsed() >= slow);
}
