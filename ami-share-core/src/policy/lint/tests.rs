use super::*;

fn findings(statement: &str) -> Vec<String> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    let policy = KeyPolicy::parse(&text).unwrap();
    policy.lint().iter().map(LintFinding::to_string).collect()
}

fn everybody(condition: &str) -> Vec<String> {
    findings(&format!(
        r#"{{"Sid": "S", "Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt",
            "Resource": "*", "Condition": {condition}}}"#
    ))
}

#[test]
fn promise_1_what_is_open_to_the_world_is_found() {
    for (condition, why) in [
        ("{}", "there is no condition"),
        (
            r#"{"Bool": {"aws:SecureTransport": "true"}}"#,
            "does not say who",
        ),
        (
            r#"{"StringEquals": {"kms:ViaService": "ec2.us-east-1.amazonaws.com"}}"#,
            "does not say who",
        ),
        (
            r#"{"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorg1/*"}}"#,
            "without `aws:PrincipalOrgPaths` too",
        ),
        (
            r#"{"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}}"#,
            "without `aws:PrincipalOrgID` too",
        ),
        (
            r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorg1"}}"#,
            "without `aws:PrincipalOrgID` too",
        ),
        (
            r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}}"#,
            "`StringNotEquals`",
        ),
        (r#"{"Null": {"aws:PrincipalOrgID": "false"}}"#, "`Null`"),
        (r#"{"Null": {"aws:PrincipalOrgID": "true"}}"#, "`Null`"),
        (
            r#"{"StringLike": {"aws:PrincipalOrgID": "o-*"}}"#,
            "`StringLike`",
        ),
        (
            r#"{"StringEquals": {"aws:PrincipalOrgID": []}}"#,
            "`StringEquals`",
        ),
        (
            r#"{"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Admin"}}"#,
            "`aws:PrincipalArn`",
        ),
        (
            r#"{"StringEquals": {"aws:PrincipalAccount": "${aws:PrincipalAccount}"}}"#,
            "`aws:PrincipalAccount`",
        ),
        (
            r#"{"StringLike": {"aws:PrincipalOrgPaths": "o-exampleorg1/*"}}"#,
            "`aws:PrincipalOrgPaths`",
        ),
        (
            r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-exampleorg1/*", "*/r-ab12/*"]}}"#,
            "`aws:PrincipalOrgPaths`",
        ),
        (
            r#"{"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}"#,
            "`aws:SourceIp`",
        ),
        (
            r#"{"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}"#,
            "`aws:VpcSourceIp`",
        ),
        (
            r#"{"StringEquals": {"kms:EncryptionContext:app": "x"}}"#,
            "does not say who",
        ),
    ] {
        let found = everybody(condition);
        assert_eq!(found.len(), 1, "{condition}: {found:?}");
        assert!(
            found[0].starts_with("statement `S`: it is open to every AWS account"),
            "{found:?}"
        );
        assert!(found[0].contains(why), "{found:?}");
    }
    for open in [
        r#"{"Effect": "Allow", "Principal": {"AWS": ["111122223333", "*"]}, "Action": "*", "Resource": "*"}"#,
        r#"{"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "*", "Resource": "*"}"#,
    ] {
        assert!(
            findings(open)[0].contains("open to every AWS account"),
            "{open}"
        );
    }
}

#[test]
fn a_condition_that_says_who_is_no_finding() {
    for condition in [
        r#"{"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}}"#,
        r#"{"StringEquals": {"kms:CallerAccount": ["111122223333", "444455556666"]}}"#,
        r#"{"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"},
            "ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorg1/*"}}"#,
        r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorg1/r-ab12/*"}}"#,
        r#"{"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorg1/*"},
            "Null": {"aws:principalorgpaths": false}}"#,
        r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}"#,
        r#"{"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "2001:db8::1"]}}"#,
        r#"{"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}"#,
    ] {
        assert_eq!(everybody(condition), Vec::<String>::new(), "{condition}");
    }
    let deny = r#"{"Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}"#;
    assert_eq!(findings(deny), Vec::<String>::new());
}

#[test]
fn what_has_no_effect_or_is_misspelt_is_found() {
    let statement = |rest: &str| {
        findings(&format!(
            r#"{{"Effect": "Allow", "Principal": {{"AWS": "111122223333"}}{rest}}}"#
        ))
    };
    let told = statement("");
    assert_eq!(told.len(), 2);
    assert!(
        told[0].contains("no effect, since it has no `Action`"),
        "{told:?}"
    );
    assert!(told[1].contains("`Statement[0]`: "), "{told:?}");
    assert!(statement(r#", "Action": [], "Resource": "*""#)[0].contains("no `Action`"));
    let condition = |condition: &str| {
        statement(&format!(
            r#", "Action": "*", "Resource": "*", "Condition": {condition}"#
        ))
    };
    for (text, part) in [
        (
            r#"{"StringEqual": {"kms:ViaService": "x"}}"#,
            "operator `StringEqual` is not known",
        ),
        (
            r#"{"NullIfExists": {"kms:ViaService": "true"}}"#,
            "operator `NullIfExists`",
        ),
        (
            r#"{"Bool": {"aws:PrincipalOrgId2": "x"}}"#,
            "key `aws:PrincipalOrgId2` is not known",
        ),
        (
            r#"{"Bool": {"kms:ViaServices": "x"}}"#,
            "key `kms:ViaServices`",
        ),
        (r#"{"Bool": {"ViaService": "x"}}"#, "key `ViaService`"),
        (
            r#"{"Bool": {"aws:PrincipalTag/": "x"}}"#,
            "key `aws:PrincipalTag/`",
        ),
        (
            r#"{"Bool": {"kms:ViaService": "x", "kms:viaservice": "y"}}"#,
            "given twice",
        ),
    ] {
        assert!(
            condition(text)[0].contains(part),
            "{text}: {:?}",
            condition(text)
        );
    }
    for known in [
        "KMS:viaservice",
        "aws:PrincipalTag/Team",
        "kms:EncryptionContext:aws:ebs:id",
        "saml:aud",
    ] {
        assert_eq!(
            condition(&format!(r#"{{"StringLike": {{"{known}": "x"}}}}"#)),
            Vec::<String>::new()
        );
    }
}

#[test]
fn dead_principals_doubled_sids_and_old_variables_are_found() {
    let text = r#"{"Statement": [
        {"Sid": "A", "Effect": "Deny", "Principal": {"AWS": "AIDACKCEVSQ6C2EXAMPLE"}, "Action": "*", "Resource": "*"},
        {"Sid": "A", "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "*", "Resource": "*",
         "Condition": {"StringEquals": {"kms:EncryptionContext:user": "${aws:username}"}}}]}"#;
    let findings = KeyPolicy::parse(text).unwrap().lint();
    let problems: Vec<_> = findings.iter().map(LintFinding::problem).collect();
    assert!(matches!(
        problems[..],
        [
            LintProblem::DeadPrincipal { .. },
            LintProblem::RepeatedSid { .. },
            LintProblem::OldVariable { .. }
        ]
    ));
    for finding in &findings {
        assert!(!finding.mend().is_empty() && !finding.to_string().contains('\n'));
    }
    assert_eq!(findings[1].statement().index(), 1);
}

#[test]
fn whoever_is_not_trusted_is_found() {
    let organization = "arn:aws:organizations::111122223333:organization/o-exampleorg1";
    let trusted = TrustedParties::new()
        .account("111122223333".parse().unwrap())
        .organization(&organization.parse().unwrap());
    let untrusted = |principal: &str, condition: &str| -> Vec<String> {
        let text = format!(
            r#"{{"Statement": {{"Effect": "Allow", "Principal": {principal}, "Action": "*",
                "Resource": "*", "Condition": {condition}}}}}"#
        );
        let findings = KeyPolicy::parse(&text).unwrap().lint_against(&trusted);
        let principal = |finding: &LintFinding| match finding.problem() {
            LintProblem::Untrusted { principal } => principal.clone(),
            other => other.to_string(),
        };
        findings.iter().map(principal).collect()
    };
    let none = Vec::<String>::new();
    assert_eq!(
        untrusted(
            r#"{"AWS": ["111122223333", "arn:aws:iam::111122223333:role/R"]}"#,
            "{}"
        ),
        none
    );
    assert_eq!(untrusted(r#"{"Service": "ec2.amazonaws.com"}"#, "{}"), none);
    assert_eq!(
        untrusted(r#"{"AWS": ["111122223333", "444455556666"]}"#, "{}"),
        ["444455556666"]
    );
    let role = "arn:aws:iam::444455556666:role/R";
    assert_eq!(untrusted(&format!(r#"{{"AWS": "{role}"}}"#), "{}"), [role]);
    let in_organization = r#"{"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}}"#;
    assert_eq!(untrusted("\"*\"", in_organization), none);
    assert_eq!(
        untrusted(&format!(r#"{{"AWS": "{role}"}}"#), in_organization),
        none
    );
    let two = r#"{"StringEquals": {"aws:PrincipalOrgID": ["o-exampleorg1", "o-otherorg000"]}}"#;
    assert_eq!(untrusted("\"*\"", two), ["o-otherorg000"]);
    let endpoint = r#"{"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}"#;
    assert_eq!(untrusted("\"*\"", endpoint), ["vpce-1a2b3c4d"]);
}
