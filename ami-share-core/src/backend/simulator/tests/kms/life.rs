use std::time::Duration;

use super::super::super::kms::{KeyRequest, Paging};
use super::*;
use crate::policy::evaluate::KeyState;

const DAY: Duration = Duration::from_secs(86_400);

fn pass(locked: &Locked, days: u32) {
    locked.world.advance(DAY * days);
}

fn schedule(locked: &Locked, key: &KeyArn, region: &Region) -> Result<KeyState, Refusal> {
    let identity = root(owner());
    let caller = Caller {
        account: owner(),
        region,
        identity: &identity,
    };
    let mut state = locked.world.state();
    let scheduled = state.schedule_key_deletion(caller, key.as_str(), Some(7));
    scheduled.map(|key| key.state)
}

#[test]
fn a_deleted_key_can_be_kept_until_its_waiting_period_ends_and_is_gone_then() {
    let locked = Locked::new();
    locked
        .world
        .create_alias("alias/golden", &locked.key)
        .unwrap();
    let state = schedule(&locked, &locked.key, &locked.region).unwrap();
    assert_eq!(state, KeyState::PendingDeletion);
    pass(&locked, 6);
    let cancel = || {
        locked.call(&root(owner()), |state, caller| {
            state.cancel_key_deletion(caller, locked.key.as_str())
        })
    };
    cancel().unwrap();
    assert_eq!(cancel().unwrap_err().code, "KMSInvalidStateException");
    assert_eq!(
        locked.world.key_state(&locked.key),
        Some(KeyState::Disabled)
    );
    schedule(&locked, &locked.key, &locked.region).unwrap();
    pass(&locked, 8);
    assert_eq!(locked.world.key_state(&locked.key), None);
    let found = locked.call(&root(owner()), |state, caller| {
        state.find_key(caller, "alias/golden")
    });
    assert_eq!(found.unwrap_err().code, "NotFoundException");
}

#[test]
fn a_primary_key_waits_for_its_replicas_and_each_has_its_own_policy_and_grants() {
    let locked = Locked::with(NewKey::new().multi_region());
    let there: Region = "us-east-1".parse().unwrap();
    let replica = locked.world.replicate_key(&locked.key, &there).unwrap();
    assert_eq!(replica.key_id(), locked.key.key_id());
    let again = locked.world.replicate_key(&locked.key, &there).unwrap_err();
    assert_eq!(again.code(), Some("AlreadyExistsException"));
    let of_replica = locked.world.replicate_key(&replica, &region()).unwrap_err();
    assert_eq!(of_replica.code(), Some("UnsupportedOperationException"));

    grant::granted(&locked, "arn:aws:iam::000000000002:root");
    assert_eq!(locked.world.grants(&replica), []);

    let state = schedule(&locked, &locked.key, &locked.region).unwrap();
    assert_eq!(state, KeyState::PendingReplicaDeletion);
    pass(&locked, 100);
    assert!(locked.world.key_state(&locked.key).is_some());
    schedule(&locked, &replica, &there).unwrap();
    pass(&locked, 7);
    assert_eq!(locked.world.key_state(&replica), None);
    assert_eq!(
        locked.world.key_state(&locked.key),
        Some(KeyState::PendingDeletion)
    );
    pass(&locked, 7);
    assert_eq!(locked.world.key_state(&locked.key), None);
}

#[test]
fn a_key_state_refuses_what_its_table_refuses() {
    let locked = Locked::new();
    let key = locked.key.as_str();
    let enable = || {
        locked.call(&root(owner()), |state, caller| {
            state.enable_key(caller, key)
        })
    };
    let rotate = || {
        locked.call(&root(owner()), |state, caller| {
            state.enable_key_rotation(caller, key, None)
        })
    };
    let describe = || {
        locked.call(&root(owner()), |state, caller| {
            state.update_key_description(caller, key, "new")
        })
    };
    for (to, enables, rotates, describes) in [
        (KeyState::Enabled, None, None, None),
        (KeyState::Disabled, None, Some("DisabledException"), None),
        (
            KeyState::PendingDeletion,
            Some("KMSInvalidStateException"),
            Some("KMSInvalidStateException"),
            Some("KMSInvalidStateException"),
        ),
    ] {
        for (act, wanted) in [
            (&rotate as &dyn Fn() -> Result<(), Refusal>, rotates),
            (&describe, describes),
            (&enable, enables),
        ] {
            locked.world.set_key_state(&locked.key, to).unwrap();
            let code = act().err().map(|refusal| refusal.code.into_owned());
            assert_eq!(code.as_deref(), wanted, "{to}");
        }
    }
}

#[test]
fn a_key_is_of_a_kind_that_kms_has() {
    let locked = Locked::new();
    let create = |spec: Option<&str>, usage: Option<&str>, origin: Option<&str>| {
        let request = KeyRequest {
            spec: spec.map(str::to_owned),
            usage: usage.map(str::to_owned),
            origin: origin.map(str::to_owned),
            ..KeyRequest::default()
        };
        locked.call(&root(owner()), |state, caller| {
            let arn = state.create_key(caller, &request)?;
            Ok(state.key(&arn)?.state)
        })
    };
    assert_eq!(create(None, None, None), Ok(KeyState::Enabled));
    assert_eq!(
        create(None, None, Some("EXTERNAL")),
        Ok(KeyState::PendingImport)
    );
    assert!(create(Some("RSA_2048"), Some("SIGN_VERIFY"), None).is_ok());
    for (spec, usage) in [
        (Some("RSA_2048"), None),
        (Some("AES"), None),
        (None, Some("SIGN_VERIFY")),
    ] {
        let refusal = create(spec, usage, None).unwrap_err();
        assert_eq!(refusal.code, "ValidationException");
    }
}

#[test]
fn a_replaced_alias_leads_to_the_other_key_and_aws_keeps_its_own_names() {
    let locked = Locked::new();
    let other = locked
        .world
        .create_key(&locked.region, owner(), NewKey::new());
    let (first, second) = (locked.key.as_str(), other.as_str());
    let root = root(owner());
    let create = |name: &str| {
        locked.call(&root, |state, caller| {
            state.create_alias(caller, name, first)
        })
    };
    create("alias/golden").unwrap();
    let again = create("alias/golden").unwrap_err();
    assert_eq!(again.code, "AlreadyExistsException");
    assert_eq!(create("golden").unwrap_err().code, "ValidationException");
    assert_eq!(
        create("alias/aws/ebs").unwrap_err().code,
        "InvalidAliasNameException"
    );
    let find = || {
        locked.call(&root, |state, caller| {
            state.find_key(caller, "alias/golden")
        })
    };
    assert_eq!(find().unwrap(), locked.key);
    locked
        .call(&root, |state, caller| {
            state.update_alias(caller, "alias/golden", second)
        })
        .unwrap();
    assert_eq!(find().unwrap(), other);
    let listed = locked.call(&root, |state, caller| {
        state.list_aliases(caller, Some(first), &Paging::default())
    });
    assert!(listed.unwrap().items.is_empty());
    locked
        .call(&root, |state, caller| {
            state.delete_alias(caller, "alias/golden")
        })
        .unwrap();
    assert_eq!(find().unwrap_err().code, "NotFoundException");
}

#[test]
fn an_alias_is_changed_by_whom_both_the_identity_policy_and_the_key_policy_allow() {
    let locked = Locked::new();
    let key = locked.key.as_str();
    let create = |identity: &Identity, name: &str| {
        locked.call(identity, |state, caller| {
            state.create_alias(caller, name, key)
        })
    };
    let on_keys = r#"{"Effect": "Allow", "Action": "kms:*", "Resource": "arn:aws:kms:*:*:key/*"}"#;
    let without = locked.role(owner(), "without", on_keys);
    assert_eq!(
        create(&without, "alias/one").unwrap_err().code,
        "AccessDeniedException"
    );
    let with = locked.role(owner(), "with", ALLOW_ALL);
    assert_eq!(create(&with, "alias/one"), Ok(()));
}

#[test]
fn who_creates_a_key_with_tags_has_to_be_allowed_to_tag() {
    let locked = Locked::new();
    let only = r#"{"Effect": "Allow", "Action": "kms:CreateKey", "Resource": "*"}"#;
    let identity = locked.role(owner(), "creator", only);
    let create = |tags: Vec<(String, String)>| {
        let request = KeyRequest {
            tags,
            bypass_lockout_check: true,
            ..KeyRequest::default()
        };
        locked.call(&identity, |state, caller| {
            state.create_key(caller, &request)
        })
    };
    assert!(create(Vec::new()).is_ok());
    let refusal = create(vec![("team".to_owned(), "images".to_owned())]).unwrap_err();
    assert_eq!(refusal.code, "AccessDeniedException");
}
