//! What a test sets and asks beside AWS's own operations.

use serde_json::{Value, json};

use super::super::super::ImageSpec;
use super::wire::Wire;
use crate::principal::Principal;

const OWNER: &str = "111122223333";
const RECIPIENT: &str = "444455556666";

impl Wire {
    async fn control(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let path = format!("/_simulator/{path}");
        let (status, body) = self.send(method, &path, "", body.as_bytes()).await;
        (status, serde_json::from_str(&body).unwrap())
    }
}

#[tokio::test]
async fn health_needs_no_signature() {
    let wire = Wire::start().await;
    let answer = wire.control("GET", "health", "").await;
    assert_eq!(answer, (200, json!({"status": "ok"})));
}

#[tokio::test]
async fn calls_are_told_and_filtered_and_forgotten() {
    let wire = Wire::start().await;
    for account in [OWNER, RECIPIENT] {
        wire.query(account, "sts", "GetCallerIdentity", &[]).await;
    }
    let image = [
        ("ImageId", "ami-12345678"),
        ("Attribute", "launchPermission"),
    ];
    wire.query(OWNER, "ec2", "DescribeImageAttribute", &image)
        .await;
    for (filter, count) in [
        ("", 3),
        ("?account=111122223333", 2),
        ("?account=111122223333&service=sts", 1),
        ("?operation=GetCallerIdentity", 2),
        ("?outcome=done", 2),
        ("?outcome=refused", 1),
        ("?outcome=InvalidAMIID.NotFound", 1),
        ("?write=true", 0),
        ("?region=us-east-1", 0),
    ] {
        let (status, calls) = wire.control("GET", &format!("calls{filter}"), "").await;
        assert_eq!(
            (status, calls.as_array().unwrap().len()),
            (200, count),
            "{filter}"
        );
    }
    let (status, answer) = wire.control("GET", "calls?flavor=sweet", "").await;
    assert_eq!(status, 400);
    assert!(answer["error"].as_str().unwrap().contains("`flavor`"));
    wire.control("DELETE", "calls", "").await;
    assert_eq!(wire.world.calls(), []);
}

#[tokio::test]
async fn a_judgement_says_who_gets_in_and_why() {
    let wire = Wire::start().await;
    let region = Wire::REGION.parse().unwrap();
    let owner = OWNER.parse().unwrap();
    let image = wire
        .world
        .register_image(&region, owner, ImageSpec::named("golden"));
    let ask =
        |account: &str| json!({"region": region, "account": account, "image": image}).to_string();
    let (_, answer) = wire.control("POST", "judge", &ask(OWNER)).await;
    assert_eq!(answer["launch"]["allowed"], true);
    assert_eq!(answer["copy"]["allowed"], true);
    let (_, answer) = wire.control("POST", "judge", &ask(RECIPIENT)).await;
    assert_eq!(answer["launch"]["allowed"], false);
    let reason = answer["launch"]["reason"].as_str().unwrap();
    assert!(reason.contains("no launch permission"), "{reason}");
    let service = "autoscaling.amazonaws.com";
    let role = wire.world.create_service_linked_role(owner, service);
    let by_role = json!({"region": region, "principal": role.unwrap(), "image": image});
    let (_, answer) = wire.control("POST", "judge", &by_role.to_string()).await;
    assert_eq!(answer["launch"]["allowed"], true);
    assert_eq!(answer["copy"]["allowed"], false);
    let nobody = json!({"region": region, "image": image}).to_string();
    let (status, answer) = wire.control("POST", "judge", &nobody).await;
    assert_eq!(status, 400);
    assert_eq!(answer["error"], "name either an `account` or a `principal`");
}

#[tokio::test]
async fn a_world_is_put_and_got_and_reset() {
    let wire = Wire::start().await;
    let file = "
regions:
  eu-central-1:
    images:
      - {id: ami-0123456789abcdef0, owner: 111122223333, name: golden, launch_permissions: [all]}
";
    let (status, answer) = wire.control("PUT", "world", file).await;
    assert_eq!((status, answer), (200, json!({})));
    let region = Wire::REGION.parse().unwrap();
    let image = "ami-0123456789abcdef0".parse().unwrap();
    let shared_with = || wire.world.launch_permissions(&region, &image);
    let public = Some([Principal::Public].into_iter().collect());
    assert_eq!(shared_with(), public);

    wire.world.disable_image(&region, &image).unwrap();
    let (status, saved) = wire.control("GET", "world", "").await;
    assert_eq!(status, 200);
    let image_in_file = &saved["regions"]["eu-central-1"]["images"][0];
    assert_eq!(image_in_file["state"], "disabled", "{saved}");

    wire.control("POST", "reset", "").await;
    assert_eq!(shared_with(), public);
}

#[tokio::test]
async fn a_world_that_is_wrong_is_refused_and_the_old_one_stays() {
    let wire = Wire::start().await;
    let region = Wire::REGION.parse().unwrap();
    let owner = OWNER.parse().unwrap();
    let image = wire
        .world
        .register_image(&region, owner, ImageSpec::named("golden"));
    let file =
        "regions:\n  eu-central-1:\n    images:\n      - name: golden\n        owner: nobody\n";
    let (status, answer) = wire.control("PUT", "world", file).await;
    assert_eq!(status, 400);
    let error = answer["error"].as_str().unwrap();
    let place = "line 5: `regions.eu-central-1.images[0].owner`: `nobody` is neither";
    assert!(error.starts_with(place), "{error}");
    assert!(wire.world.can_launch(&region, owner, &image).allowed);
}

#[tokio::test]
async fn faults_are_put_and_got_and_taken_away() {
    let wire = Wire::start().await;
    let none = wire.control("GET", "faults", "").await;
    let lost = json!({
        "calls": [{"operation": "GetCallerIdentity", "call": [2], "failure": "answer_lost"}],
        "staleness": {"reads": 3},
    });
    let put = wire.control("PUT", "faults", &lost.to_string()).await;
    assert_eq!(put, (200, json!({})));
    let (status, told) = wire.control("GET", "faults", "").await;
    assert_eq!(status, 200);
    assert_eq!(told["calls"], lost["calls"]);
    assert_eq!(told["staleness"]["reads"], 3);
    let ask = || wire.query(OWNER, "sts", "GetCallerIdentity", &[]);
    assert_eq!(ask().await.0, 200);

    // What is told can be put; counts start again with it.
    wire.control("PUT", "faults", &told.to_string()).await;
    assert_eq!(ask().await.0, 200);
    assert_eq!(wire.control("DELETE", "faults", "").await, (200, json!({})));
    assert_eq!(ask().await.0, 200);
    assert_eq!(wire.control("GET", "faults", "").await, none);
}

#[tokio::test]
async fn faults_that_are_wrong_are_refused_and_the_old_ones_stay() {
    let wire = Wire::start().await;
    wire.control("PUT", "faults", r#"{"seed": 7}"#).await;
    for (wrong, problem) in [
        (r#"{"calls": [{"call": [1]}]}"#, "calls[0]"),
        (r#"{"latency": {"seconds": 1}}"#, "latency"),
        (r#"{"throttling": "yes"}"#, "throttling"),
        ("", "EOF"),
    ] {
        let (status, answer) = wire.control("PUT", "faults", wrong).await;
        assert_eq!(status, 400, "{wrong}");
        let error = answer["error"].as_str().unwrap();
        assert!(error.contains(problem), "{error}");
    }
    assert_eq!(wire.control("GET", "faults", "").await.1["seed"], 7);
}

#[tokio::test]
async fn time_passes_when_it_is_told_to() {
    let wire = Wire::start().await;
    let before = wire.world.state().now();
    let (status, answer) = wire
        .control("POST", "advance", r#"{"seconds": 86400}"#)
        .await;
    assert_eq!(status, 200);
    let passed = wire.world.state().now().since(before).as_secs();
    assert!(passed >= 86_400, "{passed}");
    assert!(answer["time"].as_str().unwrap().starts_with("2026-01-02T"));
    for wrong in [
        r#"{"seconds": -1}"#,
        r#"{"days": 1}"#,
        "",
        "7",
        r#"{"seconds": 1e300}"#,
    ] {
        let (status, _) = wire.control("POST", "advance", wrong).await;
        assert_eq!(status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn another_address_is_not_found() {
    let wire = Wire::start().await;
    for (method, path) in [
        ("GET", "moon"),
        ("GET", "reset"),
        ("PUT", "health"),
        ("GET", ""),
    ] {
        assert_eq!(wire.control(method, path, "").await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn faults_are_set_told_and_taken_back() {
    let wire = Wire::start().await;
    let identity = async || {
        let (status, _) = wire.query(OWNER, "sts", "GetCallerIdentity", &[]).await;
        status
    };
    let fault = json!({"operation": "GetCallerIdentity", "call": [2],
        "failure": {"code": {"code": "Throttling"}}});
    let faults = json!({"seed": 7, "calls": [fault]}).to_string();
    assert_eq!(wire.control("PUT", "faults", &faults).await.0, 200);
    assert_eq!((identity().await, identity().await), (200, 400));
    let (_, told) = wire.control("GET", "faults", "").await;
    assert_eq!(
        (&told["seed"], &told["calls"][0]["call"]),
        (&json!(7), &json!([2]))
    );

    for wrong in [
        r#"{"calls": [{"operation": 1}]}"#,
        "{} {}",
        "",
        r#"{"sed": 1}"#,
    ] {
        let (status, answer) = wire.control("PUT", "faults", wrong).await;
        assert_eq!(status, 400, "{wrong}: {answer}");
    }
    assert_eq!(wire.control("GET", "faults", "").await.1, told);
    wire.control("PUT", "faults", "{}").await;
    assert_eq!((identity().await, identity().await), (200, 200));
}
