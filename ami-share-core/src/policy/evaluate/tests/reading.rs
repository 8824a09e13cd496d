use crate::policy::{Comparison, Effect, Operator, Policy, PrincipalEntry, Quantifier, Version};

/// The path of the error, and what it says
fn refusal(text: &str) -> (String, String) {
    let error = Policy::parse(text).unwrap_err();
    (error.path().to_owned(), error.to_string())
}

#[test]
fn what_aws_accepts_is_read() {
    let policy = Policy::parse(
        r#"{"Id": "p", "Statement": {
            "Effect": "Deny",
            "Principal": {"AWS": ["111122223333", "arn:aws:iam::444455556666:root", "AROAX", "*",
                                  "arn:aws:iam::444455556666:role/a/B"],
                          "Service": "ec2.amazonaws.com", "CanonicalUser": "79a5"},
            "NotAction": "kms:Decrypt",
            "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": [300, 3.5]},
                          "Bool": {"aws:SecureTransport": false}}}}"#,
    )
    .unwrap();
    assert_eq!(policy.version, Version::V2008, "no version is the old one");
    let statement = &policy.statements[0];
    assert_eq!(statement.effect, Effect::Deny);
    assert!(!statement.has_effect(), "it has no resource");
    let principal = statement.principal.as_ref().unwrap();
    assert_eq!(
        principal.entries,
        [
            PrincipalEntry::Account("111122223333".parse().unwrap()),
            PrincipalEntry::Account("444455556666".parse().unwrap()),
            PrincipalEntry::Dead("AROAX".into()),
            PrincipalEntry::Anyone,
            PrincipalEntry::Arn("arn:aws:iam::444455556666:role/a/B".into()),
            PrincipalEntry::CanonicalUser("79a5".into()),
            PrincipalEntry::Service("ec2.amazonaws.com".into()),
        ]
    );
    assert!(statement.action.as_ref().unwrap().negated);
    let values: Vec<_> = statement
        .conditions
        .iter()
        .flat_map(|condition| &condition.values)
        .map(|value| value.as_str())
        .collect();
    assert_eq!(values, ["false", "300", "3.5"]);
}

#[test]
fn a_refused_policy_says_where_and_what_would_be_right() {
    let cases = [
        ("[]", "policy", "give an object"),
        ("{}", "policy", "has no `Statement`"),
        (
            r#"{"Version": "2012–10–17", "Statement": []}"#,
            "Version",
            "give `2012-10-17`",
        ),
        (
            r#"{"Statement": [{"Effect": "allow"}]}"#,
            "Statement[0].Effect",
            "`allow` is not an effect",
        ),
        (
            r#"{"Statement": [{"Effect": "Allow", "Action": 7}]}"#,
            "Statement[0].Action",
            "is a number: give text",
        ),
        (
            r#"{"Statement": {"Effect": "Allow", "Action": "a:b", "NotAction": "a:c"}}"#,
            "Statement",
            "has both `Action` and `NotAction`",
        ),
        (
            r#"{"Statement": [{"Effect": "Allow", "Actoin": "a:b"}]}"#,
            "Statement[0]",
            "`Actoin` does not belong here",
        ),
        (
            r#"{"Statement": [{"Effect": "Allow", "Principal": "111122223333"}]}"#,
            "Statement[0].Principal",
            "is not a principal",
        ),
        (
            r#"{"Statement": [{"Effect": "Allow", "Condition": {"Bool": true}}]}"#,
            "Statement[0].Condition.Bool",
            "is a boolean: give an object",
        ),
        (
            r#"{"Statement": [{"Effect": "Allow", "Condition": {"Bool": {"k": null}}}]}"#,
            "Statement[0].Condition.Bool.k",
            "is null",
        ),
    ];
    for (text, path, part) in cases {
        let (found, message) = refusal(text);
        assert_eq!(found, path, "{message}");
        assert!(message.contains(part), "{message}");
        assert!(!message.contains('\n'), "{message}");
    }
}

#[test]
fn a_member_given_twice_is_refused_because_the_first_would_be_lost() {
    let (_, message) = refusal(
        r#"{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "true"}}, "Condition": {}}]}"#,
    );
    assert!(
        message.contains("member `Condition` is given twice"),
        "{message}"
    );
}

#[test]
fn operators_are_read_with_their_parts() {
    let cases = [
        ("StringLike", Quantifier::One, Comparison::StringLike, false),
        (
            "ForAnyValue:StringLikeIfExists",
            Quantifier::AnyValue,
            Comparison::StringLike,
            true,
        ),
        (
            "forallvalues:arnnotequals",
            Quantifier::AllValues,
            Comparison::ArnNotEquals,
            false,
        ),
        ("Null", Quantifier::One, Comparison::Null, false),
        ("NullIfExists", Quantifier::One, Comparison::Unknown, true),
        (
            "StringNotEqual",
            Quantifier::One,
            Comparison::Unknown,
            false,
        ),
        (
            "ForSome:StringEquals",
            Quantifier::One,
            Comparison::Unknown,
            false,
        ),
        ("", Quantifier::One, Comparison::Unknown, false),
    ];
    for (text, quantifier, comparison, if_exists) in cases {
        let operator = Operator::parse(text);
        let parts = (operator.quantifier, operator.comparison, operator.if_exists);
        assert_eq!(parts, (quantifier, comparison, if_exists), "{text}");
        assert_eq!(operator.as_str(), text);
    }
}
