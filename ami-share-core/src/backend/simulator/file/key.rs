use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::eventual::Eventual;
use super::super::kms::{
    Alias, Attached, Deletion, Grant, GrantTerms, Key, KeyKind, KeyManager, Rotation,
};
use super::super::state::State;
use super::is_default;
use super::loader::{Loader, document, moment, parsed};
use super::wrong::Wrong;
use crate::document::At;
use crate::id::{AccountId, KeyArn, Region};
use crate::policy::KeyPolicy;
use crate::policy::evaluate::{GrantConstraint, KeyState};

/// A KMS key
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct KeyFile {
    /// Its id, a UUID, or `mrk-` and 32 hexadecimal digits; made by counting if there is none
    #[serde(default, skip_serializing_if = "is_default")]
    id: Option<String>,
    /// The account that it belongs to, by id or name
    owner: String,
    /// Its aliases, such as `alias/golden`
    #[serde(default, skip_serializing_if = "is_default")]
    aliases: Vec<AliasFile>,
    /// Its description
    #[serde(default, skip_serializing_if = "is_default")]
    description: String,
    /// When it was created
    #[serde(default, skip_serializing_if = "is_default")]
    created: Option<String>,
    /// `SYMMETRIC_DEFAULT` if nothing is said, `RSA_2048`, or another key spec of KMS
    #[serde(default, skip_serializing_if = "is_default")]
    spec: Option<String>,
    /// `ENCRYPT_DECRYPT`, `SIGN_VERIFY`, or another key usage of KMS
    #[serde(default, skip_serializing_if = "is_default")]
    usage: Option<String>,
    /// `AWS_KMS` if nothing is said, or `EXTERNAL`
    #[serde(default, skip_serializing_if = "is_default")]
    origin: Option<String>,
    /// Whether AWS manages it, as it does `aws/ebs`
    #[serde(default, skip_serializing_if = "is_default")]
    aws_managed: bool,
    /// `Enabled` if nothing is said, `Disabled`, `PendingDeletion`, or another state of KMS
    #[serde(default, skip_serializing_if = "is_default")]
    state: Option<String>,
    /// When it is deleted, if that is scheduled
    #[serde(default, skip_serializing_if = "is_default")]
    deletion: Option<DeletionFile>,
    /// The Region of the primary key, if it is a multi-Region key
    #[serde(default, skip_serializing_if = "is_default")]
    primary: Option<String>,
    /// Its key policy, as a map or as JSON text; KMS's default one if nothing is said
    #[serde(default, skip_serializing_if = "is_default")]
    policy: Option<Value>,
    /// Its grants
    #[serde(default, skip_serializing_if = "is_default")]
    grants: Vec<GrantFile>,
    /// Its tags
    #[serde(default, skip_serializing_if = "is_default")]
    tags: BTreeMap<String, String>,
    /// Automatic rotation of its material
    #[serde(default, skip_serializing_if = "is_default")]
    rotation: Option<RotationFile>,
}

/// An alias, by its name alone or with its times
#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
enum AliasFile {
    Name(String),
    Full {
        name: String,
        created: String,
        updated: String,
    },
}

/// A deletion that is scheduled
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct DeletionFile {
    /// The waiting period
    days: u32,
    /// When it ends; a primary key with replicas waits for them first
    #[serde(default, skip_serializing_if = "is_default")]
    at: Option<String>,
}

/// Automatic rotation
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct RotationFile {
    /// The days between
    days: u32,
    /// Since when
    #[serde(default, skip_serializing_if = "is_default")]
    since: Option<String>,
}

/// A grant
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct GrantFile {
    /// Its id; made by counting if there is none
    #[serde(default, skip_serializing_if = "is_default")]
    id: Option<String>,
    /// Its name
    #[serde(default, skip_serializing_if = "is_default")]
    name: Option<String>,
    /// Who may use it: an ARN, or an account by id or name
    grantee: String,
    /// Who may retire it: an ARN, or an account by id or name
    #[serde(default, skip_serializing_if = "is_default")]
    retiring: Option<String>,
    /// What for, such as `Decrypt`
    operations: BTreeSet<String>,
    /// The encryption context that has to be given, and no other
    #[serde(default, skip_serializing_if = "is_default")]
    context_equals: Option<BTreeMap<String, String>>,
    /// The encryption context that has to be given, others may be too
    #[serde(default, skip_serializing_if = "is_default")]
    context_subset: Option<BTreeMap<String, String>>,
    /// When it was created
    #[serde(default, skip_serializing_if = "is_default")]
    created: Option<String>,
    /// The account that created it, by id or name; the owner of the key if nothing is said
    #[serde(default, skip_serializing_if = "is_default")]
    issuing_account: Option<String>,
}

impl KeyFile {
    /// Has the key known by its id
    pub(super) fn name_it(
        &self,
        loader: &mut Loader,
        region: &Region,
        at: &At<'_>,
    ) -> Result<(), Wrong> {
        match &self.id {
            // Every account has keys of its own.
            Some(id) => loader.take(region, &format!("{}/{id}", self.owner), &at.field("id")),
            None => Ok(()),
        }
    }

    pub(super) fn load(
        self,
        loader: &mut Loader,
        region: &Region,
        at: &At<'_>,
    ) -> Result<(), Wrong> {
        let owner = loader.account(&self.owner, &at.field("owner"))?;
        let primary: Option<Region> = match &self.primary {
            Some(text) => Some(parsed(text, &at.field("primary"))?),
            None => None,
        };
        let arn: KeyArn = match &self.id {
            Some(id) => {
                let arn = format!("arn:{}:kms:{region}:{owner}:key/{id}", region.partition());
                parsed(&arn, &at.field("id"))?
            }
            None => loader.state.mint_key_arn(region, owner, primary.is_some()),
        };
        if primary.is_some() != arn.is_multi_region() {
            return Err(at
                .field(if self.id.is_some() { "id" } else { "primary" })
                .wrong("the id of a multi-Region key, and of no other, starts with `mrk-`"));
        }
        let kind = KeyKind::of(
            self.spec.as_deref(),
            self.usage.as_deref(),
            self.origin.as_deref(),
        )
        .map_err(|refusal| at.field("spec").wrong(refusal.message))?;
        let policy = match &self.policy {
            Some(policy) => {
                let policy = KeyPolicy::parse(&document(policy));
                Attached::of(&policy.map_err(|error| at.field("policy").wrong(error))?)
            }
            None => Attached::default_of(&arn.partition(), owner),
        };
        let created = loader.moment(self.created.as_deref(), &at.field("created"))?;
        let state: KeyState = match &self.state {
            Some(text) => parsed(text, &at.field("state"))?,
            None => loader.state.new_key_state(kind),
        };
        let mut grants = BTreeMap::new();
        for (index, grant) in self.grants.into_iter().enumerate() {
            let grant = grant.load(loader, owner, &arn, &at.field("grants").item(index))?;
            grants.insert(grant.id.clone(), Arc::new(grant));
        }
        let rotation = match &self.rotation {
            Some(file) => {
                let at = at.field("rotation");
                Some(Rotation {
                    days: file.days,
                    since: loader.moment(file.since.as_deref(), &at.field("since"))?,
                })
            }
            None => None,
        };
        loader.state.keys.insert(Key {
            arn: arn.clone(),
            created,
            description: self.description,
            kind,
            manager: if self.aws_managed {
                KeyManager::Aws
            } else {
                KeyManager::Customer
            },
            state,
            deletion: None,
            primary,
            policy: Eventual::new(policy),
            grants: Eventual::new(Arc::new(grants)),
            tags: self.tags,
            rotation,
        });
        if let Some(deletion) = &self.deletion {
            let at = at.field("deletion").field("at").wrong("");
            let ends = match &deletion.at {
                Some(text) => Some(moment(text, &At::TOP).map_err(|wrong| Wrong {
                    path: at.path,
                    ..wrong
                })?),
                None => None,
            };
            let days = deletion.days;
            loader
                .state
                .keys
                .schedule(&arn, Deletion { days, at: ends });
        }
        for (index, alias) in self.aliases.into_iter().enumerate() {
            alias.load(loader, &arn, &at.field("aliases").item(index))?;
        }
        Ok(())
    }

    fn of(state: &State, key: &Key) -> Self {
        let (region, owner) = (key.arn.region(), key.arn.account());
        let aliases = state.keys.aliases_of_key(&key.arn).filter_map(|name| {
            let alias = state.keys.alias(&region, owner, name)?;
            Some(AliasFile::Full {
                name: name.to_owned(),
                created: alias.created.iso_8601(),
                updated: alias.updated.iso_8601(),
            })
        });
        Self {
            id: Some(key.arn.key_id().to_owned()),
            owner: owner.to_string(),
            aliases: aliases.collect(),
            description: key.description.clone(),
            created: Some(key.created.iso_8601()),
            spec: Some(key.kind.spec.to_owned()),
            usage: Some(key.kind.usage.to_owned()),
            origin: Some(key.kind.origin.to_owned()),
            aws_managed: key.manager == KeyManager::Aws,
            state: Some(key.state.to_string()),
            deletion: key.deletion.map(|deletion| DeletionFile {
                days: deletion.days,
                at: deletion.at.map(|moment| moment.iso_8601()),
            }),
            primary: key.primary.as_ref().map(ToString::to_string),
            policy: Some(Value::String(key.policy.current().text.to_string())),
            grants: key
                .grants
                .current()
                .values()
                .map(|grant| GrantFile::of(grant))
                .collect(),
            tags: key.tags.clone(),
            rotation: key.rotation.map(|rotation| RotationFile {
                days: rotation.days,
                since: Some(rotation.since.iso_8601()),
            }),
        }
    }
}

impl AliasFile {
    fn load(self, loader: &mut Loader, key: &KeyArn, at: &At<'_>) -> Result<(), Wrong> {
        let (name, created, updated) = match self {
            Self::Name(name) => (name, loader.start, loader.start),
            Self::Full {
                name,
                created,
                updated,
            } => (
                name,
                moment(&created, &at.field("created"))?,
                moment(&updated, &at.field("updated"))?,
            ),
        };
        if !name.starts_with("alias/") {
            return Err(at.wrong(format_args!("`{name}` does not start with `alias/`")));
        }
        let (region, owner) = (key.region(), key.account());
        if loader.state.keys.alias(&region, owner, &name).is_some() {
            return Err(at.wrong(format_args!(
                "another key of `{owner}` in `{region}` has the alias `{name}`"
            )));
        }
        let alias = Alias {
            created,
            updated,
            ..Alias::of(key, created)
        };
        loader.state.keys.set_alias(key, &name, alias);
        Ok(())
    }
}

impl GrantFile {
    fn load(
        self,
        loader: &mut Loader,
        owner: AccountId,
        key: &KeyArn,
        at: &At<'_>,
    ) -> Result<Grant, Wrong> {
        let principal = |text: String, at: &At<'_>| {
            // Services are named as they are.
            if text.starts_with("arn:") || text.contains('.') {
                return Ok(text);
            }
            let account = loader.account(&text, at)?;
            Ok(format!("arn:{}:iam::{account}:root", key.partition()))
        };
        let grantee = principal(self.grantee, &at.field("grantee"))?;
        let retiring = match self.retiring {
            Some(text) => Some(principal(text, &at.field("retiring"))?),
            None => None,
        };
        let constraint = match (self.context_equals, self.context_subset) {
            (None, None) => None,
            (Some(pairs), None) => Some(GrantConstraint::EncryptionContextEquals(pairs)),
            (None, Some(pairs)) => Some(GrantConstraint::EncryptionContextSubset(pairs)),
            (Some(_), Some(_)) => {
                return Err(at
                    .field("context_subset")
                    .wrong("a grant has either `context_equals` or `context_subset`"));
            }
        };
        Ok(Grant {
            id: match self.id {
                Some(id) => id,
                None => format!("{:064x}", loader.state.next_number()),
            },
            created: loader.moment(self.created.as_deref(), &at.field("created"))?,
            issuing_account: match &self.issuing_account {
                Some(text) => loader.account(text, &at.field("issuing_account"))?,
                None => owner,
            },
            terms: GrantTerms {
                name: self.name,
                grantee,
                retiring,
                operations: self.operations,
                constraint,
            },
        })
    }

    fn of(grant: &Grant) -> Self {
        let terms = grant.terms.clone();
        let (context_equals, context_subset) = match terms.constraint {
            Some(GrantConstraint::EncryptionContextEquals(pairs)) => (Some(pairs), None),
            Some(GrantConstraint::EncryptionContextSubset(pairs)) => (None, Some(pairs)),
            None => (None, None),
        };
        Self {
            id: Some(grant.id.clone()),
            name: terms.name,
            grantee: terms.grantee,
            retiring: terms.retiring,
            operations: terms.operations,
            context_equals,
            context_subset,
            created: Some(grant.created.iso_8601()),
            issuing_account: Some(grant.issuing_account.to_string()),
        }
    }
}

pub(super) fn saved(state: &State, region: &Region) -> Vec<KeyFile> {
    let keys = state.keys.in_region(region);
    keys.map(|key| KeyFile::of(state, key)).collect()
}
