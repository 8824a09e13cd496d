//! What a lease writes down is what the next process reads.

use std::collections::BTreeSet;

use super::*;
use crate::id::AccountId;
use crate::plan::Opened;
use crate::plan::lease::Lease;
use crate::principal::PrincipalSet;
use crate::request::KeyAccess;
use crate::resource::Tags;

fn accounts(count: u64) -> BTreeSet<AccountId> {
    let ids = (1..=count).map(|id| format!("{:012}", 100_000_000_000 + id * 7));
    ids.map(|id| id.parse().unwrap()).collect()
}

fn lease(count: u64) -> Lease {
    Lease::of(accounts(count), KeyAccess::Auto)
}

/// Every layer is open for others of the accounts
fn opened(count: u64) -> Opened {
    let every = |n: usize, rest: usize| -> PrincipalSet {
        let chosen = accounts(count).into_iter().enumerate();
        let chosen = chosen.filter(|(place, _)| place % n == rest);
        chosen.map(|(_, id)| Principal::Account(id)).collect()
    };
    let arn = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-9000-000000000001";
    Opened {
        principals: every(1, 0),
        snapshots: [
            ("snap-0000000000000000a".parse().unwrap(), every(2, 0)),
            ("snap-0000000000000000b".parse().unwrap(), every(3, 1)),
        ]
        .into(),
        keys: [(arn.parse().unwrap(), every(5, 0))].into(),
    }
}

#[test]
fn promise_8_what_a_lease_writes_down_is_read_again_whatever_its_size() {
    for count in [1, 2, 3, 4, 5, 19, 300, 1_000] {
        let (lease, mut opened) = (lease(count), opened(count));
        opened.snapshots.retain(|_, added| !added.is_empty());
        let tags = lease.tags(&opened);
        // What all services take, of which EC2 takes more.
        let is_safe = |c: char| c.is_ascii_alphanumeric() || "+-=._:/@".contains(c);
        let is_value = |value: &String| value.len() <= 256 && value.chars().all(is_safe);
        assert!(tags.values().all(is_value), "{tags:?}");
        assert!(tags.keys().all(|key| key.chars().count() <= 128));
        assert_eq!(lease.opened(&tags), opened, "{count} accounts: {tags:?}");
        assert_eq!(lease.recorded(&tags), tags);
    }
    // Promise 7: one call writes it, and the source keeps room for tags of others.
    assert!(lease(300).tags(&opened(300)).len() <= 4);
}

#[test]
fn promise_2_a_record_of_others_or_half_a_record_opens_nothing() {
    let (mine, opened) = (lease(300), opened(300));
    let tags = mine.tags(&opened);
    for other in [lease(299), Lease::of(accounts(300), KeyAccess::Grant)] {
        assert!(other.opened(&tags).is_empty());
        assert!(other.recorded(&tags).is_empty());
    }
    for missing in tags.keys() {
        let mut half = tags.clone();
        half.remove(missing);
        assert!(mine.opened(&half).is_empty(), "without {missing}");
        let mut broken = tags.clone();
        broken.insert(missing.clone(), "what is this".into());
        assert!(mine.opened(&broken).is_empty(), "{missing} is broken");
    }
}

/// The process ended between writing a longer record and taking the shorter one away
#[test]
fn promise_1_of_two_whole_records_both_are_taken() {
    let lease = lease(300);
    let all = opened(300);
    let (mut short, mut long) = (Opened::default(), all.clone());
    short.principals = std::mem::take(&mut long.principals);
    let mut tags: Tags = lease.tags(&short);
    tags.extend(lease.tags(&long));
    assert_eq!(lease.opened(&tags), all);
}
