//! The record of a lease: tags of the image that tell what is opened of it for copies, so that what a
//! process left open is closed by the next one, which may know nothing else of it.

use std::collections::BTreeSet;

use super::{Opened, digest};
use crate::id::{AccountId, SnapshotId};
use crate::principal::{Principal, PrincipalSet};
use crate::request::KeyAccess;
use crate::resource::{TagProblem, Tags};

/// What the keys of the tags begin with that tell what is open for copies
///
/// Such a tag is on the source while a run with [`SourceAccess::Close`](crate::request::SourceAccess::Close) is
/// under way, and stays there after one that did not come to its end. In a distribution that recipients
/// copy, the source is the owner's image of each Region.
pub const LEASE_TAG: &str = "ami-share:lease";

/// The hex digits of a lease's digest that are kept: a few leases of one image are told apart
const DIGITS: usize = 12;
const LAUNCH: &str = "launch";
const ALL: &str = "all";
/// Between layers: not a space, which is lost at the end of a value, nor anything in an ARN or an id
const BETWEEN: &str = "+";

/// The accounts that copy one image together, by which runs know their own lease and no other's
#[derive(Clone, Debug)]
pub(crate) struct Lease {
    accounts: Vec<AccountId>,
    key_access: KeyAccess,
    prefix: String,
}

impl Lease {
    /// The lease of these accounts, in any order
    pub(crate) fn of(accounts: BTreeSet<AccountId>, key_access: KeyAccess) -> Self {
        let accounts: Vec<AccountId> = accounts.into_iter().collect();
        let all = digest(&(&accounts, key_access));
        let digest: String = all.chars().take(DIGITS).collect();
        Self {
            accounts,
            key_access,
            prefix: format!("{LEASE_TAG}:{digest}:"),
        }
    }

    /// How keys are opened for the accounts
    pub(crate) fn key_access(&self) -> KeyAccess {
        self.key_access
    }

    /// The tags that tell what is opened; as many as its text needs, and none for nothing
    pub(crate) fn tags(&self, opened: &Opened) -> Tags {
        if opened.is_empty() {
            return Tags::new();
        }
        let mut words = vec![self.word(LAUNCH, &opened.principals)];
        let snapshots = opened.snapshots.iter();
        words.extend(snapshots.map(|(id, added)| self.word(id.as_str(), added)));
        let keys = opened.keys.iter();
        words.extend(keys.map(|(arn, added)| self.word(arn.as_str(), added)));
        let text: Vec<char> = words.join(BETWEEN).chars().collect();
        let parts = text
            .chunks(TagProblem::VALUE_CHARACTERS)
            .map(|part| part.iter().collect());
        let parts: Vec<String> = parts.collect();
        let count = parts.len();
        let numbered = (1..).zip(parts);
        numbered
            .map(|(number, part)| (format!("{}{number}/{count}", self.prefix), part))
            .collect()
    }

    /// Those of the tags that are of this lease
    pub(crate) fn recorded(&self, tags: &Tags) -> Tags {
        let ours = tags.iter().filter(|(key, _)| key.starts_with(&self.prefix));
        ours.map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// What the tags tell was opened; nothing where they are no whole record
    pub(crate) fn opened(&self, tags: &Tags) -> Opened {
        let ours = self.recorded(tags);
        let counts = ours.keys().filter_map(|key| key.rsplit_once('/'));
        let counts: BTreeSet<&str> = counts.map(|(_, count)| count).collect();
        let mut opened = Opened::default();
        for count in counts {
            let parts = count.parse().unwrap_or(0_usize);
            let parts =
                (1..=parts).map(|number| ours.get(&format!("{}{number}/{count}", self.prefix)));
            let text: Option<String> = parts.map(|part| part.map(String::as_str)).collect();
            if let Some(read) = text.and_then(|text| self.read(&text)) {
                opened.extend(read);
            }
        }
        opened
    }

    fn read(&self, text: &str) -> Option<Opened> {
        let mut opened = Opened::default();
        for word in text.split(BETWEEN) {
            let (layer, members) = word.split_once('=')?;
            let members = self.members(members)?;
            if members.is_empty() {
                continue;
            }
            if layer == LAUNCH {
                opened.principals = members;
            } else if let Ok(snapshot) = layer.parse::<SnapshotId>() {
                opened.snapshots.insert(snapshot, members);
            } else {
                opened.keys.insert(layer.parse().ok()?, members);
            }
        }
        Some(opened)
    }

    fn word(&self, layer: &str, members: &PrincipalSet) -> String {
        let is_in: Vec<bool> = self
            .accounts
            .iter()
            .map(|id| members.contains(&Principal::Account(*id)))
            .collect();
        let set = match is_in.iter().all(|is_in| *is_in) {
            true => ALL.to_owned(),
            false => hex(&is_in),
        };
        format!("{layer}={set}")
    }

    fn members(&self, set: &str) -> Option<PrincipalSet> {
        let all = self.accounts.iter().copied().map(Principal::Account);
        if set == ALL {
            return Some(all.collect());
        }
        let is_in = bits(set)?;
        if set.len() != self.accounts.len().div_ceil(4) {
            return None;
        }
        let members = all.zip(is_in).filter(|(_, is_in)| *is_in);
        Some(members.map(|(principal, _)| principal).collect())
    }
}

/// Four to a digit, the first in the highest bit
fn hex(bits: &[bool]) -> String {
    let digits = bits.chunks(4).map(|four| {
        let places = [8, 4, 2, 1].iter().zip(four);
        let digit: u32 = places.map(|(place, bit)| place * u32::from(*bit)).sum();
        // INVARIANT: four bits are one digit.
        char::from_digit(digit, 16).unwrap_or('0')
    });
    digits.collect()
}

fn bits(hex: &str) -> Option<Vec<bool>> {
    let digits = hex.chars().map(|digit| digit.to_digit(16));
    let digits: Option<Vec<u32>> = digits.collect();
    let bits = digits?
        .into_iter()
        .flat_map(|digit| [8, 4, 2, 1].map(|place| digit & place != 0));
    Some(bits.collect())
}
