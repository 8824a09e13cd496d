//! Which key a parameter names.

use super::super::call::Caller;
use super::super::refusal::Refusal;
use super::super::state::{State, minted};
use super::authorize::{access_denied, not_found};
use super::key::Key;
use super::kind::check_length;
use crate::id::{AccountId, KeyArn, Region};

/// The alias of the AWS managed key for EBS
pub(crate) const AWS_EBS: &str = "alias/aws/ebs";

/// In which ways an operation lets a key be named
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Naming {
    /// By key id or key ARN
    Key,
    /// By alias name or alias ARN too
    KeyOrAlias,
}

impl State {
    /// The key that a parameter names: by id, ARN, alias or ARN of an alias
    ///
    /// A key of another account may not exist: nobody may learn of that without access to it.
    pub(crate) fn find_key(&self, caller: Caller<'_>, key_id: &str) -> Result<KeyArn, Refusal> {
        self.resolve(caller, key_id, Naming::KeyOrAlias, "kms:DescribeKey")
    }

    pub(super) fn resolve(
        &self,
        caller: Caller<'_>,
        text: &str,
        naming: Naming,
        action: &str,
    ) -> Result<KeyArn, Refusal> {
        check_length(text, "keyId", 1, 2_048)?;
        if text.starts_with("arn:") {
            return self.resolve_arn(caller, text, naming, action);
        }
        if text.starts_with("alias/") && naming == Naming::KeyOrAlias {
            return self
                .behind_alias(caller.region, caller.account, text)
                .ok_or_else(|| alias_not_found(&alias_arn(caller.region, caller.account, text)));
        }
        let arn: KeyArn = key_arn(caller.region, caller.account, text)
            .parse()
            .map_err(|_| invalid_key_id(text))?;
        self.existing(arn)
    }

    fn resolve_arn(
        &self,
        caller: Caller<'_>,
        text: &str,
        naming: Naming,
        action: &str,
    ) -> Result<KeyArn, Refusal> {
        let invalid = || Refusal::new("InvalidArnException", format!("Invalid arn {text}"));
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let [_, partition, "kms", region, account, resource] = parts.as_slice() else {
            return Err(invalid());
        };
        let account: AccountId = account.parse().map_err(|_| invalid())?;
        if *region != caller.region.as_str() || *partition != caller.region.partition().as_str() {
            return Err(Refusal::new(
                "NotFoundException",
                format!("Invalid arn {region}"),
            ));
        }
        let is_own = account == caller.account;
        if resource.starts_with("key/") {
            return match text.parse::<KeyArn>() {
                Ok(arn) if is_own => self.existing(arn),
                Ok(arn) => Ok(arn),
                Err(_) if is_own => Err(not_found(text)),
                Err(_) => Err(access_denied(caller.identity, action, text, None)),
            };
        }
        if !resource.starts_with("alias/") || naming != Naming::KeyOrAlias {
            return Err(invalid());
        }
        // What AWS says of another account's alias that does not exist is not documented; here it
        // is what it says of a key without access to it.
        self.behind_alias(caller.region, account, resource)
            .ok_or_else(|| match is_own {
                true => alias_not_found(text),
                false => access_denied(caller.identity, action, text, None),
            })
    }

    fn behind_alias(&self, region: &Region, account: AccountId, name: &str) -> Option<KeyArn> {
        match self.keys.alias(region, account, name) {
            Some(alias) => key_arn(region, account, &alias.key_id).parse().ok(),
            // The alias is predefined: its key is there as soon as somebody needs it.
            None if name == AWS_EBS => Some(aws_ebs_arn(region, account)),
            None => None,
        }
    }

    fn existing(&self, arn: KeyArn) -> Result<KeyArn, Refusal> {
        if self.keys.get(&arn).is_some() || arn == aws_ebs_arn(&arn.region(), arn.account()) {
            Ok(arn)
        } else {
            Err(not_found(arn.as_str()))
        }
    }

    /// A key that an ARN names, whoever asks
    pub(crate) fn key(&self, arn: &KeyArn) -> Result<&Key, Refusal> {
        let key = self.keys.get(arn);
        key.ok_or_else(|| not_found(arn.as_str()))
    }

    pub(crate) fn key_mut(&mut self, arn: &KeyArn) -> Result<&mut Key, Refusal> {
        let key = self.keys.get_mut(arn);
        key.ok_or_else(|| not_found(arn.as_str()))
    }
}

pub(crate) fn key_arn(region: &Region, account: AccountId, id: &str) -> String {
    format!("arn:{}:kms:{region}:{account}:key/{id}", region.partition())
}

pub(crate) fn alias_arn(region: &Region, account: AccountId, name: &str) -> String {
    format!("arn:{}:kms:{region}:{account}:{name}", region.partition())
}

/// The ARN that the AWS managed key for EBS has, or will have
pub(crate) fn aws_ebs_arn(region: &Region, account: AccountId) -> KeyArn {
    minted(key_arn(
        region,
        account,
        &format!("00000000-0000-4000-8000-{account}"),
    ))
}

pub(super) fn alias_not_found(arn: &str) -> Refusal {
    Refusal::new("NotFoundException", format!("Alias {arn} is not found."))
}

fn invalid_key_id(text: &str) -> Refusal {
    let text: String = text.chars().take(200).collect();
    Refusal::new("NotFoundException", format!("Invalid keyId '{text}'"))
}
