//! Aliases: names that can move from key to key.

use super::super::call::Caller;
use super::super::clock::Moment;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::authorize::{Ask, access_denied};
use super::find::{Naming, alias_arn, alias_not_found, key_arn};
use super::grant::not_in_pattern;
use super::key::Key;
use super::key_policy::Attached;
use super::kind::check_length;
use super::page::{Limit, Paging};
use crate::backend::Page;
use crate::id::KeyArn;
use crate::policy::evaluate::{Layers, evaluate};

/// What a name stands for
#[derive(Clone, Debug)]
pub(crate) struct Alias {
    pub(crate) key_id: String,
    pub(crate) created: Moment,
    pub(crate) updated: Moment,
}

/// The most aliases of one key
const MOST: usize = 50;

impl Alias {
    pub(crate) fn of(key: &KeyArn, now: Moment) -> Self {
        Self {
            key_id: key.key_id().to_owned(),
            created: now,
            updated: now,
        }
    }
}

impl State {
    pub(crate) fn create_alias(
        &mut self,
        caller: Caller<'_>,
        name: &str,
        key_id: &str,
    ) -> Result<(), Refusal> {
        const ACTION: &str = "kms:CreateAlias";
        check_name(name)?;
        self.authorize_alias(caller, ACTION, name)?;
        let arn = self.manage(caller, key_id, ACTION)?;
        if self
            .keys
            .alias(caller.region, caller.account, name)
            .is_some()
        {
            let alias = alias_arn(caller.region, caller.account, name);
            return Err(Refusal::new(
                "AlreadyExistsException",
                format!("An alias with the name {alias} already exists"),
            ));
        }
        self.check_alias_quota(&arn)?;
        let alias = Alias::of(&arn, self.now());
        self.keys.set_alias(&arn, name, alias);
        Ok(())
    }

    /// Lets an alias stand for another key of the same kind
    pub(crate) fn update_alias(
        &mut self,
        caller: Caller<'_>,
        name: &str,
        key_id: &str,
    ) -> Result<(), Refusal> {
        const ACTION: &str = "kms:UpdateAlias";
        check_name(name)?;
        self.authorize_alias(caller, ACTION, name)?;
        let arn = self.manage(caller, key_id, ACTION)?;
        let alias = self.own_alias(caller, name)?;
        let before = key_arn(caller.region, caller.account, &alias.key_id);
        if let Ok(before) = before.parse::<KeyArn>()
            && before != arn
        {
            // The state of the key that is left does not matter.
            let ask = Ask::of(caller.identity, ACTION);
            let decision = self.decide(&ask, &before, self.keys.get(&before));
            if !decision.is_allowed() {
                return Err(access_denied(
                    caller.identity,
                    ACTION,
                    before.as_str(),
                    Some(&decision),
                ));
            }
            let kind = |key: &Key| (key.kind.spec, key.kind.usage);
            if kind(self.key(&before)?) != kind(self.key(&arn)?) {
                return Err(Refusal::new(
                    "ValidationException",
                    "The current and the new key of an alias must have the same type and key usage.",
                ));
            }
            self.check_alias_quota(&arn)?;
        }
        let alias = Alias {
            key_id: arn.key_id().to_owned(),
            created: alias.created,
            updated: self.now(),
        };
        self.keys.set_alias(&arn, name, alias);
        Ok(())
    }

    pub(crate) fn delete_alias(&mut self, caller: Caller<'_>, name: &str) -> Result<(), Refusal> {
        const ACTION: &str = "kms:DeleteAlias";
        check_name(name)?;
        self.authorize_alias(caller, ACTION, name)?;
        let alias = self.own_alias(caller, name)?;
        self.manage(caller, &alias.key_id, ACTION)?;
        self.keys.remove_alias(caller.region, caller.account, name);
        Ok(())
    }

    /// The aliases of the caller's account, or of one of its keys, with their names
    ///
    /// AWS lists predefined aliases too that have no key yet; the simulator lists those with a key.
    pub(crate) fn list_aliases(
        &self,
        caller: Caller<'_>,
        key_id: Option<&str>,
        paging: &Paging,
    ) -> Result<Page<(String, Alias)>, Refusal> {
        const ACTION: &str = "kms:ListAliases";
        self.authorize(caller, ACTION, "*", &[])?;
        let key = match key_id {
            Some(key_id) => {
                let arn = self.resolve(caller, key_id, Naming::Key, ACTION)?;
                if arn.account() != caller.account {
                    let (identity, arn) = (caller.identity, arn.as_str());
                    return Err(access_denied(identity, ACTION, arn, None));
                }
                Some(arn)
            }
            None => None,
        };
        let limit = Limit {
            default: 50,
            most: 100,
        };
        let aliases = self.keys.aliases_of(caller.region, caller.account);
        let items = aliases
            .filter(|(_, alias)| key.as_ref().is_none_or(|key| alias.key_id == key.key_id()))
            .map(|(name, alias)| (name.to_owned(), (name.to_owned(), alias.clone())));
        let query = (ACTION, caller.region, caller.account, &key);
        self.page(&query, paging, limit, items)
    }

    fn own_alias(&self, caller: Caller<'_>, name: &str) -> Result<Alias, Refusal> {
        let alias = self.keys.alias(caller.region, caller.account, name);
        alias
            .cloned()
            .ok_or_else(|| alias_not_found(&alias_arn(caller.region, caller.account, name)))
    }

    fn check_alias_quota(&self, arn: &KeyArn) -> Result<(), Refusal> {
        if self.keys.aliases_of_key(arn).count() < MOST {
            return Ok(());
        }
        Err(Refusal::new(
            "LimitExceededException",
            format!("{arn} has reached the maximum number of aliases per KMS key."),
        ))
    }

    /// On the alias the caller's own policies decide: an alias has no policy
    fn authorize_alias(&self, caller: Caller<'_>, action: &str, name: &str) -> Result<(), Refusal> {
        if caller.identity.principal().is_none() {
            return Ok(());
        }
        let alias = alias_arn(caller.region, caller.account, name);
        let request = self.request_by(caller, action, &alias, caller.account);
        // The evaluation asks for a policy of the resource, as a key has one: it gets one that
        // leaves the decision to the account.
        let account = Attached::default_of(&caller.region.partition(), caller.account);
        let own = self.identities.policies_of(caller.identity);
        let layers = Layers::none()
            .identity(own)
            .session(caller.identity.session_policies())
            .resource(&account.policy);
        let decision = evaluate(&request, &layers);
        if decision.is_allowed() {
            return Ok(());
        }
        let (identity, told) = (caller.identity, Some(&decision));
        Err(access_denied(identity, action, &alias, told))
    }
}

fn check_name(name: &str) -> Result<(), Refusal> {
    check_length(name, "aliasName", 1, 256)?;
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || ":/_-".contains(c);
    if !name.chars().all(is_allowed) {
        return Err(not_in_pattern(name, "aliasName", "^[a-zA-Z0-9:/_-]+$"));
    }
    let rest = name.strip_prefix("alias/");
    if rest.is_none_or(str::is_empty) {
        return Err(Refusal::new(
            "ValidationException",
            "Alias must start with the prefix \"alias/\".",
        ));
    }
    // "The alias name cannot begin with alias/aws/"; with which code is not documented.
    if name.starts_with("alias/aws/") {
        return Err(Refusal::new(
            "InvalidAliasNameException",
            "Alias names that begin with alias/aws/ are reserved for AWS.",
        ));
    }
    Ok(())
}
