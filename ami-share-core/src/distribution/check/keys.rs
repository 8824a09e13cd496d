use std::collections::BTreeMap;

use super::super::recipients::RecipientsGet;
use super::{Checker, listed};
use crate::document::{At, Part};
use crate::id::{AccountId, KeyRef, Region};
use crate::principal::Principal;

/// The way to a key, and the Regions in which copies are made under it
type Used<'a> = BTreeMap<Vec<Part>, (&'a KeyRef, Vec<&'a Region>)>;

impl Checker<'_> {
    pub(super) fn keys(&mut self) {
        let keys = &self.draft.keys;
        let at = At::TOP.field("keys");
        self.keys_by_region(&at, &keys.regions);
        self.keys_by_region(&at.field("owner"), &keys.owner.regions);
        for (account, own) in &keys.accounts {
            let accounts = at.field("accounts");
            let name = account.to_string();
            let at = accounts.field(&name);
            self.keys_by_region(&at, &own.regions);
            self.is_recipient(&at, *account, "keys");
        }
        if self.is_lost(&At::TOP.field("recipients_get")) {
            return;
        }
        match self.draft.recipients_get {
            RecipientsGet::Share => self.keys_of_owner(),
            RecipientsGet::Copy => self.keys_of_recipients(),
        }
    }

    pub(super) fn is_recipient(&mut self, at: &At<'_>, account: AccountId, what: &str) {
        if !self.knows_all_accounts() || self.recipients.contains(&Principal::Account(account)) {
            return;
        }
        let known: Vec<String> = self.recipients.iter().map(ToString::to_string).collect();
        let problem = format!("the account `{account}` is not among the recipients");
        let expected = format!("name it in `recipients`, or take its {what} out");
        let known = known.iter().map(String::as_str);
        self.unknown(at, problem, expected, &account.to_string(), known);
    }

    pub(super) fn is_region(&mut self, at: &At<'_>, region: &Region, what: &str) {
        let home = self.draft.image.as_ref().map(|image| &image.region);
        let knows_regions = !self.is_lost(&At::TOP.field("regions"))
            && !self.is_lost(&At::TOP.field("image").field("region"));
        if knows_regions && !self.regions.contains(region) && home != Some(region) {
            let known: Vec<String> = self.regions.iter().map(ToString::to_string).collect();
            let problem = format!("the Region `{region}` is not among those of the distribution");
            let expected = format!("name it in `regions`, or take its {what} out");
            let known = known.iter().map(String::as_str);
            self.unknown(at, problem, expected, region.as_str(), known);
        }
    }

    /// Each Region is one of the distribution, and the key can be there
    fn keys_by_region(&mut self, at: &At<'_>, keys: &BTreeMap<Region, KeyRef>) {
        let at = at.field("regions");
        for (region, key) in keys {
            let at = at.field(region.as_str());
            self.is_region(&at, region, "key");
            if !key.can_stand_in(region) {
                self.elsewhere(at.path(), key, &[region]);
            }
        }
    }

    fn elsewhere(&mut self, way: Vec<Part>, key: &KeyRef, regions: &[&Region]) {
        let problem = format!(
            "`{key}` is a key of another Region than {}",
            listed(regions)
        );
        let expected = "give an alias or the ARN of a key of that Region, or of a multi-Region key, under `regions`";
        self.wrong_at(way, problem, expected);
    }

    /// The owner's copies, which are shared
    fn keys_of_owner(&mut self) {
        let draft = self.draft;
        let home = draft.image.as_ref().map(|image| &image.region);
        let (keys, image) = (At::TOP.field("keys"), At::TOP.field("image"));
        if self.is_lost(&image.field("region")) {
            return;
        }
        let mut used = Used::new();
        let mut without = Vec::new();
        for region in draft.regions.iter().filter(|region| home != Some(region)) {
            match draft.keys.owner_key_at(region) {
                Some((way, key)) => used.entry(way).or_insert((key, Vec::new())).1.push(region),
                None => without.push(region),
            }
        }
        if !without.is_empty() && !self.is_lost(&keys) {
            let problem = format!(
                "the owner's copy in {} has no key: AWS would take a default one, and what is under \
                 `aws/ebs` cannot be shared",
                listed(&without)
            );
            self.wrong(
                &keys,
                problem,
                "give `default`, or a key under `regions` or `owner`",
            );
        }
        for (way, (key, _)) in &used {
            if key.is_aws_managed() {
                let problem = format!(
                    "`{key}` is a key that AWS manages, and what is under it cannot be shared"
                );
                self.wrong_at(way.clone(), problem, "give a customer managed key");
            }
        }
        self.stand_where_used(used);
    }

    /// The copies that recipients make
    fn keys_of_recipients(&mut self) {
        let draft = self.draft;
        let regions: Vec<Region> = self.regions.iter().cloned().collect();
        let mut used = Used::new();
        let mut without: BTreeMap<&Region, Vec<&Principal>> = BTreeMap::new();
        for region in &regions {
            for principal in &self.recipients {
                let account = match principal {
                    Principal::Account(account) => Some(*account),
                    _ => None,
                };
                match draft.keys.recipient_key_at(account, region) {
                    Some((way, key)) => {
                        used.entry(way).or_insert((key, Vec::new())).1.push(region);
                    }
                    None => without.entry(region).or_default().push(principal),
                }
            }
        }
        let without: Vec<String> = without
            .into_iter()
            .map(|(region, principals)| {
                format!(
                    "the copy in `{region}` of {} has no key: AWS would take a default one, and what is \
                     under `aws/ebs` cannot be shared on",
                    listed(&principals)
                )
            })
            .collect();
        let keys = At::TOP.field("keys");
        if !self.is_lost(&keys) {
            for problem in without {
                self.wrong(
                    &keys,
                    problem,
                    "give `default`, or a key under `regions` or `accounts`",
                );
            }
        }
        self.stand_where_used(used);
    }

    /// A key under `regions` was looked at where it stands; a default has to do for several Regions
    fn stand_where_used(&mut self, used: Used<'_>) {
        for (way, (key, mut regions)) in used {
            let is_default = way.last() == Some(&Part::Field("default".to_owned()));
            regions.retain(|region| !key.can_stand_in(region));
            regions.dedup();
            if is_default && !regions.is_empty() {
                self.elsewhere(way, key, &regions);
            }
        }
    }
}
