//! What is wrong with a file is said with its line, its field and the mend.

use super::*;
use crate::id::OrganizationArn;

const HEAD: &str = "version: ami-share/distribution/1\n";
const IMAGE: &str = "image: {region: us-east-1, id: ami-12345678}\n";
const TO: &str = "recipients: {accounts: ['222222222222']}\n";
const ORGANIZATION: &str = "arn:aws:organizations::123456789012:organization/o-exampleorg1";

fn problems(text: &str) -> Vec<DistributionProblem> {
    Distribution::from_yaml(text)
        .expect_err(text)
        .problems()
        .to_vec()
}

/// The one problem of a file with the usual head, on its first line of its own
#[track_caller]
fn one(rest: &str, field: &str, problem: &str, expected: &str) -> DistributionProblem {
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
fn an_image_is_named_in_exactly_one_way() {
    let image = |image: &str| problems(&format!("{HEAD}image: {image}\n{TO}"));
    for (text, field, problem) in [
        ("{region: us-east-1}", "image", "it is not said which image"),
        (
            "{region: us-east-1, id: ami-12345678, parameter: /a}",
            "image",
            "`id` and `parameter` are given together",
        ),
        (
            "{region: us-east-1, parameter: /a, newest: {name: a}}",
            "image",
            "`parameter` and `newest`",
        ),
        (
            "{region: us-east-1, newest: {}}",
            "image.newest",
            "it takes any image",
        ),
        (
            "{region: us-east-1, newest: {name: ''}}",
            "image.newest.name",
            "empty",
        ),
        ("{id: ami-12345678}", "image", "`region` is missing"),
        (
            "{region: us-east-1, id: 'ssm:'}",
            "image.id",
            "not the name of a parameter",
        ),
        (
            "{region: us-east-1, id: golden}",
            "image.id",
            "not an image",
        ),
    ] {
        let found = image(text);
        assert_eq!(found.len(), 1, "{text} {found:#?}");
        assert_eq!(
            (found[0].field.as_str(), found[0].line),
            (field, Some(2)),
            "{text}"
        );
        assert!(found[0].problem.contains(problem), "{}", found[0].problem);
    }
    let missing = problems(&format!("{HEAD}{TO}"));
    assert_eq!(missing.len(), 1);
    assert!(
        missing[0]
            .to_string()
            .starts_with("the image is missing: `image`: give `region`")
    );
}

#[test]
fn unknown_groups_and_circles_are_refused() {
    let text = "groups:\n  red: {groups: [green]}\n  green: {groups: [blue]}\n  blue:\n    groups:\n      - red\n      - gren\n";
    let found = problems(&format!("{HEAD}{IMAGE}{TO}{text}"));
    assert_eq!(found.len(), 2, "{found:#?}");
    assert_eq!(
        (found[0].line, found[0].field.as_str()),
        (Some(6), "groups.green.groups[0]")
    );
    assert!(
        found[0].problem.contains("blue > red > green > blue"),
        "{}",
        found[0].problem
    );
    assert_eq!(
        (found[1].line, found[1].nearest.as_deref()),
        (Some(10), Some("green"))
    );
    one(
        "groups: {a: {groups: [a]}}",
        "groups.a.groups[0]",
        "contains itself: a > a",
        "",
    );
    let none = problems(&format!("{HEAD}{IMAGE}recipients: {{groups: [red]}}"));
    assert_eq!(
        none.len(),
        1,
        "that nobody is named is not said beside it: {none:#?}"
    );
}

#[test]
fn somebody_is_a_recipient() {
    for rest in [
        "",
        "recipients: {}",
        "groups: {a: {}}\nrecipients: {groups: [a]}",
    ] {
        let found = problems(&format!("{HEAD}{IMAGE}{rest}"));
        assert_eq!(
            (found.len(), found[0].field.as_str()),
            (1, "recipients"),
            "{found:#?}"
        );
    }
}

#[test]
fn keys_belong_to_recipients_and_regions_that_there_are() {
    const ROLES: &str =
        "recipients_get: copy\nroles: {template: 'arn:aws:iam::{account}:role/R'}\n";
    let found = one(
        &format!(
            "{ROLES}keys: {{default: alias/a, accounts: {{'222222222223': {{default: alias/a}}}}}}"
        ),
        "keys.accounts.222222222223",
        "not among the recipients",
        "",
    );
    assert_eq!(found.nearest.as_deref(), Some("222222222222"));
    let found = one(
        "keys: {regions: {us-east-2: alias/a}}",
        "keys.regions.us-east-2",
        "not among those",
        "",
    );
    assert_eq!(found.nearest.as_deref(), Some("us-east-1"));
    // Which accounts an organization has is not known here.
    let text = format!(
        "{HEAD}{IMAGE}{ROLES}recipients: {{organizations: ['{ORGANIZATION}']}}\nkeys: {{default: alias/a, accounts: {{'222222222222': {{default: alias/b}}}}}}"
    );
    Distribution::from_yaml(&text).unwrap();
}

#[test]
fn a_copy_without_a_key_is_refused() {
    const ROLES: &str = "roles: {template: 'arn:aws:iam::{account}:role/R'}\n";
    let found = one(
        "regions: [us-east-1, eu-west-1, eu-west-2]",
        "keys",
        "the owner's copy in `eu-west-1`, `eu-west-2` has no key",
        "`default`",
    );
    assert_eq!(found.line, None, "there is no `keys` yet");
    one(
        "regions: [us-east-1, eu-west-1]\nkeys: {regions: {us-east-1: alias/a}}",
        "keys",
        "`eu-west-1`",
        "",
    );
    one(
        "regions: [eu-west-1]\nkeys: {owner: {default: alias/aws/ebs}}",
        "keys.owner.default",
        "AWS manages",
        "customer managed",
    );
    one(
        &format!("recipients_get: copy\n{ROLES}"),
        "keys",
        "the copy in `us-east-1` of `222222222222` has no key",
        "`accounts`",
    );
    one(
        &format!("recipients_get: copy\n{ROLES}keys: {{owner: {{default: alias/a}}}}"),
        "keys",
        "`222222222222`",
        "",
    );
    Distribution::from_yaml(&format!(
        "{HEAD}{IMAGE}{TO}regions: [eu-west-1]\nkeys: {{owner: {{default: alias/a}}}}"
    ))
    .unwrap();
    let one_key = format!(
        "{HEAD}{IMAGE}{TO}recipients_get: copy\n{ROLES}keys: {{accounts: {{'222222222222': {{default: alias/a}}}}}}"
    );
    Distribution::from_yaml(&one_key).unwrap();
}

#[test]
fn a_key_of_another_region_is_refused() {
    const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const MULTI: &str =
        "arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
    one(
        &format!("regions: [eu-west-1]\nkeys: {{default: '{KEY}'}}"),
        "keys.default",
        "another Region than `eu-west-1`",
        "multi-Region",
    );
    one(
        &format!("regions: [eu-west-1]\nkeys: {{regions: {{eu-west-1: '{KEY}'}}}}"),
        "keys.regions.eu-west-1",
        "another Region",
        "",
    );
    Distribution::from_yaml(&format!(
        "{HEAD}{IMAGE}{TO}regions: [eu-west-1]\nkeys: {{default: '{MULTI}'}}"
    ))
    .unwrap();
}

#[test]
fn what_is_done_in_recipients_needs_a_role_there() {
    for (rest, part) in [
        (
            "recipients_get: copy\nkeys: {default: alias/a}",
            "recipients_get: copy",
        ),
        ("tags: {recipients: {a: b}}", "tags.recipients"),
        ("parameters: {recipients: [/a]}", "parameters.recipients"),
        (
            "service_linked_roles: [autoscaling]",
            "service_linked_roles",
        ),
        ("rehearse: true", "rehearse"),
        (
            "rehearse: true\nroles: {accounts: {'333333333333': 'arn:aws:iam::333333333333:role/R'}}",
            "`222222222222`",
        ),
    ] {
        one(rest, "roles", part, "`template`");
    }
    let text =
        format!("{HEAD}{IMAGE}recipients: {{organizations: ['{ORGANIZATION}']}}\nrehearse: true");
    assert!(problems(&text)[0].problem.contains("no template"));
    one(
        "roles: {accounts: {'222222222222': 'arn:aws:iam::333333333333:role/R'}}",
        "roles.accounts.222222222222",
        "a role of the account `333333333333`",
        "",
    );
    one(
        "roles: {accounts: {'222222222222': 'arn:aws:iam::222222222222:user/R'}}",
        "roles.accounts.222222222222",
        "a user",
        "role/",
    );
    one(
        "roles: {external_id: 'a'}",
        "roles.external_id",
        "STS",
        "2 to 1,224",
    );
    one(
        "roles: {session_name: 'a b'}",
        "roles.session_name",
        "STS",
        "2 to 64",
    );
}

#[test]
fn numbers_have_the_bounds_of_aws() {
    for (rest, field) in [
        (
            "copies: {completion_minutes: 20}",
            "copies.completion_minutes",
        ),
        (
            "copies: {completion_minutes: 0}",
            "copies.completion_minutes",
        ),
        (
            "copies: {completion_minutes: 2895}",
            "copies.completion_minutes",
        ),
        ("copies: {images_in_flight: 0}", "copies.images_in_flight"),
        ("copies: {images_in_flight: 301}", "copies.images_in_flight"),
        (
            "copies: {snapshots_in_flight: 0}",
            "copies.snapshots_in_flight",
        ),
        (
            "copies: {time_limit_minutes: 0}",
            "copies.time_limit_minutes",
        ),
        (
            "predecessors: {name: a, keep_last: 0}",
            "predecessors.keep_last",
        ),
        (
            "protection: {deprecate_after_days: 0}",
            "protection.deprecate_after_days",
        ),
        (
            "protection: {deprecate_after_days: 3651}",
            "protection.deprecate_after_days",
        ),
    ] {
        one(rest, field, "", "give ");
    }
    for good in ["15", "2880"] {
        let text = format!("{HEAD}{IMAGE}{TO}copies: {{completion_minutes: {good}}}");
        Distribution::from_yaml(&text).unwrap();
    }
}

#[test]
fn names_and_tags_are_those_that_aws_takes() {
    for (rest, field, problem) in [
        ("copies: {name: 'a:b'}", "copies.name", "`:`"),
        ("copies: {name: ab}", "copies.name", "2 characters"),
        (
            "tags: {image: {'aws:a': b}}",
            "tags.image.aws:a",
            "starts with `aws:`",
        ),
        (
            "tags: {shared: {'ec2:SharedTag/a': b}}",
            "tags.shared.ec2:SharedTag/a",
            "is put before",
        ),
        (
            "distributed_tags: true\ntags: {image: {Distributed: 'no'}}",
            "tags.image.Distributed",
            "writes the tag",
        ),
        (
            "parameters: {owner: ['/golden web']}",
            "parameters.owner[0]",
            "` ` cannot be",
        ),
        (
            "parameters: {owner: [/a, aws-golden]}",
            "parameters.owner[1]",
            "AWS's own",
        ),
        (
            "parameters: {owner: [golden/web]}",
            "parameters.owner[0]",
            "does not start with `/`",
        ),
        (
            "parameters: {owner: [/a, /a]}",
            "parameters.owner[1]",
            "there twice",
        ),
        (
            "predecessors: {keep_last: 1}",
            "predecessors",
            "all images of the account",
        ),
        (
            "regions: [us-east-1, us-east-1]",
            "regions[1]",
            "there twice",
        ),
    ] {
        one(rest, field, problem, "");
    }
}

#[test]
fn a_grant_is_refused_for_organizations() {
    let text = format!(
        "{HEAD}{IMAGE}recipients: {{organizations: ['{ORGANIZATION}']}}\nkey_access: grant"
    );
    let found = problems(&text);
    assert_eq!((found.len(), found[0].field.as_str()), (1, "key_access"));
}

#[test]
fn nothing_leaves_its_partition() {
    let text = format!(
        "{HEAD}{IMAGE}regions: [us-east-1, cn-north-1]\nrecipients: {{organizations: ['arn:aws-cn:organizations::123456789012:organization/o-exampleorg1']}}\nkeys: {{default: alias/a}}"
    );
    let fields: Vec<String> = problems(&text)
        .into_iter()
        .map(|problem| problem.field)
        .collect();
    assert_eq!(fields, ["regions[1]", "recipients.organizations[0]"]);
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
