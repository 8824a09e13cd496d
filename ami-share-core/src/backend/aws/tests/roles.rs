//! Calls by a role: where it is assumed, what is sent, and what a refusal is.

use std::time::Duration;

use futures_util::future::join_all;

use super::fake::{Answer, Fake, REQUEST_ID, SECRET, Sent, TOKEN, images};
use super::{home, image_id, key};
use crate::api_error::ApiErrorKind;
use crate::backend::aws::AwsBackend;
use crate::backend::{Backend, Role, RoleBackend};
use crate::id::Region;
use crate::resource::Tags;

pub(super) const ROLE_KEY: &str = "ASIAROLEEXAMPLE";
const ROLE_SECRET: &str = "the-secret-of-the-role";
const ROLE_TOKEN: &str = "the-token-of-the-role";
const EXTERNAL_ID: &str = "door-3";

pub(super) fn role() -> Role {
    Role {
        arn: "arn:aws:iam::222222222222:role/Sharer".parse().unwrap(),
        external_id: None,
        session_name: "ami-share".to_owned(),
        session_tags: Tags::new(),
        duration: Duration::from_secs(3_600),
    }
}

pub(super) fn regions() -> Vec<Region> {
    ["eu-central-1", "us-east-1", "ap-south-1"]
        .map(|region| region.parse().unwrap())
        .to_vec()
}

/// What STS gives, until some other time than this machine's
pub(super) fn session(access_key: &str) -> String {
    format!(
        "<AssumeRoleResponse><AssumeRoleResult><Credentials>\
         <AccessKeyId>{access_key}</AccessKeyId><SecretAccessKey>{ROLE_SECRET}</SecretAccessKey>\
         <SessionToken>{ROLE_TOKEN}</SessionToken><Expiration>2026-01-01T01:00:00Z</Expiration>\
         </Credentials></AssumeRoleResult></AssumeRoleResponse>"
    )
}

pub(super) fn sts_error(code: &str) -> String {
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>not so</Message></Error></ErrorResponse>"
    )
}

/// What every service answers who lets everyone in
pub(super) fn willing(sent: &Sent) -> Answer {
    let body = match sent.action.as_str() {
        "AssumeRole" => session(ROLE_KEY),
        "DescribeKey" => format!(
            r#"{{"KeyMetadata": {{"KeyId": "1", "Arn": "{}", "KeyManager": "CUSTOMER",
                "KeyState": "Enabled", "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT"}}}}"#,
            key()
        ),
        _ => images(&[], None),
    };
    Some((200, body))
}

/// The requests that assume a role
pub(super) fn assumed(fake: &Fake) -> Vec<Sent> {
    let mut sent = fake.sent();
    sent.retain(|sent| sent.action == "AssumeRole");
    sent
}

#[tokio::test]
async fn least_calls_a_role_is_assumed_once_for_all_regions_and_services() {
    let fake = Fake::new(willing);
    let backend = fake.backend().await.assume_role(&role());
    assert!(
        fake.sent().is_empty(),
        "nothing is called before it is needed"
    );

    let regions = regions();
    let images = regions
        .iter()
        .map(|region| backend.count_public_images(region));
    for answer in join_all(images).await {
        assert_eq!(answer.unwrap(), 0);
    }
    backend.describe_key(&regions[1], &key()).await.unwrap();

    let assumed = assumed(&fake);
    assert_eq!(assumed.len(), 1);
    assert_eq!(assumed[0].uri, "https://sts.eu-central-1.amazonaws.com/");
    assert_eq!(assumed[0].access_key, "AKIDEXAMPLE");
    let calls = fake.sent();
    let by_role = calls.iter().filter(|sent| sent.access_key == ROLE_KEY);
    assert_eq!(by_role.count(), 4);
}

#[tokio::test]
async fn what_the_role_asks_for_is_sent_and_nothing_else() {
    let fake = Fake::new(willing);
    let backend = fake.backend().await;
    let asking = Role {
        external_id: Some(EXTERNAL_ID.to_owned()),
        session_tags: Tags::from([("team".to_owned(), "images".to_owned())]),
        duration: Duration::from_secs(900),
        ..role()
    };

    for role in [role(), asking] {
        let backend = backend.assume_role(&role);
        backend.count_public_images(&home()).await.unwrap();
    }

    let sent = assumed(&fake);
    for (field, plain, asking) in [
        (
            "RoleArn",
            Some(role().arn.as_str()),
            Some(role().arn.as_str()),
        ),
        ("RoleSessionName", Some("ami-share"), Some("ami-share")),
        ("DurationSeconds", Some("3600"), Some("900")),
        ("ExternalId", None, Some(EXTERNAL_ID)),
        ("Tags.member.1.Key", None, Some("team")),
        ("Tags.member.1.Value", None, Some("images")),
    ] {
        assert_eq!(sent[0].field(field).as_deref(), plain, "{field}");
        assert_eq!(sent[1].field(field).as_deref(), asking, "{field}");
    }
}

#[tokio::test]
async fn honest_answers_a_role_that_cannot_be_assumed_is_an_error_of_assume_role() {
    let fake = Fake::new(|sent| match sent.action.as_str() {
        "AssumeRole" => Some((403, sts_error("AccessDenied"))),
        _ => willing(sent),
    });
    let backend = fake.backend().await.assume_role(&role());

    let errors = [
        backend.count_public_images(&home()).await.unwrap_err(),
        backend.describe_key(&home(), &key()).await.unwrap_err(),
        backend.caller_account(&home()).await.unwrap_err(),
    ];

    for error in errors {
        assert_eq!(error.operation(), "AssumeRole");
        assert_eq!(error.code(), Some("AccessDenied"));
        assert_eq!(error.kind(), ApiErrorKind::AccessDenied);
        assert_eq!(error.message(), "not so");
        assert_eq!(error.request_id(), Some(REQUEST_ID));
        assert!(!error.is_retryable() && !error.is_ambiguous());
    }
    assert_eq!(
        assumed(&fake).len(),
        fake.sent().len(),
        "nothing else is called"
    );
}

#[tokio::test]
async fn least_calls_who_waited_while_the_role_was_refused_does_not_ask_again() {
    let fake = Fake::new(|sent| match sent.action.as_str() {
        "AssumeRole" => Some((403, sts_error("AccessDenied"))),
        _ => willing(sent),
    });
    let backend = fake.backend().await.assume_role(&role());

    let regions = regions();
    let answers = join_all(regions.iter().map(|r| backend.count_public_images(r))).await;
    for answer in answers {
        assert_eq!(answer.unwrap_err().operation(), "AssumeRole");
    }
    assert_eq!(assumed(&fake).len(), 1);

    // Later the trust may be another.
    backend.count_public_images(&home()).await.unwrap_err();
    assert_eq!(assumed(&fake).len(), 2);
}

/// As where the caller's account has not enabled it
#[tokio::test]
async fn one_region_whose_sts_says_no_does_not_cost_the_others_theirs() {
    let fake = Fake::new(|sent| {
        if sent.uri.contains("sts.eu-central-1") {
            return Some((403, sts_error("InvalidClientTokenId")));
        }
        willing(sent)
    });
    let backend = fake.backend().await.assume_role(&role());

    let regions = regions();
    let answers = join_all(regions.iter().map(|r| backend.count_public_images(r))).await;

    let error = answers[0].as_ref().unwrap_err();
    assert_eq!(error.operation(), "AssumeRole");
    assert_eq!(error.kind(), ApiErrorKind::Unauthenticated);
    assert!(answers[1].is_ok() && answers[2].is_ok(), "{answers:?}");
    let uris: Vec<String> = assumed(&fake).into_iter().map(|sent| sent.uri).collect();
    assert_eq!(
        uris,
        [
            "https://sts.eu-central-1.amazonaws.com/",
            "https://sts.us-east-1.amazonaws.com/"
        ]
    );
    // The session of the other Region is good here too.
    backend.count_public_images(&home()).await.unwrap();
    assert_eq!(assumed(&fake).len(), 2);
}

#[tokio::test]
async fn a_role_assumes_another() {
    let fake = Fake::new(|sent| {
        let Some(role) = sent.field("RoleArn") else {
            return willing(sent);
        };
        Some(match (role.rsplit('/').next(), sent.access_key.as_str()) {
            (Some("Sharer"), "AKIDEXAMPLE") => (200, session("ASIAFIRST")),
            (Some("Second"), "ASIAFIRST") => (200, session("ASIASECOND")),
            _ => (403, sts_error("AccessDenied")),
        })
    });
    let second = Role {
        arn: "arn:aws:iam::333333333333:role/Second".parse().unwrap(),
        ..role()
    };
    let backend = fake.backend().await;
    let by_both = backend.assume_role(&role()).assume_role(&second);

    by_both.count_public_images(&home()).await.unwrap();

    let keys: Vec<String> = fake.sent().into_iter().map(|s| s.access_key).collect();
    assert_eq!(keys, ["AKIDEXAMPLE", "ASIAFIRST", "ASIASECOND"]);

    // Without the first it is refused, and whose refusal it is stays known.
    let by_one = backend.assume_role(&second);
    let error = by_one.assume_role(&role()).caller_account(&home()).await;
    let error = error.unwrap_err();
    assert_eq!(
        (error.operation(), error.code()),
        ("AssumeRole", Some("AccessDenied"))
    );
}

#[tokio::test]
async fn a_given_client_and_its_credentials_are_not_the_roles() {
    let base = Fake::new(willing);
    let given = Fake::new(willing);
    let config = aws_sdk_ec2::config::Builder::from(&given.config())
        .behavior_version_latest()
        .region(aws_config::Region::from_static("eu-central-1"))
        .credentials_provider(aws_credential_types::Credentials::new(
            "a", "b", None, None, "x",
        ))
        .build();
    let builder = base.builder();
    let builder = builder.ec2_client(home(), aws_sdk_ec2::Client::from_conf(config));
    let backend = builder.build().await.unwrap().assume_role(&role());

    backend.count_public_images(&home()).await.unwrap();

    assert!(given.sent().is_empty());
    assert_eq!(base.sent()[1].access_key, ROLE_KEY);
}

#[tokio::test]
async fn a_given_endpoint_is_that_of_sts_too() {
    let fake = Fake::new(willing);
    let builder = fake.builder().endpoint_url("https://localhost:1");
    let backend = builder.build().await.unwrap().assume_role(&role());

    backend.count_public_images(&home()).await.unwrap();

    for sent in fake.sent() {
        assert_eq!(sent.uri, "https://localhost:1/");
    }
}

#[tokio::test]
async fn the_account_that_calls_is_told_by_the_regions_own_sts() {
    let fake = Fake::always(
        200,
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>012345678901</Account>\
         </GetCallerIdentityResult></GetCallerIdentityResponse>",
    );

    let account = fake.backend().await.caller_account(&home()).await;

    assert_eq!(account.unwrap().to_string(), "012345678901");
    let sent = &fake.sent()[0];
    assert_eq!(sent.action, "GetCallerIdentity");
    assert_eq!(sent.uri, "https://sts.eu-central-1.amazonaws.com/");
    let china = "cn-north-1".parse().unwrap();
    fake.backend().await.caller_account(&china).await.unwrap();
    assert_eq!(
        fake.sent()[1].uri,
        "https://sts.cn-north-1.amazonaws.com.cn/"
    );
}

#[tokio::test]
async fn no_secret_of_a_role_in_an_error_or_a_debug_text() {
    let fake = Fake::new(|sent| match sent.action.as_str() {
        "AssumeRole" => willing(sent),
        _ => Some((500, String::new())),
    });
    let asking = Role {
        external_id: Some(EXTERNAL_ID.to_owned()),
        ..role()
    };
    let builder = fake.builder().retry_attempts(1);
    let backend: AwsBackend = builder.build().await.unwrap().assume_role(&asking);
    let error = backend.count_public_images(&home()).await.unwrap_err();
    let provider = backend.clients.credentials_provider(&home());

    for shown in [
        format!("{asking:#?}"),
        format!("{backend:#?}"),
        format!("{error:#?}"),
        format!("{provider:#?}"),
    ] {
        for secret in [
            SECRET,
            TOKEN,
            ROLE_SECRET,
            ROLE_TOKEN,
            ROLE_KEY,
            EXTERNAL_ID,
        ] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_role_is_named_where_the_callers_own_credentials_are_missing() {
    let fake = Fake::new(|sent| {
        let code = "MissingAuthenticationToken";
        (sent.action == "AssumeRole").then(|| (403, sts_error(code)))
    });
    let backend = fake.backend().await.assume_role(&role());
    let error = backend.describe_images(&home(), &[image_id()]).await;
    let error = error.unwrap_err();
    assert_eq!(error.operation(), "AssumeRole");
    assert_eq!(error.kind(), ApiErrorKind::Unauthenticated);
}
