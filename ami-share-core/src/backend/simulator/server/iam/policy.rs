//! The policies of roles and users: their own, and the managed ones that are attached to them.

use super::super::super::call::Caller;
use super::super::super::iam::no_such_inline_policy;
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::Params;
use super::super::service::QueryAction;
use super::super::xml::Element;
use super::managed_policy::{path_and_name, policy_arn};
use super::role::role_for;
use super::user::user_for;
use super::{action, encoded, listed, name, required};
use crate::id::IamPrincipalArn;

pub(super) const ACTIONS: &[QueryAction] = &[
    action(
        "PutRolePolicy",
        &["RoleName", "PolicyName", "PolicyDocument"],
        |state, caller, params| {
            let role = changeable_role(state, caller, params, "iam:PutRolePolicy")?;
            put(state, params, &role)
        },
    ),
    action(
        "PutUserPolicy",
        &["UserName", "PolicyName", "PolicyDocument"],
        |state, caller, params| {
            let user = named_user(state, caller, params, "iam:PutUserPolicy")?;
            put(state, params, &user)
        },
    ),
    action(
        "GetRolePolicy",
        &["RoleName", "PolicyName"],
        |state, caller, params| {
            let role = role_for(state, caller, params, "iam:GetRolePolicy")?;
            get(state, params, &role, "RoleName")
        },
    ),
    action(
        "GetUserPolicy",
        &["UserName", "PolicyName"],
        |state, caller, params| {
            let user = named_user(state, caller, params, "iam:GetUserPolicy")?;
            get(state, params, &user, "UserName")
        },
    ),
    action(
        "ListRolePolicies",
        &["RoleName", "Marker", "MaxItems"],
        |state, caller, params| {
            let role = role_for(state, caller, params, "iam:ListRolePolicies")?;
            list(state, caller, params, &role, "ListRolePolicies")
        },
    ),
    action(
        "ListUserPolicies",
        &["UserName", "Marker", "MaxItems"],
        |state, caller, params| {
            let user = named_user(state, caller, params, "iam:ListUserPolicies")?;
            list(state, caller, params, &user, "ListUserPolicies")
        },
    ),
    action(
        "DeleteRolePolicy",
        &["RoleName", "PolicyName"],
        |state, caller, params| {
            let role = changeable_role(state, caller, params, "iam:DeleteRolePolicy")?;
            delete(state, params, &role)
        },
    ),
    action(
        "DeleteUserPolicy",
        &["UserName", "PolicyName"],
        |state, caller, params| {
            let user = named_user(state, caller, params, "iam:DeleteUserPolicy")?;
            delete(state, params, &user)
        },
    ),
    action(
        "AttachRolePolicy",
        &["RoleName", "PolicyArn"],
        |state, caller, params| {
            let role = changeable_role(state, caller, params, "iam:AttachRolePolicy")?;
            attach(state, caller, params, &role)
        },
    ),
    action(
        "AttachUserPolicy",
        &["UserName", "PolicyArn"],
        |state, caller, params| {
            let user = named_user(state, caller, params, "iam:AttachUserPolicy")?;
            attach(state, caller, params, &user)
        },
    ),
    action(
        "DetachRolePolicy",
        &["RoleName", "PolicyArn"],
        |state, caller, params| {
            let role = changeable_role(state, caller, params, "iam:DetachRolePolicy")?;
            detach(state, params, &role)
        },
    ),
    action(
        "DetachUserPolicy",
        &["UserName", "PolicyArn"],
        |state, caller, params| {
            let user = named_user(state, caller, params, "iam:DetachUserPolicy")?;
            detach(state, params, &user)
        },
    ),
    action(
        "ListAttachedRolePolicies",
        &["RoleName", "PathPrefix", "Marker", "MaxItems"],
        |state, caller, params| {
            let role = role_for(state, caller, params, "iam:ListAttachedRolePolicies")?;
            list_attached(state, caller, params, &role, "ListAttachedRolePolicies")
        },
    ),
    action(
        "ListAttachedUserPolicies",
        &["UserName", "PathPrefix", "Marker", "MaxItems"],
        |state, caller, params| {
            let user = named_user(state, caller, params, "iam:ListAttachedUserPolicies")?;
            list_attached(state, caller, params, &user, "ListAttachedUserPolicies")
        },
    ),
];

/// A role that is not a service's own
fn changeable_role(
    state: &State,
    caller: Caller<'_>,
    params: &Params,
    action: &str,
) -> Result<IamPrincipalArn, Refusal> {
    let role = role_for(state, caller, params, action)?;
    state.modifiable(&role)?;
    Ok(role)
}

/// A user by its name: here nobody means itself by saying none
fn named_user(
    state: &State,
    caller: Caller<'_>,
    params: &Params,
    action: &str,
) -> Result<IamPrincipalArn, Refusal> {
    required(params, "UserName")?;
    user_for(state, caller, params, action)
}

fn put(state: &mut State, params: &Params, to: &IamPrincipalArn) -> Result<Vec<Element>, Refusal> {
    let name = name(params, "PolicyName", 128)?;
    state.put_inline_policy(to, name, required(params, "PolicyDocument")?)?;
    Ok(Vec::new())
}

fn get(
    state: &State,
    params: &Params,
    of: &IamPrincipalArn,
    holder: &'static str,
) -> Result<Vec<Element>, Refusal> {
    let name = name(params, "PolicyName", 128)?;
    let entity = state.identities.entity(of);
    let found = entity.and_then(|entity| Some((entity, entity.inline.get(name)?)));
    let (entity, document) = found.ok_or_else(|| no_such_inline_policy(of, name))?;
    Ok(vec![
        Element::text(holder, entity.name.clone()),
        Element::text("PolicyName", name.to_owned()),
        Element::text("PolicyDocument", encoded(&document.text)),
    ])
}

fn list(
    state: &State,
    caller: Caller<'_>,
    params: &Params,
    of: &IamPrincipalArn,
    action: &str,
) -> Result<Vec<Element>, Refusal> {
    let entity = state.identities.entity(of);
    let names = entity.into_iter().flat_map(|entity| entity.inline.keys());
    let names = names.map(|name| (name.clone(), Element::text("member", name.clone())));
    listed(caller, params, action, "PolicyNames", names)
}

fn list_attached(
    state: &State,
    caller: Caller<'_>,
    params: &Params,
    of: &IamPrincipalArn,
    action: &str,
) -> Result<Vec<Element>, Refusal> {
    let prefix = params.text("PathPrefix").unwrap_or("/");
    let entity = state.identities.entity(of);
    let arns = entity.into_iter().flat_map(|entity| &entity.attached);
    let policies = arns
        .filter(|arn| path_and_name(arn).0.starts_with(prefix))
        .map(|arn| {
            let fields = vec![
                Element::text("PolicyName", path_and_name(arn).1.to_owned()),
                Element::text("PolicyArn", arn.clone()),
            ];
            (arn.clone(), Element::new("member", fields))
        });
    listed(caller, params, action, "AttachedPolicies", policies)
}

fn delete(
    state: &mut State,
    params: &Params,
    of: &IamPrincipalArn,
) -> Result<Vec<Element>, Refusal> {
    state.delete_inline_policy(of, name(params, "PolicyName", 128)?)?;
    Ok(Vec::new())
}

fn attach(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
    to: &IamPrincipalArn,
) -> Result<Vec<Element>, Refusal> {
    state.attach_policy(caller, to, policy_arn(params)?)?;
    Ok(Vec::new())
}

fn detach(
    state: &mut State,
    params: &Params,
    from: &IamPrincipalArn,
) -> Result<Vec<Element>, Refusal> {
    state.detach_policy(from, policy_arn(params)?)?;
    Ok(Vec::new())
}
