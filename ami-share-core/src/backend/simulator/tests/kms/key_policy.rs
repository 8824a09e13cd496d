use super::super::super::fault::Staleness;
use super::*;

fn put(locked: &Locked, identity: &Identity, text: &str, bypass: bool) -> Result<(), Refusal> {
    locked.call(identity, |state, caller| {
        state.put_key_policy(caller, locked.key.as_str(), None, text, bypass)
    })
}

fn statement(principal: &str) -> String {
    format!(
        r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "kms:Decrypt", "Resource": "*"}}"#
    )
}

#[test]
fn a_key_policy_comes_back_as_it_was_put_byte_for_byte() {
    let locked = Locked::new();
    let text = format!(
        "  {}\r\n",
        policy(&statement(r#"{"AWS": ["000000000002"]}"#))
    );
    put(&locked, &root(owner()), &text, false).unwrap();
    let got = locked.call(&root(owner()), |state, caller| {
        state.get_key_policy(caller, locked.key.key_id(), Some("default"))
    });
    assert_eq!(got.unwrap().as_ref(), text);
}

#[test]
fn a_key_policy_that_kms_would_not_take_is_refused_and_nothing_is_stored() {
    let locked = Locked::new();
    let before = locked.world.key_policy(&locked.key).unwrap();
    let with = |principal: &str| policy(&statement(principal)).as_str().to_owned();
    locked.role(owner(), "there", "");
    let malformed = "MalformedPolicyDocumentException";
    let large = format!("{}{}", with(r#""*""#), " ".repeat(KeyPolicy::MOST_BYTES));
    for (text, code) in [
        ("no json".to_owned(), malformed),
        (
            r#"{"Version": "2013-01-01", "Statement": []}"#.to_owned(),
            malformed,
        ),
        (
            with(r#""*""#).replace("2012-10-17", "2012–10–17"),
            "ValidationException",
        ),
        (large, "LimitExceededException"),
        (with(r#"{"AWS": "AROAEXAMPLEEXAMPLE12"}"#), malformed),
        (
            with(r#"{"AWS": "arn:aws:iam::000000000001:role/not-there"}"#),
            malformed,
        ),
        (
            with(r#"{"AWS": "arn:aws:iam::000000000002:group/admins"}"#),
            malformed,
        ),
        (
            with(r#"{"AWS": "arn:aws-cn:iam::000000000002:role/r"}"#),
            malformed,
        ),
        (with(r#"{"Service": "nobody"}"#), malformed),
        (
            with(r#""*""#).replace(r#""Principal": "*", "#, ""),
            malformed,
        ),
    ] {
        let refusal = put(&locked, &root(owner()), &text, false).unwrap_err();
        let shown: String = text.chars().take(400).collect();
        assert_eq!(refusal.code, code, "{shown}: {}", refusal.message);
    }
    assert_eq!(locked.world.key_policy(&locked.key).unwrap(), before);
}

#[test]
fn principals_that_may_exist_are_taken() {
    let locked = Locked::new();
    locked.role(owner(), "there", "");
    let service = "autoscaling.amazonaws.com";
    locked
        .world
        .create_service_linked_role(owner(), service)
        .unwrap();
    for principal in [
        r#""*""#,
        r#"{"AWS": "*"}"#,
        r#"{"AWS": "000000000002"}"#,
        r#"{"AWS": "arn:aws:iam::000000000001:role/there"}"#,
        r#"{"AWS": "arn:aws:iam::000000000002:role/of-an-account-without-known-roles"}"#,
        r#"{"AWS": "arn:aws:iam::000000000001:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"}"#,
        r#"{"AWS": "arn:aws:sts::000000000002:assumed-role/r/s"}"#,
        r#"{"Service": "ec2.amazonaws.com"}"#,
    ] {
        let text = policy(&statement(principal));
        assert_eq!(
            put(&locked, &root(owner()), text.as_str(), false),
            Ok(()),
            "{principal}"
        );
    }
}

#[test]
fn a_statement_without_action_or_resource_is_taken_and_has_no_effect() {
    let statement = format!(
        r#"{{"Effect": "Allow", "Principal": {}, "Action": "kms:*"}}"#,
        account_principal(recipient())
    );
    let locked = Locked::new();
    let text = policy(&statement);
    put(&locked, &root(owner()), text.as_str(), false).unwrap();
    assert!(locked.opens(&root(recipient()), KeyUse::Launch).is_err());
}

#[test]
fn a_policy_that_would_lock_the_caller_out_is_put_only_when_the_check_is_bypassed() {
    let locked = Locked::new();
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
        statement(r#"{"AWS": "000000000001"}"#)
    );
    let refusal = put(&locked, &root(owner()), &text, false).unwrap_err();
    assert_eq!(refusal.code, "MalformedPolicyDocumentException");
    assert_eq!(
        refusal.message,
        "The new key policy will not allow you to update the key policy in the future."
    );
    put(&locked, &root(owner()), &text, true).unwrap();
    let refusal = put(&locked, &root(owner()), &text, true).unwrap_err();
    assert_eq!(refusal.code, "AccessDeniedException");
}

#[test]
fn the_policy_of_the_aws_managed_key_cannot_be_changed() {
    let locked = Locked::new();
    let key = locked.world.aws_ebs_key(&locked.region, owner());
    let text = policy("");
    let put = locked.call(&root(owner()), |state, caller| {
        state.put_key_policy(caller, key.as_str(), None, text.as_str(), true)
    });
    assert_eq!(put.unwrap_err().code, "AccessDeniedException");
    let got = locked.call(&root(owner()), |state, caller| {
        state.get_key_policy(caller, key.as_str(), None)
    });
    assert!(got.unwrap().contains("auto-ebs-2"));
}

#[test]
fn a_reader_may_see_the_policy_from_before_while_access_goes_by_the_new_one() {
    let locked = Locked::new();
    locked.world.state().staleness = Staleness {
        reads: 1,
        ..Staleness::default()
    };
    let text = policy(&for_launches(&account_principal(recipient()), ""));
    put(&locked, &root(owner()), text.as_str(), false).unwrap();
    assert!(locked.opens(&root(recipient()), KeyUse::Launch).is_ok());
    let get = || {
        let got = locked.call(&root(owner()), |state, caller| {
            state.get_key_policy(caller, locked.key.as_str(), None)
        });
        got.unwrap()
    };
    assert!(get().contains("key-default-1"));
    assert_eq!(get().as_ref(), text.as_str());
}
