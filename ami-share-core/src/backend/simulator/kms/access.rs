use super::super::call::Caller;
use super::super::iam::Identity;
use super::super::refusal::Refusal;
use super::super::state::State;
use crate::id::{AccountId, KeyArn, Region};

/// What EC2 does with a key in the name of a caller
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum KeyUse {
    /// It launches from a snapshot that is encrypted under the key
    Launch,
    /// It reads an encrypted snapshot to copy it
    CopyFrom,
    /// It encrypts a new volume or snapshot
    Encrypt,
}

impl State {
    /// Whether EC2 may use a key in the name of an identity, and by what, or what is missing
    pub(crate) fn key_opens(
        &self,
        _identity: &Identity,
        _key: &KeyArn,
        _usage: KeyUse,
    ) -> Result<String, String> {
        Err("keys are not there yet".to_owned())
    }

    /// The key that a parameter names: by id, ARN, alias or ARN of an alias
    pub(crate) fn find_key(&self, _caller: Caller<'_>, key_id: &str) -> Result<KeyArn, Refusal> {
        Err(Refusal::new(
            "NotFoundException",
            format!("Key '{key_id}' does not exist"),
        ))
    }

    /// The AWS managed key `aws/ebs` of an account in a Region, which is there when it is needed
    pub(crate) fn aws_ebs_key(&mut self, region: &Region, account: AccountId) -> KeyArn {
        super::super::state::minted(format_args!(
            "arn:{}:kms:{region}:{account}:key/00000000-0000-4000-8000-{account}",
            region.partition()
        ))
    }
}
