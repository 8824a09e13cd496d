//! Managed policies.

use super::super::super::call::Caller;
use super::super::super::iam::{ManagedPolicy, arns_of_aws, is_attachable, no_such_entity, of_aws};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::Params;
use super::super::service::QueryAction;
use super::super::xml::Element;
use super::{action, arn, constraint, encoded, listed, name, path, required, tag_list, tags};

pub(super) const ACTIONS: &[QueryAction] = &[
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

fn create_policy(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let name = name(params, "PolicyName", 128)?;
    let path = path(params)?;
    let arn = arn(caller, "policy", path, name);
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
    let arn = arn(caller, "policy", "/", "");
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
        for arn in arns_of_aws(caller.region.partition()) {
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

pub(super) fn policy_arn(params: &Params) -> Result<&str, Refusal> {
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
pub(super) fn path_and_name(arn: &str) -> (&str, &str) {
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
        Element::flag("IsAttachable", is_attachable(arn)),
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
