//! Keys in plans: what is refused, by what a key is opened, and what a revoke does to it.

use super::*;
use crate::id::{KeyArn, OrganizationalUnitArn};
use crate::policy::evaluate::KeyState;
use crate::policy::{KeyPolicy, KeyStatements};
use crate::request::{KeyAccess, KeyCleanup};
use crate::resource::{Key, KeyGrant, KeyManager, ObservedKey, StillNeeded};

const KEY: &str = "arn:aws:kms:us-east-1:999999999999:key/00000000-0000-4000-9000-000000000001";
const FOREIGN: &str = "arn:aws:kms:us-east-1:888888888888:key/00000000-0000-4000-9000-000000000001";
const ELSEWHERE: &str =
    "arn:aws:kms:eu-west-1:999999999999:key/00000000-0000-4000-9000-000000000001";
const ONE: &str = "111111111111";
const TWO: &str = "222222222222";
const ROLE: &str = "arn:aws:iam::111111111111:role/Launcher";
const UNIT: &str = "arn:aws:organizations::123456789012:ou/o-exampleorg1/ou-ab12-11111111";
const PATH: &str = "o-exampleorg1/r-ab12/ou-ab12-11111111/";

fn policy(more: &str) -> KeyPolicy {
    let own = format!(
        r#"{{"Sid": "Own", "Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::{OWNER}:root"}},
            "Action": "kms:*", "Resource": "*"}}"#
    );
    KeyPolicy::parse(&format!(
        r#"{{"Version": "2012-10-17", "Statement": [{own}{more}]}}"#
    ))
    .unwrap()
}

/// The policy with our statements for these accounts
fn open_to(accounts: &[&str]) -> KeyPolicy {
    let accounts = accounts.iter().map(|account| account.parse().unwrap());
    let ours = KeyStatements::new().accounts(accounts);
    policy("").patched(&ours).unwrap().into_policy()
}

fn key(arn: &str) -> ObservedKey {
    ObservedKey {
        key: Reading::Known(Key {
            arn: arn.parse().unwrap(),
            manager: KeyManager::Customer,
            state: KeyState::Enabled,
            spec: "SYMMETRIC_DEFAULT".into(),
            usage: "ENCRYPT_DECRYPT".into(),
        }),
        policy: Some(Reading::Known(policy(""))),
        grants: Some(Reading::Known(Vec::new())),
        needed: Some(Reading::Known(Vec::new())),
    }
}

fn of_kind(change: impl FnOnce(&mut Key)) -> ObservedKey {
    let mut found = key(KEY);
    if let Reading::Known(key) = &mut found.key {
        change(key);
    }
    found
}

fn with_policy(policy: KeyPolicy) -> ObservedKey {
    ObservedKey {
        policy: Some(Reading::Known(policy)),
        ..key(KEY)
    }
}

fn not_read<T>() -> Reading<T> {
    Reading::Unknown {
        because: "AccessDeniedException".into(),
    }
}

fn shut() -> ObservedKey {
    ObservedKey {
        policy: Some(not_read()),
        ..key(KEY)
    }
}

fn locked(id: &str, under: &str, present: &[&str]) -> ObservedImage {
    let mut image = image(id, present);
    image.image.snapshots[0].encrypted = Some(true);
    for snapshot in image.snapshots.values_mut() {
        snapshot.key = Some(under.parse().unwrap());
    }
    image
}

fn world_of(under: &str, present: &[&str], found: ObservedKey) -> Observed {
    let mut world = observed([locked(IMAGE, under, present)]);
    let region = world.regions.get_mut(&region()).unwrap();
    region.keys.insert(under.parse().unwrap(), found);
    world
}

fn world(found: ObservedKey) -> Observed {
    world_of(KEY, &[], found)
}

fn share() -> ShareRequestBuilder {
    request().account(ONE)
}

fn refusal(builder: ShareRequestBuilder, world: Observed) -> (Refusal, String) {
    let refusals = refused(builder, world);
    assert_eq!(refusals.len(), 1, "{refusals:#?}");
    (refusals[0].clone(), refusals[0].mend())
}

fn key_arn() -> KeyArn {
    KEY.parse().unwrap()
}

fn images() -> Vec<ImageId> {
    vec![IMAGE.parse().unwrap()]
}

#[test]
fn promise_4_an_aws_managed_key_is_refused_by_its_manager() {
    let found = of_kind(|key| key.manager = KeyManager::Aws);
    let (refusal, mend) = refusal(share(), world(found));
    let (key, images) = (key_arn(), images());
    assert_eq!(refusal, Refusal::KeyAwsManaged { key, images });
    assert!(
        mend.contains("CopyImage") && mend.contains("KmsKeyId"),
        "{mend}"
    );
}

#[test]
fn promise_4_a_key_in_any_other_state_than_enabled_is_refused_with_what_mends_it() {
    for (state, wanted) in [
        (KeyState::Creating, "wait"),
        (KeyState::Disabled, "EnableKey"),
        (KeyState::PendingDeletion, "CancelKeyDeletion"),
        (KeyState::PendingImport, "ImportKeyMaterial"),
        (KeyState::PendingReplicaDeletion, "CancelKeyDeletion"),
        (KeyState::Unavailable, "custom key store"),
        (KeyState::Updating, "wait"),
    ] {
        let (refusal, mend) = refusal(share(), world(of_kind(|key| key.state = state)));
        assert!(
            matches!(&refusal, Refusal::KeyNotEnabled { state: found, .. } if *found == state),
            "{refusal:?}"
        );
        assert!(mend.contains(wanted), "{state}: {mend}");
    }
}

#[test]
fn promise_4_a_key_that_ebs_does_not_take_is_refused() {
    for (spec, usage) in [
        ("RSA_2048", "ENCRYPT_DECRYPT"),
        ("HMAC_256", "GENERATE_VERIFY_MAC"),
        ("ECC_NIST_P256", "SIGN_VERIFY"),
    ] {
        let found = of_kind(|key| {
            key.spec = spec.into();
            key.usage = usage.into();
        });
        let (refusal, mend) = refusal(share(), world(found));
        assert!(
            matches!(refusal, Refusal::KeyUnsuitable { .. }),
            "{refusal:?}"
        );
        assert!(mend.contains("symmetric"), "{mend}");
    }
}

#[test]
fn promise_4_a_key_of_another_region_is_refused() {
    let (refusal, mend) = refusal(share(), world_of(ELSEWHERE, &[], key(ELSEWHERE)));
    assert!(
        matches!(refusal, Refusal::KeyOfOtherRegion { .. }),
        "{refusal:?}"
    );
    assert!(mend.contains("us-east-1"), "{mend}");
}

#[test]
fn promise_6_a_key_that_cannot_be_read_is_refused_unless_it_is_left_alone() {
    let found = ObservedKey {
        key: not_read(),
        ..key(KEY)
    };
    let (refusal, mend) = refusal(share(), world(found.clone()));
    assert!(
        matches!(refusal, Refusal::KeyUnreadable { .. }),
        "{refusal:?}"
    );
    assert!(mend.contains("kms:DescribeKey"), "{mend}");
    let plan = made(share().key_access(KeyAccess::Leave), world(found));
    assert_eq!(operations(&plan), ["ModifyImageAttribute"]);
    let told = |notice: &Notice| matches!(notice, Notice::KeyUnknown { .. });
    assert!(plan.notices().iter().any(told));
}

#[test]
fn promise_4_an_encrypted_snapshot_whose_key_nobody_tells_is_refused() {
    let mut world = world(key(KEY));
    for image in world
        .regions
        .get_mut(&region())
        .unwrap()
        .images
        .values_mut()
    {
        image
            .snapshots
            .values_mut()
            .for_each(|snapshot| snapshot.key = None);
    }
    let (refusal, mend) = refusal(share(), world.clone());
    assert!(
        matches!(refusal, Refusal::EncryptedUnderUnknownKey { .. }),
        "{refusal:?}"
    );
    assert!(mend.contains("key_access"), "{mend}");
    let plan = made(share().key_access(KeyAccess::Leave), world);
    assert_eq!(operations(&plan), ["ModifyImageAttribute"]);
}

#[test]
fn promise_4_a_policy_that_cannot_be_changed_is_refused_where_grants_are_not_allowed() {
    let (refusal, mend) = refusal(share().key_access(KeyAccess::KeyPolicy), world(shut()));
    assert!(
        matches!(refusal, Refusal::KeyPolicyNotChangeable { .. }),
        "{refusal:?}"
    );
    assert!(mend.contains("grant"), "{mend}");
    let groups = request().account(ONE).organization(ORGANIZATION);
    let (refusal, _) = self::refusal(groups, world(shut()));
    assert!(
        matches!(refusal, Refusal::KeyPolicyNotChangeable { .. }),
        "{refusal:?}"
    );
}

#[test]
fn promise_4_grants_for_an_organization_are_refused() {
    let builder = request()
        .organization(ORGANIZATION)
        .key_access(KeyAccess::Grant);
    let (refusal, mend) = refusal(builder, world(key(KEY)));
    assert!(
        matches!(refusal, Refusal::GrantsTakeAccountsOnly { .. }),
        "{refusal:?}"
    );
    assert!(mend.contains("key-policy"), "{mend}");
}

#[test]
fn promise_4_grants_that_cannot_be_read_are_not_made() {
    let found = ObservedKey {
        grants: Some(not_read()),
        ..shut()
    };
    let (refusal, mend) = refusal(share(), world(found));
    assert!(
        matches!(refusal, Refusal::GrantsUnreadable { .. }),
        "{refusal:?}"
    );
    assert!(mend.contains("kms:ListGrants"), "{mend}");
}

#[test]
fn promise_2_statements_of_ours_that_somebody_edited_are_refused() {
    let edited = open_to(&[ONE])
        .as_str()
        .replace("kms:Decrypt", "kms:Encrypt");
    let found = with_policy(KeyPolicy::parse(&edited).unwrap());
    let (refusal, mend) = refusal(share(), world(found));
    assert!(
        matches!(&refusal, Refusal::KeyStatementsEdited { sids, .. } if !sids.is_empty()),
        "{refusal:?}"
    );
    assert!(mend.contains("put them right"), "{mend}");
}

#[test]
fn promise_4_a_policy_that_kms_would_refuse_is_refused_before_the_first_write() {
    let dead = r#", {"Effect": "Allow", "Principal": {"AWS": "AROAEXAMPLEEXAMPLE123"},
        "Action": "kms:Decrypt", "Resource": "*"}"#;
    let (refusal, mend) = refusal(share(), world(with_policy(policy(dead))));
    assert!(
        matches!(refusal, Refusal::KeyPolicyNotPatchable { .. }),
        "{refusal:?}"
    );
    assert!(mend.contains("take the id out"), "{mend}");

    let many = request().accounts(numbered(1..1_001).iter().map(String::as_str));
    let (refusal, mend) = self::refusal(many, world(key(KEY)));
    assert!(
        matches!(refusal, Refusal::KeyPolicyNotPatchable { .. }),
        "{refusal:?}"
    );
    assert!(mend.contains("organization"), "{mend}");
}

#[test]
fn promise_4_an_ou_whose_path_is_not_known_is_refused_unless_it_is_given() {
    let unit: OrganizationalUnitArn = UNIT.parse().unwrap();
    let mut unknown = world(key(KEY));
    unknown.unit_paths.insert(unit.clone(), not_read());
    let builder = || request().organizational_unit(UNIT);
    let (refusal, mend) = refusal(builder(), unknown.clone());
    assert!(
        matches!(refusal, Refusal::UnitPathUnknown { .. }),
        "{refusal:?}"
    );
    assert!(mend.contains("unit_path"), "{mend}");
    let plan = made(builder().unit_path(PATH), unknown);
    assert_eq!(operations(&plan), ["PutKeyPolicy", "ModifyImageAttribute"]);
    assert!(
        diff_of(&plan).contains("ou-ab12-11111111/*"),
        "{}",
        diff_of(&plan)
    );
}

#[test]
fn promise_4_a_recipient_whom_others_deny_the_key_is_refused() {
    let deny = format!(
        r#", {{"Sid": "Not them", "Effect": "Deny", "Principal": {{"AWS": "arn:aws:iam::{ONE}:root"}},
            "Action": "kms:Decrypt", "Resource": "*"}}"#
    );
    let found = with_policy(policy(&deny));
    let (refusal, mend) = refusal(share().account(TWO), world(found));
    let Refusal::KeyDenied {
        principals,
        because,
        ..
    } = refusal
    else {
        panic!("{refusal:?}");
    };
    assert_eq!(principals, [ONE.parse().unwrap()]);
    assert!(because.contains("Not them"), "{because}");
    assert!(mend.contains("out of that statement"), "{mend}");
}

fn diff_of(plan: &Plan) -> &str {
    match &plan.steps()[0].action {
        Action::PutKeyPolicy { diff, .. } => diff,
        other => panic!("{other:?}"),
    }
}

#[test]
fn auto_takes_the_policy_and_grants_where_the_policy_cannot_be_read() {
    let plan = made(share(), world(key(KEY)));
    assert_eq!(operations(&plan), ["PutKeyPolicy", "ModifyImageAttribute"]);
    assert!(diff_of(&plan).contains(ONE), "{}", diff_of(&plan));
    let plan = made(share(), world(shut()));
    assert_eq!(operations(&plan), ["CreateGrant", "ModifyImageAttribute"]);
}

#[test]
fn auto_takes_grants_for_a_key_of_another_account() {
    let found = ObservedKey {
        policy: None,
        ..key(FOREIGN)
    };
    let plan = made(share(), world_of(FOREIGN, &[], found));
    assert_eq!(operations(&plan), ["CreateGrant", "ModifyImageAttribute"]);
    let Action::CreateGrant { grantee, name, .. } = &plan.steps()[0].action else {
        panic!("{plan:?}");
    };
    assert_eq!(grantee, "arn:aws:iam::111111111111:root");
    assert_eq!(name, "ami-share/arn:aws:iam::111111111111:root");
}

#[test]
fn a_named_role_gets_the_key_instead_of_its_account() {
    let plan = made(share().account(TWO).key_principal(ROLE), world(key(KEY)));
    let Action::PutKeyPolicy { add, .. } = &plan.steps()[0].action else {
        panic!("{plan:?}");
    };
    let texts: Vec<String> = add.texts().collect();
    assert_eq!(texts, [TWO, ROLE]);
    let by_grant = share().key_principal(ROLE).key_access(KeyAccess::Grant);
    let plan = made(by_grant, world(key(KEY)));
    let Action::CreateGrant { grantee, .. } = &plan.steps()[0].action else {
        panic!("{plan:?}");
    };
    assert_eq!(grantee, ROLE);
}

#[test]
fn promise_5_a_key_that_is_open_already_is_not_written() {
    let plan = made(share(), world_of(KEY, &[ONE], with_policy(open_to(&[ONE]))));
    assert!(plan.is_empty(), "{:?}", plan.steps());
}

#[test]
fn an_ou_gets_its_own_statement_beside_that_of_its_organization() {
    let organization = ORGANIZATION.parse().unwrap();
    let ours = KeyStatements::new().organization(&organization);
    let found = with_policy(policy("").patched(&ours).unwrap().into_policy());
    let builder = request().organizational_unit(UNIT).unit_path(PATH);
    let plan = made(builder, world(found));
    assert_eq!(operations(&plan), ["PutKeyPolicy", "ModifyImageAttribute"]);
}

#[test]
fn leave_touches_no_key_and_says_so() {
    let plan = made(share().key_access(KeyAccess::Leave), world(key(KEY)));
    assert_eq!(operations(&plan), ["ModifyImageAttribute"]);
    let told = |notice: &Notice| matches!(notice, Notice::KeyLeft { .. });
    assert!(plan.notices().iter().any(told));
    let revoke = share().key_access(KeyAccess::Leave).revoke();
    let plan = made(revoke, world_of(KEY, &[ONE], with_policy(open_to(&[ONE]))));
    assert_eq!(operations(&plan), ["ModifyImageAttribute"]);
}

#[test]
fn exactly_opens_the_key_first_and_closes_it_last() {
    let found = with_policy(open_to(&[TWO]));
    let builder = share().exactly(RemovalLimit::Unlimited);
    let plan = made(builder, world_of(KEY, &[TWO], found));
    assert_eq!(
        operations(&plan),
        ["PutKeyPolicy", "ModifyImageAttribute", "PutKeyPolicy"]
    );
    let Action::PutKeyPolicy { add, remove, .. } = &plan.steps()[2].action else {
        panic!("{plan:?}");
    };
    assert!(add.is_empty());
    assert_eq!(remove.texts().collect::<Vec<_>>(), [TWO]);
}

/// What a revoke of account 1 does where another image under the key is shared with it too
fn revoked(cleanup: KeyCleanup, needed: Reading<Vec<StillNeeded>>) -> Plan {
    let found = ObservedKey {
        needed: Some(needed),
        ..with_policy(open_to(&[ONE, TWO]))
    };
    let builder = share().key_cleanup(cleanup).revoke();
    made(builder, world_of(KEY, &[ONE, TWO], found))
}

fn still_needed() -> Reading<Vec<StillNeeded>> {
    Reading::Known(vec![StillNeeded {
        principal: ONE.parse().unwrap(),
        image: "ami-00000002".parse().unwrap(),
    }])
}

#[test]
fn a_revoke_closes_the_key_for_who_needs_it_no_more() {
    let both = ["ModifyImageAttribute", "PutKeyPolicy"];
    let by_reference = KeyCleanup::ByReference;
    let plan = revoked(by_reference, Reading::Known(Vec::new()));
    assert_eq!(operations(&plan), both);
    let Action::PutKeyPolicy { remove, .. } = &plan.steps()[1].action else {
        panic!("{plan:?}");
    };
    assert_eq!(remove.texts().collect::<Vec<_>>(), [ONE]);

    let plan = revoked(by_reference, still_needed());
    assert_eq!(operations(&plan), both[..1]);
    let told = |notice: &Notice| matches!(notice, Notice::KeyStillNeeded { .. });
    assert!(plan.notices().iter().any(told));

    assert_eq!(
        operations(&revoked(KeyCleanup::Always, still_needed())),
        both
    );
}

#[test]
fn promise_6_a_revoke_that_cannot_know_who_needs_the_key_keeps_it_and_says_so() {
    for (cleanup, needed) in [
        (KeyCleanup::ByReference, not_read()),
        (KeyCleanup::Never, Reading::Known(Vec::new())),
    ] {
        let plan = revoked(cleanup, needed);
        assert_eq!(operations(&plan), ["ModifyImageAttribute"]);
        let told = |notice: &Notice| matches!(notice, Notice::KeyKept { .. });
        assert!(plan.notices().iter().any(told));
    }
}

#[test]
fn promise_2_a_revoke_ends_our_grants_and_no_others() {
    let grant = |id: &str, name: Option<&str>| KeyGrant {
        id: id.into(),
        name: name.map(str::to_owned),
        grantee: format!("arn:aws:iam::{ONE}:root"),
        operations: crate::access::KEY_OPERATIONS.map(str::to_owned).into(),
        constrained: false,
    };
    let found = ObservedKey {
        grants: Some(Reading::Known(vec![
            grant("ours", Some("ami-share/arn:aws:iam::111111111111:root")),
            grant("theirs", None),
            grant("named", Some("their ami-share/thing")),
        ])),
        ..key(KEY)
    };
    let plan = made(share().revoke(), world_of(KEY, &[ONE], found));
    assert_eq!(operations(&plan), ["ModifyImageAttribute", "RevokeGrant"]);
    let Action::RevokeGrant { grant_id, .. } = &plan.steps()[1].action else {
        panic!("{plan:?}");
    };
    assert_eq!(grant_id, "ours");
    let told = |notice: &Notice| matches!(notice, Notice::KeyStaysOpen { .. });
    assert!(plan.notices().iter().any(told), "{:?}", plan.notices());
}
