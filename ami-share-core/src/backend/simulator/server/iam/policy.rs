//! The policies of roles and users, and managed policies.

use super::super::super::call::Caller;
use super::super::super::iam::{
    ManagedPolicy, arns_of_aws, no_such_entity, no_such_inline_policy, of_aws,
};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::Params;
use super::super::service::QueryAction;
use super::super::xml::Element;
use super::role::role_for;
use super::user::user_for;
use super::{action, constraint, encoded, listed, name, path, required, tag_list, tags};
use crate::id::IamPrincipalArn;

const OF_ROLE: &[&str] = &["RoleName", "Marker", "MaxItems"];
const OF_USER: &[&str] = &["UserName", "Marker", "MaxItems"];
const ATTACHED_TO_ROLE: &[&str] = &["RoleName", "PathPrefix", "Marker", "MaxItems"];
const ATTACHED_TO_USER: &[&str] = &["UserName", "PathPrefix", "Marker", "MaxItems"];

pub(super) const ACTIONS: &[QueryAction] = &[
    action(
        "PutRolePolicy",
        &["RoleName", "PolicyName", "PolicyDocument"],
        |state, caller, params| {
            let role = role_for(state, caller, params, "iam:PutRolePolicy")?;
            state.modifiable(&role)?;
            put(state, params, &role)
        },
    ),
    action(
        "PutUserPolicy",
        &["UserName", "PolicyName", "PolicyDocument"],
        |state, caller, params| {
            required(params, "UserName")?;
            let user = user_for(state, caller, params, "iam:PutUserPolicy")?;
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
            required(params, "UserName")?;
            let user = user_for(state, caller, params, "iam:GetUserPolicy")?;
            get(state, params, &user, "UserName")
        },
    ),
    action("ListRolePolicies", OF_ROLE, |state, caller, params| {
        let role = role_for(state, caller, params, "iam:ListRolePolicies")?;
        list(state, caller, params, &role, "ListRolePolicies")
    }),
    action("ListUserPolicies", OF_USER, |state, caller, params| {
        required(params, "UserName")?;
        let user = user_for(state, caller, params, "iam:ListUserPolicies")?;
        list(state, caller, params, &user, "ListUserPolicies")
    }),
    action(
        "DeleteRolePolicy",
        &["RoleName", "PolicyName"],
        |state, caller, params| {
            let role = role_for(state, caller, params, "iam:DeleteRolePolicy")?;
            state.modifiable(&role)?;
            state.delete_inline_policy(&role, name(params, "PolicyName", 128)?)?;
            Ok(Vec::new())
        },
    ),
    action(
        "DeleteUserPolicy",
        &["UserName", "PolicyName"],
        |state, caller, params| {
            required(params, "UserName")?;
            let user = user_for(state, caller, params, "iam:DeleteUserPolicy")?;
            state.delete_inline_policy(&user, name(params, "PolicyName", 128)?)?;
            Ok(Vec::new())
        },
    ),
    action(
        "AttachRolePolicy",
        &["RoleName", "PolicyArn"],
        |state, caller, params| {
            let role = role_for(state, caller, params, "iam:AttachRolePolicy")?;
            state.modifiable(&role)?;
            state.attach_policy(caller, &role, policy_arn(params)?)?;
            Ok(Vec::new())
        },
    ),
    action(
        "AttachUserPolicy",
        &["UserName", "PolicyArn"],
        |state, caller, params| {
            required(params, "UserName")?;
            let user = user_for(state, caller, params, "iam:AttachUserPolicy")?;
            state.attach_policy(caller, &user, policy_arn(params)?)?;
            Ok(Vec::new())
        },
    ),
    action(
        "DetachRolePolicy",
        &["RoleName", "PolicyArn"],
        |state, caller, params| {
            let role = role_for(state, caller, params, "iam:DetachRolePolicy")?;
            state.modifiable(&role)?;
            state.detach_policy(&role, policy_arn(params)?)?;
            Ok(Vec::new())
        },
    ),
    action(
        "DetachUserPolicy",
        &["UserName", "PolicyArn"],
        |state, caller, params| {
            required(params, "UserName")?;
            let user = user_for(state, caller, params, "iam:DetachUserPolicy")?;
            state.detach_policy(&user, policy_arn(params)?)?;
            Ok(Vec::new())
        },
    ),
    action(
        "ListAttachedRolePolicies",
        ATTACHED_TO_ROLE,
        |state, caller, params| {
            let role = role_for(state, caller, params, "iam:ListAttachedRolePolicies")?;
            list_attached(state, caller, params, &role, "ListAttachedRolePolicies")
        },
    ),
    action(
        "ListAttachedUserPolicies",
        ATTACHED_TO_USER,
        |state, caller, params| {
            required(params, "UserName")?;
            let user = user_for(state, caller, params, "iam:ListAttachedUserPolicies")?;
            list_attached(state, caller, params, &user, "ListAttachedUserPolicies")
        },
    ),
    action(
        "CreatePolicy",
        &[
            "PolicyName",
            "PolicyDocument",
            "Path",
            "Description",
            "Tags",
        ],
        create_policy,
    ),
    action("GetPolicy", &["PolicyArn"], get_policy),
    action(
        "GetPolicyVersion",
        &["PolicyArn", "VersionId"],
        get_policy_version,
    ),
    action(
        "ListPolicies",
        &["Scope", "OnlyAttached", "PathPrefix", "Marker", "MaxItems"],
        list_policies,
    ),
    action("DeletePolicy", &["PolicyArn"], delete_policy),
];

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

fn create_policy(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let name = name(params, "PolicyName", 128)?;
    let path = path(params)?;
    let partition = caller.region.partition();
    let arn = format!("arn:{partition}:iam::{}:policy{path}{name}", caller.account);
    state.authorize(caller, "iam:CreatePolicy", &arn, &[])?;
    let document = required(params, "PolicyDocument")?;
    let description = params.text("Description");
    let policy = state.create_policy(caller, path, name, document, description, tags(params)?)?;
    let mut fields = fields_of(policy, 0);
    fields.extend(tag_list(&policy.tags));
    Ok(vec![Element::new("Policy", fields)])
}

fn get_policy(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let arn = policy_arn(params)?;
    state.authorize(caller, "iam:GetPolicy", arn, &[])?;
    if of_aws(arn).is_some() {
        return Ok(vec![Element::new("Policy", fields_of_aws(state, arn))]);
    }
    let policy = state.own_policy(caller, arn)?;
    let mut fields = fields_of(policy, state.attachments(arn));
    fields.extend(
        policy
            .description
            .clone()
            .map(|description| Element::text("Description", description)),
    );
    fields.extend(tag_list(&policy.tags));
    Ok(vec![Element::new("Policy", fields)])
}

fn get_policy_version(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let arn = policy_arn(params)?;
    let version = required(params, "VersionId")?;
    state.authorize(caller, "iam:GetPolicyVersion", arn, &[])?;
    let (document, created) = match of_aws(arn) {
        Some(document) => (document, None),
        None => {
            let policy = state.own_policy(caller, arn)?;
            (policy.document.text.as_ref(), Some(policy.created))
        }
    };
    if version != VERSION {
        return Err(no_such_entity(format!(
            "Policy {arn} version {version} does not exist or is not attachable."
        )));
    }
    let mut fields = vec![
        Element::text("Document", encoded(document)),
        Element::text("VersionId", VERSION),
        Element::flag("IsDefaultVersion", true),
    ];
    fields.extend(created.map(|created| Element::text("CreateDate", created.iso_8601())));
    Ok(vec![Element::new("PolicyVersion", fields)])
}

fn list_policies(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let partition = caller.region.partition();
    let arn = format!("arn:{partition}:iam::{}:policy/", caller.account);
    state.authorize(caller, "iam:ListPolicies", &arn, &[])?;
    let scope = params.text("Scope").unwrap_or("All");
    if !["All", "AWS", "Local"].contains(&scope) {
        return Err(constraint(
            "scope",
            scope,
            "Member must satisfy enum value set: [All, AWS, Local]",
        ));
    }
    let only_attached = params.flag("OnlyAttached")?;
    let prefix = params.text("PathPrefix").unwrap_or("/");
    let mut policies: Vec<(String, Element)> = Vec::new();
    if scope != "Local" {
        for arn in arns_of_aws(partition) {
            let fields = fields_of_aws(state, &arn);
            policies.push((arn, Element::new("member", fields)));
        }
    }
    if scope != "AWS" {
        for policy in state.identities.policies_in(caller.account) {
            let fields = fields_of(policy, state.attachments(&policy.arn));
            policies.push((policy.arn.clone(), Element::new("member", fields)));
        }
    }
    policies.retain(|(arn, _)| {
        path_and_name(arn).0.starts_with(prefix) && (!only_attached || state.attachments(arn) > 0)
    });
    policies.sort_by(|(one, _), (other, _)| one.cmp(other));
    listed(caller, params, "ListPolicies", "Policies", policies)
}

fn delete_policy(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let arn = policy_arn(params)?;
    state.authorize(caller, "iam:DeletePolicy", arn, &[])?;
    if of_aws(arn).is_some() {
        return Err(Refusal::new(
            "AccessDenied",
            "Cannot delete an AWS managed policy.",
        ));
    }
    state.delete_policy(caller, arn)?;
    Ok(Vec::new())
}

/// The one version that a policy has here
const VERSION: &str = "v1";

fn policy_arn(params: &Params) -> Result<&str, Refusal> {
    let arn = required(params, "PolicyArn")?;
    if arn.len() < 20 {
        return Err(constraint(
            "policyArn",
            arn,
            "Member must have length greater than or equal to 20",
        ));
    }
    let is_arn = arn.starts_with("arn:") && arn.contains(":policy/");
    if is_arn {
        Ok(arn)
    } else {
        Err(Refusal::new(
            "InvalidInput",
            format!("ARN {arn} is not valid."),
        ))
    }
}

/// What stands behind `policy` in an ARN: the path with both slashes, and the name
fn path_and_name(arn: &str) -> (&str, &str) {
    let rest = arn.split_once(":policy").map_or("", |(_, rest)| rest);
    let slash = rest.rfind('/').map_or(0, |slash| slash + 1);
    rest.split_at(slash)
}

fn fields_of(policy: &ManagedPolicy, attachments: usize) -> Vec<Element> {
    vec![
        Element::text("PolicyName", policy.name.clone()),
        Element::text("PolicyId", policy.id.clone()),
        Element::text("Arn", policy.arn.clone()),
        Element::text("Path", policy.path.clone()),
        Element::text("DefaultVersionId", VERSION),
        Element::text("AttachmentCount", attachments.to_string()),
        Element::text("PermissionsBoundaryUsageCount", "0"),
        Element::flag("IsAttachable", true),
        Element::text("CreateDate", policy.created.iso_8601()),
        Element::text("UpdateDate", policy.created.iso_8601()),
    ]
}

/// One of AWS's own, whose id and dates the simulator does not have
fn fields_of_aws(state: &State, arn: &str) -> Vec<Element> {
    let (path, name) = path_and_name(arn);
    vec![
        Element::text("PolicyName", name.to_owned()),
        Element::text("Arn", arn.to_owned()),
        Element::text("Path", path.to_owned()),
        Element::text("DefaultVersionId", VERSION),
        Element::text("AttachmentCount", state.attachments(arn).to_string()),
        Element::text("PermissionsBoundaryUsageCount", "0"),
        Element::flag("IsAttachable", true),
    ]
}

#[cfg(test)]
mod tests {
    use super::path_and_name;

    #[test]
    fn an_arn_is_split_at_its_path() {
        let of = |arn| path_and_name(arn);
        assert_eq!(of("arn:aws:iam::aws:policy/Admin"), ("/", "Admin"));
        assert_eq!(of("arn:aws:iam::1:policy/a/b/C"), ("/a/b/", "C"));
        assert_eq!(of("nothing"), ("", ""));
    }
}
