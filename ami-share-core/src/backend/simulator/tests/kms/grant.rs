use std::collections::BTreeMap;

use super::super::super::fault::Staleness;
use super::super::super::kms::{CreatedGrant, GrantFilter, GrantTerms, Paging};
use super::*;
use crate::policy::evaluate::GrantConstraint;

pub(super) const FOR_LAUNCHES: [&str; 6] = [
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
];

fn terms(grantee: &str, operations: &[&str]) -> GrantTerms {
    GrantTerms {
        name: None,
        grantee: grantee.to_owned(),
        retiring: None,
        operations: operations.iter().map(ToString::to_string).collect(),
        constraint: None,
    }
}

fn create(
    locked: &Locked,
    identity: &Identity,
    terms: &GrantTerms,
) -> Result<CreatedGrant, Refusal> {
    locked.call(identity, |state, caller| {
        state.create_grant(caller, locked.key.as_str(), terms.clone(), &[], false)
    })
}

/// A grant of the owner for launches
pub(super) fn granted(locked: &Locked, grantee: &str) -> CreatedGrant {
    create(locked, &root(owner()), &terms(grantee, &FOR_LAUNCHES)).unwrap()
}

fn recipients_root() -> String {
    format!("arn:aws:iam::{}:root", recipient())
}

fn ids(locked: &Locked, filter: GrantFilter) -> Vec<String> {
    let listed = locked.call(&root(owner()), |state, caller| {
        state.list_grants(caller, locked.key.as_str(), &filter, &Paging::default())
    });
    let listed = listed.unwrap().items.into_iter();
    listed.map(|(_, grant)| grant.id.clone()).collect()
}

#[test]
fn the_same_name_and_parameters_give_the_same_grant_with_a_new_token() {
    let locked = Locked::new();
    let named = GrantTerms {
        name: Some("ami-share".to_owned()),
        ..terms(&recipients_root(), &FOR_LAUNCHES)
    };
    let first = create(&locked, &root(owner()), &named).unwrap();
    let again = create(&locked, &root(owner()), &named).unwrap();
    assert_eq!(first.id, again.id);
    assert_ne!(first.token, again.token);
    let other = GrantTerms {
        operations: ["Decrypt".to_owned()].into(),
        ..named
    };
    assert_ne!(
        create(&locked, &root(owner()), &other).unwrap().id,
        first.id
    );

    let nameless = terms(&recipients_root(), &["Decrypt"]);
    let one = create(&locked, &root(owner()), &nameless).unwrap();
    let two = create(&locked, &root(owner()), &nameless).unwrap();
    assert_ne!(one.id, two.id);
    assert_eq!(locked.world.grants(&locked.key).len(), 4);
}

#[test]
fn a_grant_that_kms_would_not_take_is_refused() {
    let locked = Locked::new();
    let grantee = recipients_root();
    let good = terms(&grantee, &["Decrypt"]);
    let to = |grantee: &str| terms(grantee, &["Decrypt"]);
    let invalid_arn = "InvalidArnException";
    let invalid = "ValidationException";
    for (terms, code) in [
        (to("000000000002"), invalid_arn),
        (to("ec2.amazonaws.com"), invalid_arn),
        (to("arn:aws:iam::000000000002:group/admins"), invalid_arn),
        (
            to("arn:aws:organizations::000000000001:organization/o-0000000001"),
            invalid_arn,
        ),
        (to("*"), invalid),
        (terms(&grantee, &[]), invalid),
        (terms(&grantee, &["Launch"]), invalid),
        (terms(&grantee, &["Sign"]), invalid),
        (
            GrantTerms {
                name: Some("no spaces".to_owned()),
                ..good.clone()
            },
            invalid,
        ),
        (
            GrantTerms {
                retiring: Some("nobody".to_owned()),
                ..good
            },
            invalid_arn,
        ),
    ] {
        let refusal = create(&locked, &root(owner()), &terms).unwrap_err();
        assert_eq!(refusal.code, code, "{terms:?}: {}", refusal.message);
    }
    assert_eq!(locked.world.grants(&locked.key), []);
}

#[test]
fn a_rehearsal_of_a_grant_makes_none() {
    let locked = Locked::new();
    let terms = terms(&recipients_root(), &["Decrypt"]);
    let rehearsed = locked.call(&root(owner()), |state, caller| {
        state.create_grant(caller, locked.key.as_str(), terms, &[], true)
    });
    assert_eq!(rehearsed.unwrap_err().code, "DryRunOperationException");
    assert_eq!(locked.world.grants(&locked.key), []);
}

#[test]
fn a_key_has_no_more_grants_than_its_quota() {
    let locked = Locked::new();
    locked.world.set_grant_quota(1);
    granted(&locked, &recipients_root());
    let more = create(
        &locked,
        &root(owner()),
        &terms(&recipients_root(), &["Decrypt"]),
    );
    assert_eq!(more.unwrap_err().code, "LimitExceededException");
}

#[test]
fn a_grantee_hands_on_no_more_than_it_holds() {
    let locked = Locked::new();
    let pairs = |value: &str| BTreeMap::from([("project".to_owned(), value.to_owned())]);
    let under = |value| Some(GrantConstraint::EncryptionContextSubset(pairs(value)));
    let parent = GrantTerms {
        constraint: under("a"),
        ..terms(&recipients_root(), &["CreateGrant", "Decrypt"])
    };
    create(&locked, &root(owner()), &parent).unwrap();
    let stranger = format!("arn:aws:iam::{}:root", stranger());
    let child = |operations: &[&str], constraint| GrantTerms {
        constraint,
        ..terms(&stranger, operations)
    };
    let equal = GrantConstraint::EncryptionContextEquals(pairs("a"));
    for (child, is_taken) in [
        (child(&["Decrypt"], under("a")), true),
        (child(&["Decrypt"], Some(equal)), true),
        (child(&["Decrypt"], under("b")), false),
        (child(&["Decrypt"], None), false),
        (child(&["Decrypt", "Encrypt"], under("a")), false),
    ] {
        let created = create(&locked, &root(recipient()), &child);
        assert_eq!(created.is_ok(), is_taken, "{child:?}");
    }
}

#[test]
fn the_listing_is_filtered_and_comes_in_pages_whose_markers_belong_to_it() {
    let locked = Locked::new();
    let created: Vec<String> = (2..7)
        .map(|number| granted(&locked, &format!("arn:aws:iam::{}:root", account(number))).id)
        .collect();
    assert_eq!(ids(&locked, GrantFilter::default()), created);
    let of = |grantee: &str| GrantFilter {
        grantee: Some(grantee.to_owned()),
        ..GrantFilter::default()
    };
    assert_eq!(ids(&locked, of(&recipients_root())), created[..1]);
    assert!(ids(&locked, of("arn:aws:iam::000000000002:role/r")).is_empty());

    let list = |filter: &GrantFilter, limit, marker: Option<String>| {
        let paging = Paging {
            limit: Some(limit),
            marker,
        };
        locked.call(&root(owner()), |state, caller| {
            state.list_grants(caller, locked.key.as_str(), filter, &paging)
        })
    };
    let all = GrantFilter::default();
    let first = list(&all, 2, None).unwrap();
    let second = list(&all, 2, first.next_token.clone()).unwrap();
    let third = list(&all, 2, second.next_token.clone()).unwrap();
    assert_eq!(
        [first.items.len(), second.items.len(), third.items.len()],
        [2, 2, 1]
    );
    assert_eq!(third.next_token, None);
    let foreign = list(&of(&recipients_root()), 2, first.next_token);
    assert_eq!(foreign.unwrap_err().code, "InvalidMarkerException");
    for limit in [0, 101] {
        let refusal = list(&all, limit, None).unwrap_err();
        assert_eq!(refusal.code, "ValidationException");
    }
}

#[test]
fn a_revoked_grant_opens_nothing_and_readers_may_see_it_for_a_while() {
    let locked = Locked::new();
    let granted = granted(&locked, &recipients_root());
    locked.world.state().staleness = Staleness {
        reads: 1,
        ..Staleness::default()
    };
    let revoke = |id: &str| {
        locked.call(&root(owner()), |state, caller| {
            state.revoke_grant(caller, locked.key.as_str(), id, false)
        })
    };
    revoke(&granted.id).unwrap();
    assert!(locked.opens(&root(recipient()), KeyUse::Launch).is_err());
    assert_eq!(ids(&locked, GrantFilter::default()).len(), 1);
    assert!(ids(&locked, GrantFilter::default()).is_empty());
    assert_eq!(revoke(&granted.id).unwrap_err().code, "NotFoundException");
    assert_eq!(
        revoke("nonsense").unwrap_err().code,
        "InvalidGrantIdException"
    );
}

#[test]
fn a_grant_is_retired_by_whom_it_says_and_by_nobody_else() {
    let locked = Locked::new();
    let grantee = recipients_root();
    let retire = |identity: &Identity, grant: &CreatedGrant| {
        locked.call(identity, |state, caller| {
            state.retire_grant(caller, Some(&grant.token), None, false)
        })
    };
    let grant = |retiring: Option<&str>, operations: &[&str]| {
        let terms = GrantTerms {
            retiring: retiring.map(str::to_owned),
            ..terms(&grantee, operations)
        };
        create(&locked, &root(owner()), &terms).unwrap()
    };
    let retirer = format!("arn:aws:iam::{}:root", stranger());
    let plain = grant(None, &["Decrypt"]);
    let denied = retire(&root(recipient()), &plain).unwrap_err();
    assert_eq!(denied.code, "AccessDeniedException");
    let without = locked.role(owner(), "without", "");
    assert!(retire(&without, &plain).is_err());
    let with = locked.role(owner(), "with", ALLOW_ALL);
    assert_eq!(retire(&with, &plain), Ok(()));

    let of_grantee = grant(None, &["Decrypt", "RetireGrant"]);
    assert_eq!(retire(&root(recipient()), &of_grantee), Ok(()));
    let of_retirer = grant(Some(&retirer), &["Decrypt"]);
    let listed = locked.call(&root(stranger()), |state, caller| {
        state.list_retirable_grants(caller, &retirer, &Paging::default())
    });
    assert_eq!(listed.unwrap().items.len(), 1);
    assert_eq!(retire(&root(stranger()), &of_retirer), Ok(()));
    let gone = retire(&root(stranger()), &of_retirer).unwrap_err();
    assert_eq!(gone.code, "InvalidGrantTokenException");

    let of_owner = grant(None, &["Decrypt"]);
    assert_eq!(retire(&root(owner()), &of_owner), Ok(()));
    assert_eq!(locked.world.grants(&locked.key), []);
}
