//! Users and roles: made, given policies, deleted.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::super::call::Caller;
use super::super::refusal::Refusal;
use super::super::state::{State, minted};
use super::constraint;
use super::document::Document;
use super::store::{
    AccessKey, Entity, Role, User, already_exists, delete_conflict, limit_exceeded, no_such_entity,
};
use crate::id::{AccountId, IamPrincipalArn, Partition};

/// What a new role is
#[derive(Clone, Debug)]
pub(crate) struct RoleSpec {
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) trust: Document,
    pub(crate) description: Option<String>,
    /// In seconds
    pub(crate) max_session: u32,
    pub(crate) tags: BTreeMap<String, String>,
}

impl RoleSpec {
    /// AWS's one hour, which is also the least
    pub(crate) const MAX_SESSION: u32 = 3_600;

    pub(crate) fn new(name: &str, trust: Document) -> Self {
        Self {
            path: "/".to_owned(),
            name: name.to_owned(),
            trust,
            description: None,
            max_session: Self::MAX_SESSION,
            tags: BTreeMap::new(),
        }
    }
}

/// The most characters of a trust policy, white space not counted, until the quota is raised
const TRUST_SIZE: usize = 2_048;
/// The most characters of all inline policies of a role, and of a user
const INLINE_SIZE: [usize; 2] = [10_240, 2_048];
/// The most access keys of a user
const ACCESS_KEYS: usize = 2;

impl State {
    pub(crate) fn create_role(
        &mut self,
        partition: &Partition,
        account: AccountId,
        spec: RoleSpec,
    ) -> Result<&Role, Refusal> {
        let at = (account, spec.name.to_ascii_lowercase());
        if self.identities.roles.contains_key(&at) {
            return Err(already_exists(format!(
                "Role with name {} already exists.",
                spec.name
            )));
        }
        check_trust_size(&spec.trust)?;
        let arn = format!(
            "arn:{partition}:iam::{account}:role{}{}",
            spec.path, spec.name
        );
        let attached = super::linked::policies_of(partition, &spec.path);
        let entity = self.new_entity("AROA", arn, spec.path, spec.name, spec.tags);
        let role = Role {
            entity: Entity { attached, ..entity },
            trust: spec.trust,
            description: spec.description,
            max_session: spec.max_session,
        };
        let attached = role.entity.attached.iter();
        let policies = attached
            .filter_map(|arn| self.identities.managed_policy(arn))
            .collect();
        self.identities
            .policies
            .insert(role.entity.arn.clone(), policies);
        Ok(self.identities.roles.entry(at).or_insert(role))
    }

    pub(crate) fn create_user(
        &mut self,
        caller: Caller<'_>,
        path: &str,
        name: &str,
        tags: BTreeMap<String, String>,
    ) -> Result<&User, Refusal> {
        let account = caller.account;
        let at = (account, name.to_ascii_lowercase());
        if self.identities.users.contains_key(&at) {
            return Err(already_exists(format!(
                "User with name {name} already exists."
            )));
        }
        let partition = caller.region.partition();
        let arn = format!("arn:{partition}:iam::{account}:user{path}{name}");
        let user = User {
            entity: self.new_entity("AIDA", arn, path.to_owned(), name.to_owned(), tags),
        };
        self.identities
            .policies
            .insert(user.entity.arn.clone(), Vec::new());
        Ok(self.identities.users.entry(at).or_insert(user))
    }

    fn new_entity(
        &mut self,
        prefix: &str,
        arn: String,
        path: String,
        name: String,
        tags: BTreeMap<String, String>,
    ) -> Entity {
        Entity {
            arn: minted(arn),
            id: self.identities.mint(prefix, 21),
            path,
            name,
            created: self.now(),
            tags,
            inline: BTreeMap::new(),
            attached: BTreeSet::new(),
        }
    }

    pub(crate) fn update_trust(
        &mut self,
        arn: &IamPrincipalArn,
        document: &str,
    ) -> Result<(), Refusal> {
        let trust = Document::of_trust(document, &self.identities)?;
        check_trust_size(&trust)?;
        self.modifiable(arn)?;
        let at = key_of(arn);
        if let Some(role) = self.identities.roles.get_mut(&at) {
            role.trust = trust;
        }
        Ok(())
    }

    pub(crate) fn set_max_session(
        &mut self,
        arn: &IamPrincipalArn,
        duration: Duration,
    ) -> Result<(), Refusal> {
        let seconds = check_max_session(&duration.as_secs().to_string())?;
        self.modifiable(arn)?;
        let at = key_of(arn);
        let role = self.identities.roles.get_mut(&at);
        match role.filter(|role| role.entity.arn == *arn) {
            Some(role) => {
                role.max_session = seconds;
                Ok(())
            }
            None => Err(no_such_entity(format!("{arn} cannot be found."))),
        }
    }

    pub(crate) fn delete_role(&mut self, arn: &IamPrincipalArn) -> Result<(), Refusal> {
        self.modifiable(arn)?;
        self.check_bare(arn)?;
        self.identities.roles.remove(&key_of(arn));
        self.identities.refresh(arn);
        Ok(())
    }

    pub(crate) fn delete_user(&mut self, arn: &IamPrincipalArn) -> Result<(), Refusal> {
        if self.keys_of(arn).next().is_some() {
            return Err(delete_conflict(
                "Cannot delete entity, must delete access keys first.",
            ));
        }
        self.check_bare(arn)?;
        self.identities.users.remove(&key_of(arn));
        self.identities.refresh(arn);
        Ok(())
    }

    /// What has policies is not deleted
    fn check_bare(&self, arn: &IamPrincipalArn) -> Result<(), Refusal> {
        let Some(entity) = self.identities.entity(arn) else {
            return Ok(());
        };
        if !entity.attached.is_empty() {
            return Err(delete_conflict(
                "Cannot delete entity, must detach all policies first.",
            ));
        }
        if !entity.inline.is_empty() {
            return Err(delete_conflict(
                "Cannot delete entity, must delete policies first.",
            ));
        }
        Ok(())
    }

    /// Refuses to change a role that belongs to a service of AWS
    pub(crate) fn modifiable(&self, arn: &IamPrincipalArn) -> Result<(), Refusal> {
        match self.identities.role_of(arn) {
            Some(role) if role.is_service_linked() => Err(Refusal::new(
                "UnmodifiableEntity",
                format!(
                    "Cannot perform the operation on the protected role '{}' - this role is only \
                     modifiable by AWS",
                    role.entity.name
                ),
            )),
            _ => Ok(()),
        }
    }

    pub(crate) fn put_inline_policy(
        &mut self,
        arn: &IamPrincipalArn,
        name: &str,
        document: &str,
    ) -> Result<(), Refusal> {
        let document = Document::of_identity(document)?;
        let Some(entity) = self.identities.entity_mut(arn) else {
            return Err(no_such_entity(format!("{arn} cannot be found.")));
        };
        let [of_role, of_user] = INLINE_SIZE;
        let (kind, most) = match arn.as_str().contains(":role/") {
            true => ("role", of_role),
            false => ("user", of_user),
        };
        let others = entity.inline.iter().filter(|(other, _)| *other != name);
        let size: usize = others.map(|(_, document)| document.size()).sum();
        if size + document.size() > most {
            return Err(limit_exceeded(format!(
                "Maximum policy size of {most} bytes exceeded for {kind} {}",
                entity.name
            )));
        }
        entity.inline.insert(name.to_owned(), document);
        self.identities.refresh(arn);
        Ok(())
    }

    pub(crate) fn delete_inline_policy(
        &mut self,
        arn: &IamPrincipalArn,
        name: &str,
    ) -> Result<(), Refusal> {
        let entity = self.identities.entity_mut(arn);
        match entity.and_then(|entity| entity.inline.remove(name)) {
            Some(_) => {
                self.identities.refresh(arn);
                Ok(())
            }
            None => Err(no_such_inline_policy(arn, name)),
        }
    }

    /// A new access key of a user, whose secret follows from its id
    pub(crate) fn create_access_key(
        &mut self,
        user: &IamPrincipalArn,
    ) -> Result<AccessKey, Refusal> {
        if self.keys_of(user).count() >= ACCESS_KEYS {
            return Err(limit_exceeded(format!(
                "Cannot exceed quota for AccessKeysPerUser: {ACCESS_KEYS}"
            )));
        }
        let key = AccessKey {
            id: self.identities.mint("AKIA", 20),
            user: user.clone(),
            created: self.now(),
        };
        self.identities.keys.insert(key.id.clone(), key.clone());
        Ok(key)
    }

    pub(crate) fn delete_access_key(
        &mut self,
        user: &IamPrincipalArn,
        id: &str,
    ) -> Result<(), Refusal> {
        let is_own = self
            .identities
            .keys
            .get(id)
            .is_some_and(|key| key.user == *user);
        if !is_own {
            return Err(no_such_entity(format!(
                "The Access Key with id {id} cannot be found."
            )));
        }
        self.identities.keys.remove(id);
        Ok(())
    }

    pub(crate) fn keys_of(&self, user: &IamPrincipalArn) -> impl Iterator<Item = &AccessKey> {
        let keys = self.identities.keys.values();
        keys.filter(move |key| key.user == *user)
    }
}

/// The longest session that a role can have, in seconds
pub(crate) fn check_max_session(text: &str) -> Result<u32, Refusal> {
    let seconds = text.parse().ok();
    seconds
        .filter(|seconds| (RoleSpec::MAX_SESSION..=43_200).contains(seconds))
        .ok_or_else(|| {
            constraint(
                "maxSessionDuration",
                text,
                "Member must be between 3600 and 43200",
            )
        })
}

/// The secret access key that belongs to an id; nothing is signed with it
pub(crate) fn secret_of(access_key: &str) -> String {
    format!("simulated+secret+of+{access_key}")
}

pub(crate) fn no_such_inline_policy(arn: &IamPrincipalArn, name: &str) -> Refusal {
    let kind = match arn.as_str().contains(":role/") {
        true => "role",
        false => "user",
    };
    no_such_entity(format!(
        "The {kind} policy with name {name} cannot be found."
    ))
}

fn check_trust_size(trust: &Document) -> Result<(), Refusal> {
    if trust.size() > TRUST_SIZE {
        return Err(limit_exceeded(format!(
            "Cannot exceed quota for ACLSizePerRole: {TRUST_SIZE}"
        )));
    }
    Ok(())
}

fn key_of(arn: &IamPrincipalArn) -> (AccountId, String) {
    let name = super::store::name_in(arn.as_str());
    (arn.account(), name.to_ascii_lowercase())
}
