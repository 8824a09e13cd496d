use std::time::{Duration, SystemTime};

use super::super::{AssumeRole, Outcome};
use super::*;
use crate::id::IamPrincipalArn;

const HOUR: Duration = Duration::from_secs(3_600);

/// A role of the recipient that trusts the owner's account under a condition, and may use EC2
fn role(world: &World, actions: &str, condition: &str) -> IamPrincipalArn {
    let trust = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
            "Principal": {{"AWS": "{}"}}, "Action": {actions}{condition}}}]}}"#,
        owner()
    );
    let role = world.create_role(recipient(), "Recipient", &trust).unwrap();
    let policy = r#"{"Statement": [{"Effect": "Allow", "Action": "ec2:Get*", "Resource": "*"}]}"#;
    world.put_role_policy(&role, "Ec2", policy).unwrap();
    role
}

fn plain(world: &World) -> IamPrincipalArn {
    role(world, r#""sts:AssumeRole""#, "")
}

async fn works(backend: &SimulatedBackend) -> Result<(), ApiError> {
    let read = backend.get_image_block_public_access_state(&region()).await;
    read.map(|_| ())
}

#[tokio::test]
async fn a_handle_becomes_a_role_that_trusts_it_and_calls_in_its_account() {
    let scene = Scene::new();
    let asked = AssumeRole::new(plain(&scene.world), "share");
    let session = scene
        .backend
        .open_session(&scene.region, &asked)
        .await
        .unwrap();
    assert_eq!(session.account(), recipient());
    works(&session).await.unwrap();
    let more = session.count_public_images(&scene.region).await;
    assert_eq!(code(more), "UnauthorizedOperation");
    let others = scene.world.backend(stranger());
    let refusal = others.open_session(&scene.region, &asked).await;
    assert_eq!(
        refused(refusal),
        ("AssumeRole".into(), "AccessDenied".into())
    );
    let calls = scene.world.calls();
    let logged: Vec<&Outcome> = calls
        .iter()
        .filter(|call| call.operation == "AssumeRole")
        .map(|call| &call.outcome)
        .collect();
    assert_eq!(
        logged,
        [&Outcome::Done, &Outcome::Refused("AccessDenied".into())]
    );
}

#[tokio::test]
async fn the_external_id_and_the_session_name_are_those_that_the_trust_policy_asks_for() {
    let scene = Scene::new();
    let condition = r#", "Condition": {"StringEquals": {"sts:ExternalId": "door-3"},
        "StringLike": {"sts:RoleSessionName": "share-*"}}"#;
    let role = role(&scene.world, r#""sts:AssumeRole""#, condition);
    let asked = |name: &str| AssumeRole::new(role.clone(), name);
    let try_it = |asked: AssumeRole| {
        scene
            .world
            .assume_role(&scene.backend, &scene.region, &asked)
    };
    try_it(asked("share-7").external_id("door-3")).unwrap();
    for asked in [
        asked("share-7"),
        asked("share-7").external_id("door-4"),
        asked("other").external_id("door-3"),
    ] {
        assert_eq!(code(try_it(asked)), "AccessDenied");
    }
    for asked in [
        asked("x"),
        asked("a name"),
        asked(&"n".repeat(65)),
        asked("share-7").external_id("d"),
        asked("share-7").external_id("door 3"),
        asked("share-7").external_id("d".repeat(1_225)),
    ] {
        assert_eq!(code(try_it(asked)), "ValidationError");
    }
    assert!(scene.world.calls().is_empty());
}

#[tokio::test]
async fn session_tags_need_the_permission_to_tag_and_count_as_principal_tags() {
    let scene = Scene::new();
    let untagged = plain(&scene.world);
    let tagged = AssumeRole::new(untagged, "share").tag("team", "images");
    let try_it = |asked: &AssumeRole| {
        scene
            .world
            .assume_role(&scene.backend, &scene.region, asked)
    };
    assert_eq!(code(try_it(&tagged)), "AccessDenied");

    let world = World::new();
    let condition = r#", "Condition": {"StringEquals": {"aws:RequestTag/team": "images"}}"#;
    let role = role(&world, r#"["sts:AssumeRole", "sts:TagSession"]"#, condition);
    let policy = r#"{"Statement": [{"Effect": "Allow", "Action": "ec2:Get*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "images"}}}]}"#;
    world.put_role_policy(&role, "Ec2", policy).unwrap();
    let backend = world.backend(owner());
    let assume = |value: &str| {
        let asked = AssumeRole::new(role.clone(), "share").tag("team", value);
        world.assume_role(&backend, &region(), &asked)
    };
    works(&assume("images").unwrap()).await.unwrap();
    assert_eq!(code(assume("others")), "AccessDenied");
    assert_eq!(
        code(works(&world.backend_as(&role)).await),
        "UnauthorizedOperation"
    );
}

#[tokio::test]
async fn a_session_is_over_when_its_time_is_or_its_role_is_another() {
    let scene = Scene::new();
    let role = plain(&scene.world);
    let asked = AssumeRole::new(role.clone(), "share").lasting(Duration::from_secs(900));
    let assume = || {
        scene
            .world
            .assume_role(&scene.backend, &scene.region, &asked)
            .unwrap()
    };
    let session = assume();
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
    let ends = session.session_ends().unwrap().duration_since(start);
    assert!((900..=901).contains(&ends.unwrap().as_secs()));
    assert_eq!(scene.backend.session_ends(), None);
    scene.world.advance(Duration::from_secs(890));
    works(&session).await.unwrap();
    scene.world.advance(Duration::from_secs(10));
    assert_eq!(code(works(&session).await), "RequestExpired");
    let key = "arn:aws:kms:eu-central-1:000000000002:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let key = key.parse().unwrap();
    let reading = session.get_key_policy(&scene.region, &key).await;
    assert_eq!(code(reading), "ExpiredTokenException");
    let chained = session.open_session(&scene.region, &asked).await;
    assert_eq!(code(chained), "ExpiredToken");

    let session = assume();
    {
        let mut state = scene.world.state();
        state.delete_inline_policy(&role, "Ec2").unwrap();
        state.delete_role(&role).unwrap();
    }
    assert_eq!(plain(&scene.world), role);
    assert_eq!(code(works(&session).await), "AuthFailure");
}

#[tokio::test]
async fn a_session_lasts_no_longer_than_its_role_and_an_hour_in_a_chain() {
    let scene = Scene::new();
    let role = plain(&scene.world);
    let try_it = |asked: AssumeRole, caller: &SimulatedBackend| {
        scene.world.assume_role(caller, &scene.region, &asked)
    };
    let asked = |seconds| {
        let asked = AssumeRole::new(role.clone(), "share");
        asked.lasting(Duration::from_secs(seconds))
    };
    for seconds in [899, 3_601, 43_201] {
        let refusal = try_it(asked(seconds), &scene.backend);
        assert_eq!(code(refusal), "ValidationError", "{seconds}");
    }
    try_it(asked(3_600), &scene.backend).unwrap();

    let trust = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
            "Principal": {{"AWS": "{}"}}, "Action": "sts:AssumeRole"}}]}}"#,
        recipient()
    );
    let next = scene.world.create_role(stranger(), "Next", &trust).unwrap();
    let policy =
        r#"{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}"#;
    scene.world.put_role_policy(&role, "Next", policy).unwrap();
    scene
        .world
        .set_max_session(&role, Duration::from_secs(43_200))
        .unwrap();
    let session = try_it(asked(43_200), &scene.backend).unwrap();
    let chained = |time| AssumeRole::new(next.clone(), "next").lasting(time);
    let longer = HOUR + Duration::from_secs(1);
    assert_eq!(code(try_it(chained(longer), &session)), "ValidationError");
    assert_eq!(
        try_it(chained(HOUR), &session).unwrap().account(),
        stranger()
    );
}

#[tokio::test]
async fn a_call_of_sts_fails_on_purpose_as_others_do() {
    use super::super::{Fault, Faults};

    let scene = Scene::new();
    let asked = AssumeRole::new(plain(&scene.world), "share");
    let fault = Fault::on("AssumeRole").call(1).refused_with("Throttling");
    scene.world.set_faults(Faults::none().with(fault));
    let first = scene.backend.open_session(&scene.region, &asked).await;
    assert_eq!(code(first), "Throttling");
    scene
        .backend
        .open_session(&scene.region, &asked)
        .await
        .unwrap();
}
