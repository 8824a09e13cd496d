//! What is wrong with a file is said with its line, its field and the mend.

use super::*;
use crate::id::OrganizationArn;

pub(super) const HEAD: &str = "version: ami-share/distribution/1\n";
pub(super) const IMAGE: &str = "image: {region: us-east-1, id: ami-12345678}\n";
pub(super) const TO: &str = "recipients: {accounts: ['222222222222']}\n";
pub(super) const ORGANIZATION: &str =
    "arn:aws:organizations::123456789012:organization/o-exampleorg1";

pub(super) fn problems(text: &str) -> Vec<DistributionProblem> {
    Distribution::from_yaml(text)
        .expect_err(text)
        .problems()
        .to_vec()
}

/// The one problem of a file with the usual head, on its first line of its own
#[track_caller]
pub(super) fn one(rest: &str, field: &str, problem: &str, expected: &str) -> DistributionProblem {
    let found = problems(&format!("{HEAD}{IMAGE}{TO}{rest}"));
    let [only] = &found[..] else {
        panic!("{rest}\n{found:#?}");
    };
    assert_eq!(only.field, field, "{rest}");
    assert!(only.problem.contains(problem), "{}", only.problem);
    let given = only.expected.as_deref().unwrap_or_default();
    assert!(given.contains(expected), "{given}");
    assert!(!only.to_string().contains('\n'), "{only}");
    only.clone()
}

#[test]
fn an_unknown_key_names_the_nearest_one_at_its_place() {
    for (text, line, field, nearest) in [
        (
            "recipents_get: copy\nroles: {template: 'arn:aws:iam::{account}:role/R'}\nkeys: {default: alias/a}",
            4,
            "recipents_get",
            Some("recipients_get"),
        ),
        (
            "copies:\n  completionMinutes: 15",
            5,
            "copies.completionMinutes",
            Some("completion_minutes"),
        ),
        (
            "groups:\n  team:\n    acounts: ['222222222222']",
            6,
            "groups.team.acounts",
            Some("accounts"),
        ),
        (
            "keys: {owners: {default: alias/a}}",
            4,
            "keys.owners",
            Some("owner"),
        ),
        (
            "protection: {deregistration: {cool_down: true}}",
            4,
            "protection.deregistration.cool_down",
            Some("cooldown"),
        ),
        ("copies: {xyz: 1}", 4, "copies.xyz", None),
    ] {
        let found = one(text, field, "there is no key `", "give ");
        assert_eq!(found.line, Some(line), "{text}");
        assert_eq!(found.nearest.as_deref(), nearest, "{text}");
    }
}

#[test]
fn a_key_that_was_taken_for_another_one_is_read_on_below() {
    let text = format!("{HEAD}{IMAGE}recipient:\n  acounts: ['2']\n  account: ['222222222222']\n");
    let found = problems(&text);
    let fields: Vec<&str> = found.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "recipient",
            "recipient.acounts",
            "recipient.acounts[0]",
            "recipient.account"
        ]
    );
    let lines: Vec<Option<u64>> = found.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [Some(3), Some(4), Some(4), Some(5)]);
}

#[test]
fn a_value_of_another_type_says_what_was_found_and_expected() {
    for (text, field, found, expected) in [
        (
            "rehearse: maybe",
            "rehearse",
            "the text `maybe`",
            "`true` or `false`",
        ),
        (
            "copies: {completion_minutes: many}",
            "copies.completion_minutes",
            "the text `many`",
            "a whole number",
        ),
        (
            "copies: {images_in_flight: -1}",
            "copies.images_in_flight",
            "the number `-1`",
            "a whole number, 0 or more",
        ),
        ("copies: 5", "copies", "the number `5`", "a map of keys"),
        (
            "regions: us-east-1",
            "regions",
            "the text `us-east-1`",
            "a list",
        ),
        (
            "tags: {image: {a: {b: c}}}",
            "tags.image.a",
            "a map of keys",
            "a text",
        ),
        (
            "key_access: everyone",
            "key_access",
            "`everyone` stands for nothing",
            "`key_policy`",
        ),
        (
            "snapshots: for_copies",
            "snapshots",
            "`for_copies` stands for nothing",
            "`for_copy`",
        ),
        (
            "service_linked_roles: [spot]",
            "service_linked_roles[0]",
            "`spot` stands for nothing",
            "`ec2_spot`",
        ),
        (
            "predecessors: {name: a}",
            "predecessors",
            "`keep_last` is missing",
            "",
        ),
    ] {
        one(text, field, found, expected);
    }
}

#[test]
fn ids_are_refused_with_what_they_look_like() {
    let organization = problems(&format!(
        "{HEAD}{IMAGE}recipients: {{organizations: [o-exampleorg1]}}"
    ));
    assert_eq!(organization.len(), 1, "{organization:?}");
    assert_eq!(organization[0].field, "recipients.organizations[0]");
    assert!(
        organization[0]
            .expected
            .as_ref()
            .unwrap()
            .contains("full ARN")
    );
    one(
        "groups: {a: {accounts: ['12']}}",
        "groups.a.accounts[0]",
        "not an account id",
        "12 digits",
    );
    one(
        "regions: [us-east-1a]",
        "regions[0]",
        "not a Region",
        "last letter",
    );
    one(
        "keys: {default: golden}",
        "keys.default",
        "not a KMS key",
        "alias/<name>",
    );
    one(
        "copies: {name: '{nome}'}",
        "copies.name",
        "`{nome}`",
        "`{name}`",
    );
    one(
        "roles: {template: 'arn:aws:iam::111122223333:role/R'}",
        "roles.template",
        "the same role for all accounts",
        "{account}",
    );
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let text = r#"
image:
  region: us-east-1
  id: ami-123
  newest: {name: "golden-*"}
regions: [us-east-1, eu-central-1, us-east-1a]
recipients:
  acounts:
    - "222222222222"
    - "33"
  groups: [tema]
groups:
  team: {accounts: ["444444444444"], groups: [other]}
  other: {groups: [team]}
recipients_get: copi
copies:
  completion_minutes: 16
  images_in_flight: 301
roles:
  template: arn:aws:iam::111122223333:role/X
rehearse: maybe
predecessors: {name: "x"}
"#;
    let found: Vec<(Option<u64>, String)> = problems(text)
        .into_iter()
        .map(|problem| (problem.line, problem.field))
        .collect();
    let expected = [
        (None, ""),
        (Some(4), "image.id"),
        (Some(6), "regions[2]"),
        (Some(8), "recipients.acounts"),
        (Some(10), "recipients.acounts[1]"),
        (Some(11), "recipients.groups[0]"),
        (Some(13), "groups.team.groups[0]"),
        (Some(15), "recipients_get"),
        (Some(17), "copies.completion_minutes"),
        (Some(18), "copies.images_in_flight"),
        (Some(20), "roles.template"),
        (Some(21), "rehearse"),
        (Some(22), "predecessors"),
    ];
    let expected: Vec<(Option<u64>, String)> = expected
        .into_iter()
        .map(|(line, field)| (line, field.to_owned()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_list_does_not_stand_for_a_map_in_any_format() {
    for read in [
        Distribution::from_yaml("keys: []"),
        Distribution::from_json("{\"keys\": []}"),
        Distribution::from_toml("keys = []"),
    ] {
        let error = read.unwrap_err();
        let keys = error
            .problems()
            .iter()
            .find(|problem| problem.field == "keys");
        assert_eq!(keys.unwrap().problem, "it is a list");
    }
}

#[test]
fn toml_and_json_have_their_lines_too() {
    let toml = "version = \"ami-share/distribution/1\"\n[image]\nregion = \"us-east-1\"\nid = \"ami-12345678\"\n\
                [recipients]\naccounts = [\n  \"222222222222\",\n  5,\n]\n[copies]\nnmae = \"abc\"\n";
    let found = Distribution::from_toml(toml).unwrap_err();
    let lines: Vec<_> = found
        .problems()
        .iter()
        .map(|p| (p.line.unwrap(), p.field.as_str()))
        .collect();
    assert_eq!(lines, [(8, "recipients.accounts[1]"), (11, "copies.nmae")]);
    assert_eq!(found.problems()[0].problem, "it is the number `5`");
    let json = "{\"version\": \"ami-share/distribution/1\",\n\"image\":\n {\"region\": \"us-east-1\",\n  \"id\": \"ami-12345678\"},\n\
                \"recipients\": {\"accounts\": [\n\"222222222222\",\n5]},\n\"copies\": {\n\"nmae\": \"abc\"}}";
    let found = Distribution::from_json(json).unwrap_err();
    let lines: Vec<_> = found
        .problems()
        .iter()
        .map(|p| (p.line.unwrap(), p.field.as_str()))
        .collect();
    assert_eq!(lines, [(7, "recipients.accounts[1]"), (9, "copies.nmae")]);
    assert_eq!(found.problems()[0].problem, "it is the number `5`");
}

#[test]
fn a_key_that_is_there_twice_is_refused_in_each_format() {
    let json = r#"{"version": "ami-share/distribution/1", "image": {"region": "us-east-1", "id": "ami-12345678"},
"recipients": {"accounts": ["222222222222"]}, "keys": {"regions": {"us-east-1": "alias/a", "us-east-1": "alias/b"}}}"#;
    let error = Distribution::from_json(json).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2: `keys.regions.us-east-1`: `us-east-1` is there twice: keep one of them"
    );
    let yaml = format!("{HEAD}{IMAGE}{TO}rehearse: false\nrehearse: true\n");
    let toml = "rehearse = false\nrehearse = true\n";
    assert_eq!(problems(&yaml)[0].line, Some(5));
    assert_eq!(
        Distribution::from_toml(toml).unwrap_err().problems()[0].line,
        Some(2)
    );
}

#[test]
fn what_is_no_document_at_all_is_one_problem_with_its_line() {
    for text in ["version: [", "a: b: c", "- a\nb: c", "a: 1\n---\nb: 2\n"] {
        let error = Distribution::from_yaml(text).unwrap_err();
        assert_eq!(error.problems().len(), 1, "{text} {error}");
        assert!(!error.to_string().contains('\n'), "{error}");
        assert!(error.problems()[0].line.is_some(), "{error}");
    }
    for text in ["", "{", "{} {}", "{\"version\":\n nope}"] {
        let error = Distribution::from_json(text).unwrap_err();
        assert_eq!(error.problems().len(), 1, "{text} {error}");
        assert!(error.problems()[0].line.is_some(), "{error}");
    }
    let error = Distribution::from_toml("version = \"a\"\n= 5\n").unwrap_err();
    assert_eq!(
        (error.problems().len(), error.problems()[0].line),
        (1, Some(2))
    );
    for (list, text) in [
        (Distribution::from_yaml("- a"), "it is a list"),
        (Distribution::from_json("[]"), "it is a list"),
        (Distribution::from_json("5"), "it is the number `5`"),
    ] {
        let error = list.unwrap_err();
        assert_eq!(error.problems()[0].problem, text);
        assert_eq!(error.problems().len(), 1);
    }
}

#[test]
fn a_file_that_nests_or_grows_without_end_is_an_error() {
    for deep in [
        "[".repeat(100_000),
        "{\"groups\":".repeat(100_000),
        "groups: ".repeat(10_000),
    ] {
        Distribution::from_json(&deep).unwrap_err();
        Distribution::from_yaml(&deep).unwrap_err();
        Distribution::from_toml(&format!("a = {deep}")).unwrap_err();
    }
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    Distribution::from_yaml(&bomb).unwrap_err();
}

#[test]
fn a_draft_says_the_same_without_lines() {
    let mut draft = DistributionDraft::default();
    let error = draft.clone().build().unwrap_err();
    assert_eq!(error.problems().len(), 2, "{error}");
    draft.image = Some(DraftImage {
        region: id("us-east-1"),
        id: Some(id("ami-12345678")),
        parameter: None,
        newest: None,
    });
    draft.recipients.organizations = vec![id::<OrganizationArn>(ORGANIZATION)];
    let distribution = draft.build().unwrap();
    assert!(
        distribution
            .to_json()
            .contains("\"version\": \"ami-share/distribution/1\"")
    );
}

#[test]
fn what_a_rehearsal_takes_is_told_with_its_place() {
    let roles = "roles: {template: 'arn:aws:iam::{account}:role/R'}\n";
    for (rehearse, field, problem, expected) in [
        (
            "{subnet: {}}",
            "rehearse.subnet",
            "there is no key `subnet`",
            "`subnets`",
        ),
        (
            "{subnets: {'222222222222': {us-east-1: vpc-12345678}}}",
            "rehearse.subnets.222222222222.us-east-1",
            "not a subnet id",
            "`subnet-",
        ),
        (
            "{subnets: {'222222222222': subnet-12345678}}",
            "rehearse.subnets.222222222222",
            "the text `subnet-12345678`",
            "a map of keys",
        ),
        (
            "{subnets: {'333333333333': {us-east-1: subnet-12345678}}}",
            "rehearse.subnets.333333333333",
            "not among the recipients",
            "take its subnets out",
        ),
        (
            "{subnets: {'222222222222': {eu-west-1: subnet-12345678}}}",
            "rehearse.subnets.222222222222.eu-west-1",
            "not among those of the distribution",
            "take its subnet out",
        ),
        ("[t3.micro]", "rehearse", "a list", "`true` or `false`"),
    ] {
        let found = one(
            &format!("{roles}rehearse: {rehearse}"),
            field,
            problem,
            expected,
        );
        assert_eq!(found.line, Some(5), "{rehearse}");
    }
}
