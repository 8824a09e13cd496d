//! Under which key new storage is encrypted, and whether EC2 may use the keys for it.

use super::super::call::Caller;
use super::super::kms::{KeyUse, aws_ebs_arn};
use super::super::refusal::Refusal;
use super::super::state::State;
use crate::id::{AccountId, KeyArn};

/// What a request says about the encryption of what it makes
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Encryption {
    pub(crate) encrypted: Option<bool>,
    /// The key by id, ARN, alias or ARN of an alias
    pub(crate) key: Option<String>,
}

/// The key of new storage, and why it fails later, if it does
///
/// EC2 looks at keys only after it has answered.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct ChosenKey {
    pub(crate) key: Option<KeyArn>,
    pub(crate) failure: Option<String>,
}

/// The key of encrypted storage that something is made from, and how EC2 reads it
#[derive(Clone, Debug)]
pub(crate) struct SourceKey {
    pub(crate) key: KeyArn,
    pub(crate) read: KeyUse,
}

/// Which key encrypts what is made from encrypted storage, if none is named
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum KeptKey {
    /// The key of the storage, unless it is another account's
    Own(AccountId),
    /// Never the key of the storage
    Never,
}

impl Encryption {
    /// AWS's code and text
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        if self.key.is_some() && self.encrypted != Some(true) {
            return Err(Refusal::new(
                "InvalidParameterDependency",
                "The parameter KmsKeyId requires the parameter Encrypted to be set.",
            ));
        }
        Ok(())
    }
}

impl State {
    /// The text that EC2 documents for a copy whose key it cannot use
    pub(crate) const KEY_NOT_ACCESSIBLE: &str = "Given key ID is not accessible";

    /// The key for storage that the caller makes in its Region, from storage under `source` or from
    /// what is not encrypted
    ///
    /// See [encryption by default](https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html)
    /// and [encryption and snapshot copying](https://docs.aws.amazon.com/ebs/latest/userguide/ebs-copy-snapshot.html).
    pub(crate) fn choose_key(
        &mut self,
        caller: Caller<'_>,
        wanted: &Encryption,
        source: Option<&SourceKey>,
        kept: KeptKey,
    ) -> ChosenKey {
        let by_default = self.own_settings(caller).encryption_by_default;
        let is_encrypted = wanted.encrypted == Some(true) || by_default || source.is_some();
        if !is_encrypted {
            return ChosenKey::default();
        }
        let key = match (&wanted.key, source, kept) {
            (Some(named), ..) => match self.find_key(caller, named) {
                Ok(key) => key,
                Err(_) => {
                    return ChosenKey {
                        // It has to be encrypted under something, for as long as it is there at all.
                        key: Some(self.aws_ebs_key(caller.region, caller.account)),
                        failure: Some(Self::KEY_NOT_ACCESSIBLE.to_owned()),
                    };
                }
            },
            (None, Some(source), KeptKey::Own(owner)) if owner == caller.account => {
                source.key.clone()
            }
            // "If you do not specify a KMS key, the AWS managed key is used", or the default key
            // where encryption by default is on.
            (None, Some(_), KeptKey::Never) if !by_default => {
                self.aws_ebs_key(caller.region, caller.account)
            }
            (None, ..) => self.default_ebs_key(caller.region, caller.account),
        };
        let opened = self.open_keys(caller, source, &key);
        ChosenKey {
            failure: opened.err().map(|_| Self::KEY_NOT_ACCESSIBLE.to_owned()),
            key: Some(key),
        }
    }

    /// Whether EC2 may read storage under one key and write it under another in the caller's name
    fn open_keys(
        &self,
        caller: Caller<'_>,
        source: Option<&SourceKey>,
        key: &KeyArn,
    ) -> Result<(), String> {
        if key.region() != *caller.region {
            return Err(format!("the key `{key}` is in another Region"));
        }
        if let Some(source) = source {
            self.key_opens(caller.identity, &source.key, source.read)?;
        }
        if source.is_none_or(|source| source.key != *key) {
            self.key_opens(caller.identity, key, KeyUse::Encrypt)?;
        }
        Ok(())
    }
}

/// Whether it is the AWS managed key of its account, which nobody else can be let use
pub(crate) fn is_aws_ebs_key(key: &KeyArn) -> bool {
    *key == aws_ebs_arn(&key.region(), key.account())
}
