use std::collections::{BTreeMap, BTreeSet};

use super::super::recipients::{Recipients, RecipientsGet};
use super::super::roles::Roles;
use super::{Checker, listed};
use crate::document::At;
use crate::id::{AccountId, IamPrincipalArn};
use crate::principal::Principal;
use crate::request::KeyAccess;

impl Checker<'_> {
    pub(super) fn recipients(&mut self) {
        let draft = self.draft;
        let (top, groups) = (At::TOP.field("recipients"), At::TOP.field("groups"));
        let mut knows_groups = self.names_known_groups(&top, &draft.recipients);
        self.same_partition(&top, &draft.recipients);
        for (name, group) in &draft.groups {
            let at = groups.field(name);
            knows_groups &= self.names_known_groups(&at, group);
            self.same_partition(&at, group);
        }
        self.no_cycles();
        self.recipients = draft.recipients.resolve(&draft.groups);
        if self.recipients.is_empty()
            && knows_groups
            && !self.is_lost(&top)
            && !self.is_lost(&groups)
        {
            self.wrong(
                &top,
                "nobody is named",
                "give `accounts`, `organizations`, `organizational_units` or `groups`",
            );
        }
        let is_account = |principal: &Principal| matches!(principal, Principal::Account(_));
        if draft.key_access == KeyAccess::Grant
            && draft.recipients_get == RecipientsGet::Share
            && !self.recipients.iter().all(is_account)
        {
            self.wrong(
                &At::TOP.field("key_access"),
                "a grant takes accounts alone, and organizations or OUs are among the recipients",
                "give `auto` or `key_policy`",
            );
        }
    }

    /// Whether all groups that are named exist, as far as the file could be read
    fn names_known_groups(&mut self, at: &At<'_>, recipients: &Recipients) -> bool {
        let mut knows_all = true;
        let at = at.field("groups");
        for (index, name) in recipients.groups.iter().enumerate() {
            if self.draft.groups.contains_key(name) {
                continue;
            }
            knows_all = false;
            // A part of a group may be lost, and the group still be there.
            let group = At::TOP.field("groups");
            let path = group.field(name).path();
            if !self.lost.iter().any(|lost| path.starts_with(lost)) {
                let known: Vec<&str> = self.draft.groups.keys().map(String::as_str).collect();
                let expected = if known.is_empty() {
                    "there are no groups; write them under `groups`".to_owned()
                } else {
                    format!("the groups are {}", listed(&known))
                };
                let problem = format!("there is no group `{name}`");
                self.unknown(&at.item(index), problem, expected, name, known);
            }
        }
        knows_all
    }

    fn same_partition(&mut self, at: &At<'_>, recipients: &Recipients) {
        let Some(home) = self
            .draft
            .image
            .as_ref()
            .map(|image| image.region.partition())
        else {
            return;
        };
        let organizations = recipients.organizations.iter().map(|arn| arn.partition());
        let units = recipients
            .organizational_units
            .iter()
            .map(|arn| arn.partition());
        let organizations = organizations
            .enumerate()
            .map(|(index, own)| ("organizations", index, own));
        let units = units
            .enumerate()
            .map(|(index, own)| ("organizational_units", index, own));
        for (field, index, own) in organizations.chain(units) {
            if own != home {
                let problem = format!("it is in the partition `{own}`, and the image in `{home}`");
                let expected = "nothing is shared from one partition into another";
                self.wrong(&at.field(field).item(index), problem, expected);
            }
        }
    }

    /// Each group is entered once; a name that stands above itself closes a cycle
    fn no_cycles(&mut self) {
        let groups = &self.draft.groups;
        let mut done: BTreeSet<&str> = BTreeSet::new();
        for start in groups.keys() {
            // The way down, each group with the next of its members to look at.
            let mut way: Vec<(&str, usize)> = Vec::new();
            if !done.contains(start.as_str()) {
                way.push((start, 0));
            }
            while let Some((name, next)) = way.last_mut() {
                let (name, index) = (*name, *next);
                *next += 1;
                let Some(member) = groups.get(name).and_then(|group| group.groups.get(index))
                else {
                    done.insert(name);
                    way.pop();
                    continue;
                };
                if let Some(first) = way.iter().position(|(above, _)| above == member) {
                    let mut circle: Vec<&str> =
                        way.iter().skip(first).map(|(name, _)| *name).collect();
                    circle.push(member);
                    let problem = format!(
                        "the group `{member}` contains itself: {}",
                        circle.join(" > ")
                    );
                    let (top, field) = (At::TOP.field("groups"), "groups");
                    let group = top.field(name);
                    let at = group.field(field);
                    self.wrong(&at.item(index), problem, "take one of these names out");
                } else if let Some((member, _)) = groups.get_key_value(member)
                    && !done.contains(member.as_str())
                {
                    way.push((member, 0));
                }
            }
        }
    }

    pub(super) fn roles(&mut self) {
        let at = At::TOP.field("roles");
        if let Some(roles) = &self.draft.roles {
            self.role_accounts(&at.field("accounts"), &roles.accounts);
            self.session(&at, roles);
        }
        let needed = self.needs_roles();
        if needed.is_empty() || self.is_lost(&at) {
            return;
        }
        let template = self
            .draft
            .roles
            .as_ref()
            .and_then(|roles| roles.template.as_ref());
        if template.is_some() {
            return;
        }
        let needed = needed.join("`, `");
        let expected = "give `template`, such as `arn:aws:iam::{account}:role/AmiShare`";
        let role = |account| {
            self.draft
                .roles
                .as_ref()
                .and_then(|roles| roles.role(account))
        };
        let without: Vec<AccountId> = self
            .recipients
            .iter()
            .filter_map(|principal| match principal {
                Principal::Account(account) => role(*account).is_none().then_some(*account),
                _ => None,
            })
            .collect();
        if !without.is_empty() {
            let problem = format!(
                "`{needed}` needs a role in {}, and there is none",
                listed(&without)
            );
            self.wrong(
                &at,
                problem,
                format!("{expected}, or a role under `accounts`"),
            );
        }
        if !self
            .recipients
            .iter()
            .all(|principal| matches!(principal, Principal::Account(_)))
        {
            let problem = format!(
                "`{needed}` needs a role in each account of organizations and OUs, and there is no template"
            );
            self.wrong(&at, problem, expected);
        }
    }

    /// The fields that have something done in recipient accounts
    fn needs_roles(&self) -> Vec<&'static str> {
        let draft = self.draft;
        [
            (
                "recipients_get: copy",
                draft.recipients_get == RecipientsGet::Copy,
            ),
            ("tags.recipients", !draft.tags.recipients.is_empty()),
            (
                "parameters.recipients",
                !draft.parameters.recipients.is_empty(),
            ),
            (
                "service_linked_roles",
                !draft.service_linked_roles.is_empty(),
            ),
            ("rehearse", draft.rehearse.is_asked()),
        ]
        .into_iter()
        .filter_map(|(field, is_needed)| is_needed.then_some(field))
        .collect()
    }

    fn role_accounts(&mut self, at: &At<'_>, roles: &BTreeMap<AccountId, IamPrincipalArn>) {
        for (account, role) in roles {
            let account_text = account.to_string();
            let at = at.field(&account_text);
            let expected = || format!("give `arn:aws:iam::{account}:role/<path and name>`");
            if !role.as_str().contains(":role/") {
                self.wrong(
                    &at,
                    format!("`{role}` is a user, and only a role can be assumed"),
                    expected(),
                );
            } else if role.account() != *account {
                let problem = format!("`{role}` is a role of the account `{}`", role.account());
                self.wrong(&at, problem, expected());
            }
        }
    }

    fn session(&mut self, at: &At<'_>, roles: &Roles) {
        let is_word = |text: &str, extra: &str| {
            text.chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_' || extra.contains(c))
        };
        if let Some(id) = &roles.external_id
            && !((2..=1224).contains(&id.len()) && is_word(id, "+=,.@:/-"))
        {
            let expected = "give 2 to 1,224 letters, digits and `_+=,.@:/-`";
            self.wrong(
                &at.field("external_id"),
                "STS does not take this external id",
                expected,
            );
        }
        if let Some(name) = &roles.session_name
            && !((2..=64).contains(&name.len()) && is_word(name, "+=,.@-"))
        {
            let problem = format!("STS does not take the session name `{name}`");
            let expected = "give 2 to 64 letters, digits and `_+=,.@-`";
            self.wrong(&at.field("session_name"), problem, expected);
        }
        let at = at.field("session_tags");
        if roles.session_tags.len() > 50 {
            let problem = format!("there are {} tags", roles.session_tags.len());
            self.wrong(&at, problem, "a session has at most 50");
        }
        for (key, value) in &roles.session_tags {
            if !(1..=128).contains(&key.chars().count()) || value.chars().count() > 256 {
                let expected = "a key has 1 to 128 characters, and a value at most 256";
                self.wrong(&at.field(key), "STS does not take this tag", expected);
            }
        }
    }
}
