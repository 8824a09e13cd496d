//! The users, roles, policies and keys of all accounts.

use std::collections::{BTreeMap, BTreeSet};

use super::super::clock::Moment;
use super::super::refusal::Refusal;
use super::document::Document;
use super::identity::Identity;
use super::managed;
use super::session::BadKey;
use crate::id::{AccountId, IamPrincipalArn};
use crate::policy::Policy;

/// The users, roles, policies and keys of all accounts
///
/// Names are kept as they were given, and are one whatever the case of their letters.
#[derive(Debug, Default)]
pub(crate) struct Identities {
    /// What each user and role may: its inline and attached policies, ready to be evaluated
    pub(crate) policies: BTreeMap<IamPrincipalArn, Vec<Policy>>,
    pub(super) roles: BTreeMap<(AccountId, String), Role>,
    pub(super) users: BTreeMap<(AccountId, String), User>,
    /// The customer managed policies, by ARN
    pub(super) managed: BTreeMap<String, ManagedPolicy>,
    /// The long-term keys of users, by id
    pub(super) keys: BTreeMap<String, AccessKey>,
    /// The temporary keys of sessions, by id
    pub(super) sessions: BTreeMap<String, Session>,
    minted: u64,
}

/// What a user and a role have in common
#[derive(Clone, Debug)]
pub(crate) struct Entity {
    pub(crate) arn: IamPrincipalArn,
    /// `AIDA…` or `AROA…`: another one when it is deleted and made again
    pub(crate) id: String,
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) created: Moment,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) inline: BTreeMap<String, Document>,
    /// The ARNs of the managed policies
    pub(crate) attached: BTreeSet<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) entity: Entity,
    pub(crate) trust: Document,
    pub(crate) description: Option<String>,
    /// In seconds
    pub(crate) max_session: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) entity: Entity,
}

/// A customer managed policy; it has one version
#[derive(Clone, Debug)]
pub(crate) struct ManagedPolicy {
    pub(crate) arn: String,
    pub(crate) id: String,
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) created: Moment,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) document: Document,
}

#[derive(Clone, Debug)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) user: IamPrincipalArn,
    pub(crate) created: Moment,
}

/// Temporary credentials
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) identity: Identity,
    pub(crate) token: String,
}

impl Role {
    /// Only AWS changes the roles that belong to its services
    pub(crate) fn is_service_linked(&self) -> bool {
        self.entity.path.starts_with("/aws-service-role/")
    }
}

impl Identities {
    pub(crate) fn role(&self, account: AccountId, name: &str) -> Option<&Role> {
        self.roles.get(&(account, name.to_ascii_lowercase()))
    }

    pub(crate) fn user(&self, account: AccountId, name: &str) -> Option<&User> {
        self.users.get(&(account, name.to_ascii_lowercase()))
    }

    /// The roles of an account in order, each with its name in lower case
    pub(crate) fn roles_of(&self, account: AccountId) -> impl Iterator<Item = (&str, &Role)> {
        let roles = self.roles.range((account, String::new())..);
        roles
            .take_while(move |((of, _), _)| *of == account)
            .map(|((_, name), role)| (name.as_str(), role))
    }

    /// The users of an account in order, each with its name in lower case
    pub(crate) fn users_of(&self, account: AccountId) -> impl Iterator<Item = (&str, &User)> {
        let users = self.users.range((account, String::new())..);
        users
            .take_while(move |((of, _), _)| *of == account)
            .map(|((_, name), user)| (name.as_str(), user))
    }

    /// The customer managed policies of an account
    pub(crate) fn policies_in(&self, account: AccountId) -> impl Iterator<Item = &ManagedPolicy> {
        let own = format!(":{account}:policy/");
        let policies = self.managed.values();
        policies.filter(move |policy| policy.arn.contains(&own))
    }

    /// The role that has exactly this ARN
    pub(crate) fn role_of(&self, arn: &IamPrincipalArn) -> Option<&Role> {
        self.role(arn.account(), name_in(arn.as_str()))
            .filter(|role| role.entity.arn == *arn)
    }

    /// The user or role that has exactly this ARN
    pub(crate) fn entity(&self, arn: &IamPrincipalArn) -> Option<&Entity> {
        if arn.as_str().contains(":role/") {
            return self.role_of(arn).map(|role| &role.entity);
        }
        self.user(arn.account(), name_in(arn.as_str()))
            .map(|user| &user.entity)
            .filter(|entity| entity.arn == *arn)
    }

    pub(super) fn entity_mut(&mut self, arn: &IamPrincipalArn) -> Option<&mut Entity> {
        let at = (arn.account(), name_in(arn.as_str()).to_ascii_lowercase());
        let entity = if arn.as_str().contains(":role/") {
            self.roles.get_mut(&at).map(|role| &mut role.entity)
        } else {
            self.users.get_mut(&at).map(|user| &mut user.entity)
        };
        entity.filter(|entity| entity.arn == *arn)
    }

    /// Whether there is such a user or role
    pub(crate) fn exists(&self, arn: &IamPrincipalArn) -> bool {
        self.entity(arn).is_some()
    }

    /// The policies of a user or role, its own and the attached ones; a root user has none
    pub(crate) fn policies_of(&self, identity: &Identity) -> &[Policy] {
        let policies = identity.principal().and_then(|arn| self.policies.get(arn));
        policies.map(Vec::as_slice).unwrap_or_default()
    }

    /// Makes the policies ready after the user or role was made, changed or deleted
    pub(super) fn refresh(&mut self, arn: &IamPrincipalArn) {
        let Some(entity) = self.entity(arn) else {
            self.policies.remove(arn);
            return;
        };
        let inline = entity.inline.values();
        let inline = inline.map(|document| document.policy.clone());
        let attached = entity.attached.iter();
        let attached = attached.filter_map(|arn| self.managed_policy(arn));
        let policies = inline.chain(attached).collect();
        self.policies.insert(arn.clone(), policies);
    }

    /// What a managed policy says, of a customer's or of AWS's own
    pub(crate) fn managed_policy(&self, arn: &str) -> Option<Policy> {
        match self.managed.get(arn) {
            Some(managed) => Some(managed.document.policy.clone()),
            None => managed::of_aws(arn).and_then(|document| Policy::parse(document).ok()),
        }
    }

    /// The tags that a call is made with: those of the user or role, and those of the session
    pub(crate) fn principal_tags(&self, identity: &Identity) -> BTreeMap<String, String> {
        let entity = identity.principal().and_then(|arn| self.entity(arn));
        let mut tags = entity.map(|entity| entity.tags.clone()).unwrap_or_default();
        if let Identity::Role { bounds, .. } = identity {
            tags.extend(
                bounds
                    .tags
                    .iter()
                    .map(|(key, value)| (key.clone(), value.clone())),
            );
        }
        tags
    }

    /// What AWS calls `aws:userid`: the account for its root, `AIDA…`, or `AROA…:session`
    pub(crate) fn user_id(&self, identity: &Identity) -> String {
        let id = identity
            .principal()
            .and_then(|arn| self.entity(arn))
            .map_or_else(
                || identity.account().to_string(),
                |entity| entity.id.clone(),
            );
        match identity {
            Identity::Role { session, .. } => format!("{id}:{session}"),
            Identity::Root(_) | Identity::User(_) => id,
        }
    }

    /// Whose access key it is, if the session's token goes with it
    pub(crate) fn by_access_key(
        &self,
        access_key: &str,
        token: Option<&str>,
        now: Moment,
    ) -> Result<Identity, BadKey> {
        if let Some(key) = self.keys.get(access_key) {
            return match token {
                None => Ok(Identity::User(key.user.clone())),
                Some(_) => Err(BadKey::Unknown),
            };
        }
        let session = self.sessions.get(access_key).ok_or(BadKey::Unknown)?;
        if token != Some(&session.token) {
            return Err(BadKey::Unknown);
        }
        self.check_term(&session.identity, now)?;
        Ok(session.identity.clone())
    }

    /// How many ids were given out
    #[cfg(feature = "simulator-server")]
    pub(crate) fn counted(&self) -> u64 {
        self.minted
    }

    /// No id up to this number is given out
    #[cfg(feature = "simulator-server")]
    pub(crate) fn count_from(&mut self, number: u64) {
        self.minted = self.minted.max(number);
    }

    /// An id of AWS's form that was not given out before: the prefix and digits behind it
    pub(super) fn mint(&mut self, prefix: &str, length: usize) -> String {
        self.minted += 1;
        let digits = length.saturating_sub(prefix.len());
        format!("{prefix}{:0digits$}", self.minted)
    }
}

/// The name behind the path of an ARN
pub(super) fn name_in(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or_default()
}

pub(crate) fn no_such_entity(message: impl Into<String>) -> Refusal {
    Refusal::new("NoSuchEntity", message).with_status(404)
}

pub(super) fn already_exists(message: impl Into<String>) -> Refusal {
    Refusal::new("EntityAlreadyExists", message).with_status(409)
}

pub(super) fn delete_conflict(message: impl Into<String>) -> Refusal {
    Refusal::new("DeleteConflict", message).with_status(409)
}

pub(super) fn limit_exceeded(message: impl Into<String>) -> Refusal {
    Refusal::new("LimitExceeded", message).with_status(409)
}
