//! What the port asks of KMS, as the real backend asks it.

use super::super::call::{Asked, Caller, Service};
use super::super::state::State;
use super::create_key::KeyRequest;
use super::grant::GrantTerms;
use super::grants::{GrantFilter, Granted};
use super::key::KeyManager as Manager;
use super::page::Paging;
use crate::api_error::{ApiError, ApiErrorKind};
use crate::backend::{NewGrant, NewKey, RequestId};
use crate::id::KeyArn;
use crate::policy::KeyPolicy;
use crate::resource::{Key, KeyGrant, KeyManager};

/// The grants of one page
const PAGE: i64 = 100;

impl State {
    /// By id, ARN, alias or ARN of an alias
    pub(crate) fn read_key(&mut self, caller: Caller<'_>, key: &str) -> Result<Key, ApiError> {
        self.read(caller, asked("DescribeKey"), |state| {
            let key = state.describe_key(caller, key, &[])?;
            Ok(Key {
                arn: key.arn.clone(),
                manager: match key.manager {
                    Manager::Aws => KeyManager::Aws,
                    Manager::Customer => KeyManager::Customer,
                },
                state: key.state,
                spec: key.kind.spec.to_owned(),
                usage: key.kind.usage.to_owned(),
            })
        })
    }

    pub(crate) fn read_key_policy(
        &mut self,
        caller: Caller<'_>,
        arn: &KeyArn,
    ) -> Result<KeyPolicy, ApiError> {
        const OPERATION: &str = "GetKeyPolicy";
        let text = self.read(caller, asked(OPERATION), |state| {
            state.get_key_policy(caller, arn.as_str(), None)
        })?;
        KeyPolicy::parse(&text).map_err(|error| {
            ApiError::without_code(OPERATION, ApiErrorKind::Other, error.to_string())
        })
    }

    pub(crate) fn write_key_policy(
        &mut self,
        caller: Caller<'_>,
        arn: &KeyArn,
        policy: &KeyPolicy,
    ) -> Result<RequestId, ApiError> {
        self.write(caller, asked("PutKeyPolicy"), |state| {
            state.put_key_policy(caller, arn.as_str(), None, policy.as_str(), false)
        })
    }

    /// All pages, each of which is a call
    pub(crate) fn read_grants(
        &mut self,
        caller: Caller<'_>,
        arn: &KeyArn,
        grantee: Option<&str>,
    ) -> Result<Vec<KeyGrant>, ApiError> {
        let filter = GrantFilter {
            id: None,
            grantee: grantee.map(str::to_owned),
        };
        let mut paging = Paging {
            limit: Some(PAGE),
            marker: None,
        };
        let mut grants = Vec::new();
        loop {
            let page = self.read(caller, asked("ListGrants"), |state| {
                state.list_grants(caller, arn.as_str(), &filter, &paging)
            })?;
            grants.extend(page.items.into_iter().map(told));
            paging.marker = page.next_token;
            if paging.marker.is_none() {
                return Ok(grants);
            }
        }
    }

    pub(crate) fn write_grant(
        &mut self,
        caller: Caller<'_>,
        arn: &KeyArn,
        grant: &NewGrant<'_>,
    ) -> Result<RequestId, ApiError> {
        self.write(caller, asked("CreateGrant"), |state| {
            state
                .create_grant(caller, arn.as_str(), terms_of(grant), &[], false)
                .map(|_| ())
        })
    }

    /// Refused in any case: with KMS's own code where the grant would have been made
    pub(crate) fn rehearse_grant(
        &mut self,
        caller: Caller<'_>,
        arn: &KeyArn,
        grant: &NewGrant<'_>,
    ) -> Result<(), ApiError> {
        self.read(caller, asked("CreateGrant"), |state| {
            state
                .create_grant(caller, arn.as_str(), terms_of(grant), &[], true)
                .map(|_| ())
        })
    }

    pub(crate) fn end_grant_by_id(
        &mut self,
        caller: Caller<'_>,
        arn: &KeyArn,
        grant_id: &str,
    ) -> Result<RequestId, ApiError> {
        self.write(caller, asked("RevokeGrant"), |state| {
            state.revoke_grant(caller, arn.as_str(), grant_id, false)
        })
    }

    pub(crate) fn write_key(
        &mut self,
        caller: Caller<'_>,
        key: &NewKey<'_>,
    ) -> Result<KeyArn, ApiError> {
        let tags = key.tags.iter();
        let request = KeyRequest {
            policy: Some(key.policy.as_str().to_owned()),
            description: key.description.to_owned(),
            multi_region: key.multi_region,
            tags: tags
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            ..KeyRequest::default()
        };
        self.read(caller, asked("CreateKey"), |state| {
            state.create_key(caller, &request)
        })
    }

    pub(crate) fn write_alias(
        &mut self,
        caller: Caller<'_>,
        alias: &str,
        arn: &KeyArn,
    ) -> Result<RequestId, ApiError> {
        self.write(caller, asked("CreateAlias"), |state| {
            state.create_alias(caller, alias, arn.key_id())
        })
    }
}

fn asked(operation: &'static str) -> Asked {
    Asked::of(Service::Kms, operation).by_rule()
}

fn terms_of(grant: &NewGrant<'_>) -> GrantTerms {
    GrantTerms {
        name: Some(grant.name.to_owned()),
        grantee: grant.grantee.to_owned(),
        retiring: None,
        operations: grant.operations.clone(),
        constraint: None,
    }
}

fn told((_, grant): Granted) -> KeyGrant {
    KeyGrant {
        id: grant.id.clone(),
        name: grant.terms.name.clone(),
        grantee: grant.terms.grantee.clone(),
        operations: grant.terms.operations.clone(),
        constrained: grant.terms.constraint.is_some(),
    }
}
