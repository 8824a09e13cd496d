//! What a world file needs to know and to set.

use super::super::refusal::Refusal;
use super::super::state::State;
use super::document::Document;
use super::store::{AccessKey, Entity, Identities, ManagedPolicy, Role, User};
use crate::id::IamPrincipalArn;

impl Identities {
    pub(crate) fn roles(&self) -> impl Iterator<Item = &Role> {
        self.roles.values()
    }

    pub(crate) fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    pub(crate) fn access_keys(&self) -> impl Iterator<Item = &AccessKey> {
        self.keys.values()
    }

    pub(crate) fn managed_policies(&self) -> impl Iterator<Item = &ManagedPolicy> {
        self.managed.values()
    }

    /// What is stored of a user or role, to be set as it was
    pub(crate) fn stored(&mut self, arn: &IamPrincipalArn) -> Option<&mut Entity> {
        self.entity_mut(arn)
    }

    pub(crate) fn stored_policy(&mut self, arn: &str) -> Option<&mut ManagedPolicy> {
        self.managed.get_mut(arn)
    }

    /// Whether it is a new access key
    pub(crate) fn add_access_key(&mut self, key: AccessKey) -> bool {
        self.keys.insert(key.id.clone(), key).is_none()
    }
}

impl State {
    /// Puts a trust policy whose principals are there, on roles of AWS's services too
    pub(crate) fn put_trust(&mut self, role: &IamPrincipalArn, text: &str) -> Result<(), Refusal> {
        let trust = Document::of_trust(text, &self.identities)?;
        let stored = self.identities.roles.values_mut();
        for stored in stored.filter(|stored| stored.entity.arn == *role) {
            stored.trust = trust.clone();
        }
        Ok(())
    }
}
