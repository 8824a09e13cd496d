use proptest::prelude::*;

use super::*;
use crate::id::Partition;
use crate::policy::evaluate::{Access, Caller, Request, access_by};
use crate::policy::samples::{as_kms_stores_it, wanted};
use crate::policy::{KeyPolicy, Policy, TrustedParties};

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const ORGANIZATION: &str = "arn:aws:organizations::111122223333:organization/o-exampleorg1";

/// Condition keys with their values
type Keys<'a> = &'a [(&'a str, &'a str)];

fn policy(wanted: &KeyStatements) -> KeyPolicy {
    key_policy_for_sharing("111122223333".parse().unwrap(), wanted).unwrap()
}

/// What the policy answers to a call by a role of the account, in the organization at the path
fn access(policy: &KeyPolicy, caller: &str, action: &str, keys: &[(&str, &str)]) -> Access {
    let caller = Caller::role(caller).unwrap();
    let owner = "111122223333".parse().unwrap();
    let mut request = Request::new(caller, action, KEY, owner).nothing_else();
    for (name, value) in keys {
        request = match *name {
            "aws:PrincipalOrgPaths" => request.key_values(name, [*value]),
            _ => request.key(name, value),
        };
    }
    access_by(&policy.to_policy().unwrap(), &request)
}

#[test]
fn a_new_key_is_administered_by_its_account_and_used_by_the_recipients() {
    let text = policy(&KeyStatements::new().account("444455556666".parse().unwrap())).to_string();
    let expected = r#"{
  "Version": "2012-10-17",
  "Id": "key-default-1",
  "Statement": [
    {
      "Sid": "Enable IAM User Permissions",
      "Effect": "Allow",
      "Principal": {
        "AWS": "arn:aws:iam::111122223333:root"
      },
      "Action": "kms:*",
      "Resource": "*"
    },
    {
      "Sid": "AmiShareAccountsUse",
      "Effect": "Allow",
      "Principal": {
        "AWS": "arn:aws:iam::444455556666:root"
      },
      "Action": [
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo"
      ],
      "Resource": "*"
    },
    {
      "Sid": "AmiShareAccountsCreateGrant",
      "Effect": "Allow",
      "Principal": {
        "AWS": "arn:aws:iam::444455556666:root"
      },
      "Action": "kms:CreateGrant",
      "Resource": "*",
      "Condition": {
        "Bool": {
          "kms:GrantIsForAWSResource": "true"
        }
      }
    }
  ]
}
"#;
    assert_eq!(text, expected);
}

#[test]
fn promise_1_only_the_named_get_in_and_only_as_far_as_ebs_needs() {
    let role = "arn:aws:iam::444455556666:role/Builder";
    let stranger = "arn:aws:iam::999988887777:role/Builder";
    let for_aws = ("kms:GrantIsForAWSResource", "true");
    let in_organization = ("aws:PrincipalOrgID", "o-exampleorg1");
    let elsewhere = ("aws:PrincipalOrgID", "o-otherorg000");
    let in_unit = (
        "aws:PrincipalOrgPaths",
        "o-exampleorg1/r-ab12/ou-ab12-11111111/ou-ab12-22222222/",
    );
    let in_other_unit = (
        "aws:PrincipalOrgPaths",
        "o-exampleorg1/r-ab12/ou-ab12-111111112/",
    );
    let new = KeyStatements::new;
    let unit = "o-exampleorg1/r-ab12/ou-ab12-11111111/";
    let cases: [(KeyStatements, Keys<'_>, Keys<'_>); 4] = [
        (
            new().account("444455556666".parse().unwrap()),
            &[],
            &[in_organization, in_unit],
        ),
        (
            new().iam_principal(role.parse().unwrap()),
            &[],
            &[in_organization, in_unit],
        ),
        (
            new().organization(&ORGANIZATION.parse().unwrap()),
            &[in_organization],
            &[elsewhere, in_unit],
        ),
        (
            new().organizational_unit(unit.parse().unwrap()),
            &[in_organization, in_unit],
            &[in_organization, in_other_unit],
        ),
    ];
    for (wanted, inside, outside) in cases {
        let policy = policy(&wanted);
        let named = |action: &str, keys: &[(&str, &str)]| {
            let keys: Vec<_> = inside.iter().chain(keys).copied().collect();
            access(&policy, role, action, &keys)
        };
        for action in [
            "Decrypt",
            "DescribeKey",
            "GenerateDataKeyWithoutPlaintext",
            "ReEncryptFrom",
            "ReEncryptTo",
        ] {
            let action = format!("kms:{action}");
            assert_ne!(named(&action, &[]), Access::None, "{action} {policy}");
            assert_eq!(
                access(&policy, stranger, &action, outside),
                Access::None,
                "{action} {policy}"
            );
        }
        assert_ne!(named("kms:CreateGrant", &[for_aws]), Access::None);
        assert_eq!(named("kms:CreateGrant", &[]), Access::None);
        let outside: Vec<_> = outside.iter().chain(&[for_aws]).copied().collect();
        assert_eq!(
            access(&policy, stranger, "kms:CreateGrant", &outside),
            Access::None
        );
        for action in [
            "Encrypt",
            "GenerateDataKey",
            "PutKeyPolicy",
            "GetKeyPolicy",
            "ScheduleKeyDeletion",
            "ListGrants",
            "RevokeGrant",
        ] {
            let action = format!("kms:{action}");
            assert_eq!(
                named(&action, &[for_aws]),
                Access::None,
                "{action} {policy}"
            );
        }
    }
}

#[test]
fn through_ec2_only_leaves_describe_key_direct() {
    let wanted = KeyStatements::new()
        .account("444455556666".parse().unwrap())
        .via_ec2_in("us-east-1".parse().unwrap());
    let policy = policy(&wanted);
    let role = "arn:aws:iam::444455556666:role/Builder";
    let via = ("kms:ViaService", "ec2.us-east-1.amazonaws.com");
    let for_aws = ("kms:GrantIsForAWSResource", "true");
    let ask = |action, keys: &[(&str, &str)]| access(&policy, role, action, keys);
    assert_eq!(ask("kms:DescribeKey", &[]), Access::Account);
    assert_eq!(ask("kms:Decrypt", &[]), Access::None);
    assert_eq!(ask("kms:Decrypt", &[via]), Access::Account);
    assert_eq!(ask("kms:CreateGrant", &[for_aws]), Access::None);
    assert_eq!(ask("kms:CreateGrant", &[for_aws, via]), Access::Account);
    let chinese = wanted.statements(&"aws-cn".parse().unwrap());
    let services = chinese[1]
        .texts(&["Condition", "StringEquals", "kms:ViaService"])
        .unwrap();
    assert_eq!(services.len(), 2);
}

#[test]
fn promise_1_grants_for_service_roles_stay_in_the_account_of_the_caller() {
    let wanted = KeyStatements::new()
        .account("444455556666".parse().unwrap())
        .service_role(ServiceRole::AutoScaling);
    let policy = policy(&wanted);
    let ask = |grantee: &str| {
        let role = "arn:aws:iam::444455556666:role/Builder";
        access(
            &policy,
            role,
            "kms:CreateGrant",
            &[("kms:GranteePrincipal", grantee)],
        )
    };
    let path = ServiceRole::AutoScaling.path_and_name();
    assert_eq!(
        ask(&format!("arn:aws:iam::444455556666:role/{path}")),
        Access::Account
    );
    for other in [
        format!("arn:aws:iam::555566667777:role/{path}"),
        format!(
            "arn:aws:iam::444455556666:role/{}",
            ServiceRole::Ec2Spot.path_and_name()
        ),
        "arn:aws:iam::444455556666:role/Builder".to_owned(),
        "arn:aws:iam::444455556666:root".to_owned(),
    ] {
        assert_eq!(ask(&other), Access::None, "{other}");
    }
}

#[test]
fn promise_1_grants_for_a_service_role_of_one_account_are_no_other_account_s_to_make() {
    let wanted = KeyStatements::new()
        .account("555566667777".parse().unwrap())
        .service_role_of("444455556666".parse().unwrap(), ServiceRole::AutoScaling);
    let policy = policy(&wanted);
    assert_eq!(KeyStatements::found_in(&policy).unwrap(), wanted);
    let path = ServiceRole::AutoScaling.path_and_name();
    let ask = |account: &str| {
        let grantee = format!("arn:aws:iam::{account}:role/{path}");
        let builder = format!("arn:aws:iam::{account}:role/Builder");
        let keys = [("kms:GranteePrincipal", grantee.as_str())];
        access(&policy, &builder, "kms:CreateGrant", &keys)
    };
    assert_eq!(ask("444455556666"), Access::Account);
    assert_eq!(ask("555566667777"), Access::None);
    let left = wanted.without_account(&"444455556666".parse().unwrap());
    let only_other = KeyStatements::new().account("555566667777".parse().unwrap());
    assert_eq!(left, only_other);
}

#[test]
fn what_others_edited_in_ours_is_told() {
    let wanted = KeyStatements::new().account("444455556666".parse().unwrap());
    let text = policy(&wanted).to_string();
    for (from, to) in [
        ("kms:ReEncryptTo", "kms:Encrypt"),
        ("444455556666", "555566667777"),
        ("AmiShareAccountsCreateGrant", "AmiShareOld"),
        ("arn:aws:iam::444455556666:root", "AROADBQP57FF2AEXAMPLE"),
    ] {
        let edited = KeyPolicy::parse(&text.replacen(from, to, 1)).unwrap();
        let error = KeyStatements::found_in(&edited).unwrap_err();
        assert!(
            !error.sids().is_empty() && error.to_string().contains("AmiShare"),
            "{error}"
        );
        assert!(error.readable().account_ids().count() <= 1);
    }
}

#[test]
fn nothing_wanted_is_an_administered_key_alone() {
    let empty = KeyStatements::new().service_role(ServiceRole::Ec2Fleet);
    assert!(empty.is_empty());
    assert_eq!(policy(&empty).statements().count(), 1);
    assert_eq!(
        KeyStatements::found_in(&policy(&empty)),
        Ok(KeyStatements::new())
    );
}

#[test]
fn a_recipient_may_use_the_key_and_launch_the_image_and_no_more() {
    let image = "ami-0123456789abcdef0";
    let needs = RecipientNeeds::to_launch(KEY.parse().unwrap()).image(image.parse().unwrap());
    let launch = recipient_iam_policy(&needs);
    let policy = Policy::parse(&launch).unwrap();
    assert_eq!(policy.statements.len(), 3);
    assert!(launch.contains(KEY) && launch.contains("kms:GrantIsForAWSResource"));
    assert!(launch.contains("arn:aws:ec2:us-east-1::image/ami-0123456789abcdef0"));
    assert!(
        !launch.contains("CopyImage") && !launch.contains("image/*") && !launch.contains("\"*\"")
    );
    let copy = recipient_iam_policy(&needs.to_copy());
    assert!(copy.contains("ec2:CopyImage") && copy.contains("arn:aws:ec2:us-east-1::snapshot/*"));
}

#[test]
fn the_callers_policy_is_grouped_sorted_and_exact() {
    let image = "arn:aws:ec2:us-east-1::image/ami-0123456789abcdef0";
    let needs = [
        ("kms:PutKeyPolicy", KEY),
        ("ec2:ModifyImageAttribute", image),
        ("ec2:DescribeImages", "*"),
        ("kms:GetKeyPolicy", KEY),
        ("ec2:DescribeImages", image),
    ];
    let text = caller_iam_policy(needs).unwrap();
    let mut turned = needs;
    turned.reverse();
    assert_eq!(caller_iam_policy(turned).unwrap(), text);
    let policy = Policy::parse(&text).unwrap();
    let statements: Vec<(Vec<&str>, Vec<&str>)> = policy
        .statements
        .iter()
        .map(|statement| {
            let texts = |list: &Option<crate::policy::PatternList>| {
                let list = list.as_ref().unwrap();
                list.patterns
                    .iter()
                    .map(|pattern| pattern.as_str().to_owned().leak() as &str)
                    .collect()
            };
            (texts(&statement.action), texts(&statement.resource))
        })
        .collect();
    assert_eq!(
        statements,
        [
            (vec!["ec2:DescribeImages"], vec!["*"]),
            (vec!["ec2:ModifyImageAttribute"], vec![image]),
            (vec!["kms:GetKeyPolicy", "kms:PutKeyPolicy"], vec![KEY]),
        ]
    );
    for (action, resource) in [
        ("ec2:*", "*"),
        ("DescribeImages", "*"),
        ("ec2:DescribeImages", "ami-1"),
    ] {
        assert!(
            caller_iam_policy([(action, resource)]).is_err(),
            "{action} {resource}"
        );
    }
}

proptest! {
    #[test]
    fn what_is_written_is_found_again(wanted in wanted()) {
        let policy = policy(&wanted);
        prop_assert_eq!(&KeyStatements::found_in(&policy).unwrap(), &wanted);
        let stored = KeyPolicy::parse(&as_kms_stores_it(policy.as_str())).unwrap();
        prop_assert_eq!(&KeyStatements::found_in(&stored).unwrap(), &wanted);
    }

    #[test]
    fn promise_1_what_is_written_is_nowhere_open_and_names_the_trusted_only(wanted in wanted()) {
        let policy = policy(&wanted);
        prop_assert_eq!(policy.lint(), []);
        let mut trusted = TrustedParties::new().account("111122223333".parse().unwrap());
        for account in wanted.account_ids() {
            trusted = trusted.account(*account);
        }
        for principal in wanted.iam_principals() {
            trusted = trusted.account(principal.account());
        }
        let units = wanted.organizational_units().map(|unit| unit.organization_id());
        for id in wanted.organization_ids().chain(units) {
            let arn = format!("arn:aws:organizations::111122223333:organization/{id}");
            trusted = trusted.organization(&arn.parse().unwrap());
        }
        prop_assert_eq!(policy.lint_against(&trusted), []);
        if !wanted.is_empty() {
            let nobody = TrustedParties::new().account("111122223333".parse().unwrap());
            prop_assert_ne!(policy.lint_against(&nobody), []);
        }
    }

    #[test]
    fn the_order_of_calls_does_not_matter(
        accounts in prop::collection::vec(0_u64..20, 0..8).prop_shuffle(),
    ) {
        let ids: Vec<crate::id::AccountId> =
            accounts.iter().map(|number| format!("{number:012}").parse().unwrap()).collect();
        let one = KeyStatements::new().accounts(ids.iter().copied());
        let other = KeyStatements::new().accounts(ids.iter().rev().copied());
        prop_assert_eq!(one.statements(&Partition::aws()), other.statements(&Partition::aws()));
    }
}
