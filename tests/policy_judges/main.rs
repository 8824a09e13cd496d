//! The policies that we generate, before judges from PyPI: see `check.py`.
//!
//! Runs with `AMI_SHARE_JUDGES_PYTHON=<python with requirements.txt> cargo test -p ami-share --test
//! policy_judges -- --ignored`.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

use ami_share_core::id::{AccountId, KeyArn};
use ami_share_core::policy::{
    KeyPolicy, KeyStatements, RecipientNeeds, ServiceRole, caller_iam_policy,
    key_policy_for_sharing, recipient_iam_policy,
};
use serde_json::json;

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const REPLICA: &str = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";

#[test]
#[ignore = "needs the judges of tests/policy_judges/requirements.txt"]
fn generated_policies_stand_before_foreign_judges() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("policy_judges");
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).unwrap();
    write_key_policies(&directory);
    write_identity_policies(&directory);
    let python = std::env::var("AMI_SHARE_JUDGES_PYTHON").unwrap_or("python3".into());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policy_judges/check.py");
    let status = Command::new(python).arg(script).arg(&directory).status();
    assert!(status.unwrap().success(), "a judge objects: see above");
}

/// Every group of recipients with and without the others, under every option
fn write_key_policies(directory: &Path) {
    const GROUPS: u32 = 4;
    const OPTIONS: u32 = 2;
    for number in 0..1_u32 << (GROUPS + OPTIONS) {
        let has = |bit: u32| number & (1 << bit) != 0;
        let mut wanted = KeyStatements::new();
        let mut accounts = vec!["111122223333".to_owned()];
        let mut organizations = Vec::new();
        if has(0) {
            for account in ["444455556666", "000000000012"] {
                wanted = wanted.account(account.parse().unwrap());
                accounts.push(account.into());
            }
        }
        if has(1) {
            for kind in ["role/team/Builder", "user/someone@example.com"] {
                let arn = format!("arn:aws:iam::555566667777:{kind}");
                wanted = wanted.iam_principal(arn.parse().unwrap());
            }
            accounts.push("555566667777".into());
        }
        if has(2) {
            for id in ["o-exampleorg1", "o-exampleorg2"] {
                let arn = format!("arn:aws:organizations::111122223333:organization/{id}");
                wanted = wanted.organization(&arn.parse().unwrap());
                organizations.push(id.to_owned());
            }
        }
        if has(3) {
            for unit in [
                "r-ab12/ou-ab12-11111111/",
                "r-ab12/ou-ab12-11111111/ou-ab12-22222222/",
            ] {
                let path = format!("o-exampleorg3/{unit}");
                wanted = wanted.organizational_unit(path.parse().unwrap());
            }
            organizations.push("o-exampleorg3".into());
        }
        if has(4) {
            wanted = wanted.via_ec2_in("us-east-1".parse().unwrap());
        }
        if has(5) {
            wanted = ServiceRole::ALL
                .into_iter()
                .fold(wanted, KeyStatements::service_role);
        }
        let owner: AccountId = "111122223333".parse().unwrap();
        let policy = key_policy_for_sharing(owner, &wanted).unwrap();
        write(directory, &format!("key-{number:02}"), policy.as_str());
        let trusted = json!({"accounts": accounts, "organizations": organizations});
        write(
            directory,
            &format!("key-{number:02}.trusted"),
            &trusted.to_string(),
        );

        // Once more as a patch of a policy that has a statement of somebody else.
        let found = key_policy_for_sharing(owner, &KeyStatements::new()).unwrap();
        let found = found
            .as_str()
            .replace("Enable IAM User Permissions", "Administration");
        let patched = KeyPolicy::parse(&found).unwrap().patched(&wanted).unwrap();
        write(
            directory,
            &format!("patched-{number:02}"),
            patched.policy().as_str(),
        );
        write(
            directory,
            &format!("patched-{number:02}.trusted"),
            &trusted.to_string(),
        );
    }
}

fn write_identity_policies(directory: &Path) {
    let key: KeyArn = KEY.parse().unwrap();
    let launch = RecipientNeeds::to_launch(key.clone());
    let image = launch
        .clone()
        .image("ami-0123456789abcdef0".parse().unwrap());
    let copy = image.clone().key(REPLICA.parse().unwrap()).to_copy();
    for (name, needs) in [("launch", launch), ("image", image), ("copy", copy)] {
        write(
            directory,
            &format!("recipient-{name}"),
            &recipient_iam_policy(&needs),
        );
    }
    let image = "arn:aws:ec2:us-east-1::image/ami-0123456789abcdef0";
    let snapshot = "arn:aws:ec2:us-east-1::snapshot/snap-0123456789abcdef0";
    let needs = [
        ("ec2:DescribeImages", "*"),
        ("ec2:DescribeSnapshots", "*"),
        ("ec2:ModifyImageAttribute", image),
        ("ec2:ModifySnapshotAttribute", snapshot),
        ("kms:DescribeKey", KEY),
        ("kms:GetKeyPolicy", KEY),
        ("kms:PutKeyPolicy", KEY),
        ("kms:PutKeyPolicy", REPLICA),
        ("organizations:DescribeOrganization", "*"),
    ];
    write(directory, "caller", &caller_iam_policy(needs).unwrap());
}

fn write(directory: &Path, name: &str, text: &str) {
    std::fs::write(directory.join(format!("{name}.json")), text).unwrap();
}
