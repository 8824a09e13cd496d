use proptest::prelude::*;

use super::*;
use crate::principal::Principal;

const ORGANIZATION: &str = "arn:aws:organizations::123456789012:organization/o-exampleorg1";
const UNIT: &str = "arn:aws-us-gov:organizations::123456789012:ou/o-exampleorg1/ou-ab12-11111111";

fn mend<T: std::str::FromStr<Err = ParseIdError> + std::fmt::Debug>(text: &str) -> String {
    let error = text.parse::<T>().unwrap_err();
    assert_eq!(error.input(), text, "the error shows the input");
    error.mend().to_owned()
}

#[test]
fn an_account_keeps_its_leading_zeros() {
    let account: AccountId = "000000000123".parse().unwrap();
    assert_eq!(account.to_string(), "000000000123");
    assert_eq!(serde_json::to_string(&account).unwrap(), "\"000000000123\"");
}

#[test]
fn an_account_that_lost_its_zeros_is_refused_with_the_mend() {
    assert!(mend::<AccountId>("123").contains("leading zeros"));
    assert!(mend::<AccountId>("1234567890123").contains("12 digits"));
    assert!(mend::<AccountId>("1234-5678-9012").contains("without dashes"));
    assert!(mend::<AccountId>("").contains("12 digits"));
    assert!(mend::<AccountId>("١٢٣٤٥٦٧٨٩٠١٢").contains("12 digits"));
}

#[test]
fn hex_ids_have_8_or_17_digits() {
    for good in ["ami-01234567", "ami-0123456789abcdef0"] {
        assert_eq!(good.parse::<ImageId>().unwrap().as_str(), good);
    }
    assert!(mend::<ImageId>("ami-0123").contains("not 4"));
    assert!(mend::<ImageId>("ami-0123456G").contains("lower-case hex"));
    assert!(mend::<ImageId>("snap-01234567").contains("`ami-`"));
    assert!(mend::<SnapshotId>("ami-01234567").contains("`snap-`"));
    assert!(mend::<ResourceId>("vol-01234567").contains("`ami-` or `snap-`"));
}

#[test]
fn a_bare_organization_id_tells_that_the_full_arn_is_needed() {
    for text in ["o-exampleorg1", "o-abc123"] {
        let mend = mend::<OrganizationArn>(text);
        assert!(mend.contains("management account"), "{mend}");
        assert!(mend.contains(text), "{mend}");
    }
    assert!(mend::<OrganizationalUnitArn>("ou-ab12-11111111").contains("management account"));
}

#[test]
fn the_root_of_an_organization_is_no_principal() {
    let root = "arn:aws:organizations::123456789012:root/o-exampleorg1/r-ab12";
    assert!(mend::<OrganizationArn>(root).contains("share with the organization"));
    assert!(mend::<Principal>(root).contains("share with the organization"));
}

#[test]
fn arns_follow_the_patterns_of_organizations() {
    for bad in [
        "arn:aws:organizations::123456789012:organization/o-short",
        "arn:aws:organizations::123456789012:organization/o-exampleorg1/extra",
        "arn:aws:organizations::12345678901:organization/o-exampleorg1",
        "arn:aws:organizations:us-east-1:123456789012:organization/o-exampleorg1",
        "arn:aws:iam::123456789012:organization/o-exampleorg1",
        "arn:AWS:organizations::123456789012:organization/o-exampleorg1",
        "arn:aws:organizations::123456789012:organization/o-EXAMPLEORG1",
        ORGANIZATION.trim_end_matches('1').trim_end_matches("org"),
    ] {
        assert!(bad.parse::<OrganizationArn>().is_err(), "{bad}");
    }
    for bad in [
        "arn:aws:organizations::123456789012:ou/ou-ab12-11111111",
        "arn:aws:organizations::123456789012:ou/o-exampleorg1/ou-ab1-11111111",
        "arn:aws:organizations::123456789012:ou/o-exampleorg1/ou-ab12-1111111",
        "arn:aws:organizations::123456789012:ou/o-exampleorg1/ou-ab12-11111111/ou-ab12-22222222",
    ] {
        assert!(bad.parse::<OrganizationalUnitArn>().is_err(), "{bad}");
    }
}

#[test]
fn an_arn_gives_its_parts() {
    let organization: OrganizationArn = ORGANIZATION.parse().unwrap();
    assert_eq!(organization.organization_id(), "o-exampleorg1");
    assert_eq!(organization.partition().as_str(), "aws");
    let unit: OrganizationalUnitArn = UNIT.parse().unwrap();
    assert_eq!(unit.organization_id(), "o-exampleorg1");
    assert_eq!(unit.unit_id(), "ou-ab12-11111111");
    assert_eq!(unit.partition().as_str(), "aws-us-gov");
}

#[test]
fn every_region_has_a_partition_and_new_ones_are_taken() {
    for (region, partition) in [
        ("us-east-1", "aws"),
        ("mx-central-1", "aws"),
        ("us-gov-west-1", "aws-us-gov"),
        ("cn-northwest-1", "aws-cn"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eusc-de-east-1", "aws-eusc"),
    ] {
        assert_eq!(
            region.parse::<Region>().unwrap().partition().as_str(),
            partition
        );
    }
    assert_eq!(
        "aws-new-1".parse::<Partition>().unwrap().as_str(),
        "aws-new-1"
    );
    assert!("azure".parse::<Partition>().is_err());
}

#[test]
fn an_availability_zone_is_not_a_region() {
    assert!(mend::<Region>("us-east-1a").contains("Availability Zone"));
    assert!(mend::<Region>("US-EAST-1").contains("lower case"));
    assert!(mend::<Region>("useast1").contains("`us-east-1`"));
}

#[test]
fn a_principal_is_told_by_its_text() {
    for text in ["123456789012", ORGANIZATION, UNIT, "all"] {
        let principal: Principal = text.parse().unwrap();
        assert_eq!(principal.to_string(), text);
    }
    for text in [
        "",
        "self",
        "arn:aws:iam::123456789012:root",
        "All",
        " 123456789012",
    ] {
        assert!(text.parse::<Principal>().is_err(), "{text}");
    }
}

#[test]
fn a_long_input_is_cut_in_the_error() {
    let error = "x".repeat(100_000).parse::<Principal>().unwrap_err();
    assert!(error.to_string().len() < 1_000);
}

#[test]
fn a_key_is_named_by_its_arn_and_nothing_else() {
    let text = "arn:aws-cn:kms:cn-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let key: KeyArn = text.parse().unwrap();
    assert_eq!(key.as_str(), text);
    assert_eq!(key.partition().as_str(), "aws-cn");
    assert_eq!(key.region().as_str(), "cn-north-1");
    assert_eq!(key.account().to_string(), "111122223333");
    assert_eq!(key.key_id(), "1234abcd-12ab-34cd-56ef-1234567890ab");
    assert!(!key.is_multi_region());
    let replica: KeyArn =
        "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab"
            .parse()
            .unwrap();
    assert!(replica.is_multi_region());
    for (bad, part) in [
        ("1234abcd-12ab-34cd-56ef-1234567890ab", "DescribeKey"),
        ("alias/golden", "alias"),
        ("arn:aws:kms:us-east-1:111122223333:alias/golden", "alias"),
        (
            "arn:aws:kms:us-east-1:111122223333:key/mrk-abc123",
            "32 hex",
        ),
        (
            "arn:aws:kms:us-east-1:1111:key/mrk-1234abcd12ab34cd56ef1234567890ab",
            "12 digits",
        ),
        (
            "arn:aws:kms:useast:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab",
            "Region",
        ),
        ("arn:aws:kms:us-east-1:111122223333:key/*", "UUID"),
        ("arn:aws:iam::111122223333:role/R", "arn:aws:kms"),
    ] {
        assert!(mend::<KeyArn>(bad).contains(part), "{bad}");
    }
}

#[test]
fn a_key_may_be_named_by_id_arn_alias_or_alias_arn() {
    const SINGLE: &str =
        "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const MULTI: &str =
        "arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
    let region = |text: &str| text.parse::<Region>().unwrap();
    let (here, there) = (region("us-east-1"), region("eu-west-1"));
    let (owner, other) = (
        "111122223333".parse().unwrap(),
        "444455556666".parse().unwrap(),
    );
    for (text, is_alias, is_arn, stands_there) in [
        ("1234abcd-12ab-34cd-56ef-1234567890ab", false, false, true),
        ("mrk-1234abcd12ab34cd56ef1234567890ab", false, false, true),
        ("alias/golden/images_1-2", true, false, true),
        (
            "arn:aws:kms:us-east-1:111122223333:alias/golden",
            true,
            false,
            false,
        ),
        (SINGLE, false, true, false),
        (MULTI, false, true, true),
    ] {
        let key: KeyRef = text.parse().unwrap();
        assert_eq!(key.to_string(), text);
        assert_eq!(key.is_alias(), is_alias, "{text}");
        assert_eq!(key.arn().is_some(), is_arn, "{text}");
        assert!(
            key.can_stand_in(&here) && key.can_belong_to(owner, &here),
            "{text}"
        );
        assert_eq!(key.can_stand_in(&there), stands_there, "{text}");
        assert_eq!(key.in_region(&there).is_some(), stands_there, "{text}");
        assert_eq!(
            key.can_belong_to(other, &here),
            !text.starts_with("arn:"),
            "{text}"
        );
    }
    let replica = MULTI.parse::<KeyRef>().unwrap().in_region(&there).unwrap();
    assert_eq!(replica.as_str(), MULTI.replace("us-east-1", "eu-west-1"));
    let china = region("cn-north-1");
    assert!(!MULTI.parse::<KeyRef>().unwrap().can_stand_in(&china));
    assert!("alias/aws/ebs".parse::<KeyRef>().unwrap().is_aws_managed());
    for (bad, part) in [
        ("golden", "alias/<name>"),
        ("", "alias/<name>"),
        ("alias/", "1 to 250"),
        ("alias/a b", "letters"),
        (
            "key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "leave `key/` out",
        ),
        ("arn:aws:kms:us-east-1:111122223333:key/*", "UUID"),
        ("arn:aws:kms:us-east-1:1111:alias/golden", "12 digits"),
        ("arn:aws:kms:us-east-1:111122223333:alias/", "1 to 250"),
        ("arn:aws:iam::111122223333:role/R", "alias/<name>"),
    ] {
        assert!(mend::<KeyRef>(bad).contains(part), "{bad}");
    }
}

#[test]
fn a_role_or_user_is_named_by_its_arn_without_wildcards() {
    for good in [
        "arn:aws:iam::111122223333:role/Builder",
        "arn:aws-us-gov:iam::111122223333:user/team/ops+1@example.com",
    ] {
        let principal: IamPrincipalArn = good.parse().unwrap();
        assert_eq!(principal.as_str(), good);
        assert_eq!(principal.account().to_string(), "111122223333");
    }
    for (bad, part) in [
        ("arn:aws:iam::111122223333:root", "the account instead"),
        ("arn:aws:iam::111122223333:role/*", "wildcards"),
        ("arn:aws:iam::111122223333:group/g", "group"),
        (
            "arn:aws:sts::111122223333:assumed-role/R/s",
            "name the role",
        ),
        ("arn:aws:iam::111122223333:role/", "letters"),
        ("arn:aws:iam::111122223333:policy/p", "role/"),
        ("AROAEXAMPLE", "role/"),
    ] {
        assert!(mend::<IamPrincipalArn>(bad).contains(part), "{bad}");
    }
}

#[test]
fn the_path_of_a_unit_names_each_level() {
    let path: OrganizationalUnitPath = "o-exampleorg1/r-ab12/ou-ab12-11111111/ou-ab12-22222222"
        .parse()
        .unwrap();
    assert_eq!(
        path.as_str(),
        "o-exampleorg1/r-ab12/ou-ab12-11111111/ou-ab12-22222222/"
    );
    assert_eq!(path.organization_id(), "o-exampleorg1");
    assert_eq!(path.unit_id(), "ou-ab12-22222222");
    for (bad, part) in [
        ("o-exampleorg1/r-ab12/", "the organization instead"),
        ("o-exampleorg1/ou-ab12-11111111/", "second"),
        (
            "o-exampleorg1/r-ab12/ou-ab12-11111111/*",
            "leave the `*` out",
        ),
        ("o-exampleorg1/r-ab12/ou-ab12-11111111//", "below the root"),
        ("ou-ab12-11111111", "each level"),
        ("o-exampleorg1", "down to the OU"),
    ] {
        assert!(mend::<OrganizationalUnitPath>(bad).contains(part), "{bad}");
    }
}

proptest! {
    #[test]
    fn ids_survive_display_and_serde(number in 0_u64..1_000_000_000_000, hex in "[0-9a-f]{17}") {
        let account: AccountId = format!("{number:012}").parse().unwrap();
        prop_assert_eq!(account.to_string().parse::<AccountId>().unwrap(), account);
        let image: ImageId = format!("ami-{hex}").parse().unwrap();
        let json = serde_json::to_string(&image).unwrap();
        prop_assert_eq!(serde_json::from_str::<ImageId>(&json).unwrap(), image);
    }

    #[test]
    fn no_text_makes_parsing_panic(text in "\\PC{0,80}|(arn:)?[a-z:/-]{0,60}|(o|ou|ami|snap)-.{0,40}") {
        let _ = text.parse::<AccountId>();
        let _ = text.parse::<ResourceId>();
        let _ = text.parse::<Region>();
        let _ = text.parse::<Partition>();
        let _ = text.parse::<KeyRef>();
        if let Ok(principal) = text.parse::<Principal>() {
            prop_assert_eq!(principal.to_string(), text);
        }
    }
}
