use super::wire::Wire;

const ACCOUNT: &str = "111122223333";
const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}]}"#;
const DESCRIBE: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
    "Action": "iam:Get*", "Resource": "*"}]}"#;

async fn iam(wire: &Wire, action: &str, params: &[(&str, &str)]) -> (u16, String) {
    wire.query(ACCOUNT, "iam", action, params).await
}

async fn done(wire: &Wire, action: &str, params: &[(&str, &str)]) -> String {
    let (status, answer) = iam(wire, action, params).await;
    assert_eq!(status, 200, "{action}: {answer}");
    answer
}

/// The status and the code of what must be refused
async fn refused(wire: &Wire, action: &str, params: &[(&str, &str)]) -> (u16, String) {
    let (status, answer) = iam(wire, action, params).await;
    (status, between(&answer, "Code"))
}

pub(super) fn between(answer: &str, element: &str) -> String {
    let (start, end) = (format!("<{element}>"), format!("</{element}>"));
    let found = answer
        .split_once(&start)
        .and_then(|(_, rest)| rest.split_once(&end));
    found
        .unwrap_or_else(|| panic!("no {element} in {answer}"))
        .0
        .to_owned()
}

#[tokio::test]
async fn a_role_is_read_back_as_it_was_made() {
    let wire = Wire::start().await;
    let made = done(
        &wire,
        "CreateRole",
        &[
            ("RoleName", "Sharer"),
            ("Path", "/ci/"),
            ("AssumeRolePolicyDocument", TRUST),
            ("MaxSessionDuration", "7200"),
            ("Description", "shares images"),
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", "images"),
        ],
    )
    .await;
    assert_eq!(
        between(&made, "Arn"),
        "arn:aws:iam::111122223333:role/ci/Sharer"
    );
    let read = done(&wire, "GetRole", &[("RoleName", "sharer")]).await;
    assert!(read.contains("<RoleLastUsed/>"), "{read}");
    assert!(!made.contains("RoleLastUsed"), "{made}");
    for element in [
        "RoleId",
        "Arn",
        "Path",
        "CreateDate",
        "Key",
        "MaxSessionDuration",
    ] {
        assert_eq!(between(&read, element), between(&made, element));
    }
    let trust = between(&read, "AssumeRolePolicyDocument");
    let decoded: String = form_urlencoded::parse(format!("d={trust}").as_bytes())
        .map(|(_, value)| value.into_owned())
        .collect();
    assert_eq!(decoded, TRUST);
    assert!(
        !trust.contains('+'),
        "a client that undoes percents alone reads {trust}"
    );
    let again = [("RoleName", "SHARER"), ("AssumeRolePolicyDocument", TRUST)];
    assert_eq!(
        refused(&wire, "CreateRole", &again).await,
        (409, "EntityAlreadyExists".to_owned())
    );
}

#[tokio::test]
async fn what_is_not_there_is_no_such_entity() {
    let wire = Wire::start().await;
    let not_there = (404, "NoSuchEntity".to_owned());
    let role = ("RoleName", "Nobody");
    let user = ("UserName", "nobody");
    let policy = ("PolicyArn", "arn:aws:iam::111122223333:policy/Nothing");
    for (action, params) in [
        ("GetRole", vec![role]),
        ("DeleteRole", vec![role]),
        ("ListRolePolicies", vec![role]),
        ("GetUser", vec![user]),
        ("CreateAccessKey", vec![user]),
        ("GetPolicy", vec![policy]),
    ] {
        assert_eq!(refused(&wire, action, &params).await, not_there, "{action}");
    }
    done(
        &wire,
        "CreateRole",
        &[("RoleName", "R"), ("AssumeRolePolicyDocument", TRUST)],
    )
    .await;
    let role = ("RoleName", "R");
    for (action, params) in [
        ("GetRolePolicy", vec![role, ("PolicyName", "None")]),
        ("DeleteRolePolicy", vec![role, ("PolicyName", "None")]),
        ("AttachRolePolicy", vec![role, policy]),
        ("DetachRolePolicy", vec![role, policy]),
    ] {
        assert_eq!(refused(&wire, action, &params).await, not_there, "{action}");
    }
}

#[tokio::test]
async fn policies_that_iam_does_not_take_are_malformed() {
    let wire = Wire::start().await;
    let malformed = (400, "MalformedPolicyDocument".to_owned());
    for trust in [
        "no json",
        r#"{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}"#,
        r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"},
            "Action": "sts:AssumeRole", "Resource": "*"}]}"#,
        r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"},
            "Action": "ec2:RunInstances"}]}"#,
        r#"{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": "arn:aws:iam::111122223333:role/Nobody"}}]}"#,
    ] {
        let params = [("RoleName", "R"), ("AssumeRolePolicyDocument", trust)];
        assert_eq!(
            refused(&wire, "CreateRole", &params).await,
            malformed,
            "{trust}"
        );
    }
    done(
        &wire,
        "CreateRole",
        &[("RoleName", "R"), ("AssumeRolePolicyDocument", TRUST)],
    )
    .await;
    for policy in [
        TRUST,
        r#"{"Statement": [{"Effect": "Allow", "Action": "ec2:*"}]}"#,
        r#"{"Statement": [{"Effect": "Allow", "Action": "ec2", "Resource": "*"}]}"#,
        r#"{"Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "image"}]}"#,
        r#"{"Statement": [{"Effect": "Perhaps", "Action": "ec2:*", "Resource": "*"}]}"#,
    ] {
        let params = [
            ("RoleName", "R"),
            ("PolicyName", "P"),
            ("PolicyDocument", policy),
        ];
        assert_eq!(
            refused(&wire, "PutRolePolicy", &params).await,
            malformed,
            "{policy}"
        );
    }
}

#[tokio::test]
async fn what_has_policies_or_keys_is_not_deleted() {
    let wire = Wire::start().await;
    let role = ("RoleName", "R");
    let admin = ("PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess");
    let inline = ("PolicyName", "P");
    done(
        &wire,
        "CreateRole",
        &[role, ("AssumeRolePolicyDocument", TRUST)],
    )
    .await;
    done(&wire, "AttachRolePolicy", &[role, admin]).await;
    done(
        &wire,
        "PutRolePolicy",
        &[role, inline, ("PolicyDocument", DESCRIBE)],
    )
    .await;
    let attached = done(&wire, "ListAttachedRolePolicies", &[role]).await;
    assert_eq!(between(&attached, "PolicyName"), "AdministratorAccess");
    let conflict = (409, "DeleteConflict".to_owned());
    assert_eq!(refused(&wire, "DeleteRole", &[role]).await, conflict);
    done(&wire, "DetachRolePolicy", &[role, admin]).await;
    assert_eq!(refused(&wire, "DeleteRole", &[role]).await, conflict);
    done(&wire, "DeleteRolePolicy", &[role, inline]).await;
    done(&wire, "DeleteRole", &[role]).await;

    let user = ("UserName", "ann");
    done(&wire, "CreateUser", &[user]).await;
    let key = between(
        &done(&wire, "CreateAccessKey", &[user]).await,
        "AccessKeyId",
    );
    assert_eq!(refused(&wire, "DeleteUser", &[user]).await, conflict);
    done(&wire, "DeleteAccessKey", &[user, ("AccessKeyId", &key)]).await;
    done(&wire, "DeleteUser", &[user]).await;
}

#[tokio::test]
async fn a_user_may_do_what_its_policies_say() {
    let wire = Wire::start().await;
    let user = ("UserName", "ann");
    done(&wire, "CreateUser", &[user]).await;
    let key = between(
        &done(&wire, "CreateAccessKey", &[user]).await,
        "AccessKeyId",
    );
    assert!(key.starts_with("AKIA") && key.len() == 20, "{key}");
    let (status, answer) = wire.query(&key, "iam", "GetUser", &[]).await;
    assert_eq!(
        (status, between(&answer, "Code").as_str()),
        (403, "AccessDenied")
    );
    assert_eq!(
        between(&answer, "Message"),
        "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: iam:GetUser on \
         resource: arn:aws:iam::111122223333:user/ann because no identity-based policy allows the \
         iam:GetUser action"
    );
    done(
        &wire,
        "PutUserPolicy",
        &[user, ("PolicyName", "P"), ("PolicyDocument", DESCRIBE)],
    )
    .await;
    let (status, answer) = wire.query(&key, "iam", "GetUser", &[]).await;
    assert_eq!(status, 200, "{answer}");
    assert!(between(&answer, "UserId").starts_with("AIDA"));
    let (status, _) = wire.query(&key, "iam", "ListUsers", &[]).await;
    assert_eq!(status, 403);
}

#[tokio::test]
async fn ec2_tells_who_may_not_do_what() {
    let wire = Wire::start().await;
    let user = ("UserName", "ann");
    done(&wire, "CreateUser", &[user]).await;
    let key = between(
        &done(&wire, "CreateAccessKey", &[user]).await,
        "AccessKeyId",
    );
    let image = [
        ("ImageId", "ami-00000000000000001"),
        ("Attribute", "launchPermission"),
    ];
    let (status, answer) = wire
        .query(&key, "ec2", "DescribeImageAttribute", &image)
        .await;
    assert_eq!(
        (status, between(&answer, "Code").as_str()),
        (403, "UnauthorizedOperation")
    );
    let message = between(&answer, "Message");
    let (told, encoded) = message
        .split_once(" Encoded authorization failure message: ")
        .unwrap();
    assert_eq!(
        told,
        "You are not authorized to perform this operation. User: \
         arn:aws:iam::111122223333:user/ann is not authorized to perform: \
         ec2:DescribeImageAttribute on resource: \
         arn:aws:ec2:eu-central-1::image/ami-00000000000000001 because no identity-based policy \
         allows the ec2:DescribeImageAttribute action."
    );
    assert!(!encoded.is_empty());
}

#[tokio::test]
async fn listings_come_in_pages_whose_markers_belong_to_them() {
    let wire = Wire::start().await;
    for name in ["A", "B", "C"] {
        done(
            &wire,
            "CreateRole",
            &[("RoleName", name), ("AssumeRolePolicyDocument", TRUST)],
        )
        .await;
    }
    let first = done(&wire, "ListRoles", &[("MaxItems", "2")]).await;
    assert_eq!(first.matches("<member>").count(), 2);
    assert_eq!(between(&first, "IsTruncated"), "true");
    let marker = between(&first, "Marker");
    let rest = done(
        &wire,
        "ListRoles",
        &[("MaxItems", "2"), ("Marker", &marker)],
    )
    .await;
    assert_eq!(rest.matches("<member>").count(), 1);
    assert_eq!(between(&rest, "IsTruncated"), "false");
    assert_eq!(
        refused(&wire, "ListUsers", &[("Marker", &marker)]).await,
        (400, "ValidationError".to_owned())
    );
    let aliases = done(&wire, "ListAccountAliases", &[]).await;
    assert!(aliases.contains("<AccountAliases/>"), "{aliases}");
}

#[tokio::test]
async fn a_service_linked_role_has_its_name_and_is_aws_alone_to_change() {
    let wire = Wire::start().await;
    let service = ("AWSServiceName", "autoscaling.amazonaws.com");
    let made = done(&wire, "CreateServiceLinkedRole", &[service]).await;
    assert_eq!(
        between(&made, "Arn"),
        "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/\
         AWSServiceRoleForAutoScaling"
    );
    assert_eq!(
        refused(&wire, "CreateServiceLinkedRole", &[service]).await,
        (400, "InvalidInput".to_owned())
    );
    let name = ("RoleName", "AWSServiceRoleForAutoScaling");
    let told = done(&wire, "ListAttachedRolePolicies", &[name]).await;
    assert_eq!(between(&told, "PolicyName"), "AutoScalingServiceRolePolicy");
    let policy = between(&told, "PolicyArn");
    let told = done(&wire, "GetPolicy", &[("PolicyArn", &policy)]).await;
    assert_eq!(between(&told, "IsAttachable"), "false");
    let own = [("RoleName", "Own"), ("AssumeRolePolicyDocument", TRUST)];
    done(&wire, "CreateRole", &own).await;
    let attach = [("RoleName", "Own"), ("PolicyArn", policy.as_str())];
    assert_eq!(
        refused(&wire, "AttachRolePolicy", &attach).await,
        (400, "PolicyNotAttachable".to_owned())
    );
    done(
        &wire,
        "CreateServiceLinkedRole",
        &[service, ("CustomSuffix", "blue")],
    )
    .await;
    assert_eq!(
        refused(
            &wire,
            "DeleteRole",
            &[("RoleName", "AWSServiceRoleForAutoScaling")]
        )
        .await,
        (400, "UnmodifiableEntity".to_owned())
    );
}

#[tokio::test]
async fn quotas_of_iam_are_kept() {
    let wire = Wire::start().await;
    let limit = (409, "LimitExceeded".to_owned());
    let user = ("UserName", "ann");
    done(&wire, "CreateUser", &[user]).await;
    for _ in 0..2 {
        done(&wire, "CreateAccessKey", &[user]).await;
    }
    assert_eq!(refused(&wire, "CreateAccessKey", &[user]).await, limit);
    let long = format!(
        r#"{{"Statement": [{{"Effect": "Allow", "Action": "ec2:*", "Resource": "arn:{}"}}]}}"#,
        "x".repeat(2_048)
    );
    let policy = [user, ("PolicyName", "P"), ("PolicyDocument", &long)];
    assert_eq!(refused(&wire, "PutUserPolicy", &policy).await, limit);
}
