use super::super::super::kms::Key;
use super::*;

fn describe(locked: &Locked, identity: &Identity, key: &str) -> Result<(), Refusal> {
    locked.call(identity, |state, caller| {
        state.describe_key(caller, key, &[]).map(|_: &Key| ())
    })
}

#[test]
fn who_has_no_access_to_a_key_of_another_account_does_not_learn_whether_it_exists() {
    let locked = Locked::new();
    let missing = locked.key.as_str().replace("-9000-", "-9999-");
    let identity = locked.role(recipient(), "reader", ALLOW_ALL);
    for identity in [root(recipient()), identity] {
        let there = describe(&locked, &identity, locked.key.as_str()).unwrap_err();
        let gone = describe(&locked, &identity, &missing).unwrap_err();
        assert_eq!(there.code, "AccessDeniedException");
        assert_eq!(gone.code, "AccessDeniedException");
        assert_eq!(
            there.message.replace(locked.key.as_str(), ""),
            gone.message.replace(&missing, "")
        );
    }
    let own = describe(&locked, &root(owner()), &missing).unwrap_err();
    assert_eq!(own.code, "NotFoundException");
    assert_eq!(own.message, format!("Key '{missing}' does not exist"));
}

#[test]
fn a_denial_names_the_caller_the_action_the_key_and_the_layer() {
    let deny = r#"{"Effect": "Deny", "Action": "kms:DescribeKey", "Resource": "*"}"#;
    let statement = format!(
        r#"{{"Effect": "Deny", "Principal": {{"AWS": "arn:aws:iam::{}:role/out"}},
            "Action": "kms:*", "Resource": "*"}}"#,
        owner()
    );
    let locked = Locked::under(&statement);
    let key = locked.key.as_str();
    for (role, policy, why) in [
        (
            "none",
            "",
            "because no identity-based policy allows the kms:DescribeKey action",
        ),
        (
            "denied",
            deny,
            "with an explicit deny in an identity-based policy",
        ),
        (
            "out",
            ALLOW_ALL,
            "with an explicit deny in a resource-based policy",
        ),
    ] {
        let identity = locked.role(owner(), role, policy);
        let refusal = describe(&locked, &identity, key).unwrap_err();
        assert_eq!(refusal.code, "AccessDeniedException");
        assert_eq!(
            refusal.message,
            format!(
                "User: arn:aws:sts::{}:assumed-role/{role}/test is not authorized to perform: \
                 kms:DescribeKey on resource: {key} {why}",
                owner()
            )
        );
    }
}

#[test]
fn identity_policies_count_only_where_the_key_policy_leaves_the_key_to_the_account() {
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow",
            "Principal": {{"AWS": "arn:aws:iam::{}:role/named"}}, "Action": "kms:*",
            "Resource": "*"}}}}"#,
        owner()
    );
    let policy = KeyPolicy::parse(&text).unwrap();
    let locked = Locked::with(NewKey::new().policy(policy));
    let key = locked.key.as_str();
    let named = locked.role(owner(), "named", "");
    let admin = locked.role(owner(), "admin", ALLOW_ALL);
    assert!(describe(&locked, &named, key).is_ok());
    for identity in [admin, root(owner())] {
        let refusal = describe(&locked, &identity, key).unwrap_err();
        let why = "because no resource-based policy allows the kms:DescribeKey action";
        assert!(refusal.message.ends_with(why), "{}", refusal.message);
    }
}

#[test]
fn policies_cannot_be_read_or_put_across_accounts_whatever_the_key_policy_allows() {
    let everything = format!(
        r#"{{"Effect": "Allow", "Principal": {}, "Action": "kms:*", "Resource": "*"}}"#,
        account_principal(recipient())
    );
    let locked = Locked::under(&everything);
    let key = locked.key.as_str();
    let recipient = root(recipient());
    assert!(describe(&locked, &recipient, key).is_ok());
    let text = super::policy("").as_str().to_owned();
    let refusals = [
        locked.call(&recipient, |state, caller| {
            state.get_key_policy(caller, key, None).map(|_| ())
        }),
        locked.call(&recipient, |state, caller| {
            state.put_key_policy(caller, key, None, &text, true)
        }),
        locked.call(&recipient, |state, caller| state.disable_key(caller, key)),
        locked.call(&recipient, |state, caller| {
            state
                .list_aliases(caller, Some(key), &Default::default())
                .map(|_| ())
        }),
    ];
    for refusal in refusals {
        assert_eq!(refusal.unwrap_err().code, "AccessDeniedException");
    }
}

#[test]
fn condition_keys_of_the_key_and_of_the_call_decide() {
    let statement = |condition: &str| {
        format!(
            r#"{{"Effect": "Deny", "Principal": "*", "Action": "kms:DescribeKey", "Resource": "*",
                "Condition": {{{condition}}}}}"#
        )
    };
    for (condition, denied) in [
        (
            r#""StringEquals": {"kms:KeySpec": "SYMMETRIC_DEFAULT"}"#,
            true,
        ),
        (r#""StringEquals": {"kms:KeyOrigin": "EXTERNAL"}"#, false),
        (
            r#""StringEquals": {"aws:ResourceTag/team": "images"}"#,
            true,
        ),
        (
            r#""StringEquals": {"kms:CallerAccount": "000000000001"}"#,
            true,
        ),
        (
            r#""StringEquals": {"aws:RequestedRegion": "us-east-1"}"#,
            false,
        ),
        (
            r#""ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/golden"}"#,
            true,
        ),
        (r#""Null": {"kms:ViaService": "true"}"#, true),
        (r#""Bool": {"aws:ViaAWSService": "true"}"#, false),
    ] {
        let new = NewKey::new()
            .policy(policy(&statement(condition)))
            .tag("team", "images");
        let locked = Locked::with(new);
        locked
            .world
            .create_alias("alias/golden", &locked.key)
            .unwrap();
        let described = describe(&locked, &root(owner()), locked.key.as_str());
        assert_eq!(described.is_err(), denied, "{condition}");
    }
}

#[test]
fn a_key_is_found_by_id_arn_alias_and_alias_arn_and_refused_as_aws_refuses() {
    let locked = Locked::new();
    locked
        .world
        .create_alias("alias/golden", &locked.key)
        .unwrap();
    let (id, arn) = (locked.key.key_id(), locked.key.as_str());
    let alias_arn = arn.replace(&format!("key/{id}"), "alias/golden");
    let find =
        |text: &str| locked.call(&root(owner()), |state, caller| state.find_key(caller, text));
    for text in [id, arn, "alias/golden", &alias_arn] {
        assert_eq!(find(text).unwrap(), locked.key, "{text}");
    }
    let other_region = arn.replace("eu-central-1", "us-east-1");
    let missing_alias = alias_arn.replace("golden", "none");
    for (text, code, message) in [
        (
            "golden",
            "NotFoundException",
            "Invalid keyId 'golden'".to_owned(),
        ),
        (
            "alias/none",
            "NotFoundException",
            format!("Alias {missing_alias} is not found."),
        ),
        (
            other_region.as_str(),
            "NotFoundException",
            "Invalid arn us-east-1".to_owned(),
        ),
        (
            "arn:aws:s3:::bucket",
            "InvalidArnException",
            "Invalid arn arn:aws:s3:::bucket".to_owned(),
        ),
    ] {
        let refusal = find(text).unwrap_err();
        assert_eq!((refusal.code.as_ref(), refusal.message), (code, message));
    }
}
