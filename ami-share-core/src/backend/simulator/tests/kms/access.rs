use super::*;
use crate::policy::evaluate::KeyState;

const EVERY_USE: [KeyUse; 3] = [KeyUse::Launch, KeyUse::CopyFrom, KeyUse::Encrypt];

#[test]
fn the_default_key_policy_opens_a_key_to_its_own_account_alone() {
    let locked = Locked::new();
    for usage in EVERY_USE {
        let by = locked.opens(&root(owner()), usage).unwrap();
        assert!(
            by.contains("statement `Enable IAM User Permissions`"),
            "{by}"
        );
        assert!(locked.opens(&root(recipient()), usage).is_err());
    }
}

#[test]
fn an_account_that_the_key_policy_names_gets_in_and_hands_on_by_its_own_policies() {
    let locked = Locked::under(&for_launches(&account_principal(recipient()), ""));
    let by = locked.opens(&root(recipient()), KeyUse::Launch).unwrap();
    assert!(by.contains("`Use`") && by.contains("`Attach`"), "{by}");
    assert!(locked.opens(&root(stranger()), KeyUse::Launch).is_err());

    let without = locked.role(recipient(), "without", "");
    let why = locked.opens(&without, KeyUse::Launch).unwrap_err();
    assert!(why.contains("kms:DescribeKey"), "{why}");
    assert!(
        why.contains("identity policies: nothing allows it"),
        "{why}"
    );
    let with = locked.role(recipient(), "with", ALLOW_ALL);
    assert!(locked.opens(&with, KeyUse::Launch).is_ok());
}

#[test]
fn a_key_that_opens_for_less_than_all_of_the_actions_does_not_open() {
    let some = r#"{"Effect": "Allow", "Principal": "*", "Action": ["kms:Describe*", "kms:Decrypt",
        "kms:ReEncryptFrom", "kms:CreateGrant"], "Resource": "*"}"#;
    let locked = Locked::under(some);
    assert!(locked.opens(&root(recipient()), KeyUse::CopyFrom).is_ok());
    let why = locked
        .opens(&root(recipient()), KeyUse::Launch)
        .unwrap_err();
    assert!(why.contains("kms:ReEncryptTo"), "{why}");
}

#[test]
fn via_service_is_ec2_of_the_region_of_the_key() {
    for (service, opens) in [
        ("ec2.eu-central-1.amazonaws.com", true),
        ("ec2.us-east-1.amazonaws.com", false),
        ("rds.eu-central-1.amazonaws.com", false),
    ] {
        let condition = format!(r#""StringEquals": {{"kms:ViaService": "{service}"}}"#);
        let locked = Locked::under(&for_launches(&account_principal(recipient()), &condition));
        let opened = locked.opens(&root(recipient()), KeyUse::Launch);
        assert_eq!(opened.is_ok(), opens, "{service}: {opened:?}");
    }
}

#[test]
fn an_organization_and_an_ou_open_the_key_to_their_accounts_as_they_are_now() {
    let world = World::new();
    let organization = world.create_organization(owner()).unwrap();
    let unit = world
        .create_organizational_unit(&organization.clone().into())
        .unwrap();
    world
        .create_account(&unit.clone().into(), recipient())
        .unwrap();
    world
        .create_account(&organization.clone().into(), account(4))
        .unwrap();
    let path = world.state().organizations.path_of(recipient()).unwrap();
    let id = organization.organization_id();
    let of_organization = format!(r#""StringEquals": {{"aws:PrincipalOrgID": "{id}"}}"#);
    let of_unit = format!(r#""ForAnyValue:StringLike": {{"aws:PrincipalOrgPaths": ["{path}*"]}}"#);
    for (condition, in_organization) in [(of_organization, true), (of_unit, false)] {
        let policy = policy(&for_launches(r#""*""#, &condition));
        let key = world.create_key(&region(), owner(), NewKey::new().policy(policy));
        let opens = |who| {
            let state = world.state();
            state.key_opens(&root(who), &key, KeyUse::Launch).is_ok()
        };
        assert!(opens(recipient()));
        assert_eq!(opens(account(4)), in_organization);
        assert!(!opens(stranger()));
    }
    world.remove_account(recipient()).unwrap();
    let policy = policy(&for_launches(
        r#""*""#,
        &format!(r#""StringEquals": {{"aws:PrincipalOrgID": "{id}"}}"#),
    ));
    let key = world.create_key(&region(), owner(), NewKey::new().policy(policy));
    let state = world.state();
    assert!(
        state
            .key_opens(&root(recipient()), &key, KeyUse::Launch)
            .is_err()
    );
}

#[test]
fn a_grant_opens_the_key_to_its_grantee_and_the_reason_names_it() {
    let locked = Locked::new();
    let grantee = format!("arn:aws:iam::{}:root", recipient());
    let granted = locked
        .world
        .create_grant(&locked.key, &grantee, grant::FOR_LAUNCHES)
        .unwrap();
    let by = locked.opens(&root(recipient()), KeyUse::Launch).unwrap();
    assert!(by.contains(&format!("grant `{granted}`")), "{by}");
    assert!(locked.opens(&root(stranger()), KeyUse::Launch).is_err());
}

#[test]
fn a_key_that_is_not_enabled_opens_to_nobody() {
    let locked = Locked::new();
    for state in [
        KeyState::Disabled,
        KeyState::PendingDeletion,
        KeyState::PendingImport,
        KeyState::PendingReplicaDeletion,
    ] {
        locked.world.set_key_state(&locked.key, state).unwrap();
        let why = locked.opens(&root(owner()), KeyUse::Launch).unwrap_err();
        assert!(why.contains(&format!("`{state}`")), "{why}");
    }
    locked
        .world
        .set_key_state(&locked.key, KeyState::Enabled)
        .unwrap();
    assert!(locked.opens(&root(owner()), KeyUse::Launch).is_ok());
}

#[test]
fn the_aws_managed_key_opens_through_ec2_in_its_own_account_alone_also_before_it_is_made() {
    let locked = Locked::new();
    let state = locked.world.state();
    let caller = Caller {
        account: owner(),
        region: &locked.region,
        identity: &root(owner()),
    };
    let key = state.find_key(caller, "alias/aws/ebs").unwrap();
    assert!(
        state
            .key_opens(&root(owner()), &key, KeyUse::Encrypt)
            .is_ok()
    );
    assert!(
        state
            .key_opens(&root(recipient()), &key, KeyUse::Encrypt)
            .is_err()
    );
    drop(state);
    assert!(!locked.world.keys().contains(&key));
    assert_eq!(locked.world.aws_ebs_key(&locked.region, owner()), key);
    assert!(locked.world.keys().contains(&key));
    let state = locked.world.state();
    assert!(
        state
            .key_opens(&root(owner()), &key, KeyUse::Encrypt)
            .is_ok()
    );
}
