//! Honest answers: what is not known is never guessed.

use super::{OTHERS_ROLE, OWNERS_ROLE, decide, policy, request};
use crate::policy::evaluate::{
    Access, Caller, Finding, Layers, Unclear, Verdict, access_by, evaluate,
};

fn statement(effect: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect": "{effect}", "Principal": "*", "Action": "kms:*", "Resource": "*",
            "Condition": {condition}}}"#
    )
}

/// Why the answer about `kms:Decrypt` to a role of the owner's is unknown
fn why(statements: &str) -> Unclear {
    let decision = decide(
        statements,
        &request(OWNERS_ROLE, "kms:Decrypt").nothing_else(),
    );
    assert_eq!(decision.verdict, Verdict::Unknown, "{decision}");
    match &decision.reasons[0].finding {
        Finding::Unclear { why, .. } => *why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_key_that_was_not_told_makes_the_answer_unknown_and_is_named() {
    let condition = r#"{"StringEquals": {"kms:ViaService": "ec2.us-east-1.amazonaws.com"}}"#;
    let asked = request(OWNERS_ROLE, "kms:Decrypt");
    let decision = decide(&statement("Allow", condition), &asked);
    assert_eq!(decision.verdict, Verdict::Unknown);
    let expected = "may allow: `StringEquals` on `kms:ViaService`: the key is not known";
    assert!(decision.to_string().contains(expected), "{decision}");
    let told = asked.absent("kms:ViaService");
    assert_eq!(
        decide(&statement("Allow", condition), &told).verdict,
        Verdict::Denied
    );
}

#[test]
fn an_unknown_operator_never_allows_and_leaves_a_denial_open() {
    let condition = r#"{"StringEqualsNot": {"aws:PrincipalOrgID": "o-aaaaaaaaaa"}}"#;
    assert_eq!(why(&statement("Allow", condition)), Unclear::Operator);
    let open = statement("Allow", "{}");
    let deny = statement("Deny", condition);
    assert_eq!(why(&format!("{open}, {deny}")), Unclear::Operator);
}

#[test]
fn what_aws_does_not_say_is_unknown() {
    let rows = [
        (
            r#"{"StringEquals": {"aws:x": "a", "AWS:X": "b"}}"#,
            Unclear::RepeatedKey,
        ),
        (
            r#"{"StringEquals": {"aws:PrincipalAccount": "${aws:nobody}"}}"#,
            Unclear::UnresolvedVariable,
        ),
        (
            r#"{"StringEquals": {"aws:PrincipalAccount": "${aws:x,'a'}"}}"#,
            Unclear::MalformedVariable,
        ),
        (
            r#"{"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*"}}"#,
            Unclear::ShortArn,
        ),
        (
            r#"{"NumericEquals": {"aws:PrincipalAccount": "many"}}"#,
            Unclear::PolicyValue,
        ),
        (
            r#"{"Bool": {"aws:PrincipalAccount": "true"}}"#,
            Unclear::RequestValue,
        ),
        (
            r#"{"StringEquals": {"aws:PrincipalAccount": []}}"#,
            Unclear::NoValues,
        ),
        (
            r#"{"ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "a"}}"#,
            Unclear::AnyValueIfExists,
        ),
    ];
    for (condition, expected) in rows {
        assert_eq!(why(&statement("Allow", condition)), expected, "{condition}");
    }
}

#[test]
fn a_role_known_by_its_session_alone_may_have_any_path() {
    let statement = r#"{"Effect": "Allow", "Action": "kms:*", "Resource": "*",
        "Principal": {"AWS": "arn:aws:iam::444455556666:role/ci/Builder"}}"#;
    let session = "arn:aws:sts::444455556666:assumed-role/Builder/build-7";
    let asked = request(OTHERS_ROLE, "kms:Decrypt").by(Caller::parse(session).unwrap());
    assert_eq!(access_by(&policy(statement), &asked), Access::Unknown);
    let whole = request(OTHERS_ROLE, "kms:Decrypt");
    assert_eq!(access_by(&policy(statement), &whole), Access::Direct);
}

#[test]
fn a_layer_that_was_not_told_is_named() {
    let open = policy(&statement("Allow", "{}"));
    let asked = request(OWNERS_ROLE, "kms:Decrypt").nothing_else();
    let decision = evaluate(&asked, &Layers::unknown().resource(&open));
    assert_eq!(decision.verdict, Verdict::Unknown);
    let text = decision.to_string();
    for layer in [
        "service control policies",
        "permissions boundary",
        "key state",
    ] {
        assert!(
            text.contains(&format!("{layer}: unclear: it is not known")),
            "{text}"
        );
    }
    let denied = policy(&statement("Deny", "{}"));
    let decision = evaluate(&asked, &Layers::unknown().resource(&denied));
    assert!(
        decision.is_denied_explicitly(),
        "what else there is does not matter"
    );
}
