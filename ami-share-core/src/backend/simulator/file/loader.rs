use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;

use super::super::call::Caller;
use super::super::clock::{Clock, Moment};
use super::super::ec2::TagSets;
use super::super::iam::Identity;
use super::super::state::State;
use super::wrong::Wrong;
use crate::document::At;
use crate::id::{AccountId, KeyArn, OrganizationArn, OrganizationalUnitArn, Region, SnapshotId};
use crate::principal::{Principal, PrincipalSet};
use crate::resource::Tags;

/// A world that is being made from a file, and the names that stand for ids in it
#[derive(Debug)]
pub(super) struct Loader {
    pub(super) state: State,
    /// When everything happened that has no time of its own
    pub(super) start: Moment,
    /// The ids by name; none where several have the name
    pub(super) accounts: BTreeMap<String, Option<AccountId>>,
    pub(super) organizations: BTreeMap<String, OrganizationArn>,
    /// By id and by name; none where several have the name
    pub(super) units: BTreeMap<String, Option<OrganizationalUnitArn>>,
    /// By id and by name
    pub(super) snapshots: BTreeMap<(Region, String), SnapshotId>,
    /// The accounts that have an entry of their own
    pub(super) described: BTreeSet<AccountId>,
    ids: BTreeSet<(Region, String)>,
}

impl Loader {
    pub(super) fn starting(time: Option<&str>, at: &At<'_>) -> Result<Self, Wrong> {
        let mut state = State::default();
        if let Some(text) = time {
            state.clock = Clock::starting_at(moment(text, at)?);
        }
        Ok(Self {
            start: state.now(),
            state,
            accounts: BTreeMap::new(),
            organizations: BTreeMap::new(),
            units: BTreeMap::new(),
            snapshots: BTreeMap::new(),
            described: BTreeSet::new(),
            ids: BTreeSet::new(),
        })
    }

    /// A moment that is given, or the one that the world starts at
    pub(super) fn moment(&self, text: Option<&str>, at: &At<'_>) -> Result<Moment, Wrong> {
        text.map_or(Ok(self.start), |text| moment(text, at))
    }

    /// An account, by id or name
    pub(super) fn account(&self, text: &str, at: &At<'_>) -> Result<AccountId, Wrong> {
        if let Ok(account) = text.parse() {
            return Ok(account);
        }
        match self.accounts.get(text) {
            Some(Some(account)) => Ok(*account),
            Some(None) => Err(at.wrong(format_args!(
                "several accounts have the name `{text}`: give the id"
            ))),
            None => Err(at.wrong(format_args!(
                "`{text}` is neither an account id of 12 digits nor the name of one of the \
                 `accounts`"
            ))),
        }
    }

    /// Somebody to share with, by id, ARN or name
    pub(super) fn principal(&self, text: &str, at: &At<'_>) -> Result<Principal, Wrong> {
        if let Ok(principal) = text.parse() {
            return Ok(principal);
        }
        if let Some(organization) = self.organizations.get(text) {
            return Ok(organization.clone().into());
        }
        match (self.accounts.get(text), self.units.get(text)) {
            (Some(Some(account)), None) => Ok((*account).into()),
            (None, Some(Some(unit))) => Ok(unit.clone().into()),
            (None, None) => Err(at.wrong(format_args!(
                "`{text}` is no account, organization or OU of this file, no ARN of an organization \
                 or OU, and not `all`"
            ))),
            _ => Err(at.wrong(format_args!(
                "several accounts or OUs have the name `{text}`: give the id"
            ))),
        }
    }

    pub(super) fn principals(&self, texts: &[String], at: &At<'_>) -> Result<PrincipalSet, Wrong> {
        let mut principals = PrincipalSet::new();
        for (index, text) in texts.iter().enumerate() {
            let at = at.item(index);
            let principal = self.principal(text, &at)?;
            if principals.contains(&principal) {
                return Err(at.wrong(format_args!("`{text}` is there twice")));
            }
            principals.extend([principal]);
        }
        Ok(principals)
    }

    /// A key that an account names
    pub(super) fn key(
        &mut self,
        region: &Region,
        account: AccountId,
        text: &str,
        at: &At<'_>,
    ) -> Result<KeyArn, Wrong> {
        if text == "alias/aws/ebs" {
            return Ok(self.state.aws_ebs_key(region, account));
        }
        let identity = Identity::Root(account);
        let caller = Caller {
            account,
            region,
            identity: &identity,
        };
        let found = self.state.find_key(caller, text);
        found.map_err(|refusal| {
            at.wrong(format_args!(
                "the account `{account}` has no key `{text}` in `{region}`: {}",
                refusal.message
            ))
        })
    }

    /// The tags of an owner and those of others on the same thing
    pub(super) fn tags(
        &self,
        owner: AccountId,
        tags: Tags,
        of_others: BTreeMap<String, Tags>,
        at: &At<'_>,
    ) -> Result<TagSets, Wrong> {
        let mut sets = BTreeMap::from([(owner, tags)]);
        for (name, tags) in of_others {
            let account = self.account(&name, &at.field(&name))?;
            if sets.insert(account, tags).is_some() {
                return Err(at
                    .field(&name)
                    .wrong("the tags of this account are there already"));
            }
        }
        Ok(TagSets::of(sets))
    }

    /// Has an id of a file taken, so that it is not made by counting
    pub(super) fn take(&mut self, region: &Region, id: &str, at: &At<'_>) -> Result<(), Wrong> {
        if !self.ids.insert((region.clone(), id.to_owned())) {
            return Err(at.wrong(format_args!("the id `{id}` is there twice")));
        }
        // Ids that were made by counting have many zeros.
        let digits = id.rsplit('-').next().unwrap_or_default();
        if digits.starts_with("00000000")
            && let Ok(number) = u64::from_str_radix(digits, 16)
        {
            self.state.count_from(number);
        }
        Ok(())
    }
}

pub(super) fn moment(text: &str, at: &At<'_>) -> Result<Moment, Wrong> {
    Moment::parse(text).ok_or_else(|| {
        at.wrong(format_args!(
            "`{text}` is no time such as `2026-01-01T00:00:00Z`"
        ))
    })
}

/// An id or another text in the form of its type
pub(super) fn parsed<T>(text: &str, at: &At<'_>) -> Result<T, Wrong>
where
    T: FromStr,
    T::Err: Display,
{
    text.parse().map_err(|error| at.wrong(error))
}

/// A policy that is given as a map, or as its text
pub(super) fn document(policy: &serde_json::Value) -> String {
    match policy {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
