//! The AWS backend calls by roles of many accounts, on the simulator's server.
#![allow(clippy::unwrap_used, reason = "tests fail by panic")]

mod support;

use std::time::Duration;

use ami_share_core::backend::aws::AwsBackend;
use ami_share_core::backend::simulator::server::Server;
use ami_share_core::backend::simulator::{Service, World};
use ami_share_core::backend::{Backend, Role, RoleBackend};
use ami_share_core::id::{AccountId, IamPrincipalArn, Region};
use ami_share_core::resource::Tags;
use ami_share_core::{ApiError, ApiErrorKind};
use futures_util::future::join_all;
use support::{CallCounter, simulator_backend};

const OWNER: &str = "999999999999";
const EXTERNAL_ID: &str = "door-3";
const READ: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
    "Action": "ec2:DescribeImages", "Resource": "*"}}"#;

struct Scene {
    world: World,
    server: Server,
}

impl Scene {
    async fn start() -> Self {
        let world = World::new();
        let server = Server::start(world.clone(), ([127, 0, 0, 1], 0).into())
            .await
            .unwrap();
        Self { world, server }
    }

    /// The owner, who assumes the roles
    async fn owner(&self) -> AwsBackend {
        simulator_backend(&self.server, account(OWNER), &CallCounter::default()).await
    }

    /// A role of an account that the owner may assume, with the external id alone
    fn role(&self, of: AccountId, actions: &str) -> IamPrincipalArn {
        let trust = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": {actions},
                "Principal": {{"AWS": "{OWNER}"}},
                "Condition": {{"StringEquals": {{"sts:ExternalId": "{EXTERNAL_ID}"}}}}}}}}"#
        );
        let role = self.world.create_role(of, "Sharer", &trust).unwrap();
        self.world.put_role_policy(&role, "read", READ).unwrap();
        role
    }

    /// The Regions in which roles were assumed, or tried to be
    fn assumed_in(&self) -> Vec<Region> {
        let calls = self.world.calls().into_iter();
        let assumed = calls.filter(|call| call.operation == "AssumeRole");
        assumed.map(|call| call.region).collect()
    }
}

fn account(id: &str) -> AccountId {
    id.parse().unwrap()
}

fn numbered(number: usize) -> AccountId {
    account(&format!("{number:012}"))
}

fn region(name: &str) -> Region {
    name.parse().unwrap()
}

/// A session of an hour, with the external id
fn sessions_of(arn: &IamPrincipalArn) -> Role {
    Role {
        arn: arn.clone(),
        external_id: Some(EXTERNAL_ID.to_owned()),
        session_name: "ami-share".to_owned(),
        session_tags: Tags::new(),
        duration: Duration::from_secs(3_600),
    }
}

const REGIONS: [&str; 20] = [
    "af-south-1",
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-south-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "me-south-1",
    "sa-east-1",
    "us-east-1",
    "us-west-2",
];

#[tokio::test]
async fn promise_7_a_role_is_assumed_once_for_twenty_regions_and_the_account_is_the_roles() {
    let scene = Scene::start().await;
    let role = scene.role(numbered(1), r#""sts:AssumeRole""#);
    let recipient = scene.owner().await.assume_role(&sessions_of(&role));
    assert!(scene.world.calls().is_empty(), "nothing is called yet");

    let regions = REGIONS.map(region);
    for _ in 0..2 {
        let calls = regions
            .iter()
            .map(|region| recipient.count_public_images(region));
        for answer in join_all(calls).await {
            assert_eq!(answer.unwrap(), 0);
        }
    }

    let west = region("us-west-2");
    let caller = recipient.caller_account(&west).await.unwrap();
    assert_eq!(caller, numbered(1));
    assert_eq!(scene.assumed_in(), [regions[0].clone()]);
    let calls = scene.world.calls();
    let by_role = calls.iter().filter(|call| call.service == Service::Ec2);
    assert!(by_role.clone().all(|call| call.account == numbered(1)));
    assert_eq!(by_role.count(), 40);
}

/// The SDK's own cache of identities has room for 64
#[tokio::test]
async fn promise_7_the_sessions_of_a_hundred_accounts_are_all_kept() {
    let scene = Scene::start().await;
    let owner = scene.owner().await;
    let recipients: Vec<AwsBackend> = (1..=100)
        .map(|number| scene.role(numbered(number), r#""sts:AssumeRole""#))
        .map(|role| owner.assume_role(&sessions_of(&role)))
        .collect();

    let home = region("eu-central-1");
    for _ in 0..2 {
        let calls = recipients.iter().map(|r| r.count_public_images(&home));
        assert!(join_all(calls).await.iter().all(Result::is_ok));
    }

    assert_eq!(scene.assumed_in().len(), 100);
}

async fn refusal(backend: &AwsBackend) -> ApiError {
    let answer = backend.count_public_images(&region("eu-central-1")).await;
    answer.unwrap_err()
}

#[tokio::test]
async fn promise_6_a_trust_that_says_no_is_an_access_denied_of_assume_role() {
    let scene = Scene::start().await;
    let role = scene.role(numbered(1), r#""sts:AssumeRole""#);
    let owner = scene.owner().await;
    let stranger = simulator_backend(&scene.server, numbered(7), &CallCounter::default()).await;
    let none = Role {
        external_id: None,
        ..sessions_of(&role)
    };
    let wrong = Role {
        external_id: Some("door-4".to_owned()),
        ..sessions_of(&role)
    };
    let missing = Role {
        arn: "arn:aws:iam::000000000001:role/Nobody".parse().unwrap(),
        ..sessions_of(&role)
    };
    for backend in [
        owner.assume_role(&none),
        owner.assume_role(&wrong),
        owner.assume_role(&missing),
        stranger.assume_role(&sessions_of(&role)),
    ] {
        let error = refusal(&backend).await;
        assert_eq!(error.operation(), "AssumeRole");
        assert_eq!(error.code(), Some("AccessDenied"));
        assert_eq!(error.kind(), ApiErrorKind::AccessDenied);
        assert!(error.request_id().is_some());
    }
    let calls = scene.world.calls();
    assert!(calls.iter().all(|call| call.operation == "AssumeRole"));

    // What the role itself may not do is an error of the operation.
    let reader = owner.assume_role(&sessions_of(&role));
    let organization = "arn:aws:organizations::111111111111:organization/o-123example";
    let organization = organization.parse().unwrap();
    let error = reader
        .list_accounts_under(&region("eu-central-1"), &organization)
        .await
        .unwrap_err();
    assert_ne!(error.operation(), "AssumeRole");
    assert_eq!(error.kind(), ApiErrorKind::AccessDenied);
}

#[tokio::test]
async fn session_tags_are_sent_and_need_their_own_permission() {
    let scene = Scene::start().await;
    let owner = scene.owner().await;
    let without = scene.role(numbered(1), r#""sts:AssumeRole""#);
    let with = scene.role(numbered(2), r#"["sts:AssumeRole", "sts:TagSession"]"#);
    let tagged = |role: &IamPrincipalArn| {
        owner.assume_role(&Role {
            session_tags: Tags::from([("team".to_owned(), "images".to_owned())]),
            ..sessions_of(role)
        })
    };

    let error = refusal(&tagged(&without)).await;
    assert_eq!(error.operation(), "AssumeRole");
    assert!(error.message().contains("sts:TagSession"), "{error}");
    let answer = tagged(&with)
        .count_public_images(&region("us-east-1"))
        .await;
    assert_eq!(answer.unwrap(), 0);
}

/// The time is turned on between the calls, the server's and ours alike
#[tokio::test]
async fn promise_8_a_session_is_renewed_before_it_ends() {
    let scene = Scene::start().await;
    let role = scene.role(numbered(1), r#""sts:AssumeRole""#);
    let short = Role {
        duration: Duration::from_secs(900),
        ..sessions_of(&role)
    };
    let recipient = scene.owner().await.assume_role(&short);
    let (first, second) = (region("eu-central-1"), region("us-east-1"));
    recipient.count_public_images(&first).await.unwrap();

    for (minutes, expected) in [
        (9, vec![&first]),
        (2, vec![&first, &second]),
        (60, vec![&first, &second, &second]),
    ] {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(minutes * 60)).await;
        tokio::time::resume();
        recipient.count_public_images(&second).await.unwrap();
        assert_eq!(scene.assumed_in().iter().collect::<Vec<_>>(), expected);
    }
}
