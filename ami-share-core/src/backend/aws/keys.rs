use aws_sdk_kms::Client;
use aws_sdk_kms::config::retry::RetryConfig;
use aws_sdk_kms::operation::RequestId as _;
use aws_sdk_kms::operation::create_grant::builders::CreateGrantFluentBuilder;
use aws_sdk_kms::types::{GrantOperation, KeyManagerType, Tag};

use super::convert::parse;
use super::error::{api_error, unreadable};
use super::rehearsal::rehearsed;
use crate::api_error::ApiError;
use crate::backend::{NewGrant, NewKey, RequestId};
use crate::id::{KeyArn, KeyRef};
use crate::policy::KeyPolicy;
use crate::resource::{Key, KeyGrant, KeyManager};

/// The only name that a key policy can have
const POLICY_NAME: &str = "default";
const CREATE_GRANT: &str = "CreateGrant";
/// The most grants of one page
const PAGE: i32 = 100;

pub(super) async fn describe_key(kms: &Client, key: &KeyArn) -> Result<Key, ApiError> {
    find(kms, key.as_str()).await
}

pub(super) async fn find_key(kms: &Client, key: &KeyRef) -> Result<Key, ApiError> {
    find(kms, key.as_str()).await
}

async fn find(kms: &Client, key: &str) -> Result<Key, ApiError> {
    const OPERATION: &str = "DescribeKey";
    let answer = kms
        .describe_key()
        .key_id(key)
        .send()
        .await
        .map_err(|error| api_error(OPERATION, error))?;
    let missing = |what: &str| unreadable(OPERATION, format_args!("{what} is missing"));
    let found = answer.key_metadata().ok_or_else(|| missing("the key"))?;
    let state = found
        .key_state()
        .ok_or_else(|| missing("the state of the key"))?;
    Ok(Key {
        arn: parse(OPERATION, "the ARN of the key", found.arn())?,
        manager: match found.key_manager() {
            Some(KeyManagerType::Aws) => KeyManager::Aws,
            Some(KeyManagerType::Customer) => KeyManager::Customer,
            _ => return Err(missing("who manages the key")),
        },
        state: state
            .as_str()
            .parse()
            .map_err(|error| unreadable(OPERATION, error))?,
        spec: found
            .key_spec()
            .ok_or_else(|| missing("the kind of the key"))?
            .as_str()
            .to_owned(),
        usage: found
            .key_usage()
            .ok_or_else(|| missing("what the key is for"))?
            .as_str()
            .to_owned(),
    })
}

pub(super) async fn get_key_policy(kms: &Client, key: &KeyArn) -> Result<KeyPolicy, ApiError> {
    const OPERATION: &str = "GetKeyPolicy";
    let answer = kms
        .get_key_policy()
        .key_id(key.as_str())
        // The default on AWS; servers that imitate it ask for the name.
        .policy_name(POLICY_NAME)
        .send()
        .await
        .map_err(|error| api_error(OPERATION, error))?;
    let text = answer
        .policy()
        .ok_or_else(|| unreadable(OPERATION, "the policy is missing"))?;
    KeyPolicy::parse(text).map_err(|error| unreadable(OPERATION, error))
}

pub(super) async fn put_key_policy(
    kms: &Client,
    key: &KeyArn,
    policy: &KeyPolicy,
) -> Result<RequestId, ApiError> {
    let answer = kms
        .put_key_policy()
        .key_id(key.as_str())
        .policy_name(POLICY_NAME)
        .policy(policy.as_str())
        .customize()
        .config_override(aws_sdk_kms::config::Builder::new().retry_config(RetryConfig::disabled()))
        .send()
        .await
        .map_err(|error| api_error("PutKeyPolicy", error))?;
    Ok(answer.request_id().map(str::to_owned))
}

pub(super) async fn list_grants(
    kms: &Client,
    key: &KeyArn,
    grantee: Option<&str>,
) -> Result<Vec<KeyGrant>, ApiError> {
    const OPERATION: &str = "ListGrants";
    let mut pages = kms
        .list_grants()
        .key_id(key.as_str())
        .limit(PAGE)
        .set_grantee_principal(grantee.map(str::to_owned))
        .into_paginator()
        .items()
        .send();
    let mut grants = Vec::new();
    while let Some(entry) = pages.next().await {
        let entry = entry.map_err(|error| api_error(OPERATION, error))?;
        let missing = |what: &str| unreadable(OPERATION, format_args!("{what} is missing"));
        let found = KeyGrant {
            id: entry
                .grant_id()
                .ok_or_else(|| missing("the id of a grant"))?
                .to_owned(),
            name: entry
                .name()
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
            grantee: entry
                .grantee_principal()
                .or(entry.grantee_service_principal())
                .ok_or_else(|| missing("the grantee of a grant"))?
                .to_owned(),
            operations: entry
                .operations()
                .iter()
                .map(|operation| operation.as_str().to_owned())
                .collect(),
            constrained: entry.constraints().is_some_and(|constraints| {
                constraints.encryption_context_equals().is_some()
                    || constraints.encryption_context_subset().is_some()
                    || constraints.source_arn().is_some()
            }),
        };
        // Not every server keeps to the filter.
        if grantee.is_none_or(|grantee| found.grantee == grantee) {
            grants.push(found);
        }
    }
    Ok(grants)
}

pub(super) async fn create_grant(
    kms: &Client,
    key: &KeyArn,
    grant: &NewGrant<'_>,
) -> Result<RequestId, ApiError> {
    let answer = new_grant(kms, key, grant)
        .send()
        .await
        .map_err(|error| api_error(CREATE_GRANT, error))?;
    Ok(answer.request_id().map(str::to_owned))
}

pub(super) async fn rehearse_grant(
    kms: &Client,
    key: &KeyArn,
    grant: &NewGrant<'_>,
) -> Result<(), ApiError> {
    let call = new_grant(kms, key, grant).dry_run(true);
    rehearsed(CREATE_GRANT, call.send().await)
}

fn new_grant(kms: &Client, key: &KeyArn, grant: &NewGrant<'_>) -> CreateGrantFluentBuilder {
    let names = grant.operations.iter();
    let operations = names.map(|name| GrantOperation::from(name.as_str()));
    kms.create_grant()
        .key_id(key.as_str())
        .grantee_principal(grant.grantee)
        .name(grant.name)
        .set_operations(Some(operations.collect()))
}

pub(super) async fn revoke_grant(
    kms: &Client,
    key: &KeyArn,
    grant_id: &str,
) -> Result<RequestId, ApiError> {
    let answer = kms
        .revoke_grant()
        .key_id(key.as_str())
        .grant_id(grant_id)
        .send()
        .await
        .map_err(|error| api_error("RevokeGrant", error))?;
    Ok(answer.request_id().map(str::to_owned))
}

pub(super) async fn create_key(kms: &Client, key: &NewKey<'_>) -> Result<KeyArn, ApiError> {
    const OPERATION: &str = "CreateKey";
    let mut tags = Vec::new();
    for (name, value) in key.tags {
        let tag = Tag::builder().tag_key(name).tag_value(value).build();
        tags.push(tag.map_err(|error| unreadable(OPERATION, error))?);
    }
    let answer = kms
        .create_key()
        .policy(key.policy.as_str())
        .description(key.description)
        .multi_region(key.multi_region)
        .set_tags((!tags.is_empty()).then_some(tags))
        .send()
        .await
        .map_err(|error| api_error(OPERATION, error))?;
    let arn = answer.key_metadata().and_then(|key| key.arn());
    parse(OPERATION, "the ARN of the key", arn)
}

pub(super) async fn create_alias(
    kms: &Client,
    alias: &str,
    key: &KeyArn,
) -> Result<RequestId, ApiError> {
    let answer = kms
        .create_alias()
        .alias_name(alias)
        // Not every server takes an ARN here.
        .target_key_id(key.key_id())
        .send()
        .await
        .map_err(|error| api_error("CreateAlias", error))?;
    Ok(answer.request_id().map(str::to_owned))
}
