use std::time::Duration;

use super::super::{Fault, Faults, Service};
use super::*;
use crate::backend::{Role, RoleBackend};
use crate::id::IamPrincipalArn;
use crate::resource::Tags;

const HOUR: Duration = Duration::from_secs(3_600);

/// A role of an account that trusts another one, under a condition, and may do these things
fn role(world: &World, of: AccountId, trusted: AccountId, more: &str, may: &str) -> Role {
    let trust = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
            "Principal": {{"AWS": "{trusted}"}}{more}}}]}}"#
    );
    let arn = world.create_role(of, "Door", &trust).unwrap();
    let policy =
        format!(r#"{{"Statement": [{{"Effect": "Allow", "Action": {may}, "Resource": "*"}}]}}"#);
    world.put_role_policy(&arn, "Own", &policy).unwrap();
    plain(arn)
}

fn plain(arn: IamPrincipalArn) -> Role {
    Role {
        arn,
        external_id: None,
        session_name: "ami-share".to_owned(),
        session_tags: Tags::new(),
        duration: HOUR,
    }
}

const ASSUME: &str = r#", "Action": "sts:AssumeRole""#;

/// A role of the recipient that trusts the owner
fn door(world: &World) -> Role {
    role(world, recipient(), owner(), ASSUME, r#""ec2:*""#)
}

async fn works(backend: &SimulatedBackend, region: &Region) -> Result<(), ApiError> {
    let read = backend.get_image_block_public_access_state(region).await;
    read.map(|_| ())
}

/// The operations that were called since this was last asked, and by which accounts
fn log(world: &World) -> Vec<(&'static str, AccountId)> {
    let calls = world.calls();
    world.clear_calls();
    calls
        .iter()
        .map(|call| (call.operation, call.account))
        .collect()
}

const SETTING: &str = "GetImageBlockPublicAccessState";

#[tokio::test]
async fn a_role_is_assumed_at_the_first_call_and_its_session_is_kept() {
    let scene = Scene::new();
    let session = scene.backend.assume_role(&door(&scene.world));
    assert_eq!(session.account(), recipient());
    let clone = session.clone();
    assert!(log(&scene.world).is_empty());
    works(&session, &scene.region).await.unwrap();
    assert_eq!(
        log(&scene.world),
        [("AssumeRole", owner()), (SETTING, recipient())]
    );
    let elsewhere: Region = "us-east-1".parse().unwrap();
    works(&session, &elsewhere).await.unwrap();
    works(&clone, &scene.region).await.unwrap();
    assert_eq!(
        log(&scene.world),
        [(SETTING, recipient()), (SETTING, recipient())]
    );
}

#[tokio::test]
async fn assuming_a_role_is_a_call_to_sts_in_the_region_of_the_first_call_and_no_write() {
    let scene = Scene::new();
    let elsewhere: Region = "us-east-1".parse().unwrap();
    let session = scene.backend.assume_role(&door(&scene.world));
    assert_eq!(
        session.caller_account(&elsewhere).await.unwrap(),
        recipient()
    );
    let calls = scene.world.calls();
    assert_eq!(
        (calls[0].service, &calls[0].region),
        (Service::Sts, &elsewhere)
    );
    assert!(calls.iter().all(|call| !call.write));
    let own = scene.backend.caller_account(&scene.region).await;
    assert_eq!(own.unwrap(), owner());
}

#[tokio::test]
async fn a_role_is_assumed_again_when_its_session_is_over() {
    let scene = Scene::new();
    let session = scene.backend.assume_role(&door(&scene.world));
    works(&session, &scene.region).await.unwrap();
    scene.world.advance(HOUR - Duration::from_secs(60));
    works(&session, &scene.region).await.unwrap();
    log(&scene.world);
    scene.world.advance(Duration::from_secs(60));
    works(&session, &scene.region).await.unwrap();
    works(&session.clone(), &scene.region).await.unwrap();
    let assumed = log(&scene.world);
    assert_eq!(
        assumed,
        [
            ("AssumeRole", owner()),
            (SETTING, recipient()),
            (SETTING, recipient())
        ]
    );
}

#[tokio::test]
async fn that_a_role_cannot_be_assumed_is_the_error_of_each_call_until_it_can() {
    let scene = Scene::new();
    let door = door(&scene.world);
    let not_trusted = scene.world.backend(stranger()).assume_role(&door);
    let refusal = works(&not_trusted, &scene.region).await;
    assert_eq!(
        refused(refusal),
        ("AssumeRole".into(), "AccessDenied".into())
    );
    assert_eq!(log(&scene.world), [("AssumeRole", stranger())]);

    let session = scene.backend.assume_role(&door);
    let faults = Fault::on("AssumeRole").call(1).refused_with("Throttling");
    scene.world.set_faults(Faults::none().with(faults));
    let refusal = works(&session, &scene.region).await;
    assert_eq!(refused(refusal), ("AssumeRole".into(), "Throttling".into()));
    works(&session, &scene.region).await.unwrap();
}

#[tokio::test]
async fn external_id_session_name_and_tags_are_those_of_the_role() {
    let scene = Scene::new();
    let trust = r#", "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": {"StringEquals": {"sts:ExternalId": "door-3", "aws:RequestTag/team": "images",
            "sts:RoleSessionName": "ami-share"}}"#;
    let door = role(&scene.world, recipient(), owner(), trust, r#""ec2:*""#);
    let right = Role {
        external_id: Some("door-3".to_owned()),
        session_tags: [("team".to_owned(), "images".to_owned())].into(),
        ..door
    };
    let try_it = |role: Role| {
        let session = scene.backend.assume_role(&role);
        let region = &scene.region;
        async move { works(&session, region).await }
    };
    for wrong in [
        Role {
            external_id: None,
            ..right.clone()
        },
        Role {
            session_tags: Tags::new(),
            ..right.clone()
        },
        Role {
            session_name: "other".to_owned(),
            ..right.clone()
        },
    ] {
        assert_eq!(code(try_it(wrong).await), "AccessDenied");
    }
    let long = Role {
        duration: 2 * HOUR,
        ..right.clone()
    };
    assert_eq!(code(try_it(long).await), "ValidationError");
    try_it(right).await.unwrap();
}

#[tokio::test]
async fn a_session_may_what_its_role_may_and_no_more() {
    let scene = Scene::new();
    let door = role(
        &scene.world,
        recipient(),
        owner(),
        ASSUME,
        r#""ec2:DescribeImages""#,
    );
    let session = scene.backend.assume_role(&door);
    session.count_public_images(&scene.region).await.unwrap();
    assert_eq!(
        code(works(&session, &scene.region).await),
        "UnauthorizedOperation"
    );
}

#[tokio::test]
async fn a_role_assumes_the_next_one_and_both_sessions_are_renewed() {
    let scene = Scene::new();
    let first = role(
        &scene.world,
        recipient(),
        owner(),
        ASSUME,
        r#""sts:AssumeRole""#,
    );
    let next = role(&scene.world, stranger(), recipient(), ASSUME, r#""ec2:*""#);
    let direct = scene.backend.assume_role(&next);
    assert_eq!(code(works(&direct, &scene.region).await), "AccessDenied");
    log(&scene.world);
    let session = scene.backend.assume_role(&first).assume_role(&next);
    let chain = [
        ("AssumeRole", owner()),
        ("AssumeRole", recipient()),
        (SETTING, stranger()),
    ];
    assert_eq!(session.account(), stranger());
    works(&session, &scene.region).await.unwrap();
    assert_eq!(log(&scene.world), chain);
    scene.world.advance(HOUR);
    works(&session, &scene.region).await.unwrap();
    assert_eq!(log(&scene.world), chain);
}

#[tokio::test]
async fn calls_that_come_together_assume_the_role_once() {
    let scene = Scene::new();
    let session = scene.backend.assume_role(&door(&scene.world));
    let calls = (0..8).map(|_| works(&session, &scene.region));
    for result in futures_util::future::join_all(calls).await {
        result.unwrap();
    }
    let assumed = log(&scene.world);
    let sts = assumed.iter().filter(|(name, _)| *name == "AssumeRole");
    assert_eq!(sts.count(), 1);
}
