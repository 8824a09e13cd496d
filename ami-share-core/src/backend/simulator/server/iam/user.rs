use super::super::super::call::Caller;
use super::super::super::iam::{Entity, Identity, no_such_entity, secret_of};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::Params;
use super::super::service::QueryAction;
use super::super::xml::Element;
use super::{action, arn, authorize, listed, name, path, required, tag_list, tags, told};
use crate::id::IamPrincipalArn;

pub(super) const ACTIONS: &[QueryAction] = &[
    action("CreateUser", &["UserName", "Path", "Tags"], create_user),
    action("GetUser", &["UserName"], get_user),
    action(
        "ListUsers",
        &["PathPrefix", "Marker", "MaxItems"],
        list_users,
    ),
    action("DeleteUser", &["UserName"], delete_user),
    action("CreateAccessKey", &["UserName"], create_access_key),
    action(
        "ListAccessKeys",
        &["UserName", "Marker", "MaxItems"],
        list_access_keys,
    ),
    action(
        "DeleteAccessKey",
        &["UserName", "AccessKeyId"],
        delete_access_key,
    ),
    action(
        "ListAccountAliases",
        &["Marker", "MaxItems"],
        list_account_aliases,
    ),
];

fn create_user(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let name = name(params, "UserName", 64)?;
    let path = path(params)?;
    state.authorize(caller, "iam:CreateUser", &arn_of(caller, path, name), &[])?;
    let user = state.create_user(caller, path, name, tags(params)?)?;
    Ok(vec![Element::new("User", fields_of(&user.entity))])
}

fn get_user(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    if params.text("UserName").is_none()
        && let Identity::Root(account) = caller.identity
    {
        let partition = caller.region.partition();
        return Ok(vec![Element::new(
            "User",
            vec![
                Element::text("UserId", account.to_string()),
                Element::text("Arn", format!("arn:{partition}:iam::{account}:root")),
            ],
        )]);
    }
    let arn = user_for(state, caller, params, "iam:GetUser")?;
    let user = state.identities.entity(&arn);
    let user = user.ok_or_else(|| no_such_user(arn.as_str()))?;
    Ok(vec![Element::new("User", fields_of(user))])
}

fn list_users(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let prefix = params.text("PathPrefix").unwrap_or("/");
    state.authorize(caller, "iam:ListUsers", &arn_of(caller, prefix, ""), &[])?;
    let users = state
        .identities
        .users_of(caller.account)
        .filter(|(_, user)| user.entity.path.starts_with(prefix))
        .map(|(key, user)| {
            let fields = told(&user.entity, "UserName", "UserId");
            (key.to_owned(), Element::new("member", fields))
        });
    listed(caller, params, "ListUsers", "Users", users)
}

fn delete_user(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    required(params, "UserName")?;
    let arn = user_for(state, caller, params, "iam:DeleteUser")?;
    state.delete_user(&arn)?;
    Ok(Vec::new())
}

fn create_access_key(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let arn = user_for(state, caller, params, "iam:CreateAccessKey")?;
    let key = state.create_access_key(&arn)?;
    Ok(vec![Element::new(
        "AccessKey",
        vec![
            Element::text("UserName", name_of(&arn)),
            Element::text("AccessKeyId", key.id.clone()),
            Element::text("Status", "Active"),
            Element::text("SecretAccessKey", secret_of(&key.id)),
            Element::text("CreateDate", key.created.iso_8601()),
        ],
    )])
}

fn list_access_keys(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let arn = user_for(state, caller, params, "iam:ListAccessKeys")?;
    let keys = state.keys_of(&arn).map(|key| {
        let fields = vec![
            Element::text("UserName", name_of(&arn)),
            Element::text("AccessKeyId", key.id.clone()),
            Element::text("Status", "Active"),
            Element::text("CreateDate", key.created.iso_8601()),
        ];
        (key.id.clone(), Element::new("member", fields))
    });
    listed(caller, params, "ListAccessKeys", "AccessKeyMetadata", keys)
}

fn delete_access_key(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let key = name(params, "AccessKeyId", 128)?;
    let arn = user_for(state, caller, params, "iam:DeleteAccessKey")?;
    state.delete_access_key(&arn, key)?;
    Ok(Vec::new())
}

/// No account has an alias
fn list_account_aliases(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    state.authorize(caller, "iam:ListAccountAliases", "*", &[])?;
    listed(caller, params, "ListAccountAliases", "AccountAliases", [])
}

/// The user that `UserName` names, or the one that calls, once the caller may do this to it
pub(super) fn user_for(
    state: &State,
    caller: Caller<'_>,
    params: &Params,
    action: &str,
) -> Result<IamPrincipalArn, Refusal> {
    let name = match (params.text("UserName"), caller.identity) {
        (Some(_), _) => name(params, "UserName", 128)?.to_owned(),
        (None, Identity::User(arn)) => name_of(arn),
        (None, _) => {
            return Err(Refusal::new(
                "ValidationError",
                "Must specify userName when calling with non-User credentials",
            ));
        }
    };
    let user = state.identities.user(caller.account, &name);
    let arn = match user {
        Some(user) => user.entity.arn.to_string(),
        None => arn_of(caller, "/", &name),
    };
    authorize(state, caller, params, action, &arn)?;
    user.map(|user| user.entity.arn.clone())
        .ok_or_else(|| no_such_user(&name))
}

fn no_such_user(name: &str) -> Refusal {
    no_such_entity(format!("The user with name {name} cannot be found."))
}

fn name_of(arn: &IamPrincipalArn) -> String {
    let name = arn.as_str().rsplit('/').next();
    name.unwrap_or_default().to_owned()
}

fn arn_of(caller: Caller<'_>, path: &str, name: &str) -> String {
    arn(caller, "user", path, name)
}

fn fields_of(user: &Entity) -> Vec<Element> {
    let mut fields = told(user, "UserName", "UserId");
    fields.extend(tag_list(&user.tags));
    fields
}
