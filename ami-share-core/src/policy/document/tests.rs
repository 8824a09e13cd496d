use proptest::prelude::*;

use super::*;
use crate::policy::samples::{ADMIN, as_kms_stores_it, foreign_policy};

fn policy(statement: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": {statement}}}"#)
}

#[test]
fn an_error_says_where_and_what_would_be_right() {
    for (text, line, column, path, message) in [
        ("", 1, 1, "", "expected a value, found the end of the text"),
        ("\u{feff}{}", 1, 1, "", "without a byte order mark"),
        ("[]", 1, 1, "", "found a list: give a policy"),
        ("{}", 1, 1, "", "`Statement` is missing"),
        (
            "{\"Version\": \"2012–10–17\"}",
            1,
            18,
            "Version",
            "write `-`",
        ),
        ("{\n \"Id\": “x”}", 2, 8, "Id", "write a straight `\"`"),
        (
            "{\"Version\": \"2012-10-18\"}",
            1,
            13,
            "Version",
            "give `2012-10-17`",
        ),
        (
            "{\"Version\": \"2012\\u201310\"}",
            1,
            13,
            "Version",
            "is not known here",
        ),
        (
            "{\"Version\": 20121017}",
            1,
            13,
            "Version",
            "found a number: give `2012-10-17`",
        ),
        (
            "{\"Id\": \"é\", \"Id\": \"b\"}",
            1,
            13,
            "Id",
            "`Id` is given twice",
        ),
        (
            "{\"I\\u0064\": \"a\", \"Id\": \"b\"}",
            1,
            18,
            "Id",
            "`Id` is given twice",
        ),
        (
            "{\"statement\": []}",
            1,
            2,
            "statement",
            "give `Version`, `Id` and `Statement`",
        ),
        (
            "{\"Statement\": [{}]}",
            1,
            16,
            "Statement[0]",
            "`Effect` is missing",
        ),
        (
            "{\"Statement\": []} x",
            1,
            19,
            "",
            "text follows the policy: take it out",
        ),
        (
            "{\"Statement\": [],}",
            1,
            18,
            "",
            "name of a member in quotes, found `}`",
        ),
        (
            "{\"Statement\": [\n\tnul]}",
            2,
            2,
            "Statement[0]",
            "expected a value, found `n`",
        ),
        (
            "{\"Statement\": [01]}",
            1,
            17,
            "Statement",
            "expected `,` or `]`, found `1`",
        ),
        ("{\"Id\": \"a\nb\"}", 1, 10, "Id", "write an escape"),
        ("{\"Id\": \"a\u{7}b\"}", 1, 10, "Id", "U+0007"),
        ("{\"Id\": \"Ωmega\"}", 1, 9, "Id", "U+0020 to U+00FF only"),
        ("{\"Id\": \"a\\x\"}", 1, 8, "Id", "escapes are JSON's"),
        ("{\"Id\": \"a", 1, 10, "Id", "`\"` at the end of the string"),
    ] {
        let error = KeyPolicy::parse(text).unwrap_err();
        assert_eq!(
            (error.line(), error.column(), error.path()),
            (line, column, path),
            "{text}"
        );
        let told = error.to_string();
        assert!(told.contains(message), "{told}");
        assert!(!told.contains('\n'), "one line: {told}");
    }
}

#[test]
fn a_statement_of_the_wrong_shape_is_told_by_its_path() {
    let start = r#"{"Effect": "Allow", "Principal": "*", "#;
    for (rest, path, message) in [
        (
            r#""Sid": 1}"#,
            "Statement[1].Sid",
            "found a number: give text",
        ),
        (
            r#""Action": [1]}"#,
            "Statement[1].Action[0]",
            "found a number",
        ),
        (
            r#""Action": {}}"#,
            "Statement[1].Action",
            "give text, or a list of texts",
        ),
        // Found by fuzzing: the typed model cannot hold it.
        (
            r#""Condition": {"NumericLess": {"aws:x": [1, -1.5e666]}}}"#,
            "Statement[1].Condition.NumericLess.aws:x[1]",
            "`-1.5e666` is too large",
        ),
        (
            r#""Conditions": {}}"#,
            "Statement[1].Conditions",
            "`Conditions` is not known here",
        ),
        (
            r#""Condition": []}"#,
            "Statement[1].Condition",
            "found a list",
        ),
        (
            r#""Condition": {"Bool": {"aws:SecureTransport": null}}}"#,
            "Statement[1].Condition.Bool.aws:SecureTransport",
            "found null: give text",
        ),
        (
            r#""Condition": {"Bool": {"a": 1, "b": 2, "a": 3}}}"#,
            "Statement[1].Condition.Bool.a",
            "given twice",
        ),
        (
            r#""NotPrincipal": "*"}"#,
            "Statement[1]",
            "exclude each other",
        ),
        (
            r#""NotAction": "a", "Action": "b"}"#,
            "Statement[1]",
            "exclude each other",
        ),
    ] {
        let text = policy(&format!("[{ADMIN}, {start}{rest}]"));
        let error = KeyPolicy::parse(&text).unwrap_err();
        assert_eq!(error.path(), path, "{error}");
        assert!(error.to_string().contains(message), "{error}");
    }
    for (statement, message) in [
        (
            r#"{"Effect": "allow", "Principal": "*"}"#,
            "`Allow` or `Deny`",
        ),
        (r#"{"Effect": "Allow"}"#, "`Principal` is missing"),
        (
            r#"{"Effect": "Allow", "Principal": "111122223333"}"#,
            r#"`{"AWS": …}` around it"#,
        ),
        (
            r#"{"Effect": "Allow", "Principal": {"Aws": "*"}}"#,
            "`AWS`, `Service`",
        ),
        (r#"{"Effect": "Allow", "Principal": ["*"]}"#, "found a list"),
        ("null", "found null: give a statement"),
    ] {
        let error = KeyPolicy::parse(&policy(statement)).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }
}

#[test]
fn deep_and_long_texts_are_refused_without_harm() {
    let deep = policy(&"[".repeat(100_000));
    let error = KeyPolicy::parse(&deep).unwrap_err();
    assert_eq!(error.problem(), &KeyPolicyProblem::TooDeep);
    let long = format!("{{\"{}\": 1}}", "x".repeat(100_000));
    let error = KeyPolicy::parse(&long).unwrap_err();
    assert!(error.to_string().len() < 1_000);
}

#[test]
fn a_policy_of_2008_and_a_statement_without_a_list_are_taken() {
    let policy =
        KeyPolicy::parse(&format!(r#"{{"Statement": {ADMIN}, "Id": "a\u00e9"}}"#)).unwrap();
    assert_eq!(policy.version(), Version::V2008);
    assert_eq!(policy.id().as_deref(), Some("aé"));
    let statements: Vec<_> = policy.statements().collect();
    assert_eq!(statements.len(), 1);
    assert_eq!(statements[0].as_str(), ADMIN);
    assert_eq!(
        statements[0].sid().as_deref(),
        Some("Enable IAM User Permissions")
    );
}

#[test]
fn promise_2_only_the_whole_prefix_makes_a_statement_ours() {
    for (sid, is_ours) in [
        ("AmiShareAccountsUse", true),
        ("AmiShareV2", true),
        ("AmiShare", false),
        ("AmiShareholders", false),
        ("AmiShare Use", false),
        ("AmiShareUse of the key", false),
        ("amiShareAccountsUse", false),
        (" AmiShareAccountsUse", false),
    ] {
        assert_eq!(is_our_sid(sid), is_ours, "{sid}");
    }
}

#[test]
fn what_kms_renders_otherwise_is_the_same_policy() {
    let with = |principal: &str, action: &str, values: &str| {
        let text = policy(&format!(
            r#"{{"Effect": "Allow", "Principal": {principal}, "Action": {action},
                "Resource": "*", "Condition": {{"Bool": {{"kms:GrantIsForAWSResource": {values}}}}}}}"#
        ));
        KeyPolicy::parse(&text).unwrap()
    };
    let one = with(
        r#"{"AWS": ["111122223333", "*"]}"#,
        r#"["a:B", "a:C"]"#,
        "true",
    );
    let same = with(
        r#"{"AWS": ["*", "arn:aws-cn:iam::111122223333:root"]}"#,
        r#"["a:C", "a:B"]"#,
        r#"["true"]"#,
    );
    assert!(one.is_equivalent_to(&same));
    assert_ne!(one, same);
    let anyone = with(r#""*""#, r#""a:B""#, "true");
    assert!(anyone.is_equivalent_to(&with(r#"{"AWS": ["*"]}"#, r#"["a:B"]"#, "true")));
    for other in [
        with(r#"{"AWS": "111122223333"}"#, r#""a:B""#, "true"),
        with(r#""*""#, r#""a:b""#, "true"),
        with(r#""*""#, r#""a:B""#, "false"),
        with(r#"{"Service": "*"}"#, r#""a:B""#, "true"),
    ] {
        assert!(!anyone.is_equivalent_to(&other), "{other}");
    }
}

proptest! {
    #[test]
    fn promise_2_a_policy_is_printed_byte_for_byte_as_it_was_read(text in foreign_policy()) {
        let policy = KeyPolicy::parse(&text).unwrap();
        prop_assert_eq!(policy.to_string(), text.as_str());
        for statement in policy.statements() {
            prop_assert!(text.contains(statement.as_str()));
        }
    }

    #[test]
    fn what_is_a_document_is_a_typed_policy(text in foreign_policy()) {
        let policy = KeyPolicy::parse(&text).unwrap();
        let typed = policy.to_policy().unwrap();
        prop_assert_eq!(typed.statements.len(), policy.statements().len());
        for (typed, statement) in typed.statements.iter().zip(policy.statements()) {
            prop_assert!(typed.sid.as_deref() == statement.sid().as_deref());
        }
    }

    #[test]
    fn any_damage_is_seen_as_serde_json_and_the_typed_model_see_it(
        text in foreign_policy(),
        at in any::<prop::sample::Index>(),
        length in 0_usize..4,
        put in "[\\[\\]{}\",:\\\\ a0\u{e9}\u{2013}-]{0,3}",
    ) {
        let boundaries: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let at = at.index(boundaries.len());
        let end = boundaries.get(at + length).copied().unwrap_or(text.len());
        let damaged = format!("{}{put}{}", &text[..boundaries[at]], &text[end..]);
        let ours = KeyPolicy::parse(&damaged);
        let json = serde_json::from_str::<serde_json::Value>(&damaged);
        match ours {
            Ok(policy) => {
                prop_assert!(json.is_ok(), "{}", damaged);
                prop_assert!(policy.to_policy().is_ok(), "{}", damaged);
                prop_assert_eq!(policy.as_str(), damaged);
            }
            Err(error) => {
                let is_syntax = matches!(
                    error.problem(),
                    KeyPolicyProblem::NotJson { .. } | KeyPolicyProblem::TrailingText
                );
                prop_assert!(!is_syntax || json.is_err(), "{}: {}", damaged, error);
                prop_assert!(error.line() >= 1 && error.column() >= 1);
            }
        }
    }

    #[test]
    fn a_policy_means_the_same_as_what_kms_stores_of_it(text in foreign_policy()) {
        let policy = KeyPolicy::parse(&text).unwrap();
        let stored = KeyPolicy::parse(&as_kms_stores_it(&text)).unwrap();
        prop_assert!(policy.is_equivalent_to(&stored), "{}\n{}", policy, stored);
    }
}
