use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::call::Caller;
use super::super::iam::{AccessKey, Document, Entity, Identity, RoleSpec};
use super::super::refusal::Refusal;
use super::super::state::State;
use super::account::AccountFile;
use super::is_default;
use super::loader::{Loader, document};
use super::wrong::Wrong;
use crate::document::At;
use crate::id::{AccountId, IamPrincipalArn, Partition, Region};

/// What a user and a role have in common
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct IdentityFile {
    /// Its name
    name: String,
    /// Its path, `/` if nothing is said
    #[serde(default, skip_serializing_if = "is_default")]
    path: Option<String>,
    /// Its unique id, `AIDA…` or `AROA…`; made by counting if there is none
    #[serde(default, skip_serializing_if = "is_default")]
    id: Option<String>,
    /// When it was created
    #[serde(default, skip_serializing_if = "is_default")]
    created: Option<String>,
    /// Its inline policies by name, each as a map or as JSON text
    #[serde(default, skip_serializing_if = "is_default")]
    policies: BTreeMap<String, Value>,
    /// Its managed policies by ARN, those of AWS and those of the account
    #[serde(default, skip_serializing_if = "is_default")]
    attached: Vec<String>,
    /// Its tags
    #[serde(default, skip_serializing_if = "is_default")]
    tags: BTreeMap<String, String>,
    /// The access keys of a user: whoever signs with one calls as the user
    #[serde(default, skip_serializing_if = "is_default")]
    access_keys: Vec<String>,
    /// The trust policy of a role, as a map or as JSON text
    #[serde(default, skip_serializing_if = "is_default")]
    trust: Option<Value>,
    /// The description of a role
    #[serde(default, skip_serializing_if = "is_default")]
    description: Option<String>,
    /// The longest session of a role in seconds; 3600 if nothing is said
    #[serde(default, skip_serializing_if = "is_default")]
    max_session: Option<u32>,
}

/// A customer managed policy
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyFile {
    /// Its name
    name: String,
    /// Its path, `/` if nothing is said
    #[serde(default, skip_serializing_if = "is_default")]
    path: Option<String>,
    /// Its unique id, `ANPA…`; made by counting if there is none
    #[serde(default, skip_serializing_if = "is_default")]
    id: Option<String>,
    /// When it was created
    #[serde(default, skip_serializing_if = "is_default")]
    created: Option<String>,
    /// What it says, as a map or as JSON text
    document: Value,
    /// Its description
    #[serde(default, skip_serializing_if = "is_default")]
    description: Option<String>,
    /// Its tags
    #[serde(default, skip_serializing_if = "is_default")]
    tags: BTreeMap<String, String>,
}

/// What a role trusts until all roles and users are there
const NOBODY: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}}"#;

/// A root user of the account, for rules that want a caller
fn as_root<T>(
    loader: &mut Loader,
    account: AccountId,
    run: impl FnOnce(&mut State, Caller<'_>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let identity = Identity::Root(account);
    // INVARIANT: that is a Region of the partition `aws`, where all users and roles of a file are.
    let region: Region = super::super::state::minted("us-east-1");
    let caller = Caller {
        account,
        region: &region,
        identity: &identity,
    };
    run(&mut loader.state, caller)
}

impl AccountFile {
    /// Makes users, roles and managed policies, without what they say of each other
    pub(super) fn make_identities(&self, loader: &mut Loader, at: &At<'_>) -> Result<(), Wrong> {
        let account = loader.account(&self.id, &at.field("id"))?;
        let policies = at.field("managed_policies");
        for (index, file) in self.managed_policies.iter().enumerate() {
            file.load(loader, account, &policies.item(index))?;
        }
        let users = at.field("users");
        for (index, file) in self.users.iter().enumerate() {
            file.make_user(loader, account, &users.item(index))?;
        }
        let roles = at.field("roles");
        for (index, file) in self.roles.iter().enumerate() {
            file.make_role(loader, account, &roles.item(index))?;
        }
        Ok(())
    }

    /// Gives users and roles their policies and trust
    pub(super) fn load_identities(&self, loader: &mut Loader, at: &At<'_>) -> Result<(), Wrong> {
        let account = loader.account(&self.id, &at.field("id"))?;
        for (field, kind, files) in [
            ("users", "user", &self.users),
            ("roles", "role", &self.roles),
        ] {
            let at = at.field(field);
            for (index, file) in files.iter().enumerate() {
                let arn = file.arn(account, kind);
                file.load(loader, account, &arn, &at.item(index))?;
            }
        }
        Ok(())
    }
}

impl IdentityFile {
    fn path(&self) -> &str {
        self.path.as_deref().unwrap_or("/")
    }

    fn arn(&self, account: AccountId, kind: &str) -> String {
        format!("arn:aws:iam::{account}:{kind}{}{}", self.path(), self.name)
    }

    fn check(&self, account: AccountId, kind: &str, at: &At<'_>) -> Result<(), Wrong> {
        let arn = self.arn(account, kind).parse::<IamPrincipalArn>();
        arn.map_err(|error| at.field("name").wrong(error))?;
        let strangers = [
            ("trust", self.trust.is_some()),
            ("description", self.description.is_some()),
            ("max_session", self.max_session.is_some()),
        ];
        if kind == "user"
            && let Some((field, _)) = strangers.into_iter().find(|(_, is)| *is)
        {
            return Err(at.field(field).wrong("roles have it, users do not"));
        }
        if kind == "role" && !self.access_keys.is_empty() {
            return Err(at
                .field("access_keys")
                .wrong("users have them, roles do not"));
        }
        Ok(())
    }

    fn make_user(&self, loader: &mut Loader, account: AccountId, at: &At<'_>) -> Result<(), Wrong> {
        self.check(account, "user", at)?;
        as_root(loader, account, |state, caller| {
            let tags = self.tags.clone();
            state.create_user(caller, self.path(), &self.name, tags)?;
            Ok(())
        })
        .map_err(|refusal| at.field("name").wrong(refusal.message))
    }

    fn make_role(&self, loader: &mut Loader, account: AccountId, at: &At<'_>) -> Result<(), Wrong> {
        self.check(account, "role", at)?;
        let state = &mut loader.state;
        let made = Document::of_trust(NOBODY, &state.identities).and_then(|trust| {
            let spec = RoleSpec {
                path: self.path().to_owned(),
                description: self.description.clone(),
                max_session: self.max_session.unwrap_or(RoleSpec::MAX_SESSION),
                tags: self.tags.clone(),
                ..RoleSpec::new(&self.name, trust)
            };
            state.create_role(&Partition::aws(), account, spec)?;
            Ok(())
        });
        made.map_err(|refusal| at.field("name").wrong(refusal.message))
    }

    fn load(
        &self,
        loader: &mut Loader,
        account: AccountId,
        arn: &str,
        at: &At<'_>,
    ) -> Result<(), Wrong> {
        let arn: IamPrincipalArn = super::loader::parsed(arn, &at.field("name"))?;
        if let Some(trust) = &self.trust {
            let put = loader.state.put_trust(&arn, &document(trust));
            put.map_err(|refusal| at.field("trust").wrong(refusal.message))?;
        }
        let at_policies = at.field("policies");
        for (name, policy) in &self.policies {
            let put = loader
                .state
                .put_inline_policy(&arn, name, &document(policy));
            put.map_err(|refusal| at_policies.field(name).wrong(refusal.message))?;
        }
        for (index, policy) in self.attached.iter().enumerate() {
            let attached = as_root(loader, account, |state, caller| {
                state.attach_policy(caller, &arn, policy)
            });
            attached.map_err(|no| at.field("attached").item(index).wrong(no.message))?;
        }
        let created = loader.moment(self.created.as_deref(), &at.field("created"))?;
        for (index, id) in self.access_keys.iter().enumerate() {
            let key = AccessKey {
                id: id.clone(),
                user: arn.clone(),
                created,
            };
            if !loader.state.identities.add_access_key(key) {
                return Err(at
                    .field("access_keys")
                    .item(index)
                    .wrong(format_args!("the access key `{id}` is there twice")));
            }
        }
        if let Some(entity) = loader.state.identities.stored(&arn) {
            entity.created = created;
            if let Some(id) = &self.id {
                entity.id.clone_from(id);
            }
        }
        Ok(())
    }

    fn of(entity: &Entity) -> Self {
        Self {
            name: entity.name.clone(),
            path: Some(entity.path.clone()),
            id: Some(entity.id.clone()),
            created: Some(entity.created.iso_8601()),
            policies: entity
                .inline
                .iter()
                .map(|(name, policy)| (name.clone(), Value::String(policy.text.to_string())))
                .collect(),
            attached: entity.attached.iter().cloned().collect(),
            tags: entity.tags.clone(),
            ..Self::default()
        }
    }
}

impl PolicyFile {
    fn load(&self, loader: &mut Loader, account: AccountId, at: &At<'_>) -> Result<(), Wrong> {
        let text = document(&self.document);
        let path = self.path.as_deref().unwrap_or("/");
        let arn = as_root(loader, account, |state, caller| {
            let description = self.description.as_deref();
            let tags = self.tags.clone();
            let policy = state.create_policy(caller, path, &self.name, &text, description, tags)?;
            Ok(policy.arn.clone())
        })
        .map_err(|refusal| at.field("document").wrong(refusal.message))?;
        let created = loader.moment(self.created.as_deref(), &at.field("created"))?;
        if let Some(policy) = loader.state.identities.stored_policy(&arn) {
            policy.created = created;
            if let Some(id) = &self.id {
                policy.id.clone_from(id);
            }
        }
        Ok(())
    }
}

/// What each account has
pub(super) struct Saved {
    pub(super) users: Vec<IdentityFile>,
    pub(super) roles: Vec<IdentityFile>,
    pub(super) managed_policies: Vec<PolicyFile>,
}

pub(super) fn saved(state: &State) -> BTreeMap<AccountId, Saved> {
    let identities = &state.identities;
    let mut all: BTreeMap<AccountId, Saved> = BTreeMap::new();
    let none = || Saved {
        users: Vec::new(),
        roles: Vec::new(),
        managed_policies: Vec::new(),
    };
    for user in identities.users() {
        let of_account = all.entry(user.entity.arn.account()).or_insert_with(none);
        let keys = identities.access_keys();
        let keys = keys.filter(|key| key.user == user.entity.arn);
        of_account.users.push(IdentityFile {
            access_keys: keys.map(|key| key.id.clone()).collect(),
            ..IdentityFile::of(&user.entity)
        });
    }
    for role in identities.roles() {
        let of_account = all.entry(role.entity.arn.account()).or_insert_with(none);
        of_account.roles.push(IdentityFile {
            trust: Some(Value::String(role.trust.text.to_string())),
            description: role.description.clone(),
            max_session: Some(role.max_session),
            ..IdentityFile::of(&role.entity)
        });
    }
    for policy in identities.managed_policies() {
        let account = policy.arn.split(':').nth(4).unwrap_or_default();
        let Ok(account) = account.parse() else {
            continue;
        };
        let of_account = all.entry(account).or_insert_with(none);
        of_account.managed_policies.push(PolicyFile {
            name: policy.name.clone(),
            path: Some(policy.path.clone()),
            id: Some(policy.id.clone()),
            created: Some(policy.created.iso_8601()),
            document: Value::String(policy.document.text.to_string()),
            description: policy.description.clone(),
            tags: policy.tags.clone(),
        });
    }
    all
}
