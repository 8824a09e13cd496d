use std::time::Duration;

use serde_json::json;

use super::super::super::ImageSpec;
use super::iam::between;
use super::wire::Wire;

const ACCOUNT: &str = "111122223333";
const OTHER: &str = "444455556666";
const ROLE: &str = "arn:aws:iam::111122223333:role/Sharer";

/// A world with a role that the other account may assume, and that may read roles
async fn scene(trust: &str) -> Wire {
    let wire = Wire::start().await;
    let account = ACCOUNT.parse().unwrap();
    let role = wire.world.create_role(account, "Sharer", trust).unwrap();
    let policy = r#"{"Statement": [{"Effect": "Allow", "Resource": "*",
        "Action": ["iam:GetRole", "sts:AssumeRole", "ssm:GetParameter"]}]}"#;
    wire.world.put_role_policy(&role, "Read", policy).unwrap();
    wire
}

fn trust(principal: &str, condition: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
            "Principal": {{"AWS": "{principal}"}}, "Action": "sts:AssumeRole"{condition}}}]}}"#
    )
}

async fn assume(wire: &Wire, key: &str, more: &[(&str, &str)]) -> (u16, String) {
    let mut params = vec![("RoleArn", ROLE), ("RoleSessionName", "build-7")];
    params.extend(more);
    wire.query(key, "sts", "AssumeRole", &params).await
}

struct Session {
    key: String,
    token: String,
}

impl Session {
    async fn of(wire: &Wire, key: &str, more: &[(&str, &str)]) -> Self {
        let (status, answer) = assume(wire, key, more).await;
        assert_eq!(status, 200, "{answer}");
        Self {
            key: between(&answer, "AccessKeyId"),
            token: between(&answer, "SessionToken"),
        }
    }

    async fn query(
        &self,
        wire: &Wire,
        service: &str,
        action: &str,
        params: &[(&str, &str)],
    ) -> (u16, String) {
        wire.query_with_token(&self.key, &self.token, service, action, params)
            .await
    }
}

#[tokio::test]
async fn a_session_calls_as_its_role() {
    let wire = scene(&trust(OTHER, "")).await;
    let session = Session::of(&wire, OTHER, &[]).await;
    assert!(session.key.starts_with("ASIA"), "{}", session.key);
    let (_, who) = session.query(&wire, "sts", "GetCallerIdentity", &[]).await;
    assert_eq!(between(&who, "Account"), ACCOUNT);
    assert_eq!(
        between(&who, "Arn"),
        "arn:aws:sts::111122223333:assumed-role/Sharer/build-7"
    );
    let id = between(&who, "UserId");
    assert!(id.starts_with("AROA") && id.ends_with(":build-7"), "{id}");
    let role = [("RoleName", "Sharer")];
    assert_eq!(session.query(&wire, "iam", "GetRole", &role).await.0, 200);
    assert_eq!(
        session.query(&wire, "iam", "DeleteRole", &role).await.0,
        403
    );
}

#[tokio::test]
async fn the_trust_policy_says_who_may_assume_a_role() {
    let condition = r#", "Condition": {"StringEquals": {"sts:ExternalId": "door-3"}}"#;
    let wire = scene(&trust(OTHER, condition)).await;
    for (key, more) in [
        (OTHER, vec![]),
        (OTHER, vec![("ExternalId", "door-4")]),
        ("777788889999", vec![("ExternalId", "door-3")]),
    ] {
        let (status, answer) = assume(&wire, key, &more).await;
        assert_eq!(
            (status, between(&answer, "Code").as_str()),
            (403, "AccessDenied")
        );
    }
    let (status, answer) = assume(&wire, OTHER, &[("ExternalId", "door-3")]).await;
    assert_eq!(status, 200, "{answer}");
    let nobody = [
        ("RoleArn", "arn:aws:iam::111122223333:role/Nobody"),
        ("RoleSessionName", "build-7"),
    ];
    let (status, answer) = wire.query(OTHER, "sts", "AssumeRole", &nobody).await;
    assert_eq!(
        (status, between(&answer, "Code").as_str()),
        (403, "AccessDenied")
    );
}

#[tokio::test]
async fn across_accounts_a_user_needs_its_own_policy_too() {
    let wire = scene(&trust(OTHER, "")).await;
    let user = ("UserName", "ann");
    wire.query(OTHER, "iam", "CreateUser", &[user]).await;
    let (_, made) = wire.query(OTHER, "iam", "CreateAccessKey", &[user]).await;
    let key = between(&made, "AccessKeyId");
    assert_eq!(assume(&wire, &key, &[]).await.0, 403);
    let policy = format!(
        r#"{{"Statement": [{{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "{ROLE}"}}]}}"#
    );
    let params = [
        user,
        ("PolicyName", "P"),
        ("PolicyDocument", policy.as_str()),
    ];
    wire.query(OTHER, "iam", "PutUserPolicy", &params).await;
    let (status, answer) = assume(&wire, &key, &[]).await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test]
async fn a_session_ends_by_the_clock_of_the_world() {
    let wire = scene(&trust(OTHER, "")).await;
    let session = Session::of(&wire, OTHER, &[("DurationSeconds", "900")]).await;
    wire.world.state().clock.advance(Duration::from_secs(899));
    let (status, _) = session.query(&wire, "sts", "GetCallerIdentity", &[]).await;
    assert_eq!(status, 200);
    wire.world.state().clock.advance(Duration::from_secs(1));
    let (status, answer) = session.query(&wire, "sts", "GetCallerIdentity", &[]).await;
    assert_eq!(
        (status, between(&answer, "Code").as_str()),
        (403, "ExpiredToken")
    );
    let (status, answer) = session.query(&wire, "ec2", "DescribeRegions", &[]).await;
    assert_eq!(
        (status, between(&answer, "Code").as_str()),
        (400, "RequestExpired")
    );
}

#[tokio::test]
async fn temporary_keys_are_good_with_their_token_alone() {
    let wire = scene(&trust(OTHER, "")).await;
    let session = Session::of(&wire, OTHER, &[]).await;
    let wrong = Session {
        key: session.key.clone(),
        token: "another".to_owned(),
    };
    let (status, answer) = wrong.query(&wire, "sts", "GetCallerIdentity", &[]).await;
    assert_eq!(
        (status, between(&answer, "Code").as_str()),
        (403, "InvalidClientTokenId")
    );
    let (status, answer) = wire
        .query(&session.key, "ec2", "DescribeRegions", &[])
        .await;
    assert_eq!(
        (status, between(&answer, "Code").as_str()),
        (401, "AuthFailure")
    );
    let (status, answer) = wire
        .json(
            &session.key,
            "ssm",
            "AmazonSSM.GetParameter",
            json!({"Name": "a"}),
        )
        .await;
    assert_eq!(
        (status, &answer["__type"]),
        (400, &json!("UnrecognizedClientException"))
    );
}

#[tokio::test]
async fn a_session_of_a_deleted_role_is_nobody() {
    let wire = scene(&trust(OTHER, "")).await;
    let session = Session::of(&wire, OTHER, &[]).await;
    let role = ("RoleName", "Sharer");
    wire.query(
        ACCOUNT,
        "iam",
        "DeleteRolePolicy",
        &[role, ("PolicyName", "Read")],
    )
    .await;
    wire.query(ACCOUNT, "iam", "DeleteRole", &[role]).await;
    let again = wire
        .world
        .create_role(ACCOUNT.parse().unwrap(), "Sharer", &trust(OTHER, ""));
    again.unwrap();
    let (status, _) = session.query(&wire, "sts", "GetCallerIdentity", &[]).await;
    assert_eq!(status, 403);
}

#[tokio::test]
async fn session_policies_limit_a_session() {
    let wire = scene(&trust(OTHER, "")).await;
    let policy = r#"{"Statement": [{"Effect": "Allow", "Action": "ssm:*", "Resource": "*"}]}"#;
    let session = Session::of(&wire, OTHER, &[("Policy", policy)]).await;
    let (status, answer) = session
        .query(&wire, "iam", "GetRole", &[("RoleName", "Sharer")])
        .await;
    assert_eq!(status, 403);
    let message = between(&answer, "Message");
    assert!(
        message.contains("because no session policy allows"),
        "{message}"
    );
}

#[tokio::test]
async fn a_session_asks_for_no_longer_than_it_may() {
    let wire = scene(&trust("111122223333", "")).await;
    for (name, value) in [
        ("DurationSeconds", "899"),
        ("DurationSeconds", "43201"),
        ("DurationSeconds", "3601"),
        ("RoleSessionName", "x"),
        ("RoleSessionName", "a name"),
        ("RoleArn", "Sharer"),
    ] {
        let (status, answer) = assume(&wire, ACCOUNT, &[(name, value)]).await;
        let told = (status, between(&answer, "Code"));
        assert_eq!(told, (400, "ValidationError".to_owned()), "{name} {value}");
    }
    let long = [
        ("RoleName", "Long"),
        ("MaxSessionDuration", "7200"),
        ("AssumeRolePolicyDocument", &trust("111122223333", "")),
    ];
    wire.query(ACCOUNT, "iam", "CreateRole", &long).await;
    let params = [
        ("RoleArn", "arn:aws:iam::111122223333:role/Long"),
        ("RoleSessionName", "chained"),
        ("DurationSeconds", "7200"),
    ];
    let (status, answer) = wire.query(ACCOUNT, "sts", "AssumeRole", &params).await;
    assert_eq!(status, 200, "{answer}");
    let session = Session::of(&wire, ACCOUNT, &[]).await;
    let (status, answer) = session.query(&wire, "sts", "AssumeRole", &params).await;
    assert_eq!(
        (status, between(&answer, "Code").as_str()),
        (400, "ValidationError")
    );
    assert!(between(&answer, "Message").contains("1 hour session limit"));
}

#[tokio::test]
async fn tags_of_a_session_need_a_trust_policy_that_allows_them() {
    let tags = [
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "images"),
    ];
    let wire = scene(&trust(OTHER, "")).await;
    let (status, answer) = assume(&wire, OTHER, &tags).await;
    assert_eq!(
        (status, between(&answer, "Code").as_str()),
        (403, "AccessDenied")
    );
    assert!(between(&answer, "Message").contains("sts:TagSession"));
    let trust = trust(OTHER, "").replace(
        r#""sts:AssumeRole""#,
        r#"["sts:AssumeRole", "sts:TagSession"]"#,
    );
    let params = [("RoleName", "Sharer"), ("PolicyDocument", trust.as_str())];
    wire.query(ACCOUNT, "iam", "UpdateAssumeRolePolicy", &params)
        .await;
    assert_eq!(assume(&wire, OTHER, &tags).await.0, 200);
}

#[tokio::test]
async fn a_rehearsal_by_a_session_is_judged_by_the_policies_of_its_role() {
    let wire = scene(&trust(OTHER, "")).await;
    let role = ROLE.parse().unwrap();
    let policy = r#"{"Statement": [{"Effect": "Allow", "Action": "ec2:RunInstances",
        "Resource": "*"}]}"#;
    wire.world.put_role_policy(&role, "Launch", policy).unwrap();
    let region = Wire::REGION.parse().unwrap();
    let owner = ACCOUNT.parse().unwrap();
    let spec = ImageSpec::named("golden");
    let image = wire.world.register_image(&region, owner, spec);
    let session = Session::of(&wire, OTHER, &[]).await;
    for (action, params, expected) in [
        (
            "RunInstances",
            vec![
                ("ImageId", image.as_str()),
                ("MinCount", "1"),
                ("MaxCount", "1"),
            ],
            (412, "DryRunOperation"),
        ),
        (
            "CopyImage",
            vec![
                ("SourceImageId", image.as_str()),
                ("SourceRegion", Wire::REGION),
                ("Name", "copy"),
            ],
            (403, "UnauthorizedOperation"),
        ),
    ] {
        let mut params = params;
        params.push(("DryRun", "true"));
        let (status, answer) = session.query(&wire, "ec2", action, &params).await;
        let told = (status, between(&answer, "Code"));
        assert_eq!(told, (expected.0, expected.1.to_owned()), "{action}");
    }
}

#[tokio::test]
async fn a_root_user_and_a_stranger_are_told_apart() {
    let wire = Wire::start().await;
    let (_, who) = wire.query(ACCOUNT, "sts", "GetCallerIdentity", &[]).await;
    assert_eq!(between(&who, "Arn"), "arn:aws:iam::111122223333:root");
    assert_eq!(between(&who, "UserId"), ACCOUNT);
    let (status, answer) = wire
        .query("AKIAIOSFODNN7EXAMPLE", "sts", "GetCallerIdentity", &[])
        .await;
    assert_eq!(
        (status, between(&answer, "Code").as_str()),
        (403, "InvalidClientTokenId")
    );
}
