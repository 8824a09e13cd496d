//! `CreateKey`, `ReplicateKey`, and the AWS managed key for EBS.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::call::Caller;
use super::super::eventual::Eventual;
use super::super::iam::Identity;
use super::super::refusal::Refusal;
use super::super::state::{State, minted};
use super::alias::Alias;
use super::authorize::Ask;
use super::find::{AWS_EBS, Naming, aws_ebs_arn, key_arn};
use super::key::{Key, KeyManager, Rotation};
use super::key_policy::Attached;
use super::kind::{EXTERNAL, KeyKind, check_length};
use super::tag::check_tags;
use crate::id::{AccountId, KeyArn, Region};
use crate::policy::evaluate::KeyState;

/// What `CreateKey` is asked for
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyRequest {
    pub(crate) policy: Option<String>,
    pub(crate) bypass_lockout_check: bool,
    pub(crate) description: String,
    pub(crate) spec: Option<String>,
    pub(crate) usage: Option<String>,
    pub(crate) origin: Option<String>,
    pub(crate) multi_region: bool,
    pub(crate) tags: Vec<(String, String)>,
}

/// What `ReplicateKey` is asked for
#[derive(Clone, Debug)]
pub(crate) struct ReplicaRequest {
    pub(crate) region: String,
    pub(crate) policy: Option<String>,
    pub(crate) bypass_lockout_check: bool,
    pub(crate) description: String,
    pub(crate) tags: Vec<(String, String)>,
}

impl State {
    pub(crate) fn create_key(
        &mut self,
        caller: Caller<'_>,
        asked: &KeyRequest,
    ) -> Result<KeyArn, Refusal> {
        let kind = KeyKind::of(
            asked.spec.as_deref(),
            asked.usage.as_deref(),
            asked.origin.as_deref(),
        )?;
        check_length(&asked.description, "description", 0, 8_192)?;
        let tags = check_tags(&asked.tags)?;
        let multi_region = asked.multi_region.to_string();
        let keys = [
            ("kms:KeySpec", kind.spec),
            ("kms:KeyUsage", kind.usage),
            ("kms:KeyOrigin", kind.origin),
            ("kms:MultiRegion", multi_region.as_str()),
        ];
        self.authorize(caller, "kms:CreateKey", "*", &keys)?;
        self.authorize_tags(caller, &tags)?;
        let arn = self.mint_key_arn(caller.region, caller.account, asked.multi_region);
        let policy = self.policy_for(
            caller.identity,
            &arn,
            asked.policy.as_deref(),
            asked.bypass_lockout_check,
        )?;
        let primary = asked.multi_region.then(|| caller.region.clone());
        let key = self.new_key(arn.clone(), kind, policy, primary);
        self.keys.insert(Key {
            description: asked.description.clone(),
            tags,
            ..key
        });
        Ok(arn)
    }

    /// Makes a replica of a multi-Region key, with a policy, tags and grants of its own
    ///
    /// On AWS the replica is `Creating` for some seconds; here it is ready at once.
    pub(crate) fn replicate_key(
        &mut self,
        caller: Caller<'_>,
        key_id: &str,
        asked: &ReplicaRequest,
    ) -> Result<KeyArn, Refusal> {
        const ACTION: &str = "kms:ReplicateKey";
        check_length(&asked.description, "description", 0, 8_192)?;
        let tags = check_tags(&asked.tags)?;
        let region: Region = asked.region.parse().map_err(|_| {
            Refusal::new(
                "ValidationException",
                format!("The replica Region {} is not valid.", asked.region),
            )
        })?;
        let arn = self.resolve(caller, key_id, Naming::Key, ACTION)?;
        let ask = Ask::of(caller.identity, ACTION).key("kms:ReplicaRegion", region.as_str());
        let primary = self.permit(caller, &arn, ask)?;
        let (kind, rotation) = (primary.kind, primary.rotation);
        if !primary.is_primary() {
            return Err(Refusal::new(
                "UnsupportedOperationException",
                format!("{arn} is not a multi-Region primary key."),
            ));
        }
        if region.partition() != arn.partition() {
            return Err(Refusal::new(
                "ValidationException",
                format!("The replica Region {region} is not in the partition of the primary key."),
            ));
        }
        let there = Caller {
            region: &region,
            ..caller
        };
        self.authorize(there, "kms:CreateKey", "*", &[])?;
        self.authorize_tags(there, &tags)?;
        let replica: KeyArn = minted(key_arn(&region, caller.account, arn.key_id()));
        if self.keys.get(&replica).is_some() {
            return Err(Refusal::new(
                "AlreadyExistsException",
                format!("{replica} already exists."),
            ));
        }
        let policy = self.policy_for(
            caller.identity,
            &replica,
            asked.policy.as_deref(),
            asked.bypass_lockout_check,
        )?;
        let key = self.new_key(replica.clone(), kind, policy, Some(arn.region()));
        self.keys.insert(Key {
            description: asked.description.clone(),
            tags,
            rotation,
            ..key
        });
        Ok(replica)
    }

    /// Who creates a key with tags has to be allowed to tag it, by its own policies
    fn authorize_tags(
        &self,
        caller: Caller<'_>,
        tags: &BTreeMap<String, String>,
    ) -> Result<(), Refusal> {
        if tags.is_empty() {
            return Ok(());
        }
        self.authorize(caller, "kms:TagResource", "*", &[])
    }

    /// The AWS managed key `aws/ebs` of an account in a Region, which is there when it is needed
    pub(crate) fn aws_ebs_key(&mut self, region: &Region, account: AccountId) -> KeyArn {
        let arn = aws_ebs_arn(region, account);
        if self.keys.get(&arn).is_none() {
            let key = self.new_aws_ebs_key(&arn);
            let alias = Alias::of(&arn, self.now());
            self.keys.insert(key);
            self.keys.set_alias(&arn, AWS_EBS, alias);
        }
        arn
    }

    pub(super) fn new_aws_ebs_key(&self, arn: &KeyArn) -> Key {
        let policy = Attached::of_aws_ebs(&arn.region(), arn.account());
        Key {
            description: "Default key that protects my EBS volumes when no other key is defined"
                .to_owned(),
            manager: KeyManager::Aws,
            // AWS rotates its managed keys each year.
            rotation: Some(Rotation {
                days: 365,
                since: self.now(),
            }),
            ..self.new_key(arn.clone(), KeyKind::DEFAULT, policy, None)
        }
    }

    pub(super) fn new_key(
        &self,
        arn: KeyArn,
        kind: KeyKind,
        policy: Attached,
        primary: Option<Region>,
    ) -> Key {
        Key {
            arn,
            created: self.now(),
            description: String::new(),
            kind,
            manager: KeyManager::Customer,
            state: self.new_key_state(kind),
            deletion: None,
            primary,
            policy: Eventual::new(policy),
            grants: Eventual::new(Arc::default()),
            tags: BTreeMap::new(),
            rotation: None,
        }
    }

    /// A key whose material is imported waits for it
    pub(crate) fn new_key_state(&self, kind: KeyKind) -> KeyState {
        match kind.origin {
            EXTERNAL => KeyState::PendingImport,
            _ => KeyState::Enabled,
        }
    }

    pub(crate) fn mint_key_arn(
        &mut self,
        region: &Region,
        account: AccountId,
        multi_region: bool,
    ) -> KeyArn {
        let number = self.next_number();
        let id = if multi_region {
            format!("mrk-{number:032x}")
        } else {
            format!("00000000-0000-4000-9000-{number:012x}")
        };
        minted(key_arn(region, account, &id))
    }

    fn policy_for(
        &self,
        identity: &Identity,
        arn: &KeyArn,
        text: Option<&str>,
        bypass_lockout_check: bool,
    ) -> Result<Attached, Refusal> {
        match text {
            Some(text) => self.accept_policy(identity, arn, text, bypass_lockout_check),
            None => Ok(Attached::default_of(&arn.partition(), arn.account())),
        }
    }
}
