//! "Why can't 111111111111 launch this?" has one answer that a person can act on, for each cause.

use std::collections::BTreeMap;

use super::*;
use crate::id::KeyArn;
use crate::policy::KeyPolicy;
use crate::policy::evaluate::KeyState;
use crate::principal::Principal;
use crate::resource::fixture::{self, OWNER};
use crate::resource::{
    ImageState, Key, KeyGrant, KeyManager, ObservedImage, ObservedKey, ObservedRegion, Reading,
};

const MEMBER: &str = "111111111111";
const KEY: &str = "arn:aws:kms:us-east-1:999999999999:key/00000000-0000-4000-9000-000000000001";
const ORGANIZATION: &str = "arn:aws:organizations::123456789012:organization/o-exampleorg1";
const UNIT: &str = "arn:aws:organizations::123456789012:ou/o-exampleorg1/ou-ab12-11111111";

/// What the owner can read about an image and its one key
struct Case {
    image: ObservedImage,
    key: ObservedKey,
}

/// The parts of an answer
struct Answered {
    launch: Finding,
    copy: Finding,
    /// The first layer that does not say yes
    deciding: Option<LayerFinding>,
}

fn policy(more: &str) -> Reading<KeyPolicy> {
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Sid": "Own", "Effect": "Allow",
            "Principal": {{"AWS": "arn:aws:iam::{OWNER}:root"}}, "Action": "kms:*", "Resource": "*"}}{more}]}}"#
    );
    Reading::Known(KeyPolicy::parse(&text).unwrap())
}

fn allow(actions: &str, condition: &str) -> String {
    format!(
        r#", {{"Sid": "Use by them", "Effect": "Allow",
            "Principal": {{"AWS": "arn:aws:iam::{MEMBER}:root"}},
            "Action": [{actions}], "Resource": "*"{condition}}}"#
    )
}

const FULL: &str = r#""kms:DescribeKey", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant""#;

impl Case {
    /// All is well: the account has every permission
    fn new() -> Self {
        let mut image = fixture::image("ami-00000001", &[MEMBER], Some(&[MEMBER]));
        image.image.snapshots[0].encrypted = Some(true);
        for snapshot in image.snapshots.values_mut() {
            snapshot.key = Some(KEY.parse().unwrap());
        }
        let key = ObservedKey {
            key: Reading::Known(Key {
                arn: KEY.parse().unwrap(),
                manager: KeyManager::Customer,
                state: KeyState::Enabled,
                spec: "SYMMETRIC_DEFAULT".into(),
                usage: "ENCRYPT_DECRYPT".into(),
            }),
            policy: Some(policy(&allow(FULL, ""))),
            grants: Some(Reading::Known(Vec::new())),
            needed: None,
        };
        Self { image, key }
    }

    fn image(mut self, change: impl FnOnce(&mut ObservedImage)) -> Self {
        change(&mut self.image);
        self
    }

    fn key(mut self, change: impl FnOnce(&mut Key)) -> Self {
        if let Reading::Known(key) = &mut self.key.key {
            change(key);
        }
        self
    }

    fn policy(mut self, more: &str) -> Self {
        self.key.policy = Some(policy(more));
        self
    }

    fn grant(mut self, operations: &[&str], constrained: bool) -> Self {
        self.key.grants = Some(Reading::Known(vec![KeyGrant {
            id: "0123abcd".into(),
            name: None,
            grantee: format!("arn:aws:iam::{MEMBER}:root"),
            operations: operations.iter().map(|name| (*name).to_owned()).collect(),
            constrained,
        }]));
        self
    }

    fn ask(&self, principal: &str) -> Answered {
        let mut region = ObservedRegion::default();
        let arn: KeyArn = KEY.parse().unwrap();
        region.keys.insert(arn, self.key.clone());
        let keys = KeyJudges::new(&region);
        let members = BTreeMap::new();
        let judge = ImageJudge::new(&self.image, &keys, Membership::new(&members));
        let principal: Principal = principal.parse().unwrap();
        let judged = judge.judge(&principal, &[], Standing::default());
        let deciding = judged
            .layers
            .iter()
            .find(|layer| layer.finding.answer != Answer::Yes);
        Answered {
            launch: judged.launch,
            copy: judged.copy,
            deciding: deciding.cloned(),
        }
    }

    /// Neither launch nor copy, by this layer, with this in the reason and in the mend
    fn is_shut(&self, layer: AccessLayer, reason: &str, mend: &str) {
        let answered = self.ask(MEMBER);
        let deciding = answered.deciding.unwrap();
        assert_eq!(deciding.layer, layer, "{deciding:?}");
        assert_eq!(answered.launch, deciding.finding);
        assert_eq!(answered.launch.answer, Answer::No, "{:?}", answered.launch);
        assert_eq!(answered.copy.answer, Answer::No, "{:?}", answered.copy);
        let told = &answered.launch;
        assert!(told.reason.contains(reason), "{}", told.reason);
        let told = told.mend.as_deref().unwrap();
        assert!(told.contains(mend), "{told}");
    }

    fn is_unknown(&self, layer: AccessLayer, reason: &str) {
        let answered = self.ask(MEMBER);
        let deciding = answered.deciding.unwrap();
        assert_eq!(deciding.layer, layer, "{deciding:?}");
        assert_eq!(answered.launch.answer, Answer::Unknown);
        assert!(
            answered.launch.reason.contains(reason),
            "{:?}",
            answered.launch
        );
    }
}

#[test]
fn who_has_everything_launches_and_copies() {
    let answered = Case::new().ask(MEMBER);
    assert_eq!(answered.launch.answer, Answer::Yes);
    assert_eq!(answered.copy.answer, Answer::Yes);
    assert_eq!(answered.deciding, None);
}

#[test]
fn an_image_that_was_not_shared_lacks_the_launch_permission() {
    Case::new()
        .image(|image| image.launch_permissions = Some(fixture::set(&[])))
        .is_shut(
            AccessLayer::LaunchPermission,
            "no launch permission",
            "ModifyImageAttribute",
        );
}

#[test]
fn an_image_that_was_disabled_is_shut_by_its_state() {
    Case::new()
        .image(|image| image.image.state = ImageState::Disabled)
        .is_shut(AccessLayer::ImageState, "is disabled", "available");
}

#[test]
fn a_snapshot_that_was_not_shared_stops_the_copy_and_not_the_launch() {
    let case = Case::new().image(|image| {
        for snapshot in image.snapshots.values_mut() {
            snapshot.create_volume_permissions = Some(fixture::set(&[]));
        }
    });
    let answered = case.ask(MEMBER);
    assert_eq!(answered.launch.answer, Answer::Yes);
    assert_eq!(answered.copy.answer, Answer::No);
    assert_eq!(
        answered.deciding.unwrap().layer,
        AccessLayer::SnapshotPermission
    );
    let mend = answered.copy.mend.unwrap();
    assert!(mend.contains("ModifySnapshotAttribute"), "{mend}");
}

#[test]
fn a_product_code_stops_the_copy_and_not_the_launch() {
    let case = Case::new().image(|image| image.image.product_codes = vec!["abc".into()]);
    let answered = case.ask(MEMBER);
    assert_eq!(answered.launch.answer, Answer::Yes);
    assert_eq!(answered.copy.answer, Answer::No);
    assert!(
        answered.copy.reason.contains("`abc`"),
        "{:?}",
        answered.copy
    );
}

#[test]
fn an_aws_managed_key_is_for_its_own_account_alone() {
    Case::new()
        .key(|key| key.manager = KeyManager::Aws)
        .is_shut(AccessLayer::KeyState, "AWS managed", "CopyImage");
}

#[test]
fn a_key_that_is_not_enabled_is_told_with_what_enables_it() {
    for (state, mend) in [
        (KeyState::Disabled, "EnableKey"),
        (KeyState::PendingDeletion, "CancelKeyDeletion"),
        (KeyState::PendingImport, "ImportKeyMaterial"),
    ] {
        Case::new().key(|key| key.state = state).is_shut(
            AccessLayer::KeyState,
            &state.to_string(),
            mend,
        );
    }
}

#[test]
fn a_key_policy_without_the_account_is_told_with_the_call_that_mends_it() {
    Case::new().policy("").is_shut(
        AccessLayer::KeyPolicy,
        "neither the policy nor a grant",
        "PutKeyPolicy",
    );
}

#[test]
fn the_key_policy_of_the_second_article_lacks_what_ebs_needs() {
    let theirs = allow(
        r#""kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*""#,
        "",
    );
    Case::new()
        .policy(&theirs)
        .is_shut(AccessLayer::KeyPolicy, "kms:CreateGrant", "PutKeyPolicy");
    let without_grants = FULL.replace(r#", "kms:CreateGrant""#, "");
    Case::new().policy(&allow(&without_grants, "")).is_shut(
        AccessLayer::KeyPolicy,
        "kms:CreateGrant",
        "PutKeyPolicy",
    );
}

#[test]
fn a_statement_that_denies_is_named() {
    let deny = format!(
        r#", {{"Sid": "Not them", "Effect": "Deny", "Principal": {{"AWS": "arn:aws:iam::{MEMBER}:root"}},
            "Action": "kms:Decrypt", "Resource": "*"}}"#
    );
    let more = allow(FULL, "") + &deny;
    let case = Case::new().policy(&more);
    case.is_shut(AccessLayer::KeyPolicy, "Not them", "out of that statement");
    // A grant does not help, and is not what is named.
    case.grant(&KEY_OPERATIONS, false).is_shut(
        AccessLayer::KeyPolicy,
        "Not them",
        "out of that statement",
    );
}

#[test]
fn a_statement_for_another_region_s_ec2_does_not_open_the_key() {
    let condition =
        r#", "Condition": {"StringEquals": {"kms:ViaService": "ec2.eu-west-1.amazonaws.com"}}"#;
    Case::new().policy(&allow(FULL, condition)).is_shut(
        AccessLayer::KeyPolicy,
        "neither the policy nor a grant",
        "PutKeyPolicy",
    );
}

#[test]
fn a_grant_opens_the_key_and_is_named() {
    let case = Case::new().policy("").grant(&KEY_OPERATIONS, false);
    let answered = case.ask(MEMBER);
    assert_eq!(answered.launch.answer, Answer::Yes);
    assert_eq!(answered.copy.answer, Answer::Yes);
}

#[test]
fn a_grant_that_lacks_an_operation_does_not_open_the_key() {
    Case::new()
        .policy("")
        .grant(&["Decrypt", "DescribeKey"], false)
        .is_shut(AccessLayer::KeyPolicy, "kms:CreateGrant", "CreateGrant");
}

#[test]
fn a_grant_for_one_encryption_context_does_not_count_as_open() {
    let case = Case::new().policy("").grant(&KEY_OPERATIONS, true);
    assert_ne!(case.ask(MEMBER).launch.answer, Answer::Yes);
}

#[test]
fn promise_6_a_key_policy_that_could_not_be_read_is_unknown() {
    let mut case = Case::new();
    case.key.policy = Some(Reading::Unknown {
        because: "AccessDeniedException".into(),
    });
    case.is_unknown(AccessLayer::KeyPolicy, "AccessDeniedException");
}

#[test]
fn promise_6_grants_that_could_not_be_read_are_unknown_where_the_policy_does_not_decide() {
    let mut case = Case::new().policy("");
    case.key.grants = None;
    case.is_unknown(AccessLayer::KeyPolicy, "grants");
    let mut case = Case::new();
    case.key.grants = None;
    assert_eq!(case.ask(MEMBER).launch.answer, Answer::Yes);
}

#[test]
fn promise_6_a_condition_on_the_organization_is_unknown_for_an_account() {
    let theirs = r#", {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}}}"#;
    let case = Case::new().policy(theirs);
    case.is_unknown(AccessLayer::KeyPolicy, "not known");
    let shared = case.image(|image| image.launch_permissions = Some(fixture::set(&[ORGANIZATION])));
    assert_eq!(shared.ask(ORGANIZATION).launch.answer, Answer::Yes);
    assert_eq!(shared.ask(UNIT).launch.answer, Answer::Yes);
}

#[test]
fn an_image_shared_with_an_organization_whose_key_is_not_is_shut_by_the_key_policy() {
    let case =
        Case::new().image(|image| image.launch_permissions = Some(fixture::set(&[ORGANIZATION])));
    let answered = case.ask(ORGANIZATION);
    assert_eq!(answered.launch.answer, Answer::No);
    assert_eq!(answered.deciding.unwrap().layer, AccessLayer::KeyPolicy);
    let mend = answered.launch.mend.unwrap();
    assert!(mend.contains("aws:PrincipalOrgID"), "{mend}");
}

#[test]
fn promise_6_a_key_that_is_open_for_reading_alone_leaves_the_copy_unknown() {
    let reading = r#""kms:DescribeKey", "kms:Decrypt", "kms:ReEncryptFrom", "kms:CreateGrant""#;
    let answered = Case::new().policy(&allow(reading, "")).ask(MEMBER);
    assert_eq!(answered.launch.answer, Answer::No);
    assert_eq!(answered.copy.answer, Answer::Unknown);
}

#[test]
fn promise_6_a_key_that_was_not_read_is_unknown() {
    let case = Case::new().image(|image| {
        image
            .snapshots
            .values_mut()
            .for_each(|snapshot| snapshot.key = None);
    });
    case.is_unknown(AccessLayer::KeyState, "its key was not read");
}

#[test]
fn promise_6_an_account_somewhere_below_an_ou_is_judged_by_what_holds_for_all_of_it() {
    const PATH: &str = "o-exampleorg1/r-ab12/ou-ab12-11111111/";
    let in_units = |effect: &str, paths: &str| {
        format!(
            r#", {{"Effect": "{effect}", "Principal": "*", "Action": "kms:*", "Resource": "*",
                "Condition": {{"ForAnyValue:StringLike": {{"aws:PrincipalOrgPaths": "{paths}"}}}}}}"#
        )
    };
    let judged = |more: &str| {
        let case = Case::new().policy(more);
        let arn = KEY.parse().unwrap();
        let judge = KeyJudge::new(&arn, &case.key);
        let path = PATH.parse().unwrap();
        let principal = MEMBER.parse().unwrap();
        let subject = Subject {
            organization: Some("o-exampleorg1"),
            path: Some(&path),
            ..Subject::new(&principal)
        };
        judge.access(subject).answer
    };
    assert_eq!(judged(&in_units("Allow", &format!("{PATH}*"))), Answer::Yes);
    assert_eq!(judged(&in_units("Allow", PATH)), Answer::Unknown);
    assert_eq!(
        judged(&in_units("Allow", &format!("{PATH}ou-*"))),
        Answer::Unknown
    );
    let open = allow(FULL, "");
    assert_eq!(
        judged(&(open.clone() + &in_units("Deny", &format!("{PATH}ou-*")))),
        Answer::Unknown
    );
    let named = format!("{PATH}ou-ab12-22222222/*");
    assert_eq!(judged(&(open + &in_units("Deny", &named))), Answer::Unknown);
}
