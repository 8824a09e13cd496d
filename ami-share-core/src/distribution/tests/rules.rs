//! What AWS, or the rest of the document, does not go along with.

use super::problems::{HEAD, IMAGE, ORGANIZATION, TO, one, problems};
use super::*;

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
