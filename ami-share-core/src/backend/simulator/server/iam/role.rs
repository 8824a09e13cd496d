use super::super::super::call::Caller;
use super::super::super::iam::{
    Document, Role, RoleSpec, check_max_session, check_name, no_such_entity,
};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::Params;
use super::super::service::QueryAction;
use super::super::xml::Element;
use super::{action, arn, authorize, encoded, listed, name, path, required, tag_list, tags, told};
use crate::id::IamPrincipalArn;

pub(super) const ACTIONS: &[QueryAction] = &[
    action(
        "CreateRole",
        &[
            "RoleName",
            "AssumeRolePolicyDocument",
            "Path",
            "Description",
            "MaxSessionDuration",
            "Tags",
        ],
        create_role,
    ),
    action(
        "CreateServiceLinkedRole",
        &["AWSServiceName", "CustomSuffix", "Description"],
        create_service_linked_role,
    ),
    action("GetRole", &["RoleName"], get_role),
    action(
        "ListRoles",
        &["PathPrefix", "Marker", "MaxItems"],
        list_roles,
    ),
    action("DeleteRole", &["RoleName"], delete_role),
    action(
        "UpdateAssumeRolePolicy",
        &["RoleName", "PolicyDocument"],
        update_assume_role_policy,
    ),
];

fn create_role(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let name = name(params, "RoleName", 64)?;
    let path = path(params)?;
    let arn = arn_of(caller, path, name);
    state.authorize(caller, "iam:CreateRole", &arn, &[])?;
    let max_session = match params.text("MaxSessionDuration") {
        None => RoleSpec::MAX_SESSION,
        Some(text) => check_max_session(text)?,
    };
    if path.starts_with("/aws-service-role/") {
        return Err(Refusal::new(
            "ValidationError",
            "The specified value for path is invalid: /aws-service-role/ is reserved for services.",
        ));
    }
    let document = required(params, "AssumeRolePolicyDocument")?;
    let spec = RoleSpec {
        path: path.to_owned(),
        name: name.to_owned(),
        trust: Document::of_trust(document, &state.identities)?,
        description: params.text("Description").map(str::to_owned),
        max_session,
        tags: tags(params)?,
    };
    let role = state.create_role(&caller.region.partition(), caller.account, spec)?;
    Ok(vec![Element::new("Role", fields_of(role, Told::Whole))])
}

fn create_service_linked_role(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let service = name(params, "AWSServiceName", 128)?;
    let suffix = params.text("CustomSuffix");
    if let Some(suffix) = suffix {
        check_name("customSuffix", suffix, 64)?;
    }
    let arn = arn_of(caller, &format!("/aws-service-role/{service}/"), "*");
    state.authorize(
        caller,
        "iam:CreateServiceLinkedRole",
        &arn,
        &[("iam:AWSServiceName", service)],
    )?;
    let description = params.text("Description");
    let partition = caller.region.partition();
    let account = caller.account;
    let role =
        state.create_service_linked_role(&partition, account, service, suffix, description)?;
    Ok(vec![Element::new("Role", fields_of(role, Told::Whole))])
}

fn get_role(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let arn = role_for(state, caller, params, "iam:GetRole")?;
    let role = state.identities.role_of(&arn);
    let role = role.ok_or_else(|| no_such_role(arn.as_str()))?;
    let mut fields = fields_of(role, Told::Whole);
    // `GetRole` alone returns it. It stays empty: AWS tells a use hours later, and this does not.
    fields.push(Element::new("RoleLastUsed", Vec::new()));
    Ok(vec![Element::new("Role", fields)])
}

fn list_roles(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let prefix = params.text("PathPrefix").unwrap_or("/");
    let arn = arn_of(caller, prefix, "");
    state.authorize(caller, "iam:ListRoles", &arn, &[])?;
    let roles = state
        .identities
        .roles_of(caller.account)
        .filter(|(_, role)| role.entity.path.starts_with(prefix))
        .map(|(key, role)| {
            (
                key.to_owned(),
                Element::new("member", fields_of(role, Told::InList)),
            )
        });
    listed(caller, params, "ListRoles", "Roles", roles)
}

fn delete_role(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let arn = role_for(state, caller, params, "iam:DeleteRole")?;
    state.delete_role(&arn)?;
    Ok(Vec::new())
}

fn update_assume_role_policy(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let arn = role_for(state, caller, params, "iam:UpdateAssumeRolePolicy")?;
    state.update_trust(&arn, required(params, "PolicyDocument")?)?;
    Ok(Vec::new())
}

/// The role that `RoleName` names, once the caller may do this to it
pub(super) fn role_for(
    state: &State,
    caller: Caller<'_>,
    params: &Params,
    action: &str,
) -> Result<IamPrincipalArn, Refusal> {
    let name = name(params, "RoleName", 64)?;
    let role = state.identities.role(caller.account, name);
    let arn = match role {
        Some(role) => role.entity.arn.to_string(),
        None => arn_of(caller, "/", name),
    };
    authorize(state, caller, params, action, &arn)?;
    role.map(|role| role.entity.arn.clone())
        .ok_or_else(|| no_such_role(name))
}

fn no_such_role(name: &str) -> Refusal {
    no_such_entity(format!("The role with name {name} cannot be found."))
}

fn arn_of(caller: Caller<'_>, path: &str, name: &str) -> String {
    arn(caller, "role", path, name)
}

/// A listing leaves out the tags
#[derive(Clone, Copy, Eq, PartialEq)]
enum Told {
    InList,
    Whole,
}

fn fields_of(role: &Role, how: Told) -> Vec<Element> {
    let mut fields = told(&role.entity, "RoleName", "RoleId");
    fields.push(Element::text(
        "AssumeRolePolicyDocument",
        encoded(&role.trust.text),
    ));
    fields.extend(
        role.description
            .clone()
            .map(|description| Element::text("Description", description)),
    );
    fields.push(Element::text(
        "MaxSessionDuration",
        role.max_session.to_string(),
    ));
    if how == Told::Whole {
        fields.extend(tag_list(&role.entity.tags));
    }
    fields
}
