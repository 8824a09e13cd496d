//! Grants.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::super::call::Caller;
use super::super::super::kms::{GrantFilter, GrantTerms, Granted, constraint_kind};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::service::JsonAction;
use super::{action, input, listing, nothing, paging};
use crate::policy::evaluate::GrantConstraint;

pub(super) const ACTIONS: &[JsonAction] = &[
    action("CreateGrant", create),
    action("ListGrants", list),
    action("ListRetirableGrants", list_retirable),
    action("RetireGrant", retire),
    action("RevokeGrant", revoke),
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CreateGrant {
    key_id: String,
    grantee_principal: String,
    retiring_principal: Option<String>,
    operations: Vec<String>,
    constraints: Option<Constraints>,
    grant_tokens: Option<Vec<String>>,
    name: Option<String>,
    dry_run: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Constraints {
    encryption_context_subset: Option<BTreeMap<String, String>>,
    encryption_context_equals: Option<BTreeMap<String, String>>,
}

impl Constraints {
    /// Both at once are refused: AWS does not say what they would mean together
    fn read(self) -> Result<Option<GrantConstraint>, Refusal> {
        use GrantConstraint::{EncryptionContextEquals, EncryptionContextSubset};

        match (
            self.encryption_context_equals,
            self.encryption_context_subset,
        ) {
            (None, None) => Ok(None),
            (Some(pairs), None) => Ok(Some(EncryptionContextEquals(pairs))),
            (None, Some(pairs)) => Ok(Some(EncryptionContextSubset(pairs))),
            (Some(_), Some(_)) => Err(Refusal::new(
                "ValidationException",
                "EncryptionContextEquals and EncryptionContextSubset exclude each other.",
            )),
        }
    }
}

fn create(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: CreateGrant = input(state, given)?;
    let terms = GrantTerms {
        name: asked.name,
        grantee: asked.grantee_principal,
        retiring: asked.retiring_principal,
        operations: asked.operations.into_iter().collect(),
        constraint: match asked.constraints {
            Some(constraints) => constraints.read()?,
            None => None,
        },
    };
    let tokens = asked.grant_tokens.unwrap_or_default();
    let dry_run = asked.dry_run == Some(true);
    let created = state.create_grant(caller, &asked.key_id, terms, &tokens, dry_run)?;
    Ok(json!({"GrantId": created.id, "GrantToken": created.token}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ListGrants {
    key_id: String,
    grant_id: Option<String>,
    grantee_principal: Option<String>,
    limit: Option<i64>,
    marker: Option<String>,
}

fn list(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: ListGrants = input(state, given)?;
    let filter = GrantFilter {
        id: asked.grant_id,
        grantee: asked.grantee_principal,
    };
    let paging = paging(asked.limit, asked.marker);
    let page = state.list_grants(caller, &asked.key_id, &filter, &paging)?;
    Ok(listing("Grants", page, entry))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ListRetirableGrants {
    retiring_principal: String,
    limit: Option<i64>,
    marker: Option<String>,
}

fn list_retirable(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: ListRetirableGrants = input(state, given)?;
    let paging = paging(asked.limit, asked.marker);
    let page = state.list_retirable_grants(caller, &asked.retiring_principal, &paging)?;
    Ok(listing("Grants", page, entry))
}

/// A grant as the listings tell it; without a name, its name is empty
fn entry((key, grant): Granted) -> Value {
    let terms = &grant.terms;
    let issuing_account = format!(
        "arn:{}:iam::{}:root",
        key.partition(),
        grant.issuing_account
    );
    let mut entry = json!({
        "CreationDate": grant.created.seconds(),
        "GrantId": grant.id,
        "GranteePrincipal": terms.grantee,
        "IssuingAccount": issuing_account,
        "KeyId": key,
        "Name": terms.name.as_deref().unwrap_or_default(),
        "Operations": terms.operations,
    });
    if let Some(fields) = entry.as_object_mut() {
        if let Some(retiring) = &terms.retiring {
            fields.insert("RetiringPrincipal".to_owned(), retiring.as_str().into());
        }
        if let Some(constraint) = &terms.constraint {
            let (GrantConstraint::EncryptionContextEquals(pairs)
            | GrantConstraint::EncryptionContextSubset(pairs)) = constraint;
            let constraints = json!({ constraint_kind(constraint): pairs });
            fields.insert("Constraints".to_owned(), constraints);
        }
    }
    entry
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RevokeGrant {
    key_id: String,
    grant_id: String,
    dry_run: Option<bool>,
}

fn revoke(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: RevokeGrant = input(state, given)?;
    let dry_run = asked.dry_run == Some(true);
    state.revoke_grant(caller, &asked.key_id, &asked.grant_id, dry_run)?;
    Ok(nothing())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RetireGrant {
    grant_token: Option<String>,
    key_id: Option<String>,
    grant_id: Option<String>,
    dry_run: Option<bool>,
}

fn retire(state: &mut State, caller: Caller<'_>, given: Value) -> Result<Value, Refusal> {
    let asked: RetireGrant = input(state, given)?;
    let named = asked.key_id.as_deref().zip(asked.grant_id.as_deref());
    let dry_run = asked.dry_run == Some(true);
    state.retire_grant(caller, asked.grant_token.as_deref(), named, dry_run)?;
    Ok(nothing())
}
