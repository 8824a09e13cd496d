//! AWS Security Token Service: who am I, and who else may I be.

use super::super::call::Caller;
use super::super::iam::{Assumption, constraint, secret_of};
use super::super::refusal::Refusal;
use super::super::state::State;
use super::iam::{action, read_tags};
use super::params::Params;
use super::service::QueryAction;
use super::xml::Element;

pub(crate) const ACTIONS: &[&[QueryAction]] = &[&[
    // "No permissions are required to perform this operation."
    action("GetCallerIdentity", &[], get_caller_identity),
    action(
        "AssumeRole",
        &[
            "RoleArn",
            "RoleSessionName",
            "ExternalId",
            "DurationSeconds",
            "Policy",
            "PolicyArns",
            "Tags",
        ],
        assume_role,
    ),
]];

fn get_caller_identity(
    state: &mut State,
    caller: Caller<'_>,
    _: &Params,
) -> Result<Vec<Element>, Refusal> {
    Ok(vec![
        Element::text("UserId", state.identities.user_id(caller.identity)),
        Element::text("Account", caller.account.to_string()),
        Element::text("Arn", caller.identity.caller().to_string()),
    ])
}

fn assume_role(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let role = bounded(params, "RoleArn", "roleArn", 20, 2_048)?;
    let session = bounded(params, "RoleSessionName", "roleSessionName", 2, 64)?;
    let is_session = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if !session.chars().all(is_session) {
        return Err(constraint(
            "roleSessionName",
            session,
            "Member must satisfy regular expression pattern: [\\w+=,.@-]*",
        ));
    }
    if !role.starts_with("arn:") {
        return Err(Refusal::new(
            "ValidationError",
            format!("{role} is invalid"),
        ));
    }
    let external_id = match params.text("ExternalId") {
        None => None,
        Some(_) => Some(bounded(params, "ExternalId", "externalId", 2, 1_224)?),
    };
    let is_external = |c: char| is_session(c) || ":/".contains(c);
    if let Some(id) = external_id.filter(|id| !id.chars().all(is_external)) {
        return Err(constraint(
            "externalId",
            id,
            "Member must satisfy regular expression pattern: [\\w+=,.@:\\/-]*",
        ));
    }
    let duration = match params.text("DurationSeconds") {
        None => None,
        Some(text) => Some(
            text.parse()
                .ok()
                .filter(|seconds| (900..=43_200).contains(seconds))
                .ok_or_else(|| {
                    constraint(
                        "durationSeconds",
                        text,
                        "Member must have value between 900 and 43200",
                    )
                })?,
        ),
    };
    let arns = params.items("PolicyArns");
    let asked = Assumption {
        role,
        session,
        external_id,
        duration,
        policy: params.text("Policy"),
        policy_arns: arns.iter().filter_map(|arn| arn.text("arn")).collect(),
        tags: read_tags(params, "InvalidParameterValue")?,
    };
    let assumed = state.assume_role(caller, &asked)?;
    let mut fields = vec![
        Element::new(
            "Credentials",
            vec![
                Element::text("AccessKeyId", assumed.access_key.clone()),
                Element::text("SecretAccessKey", secret_of(&assumed.access_key)),
                Element::text("SessionToken", assumed.token),
                Element::text("Expiration", assumed.expires.iso_8601()),
            ],
        ),
        Element::new(
            "AssumedRoleUser",
            vec![
                Element::text("AssumedRoleId", assumed.id),
                Element::text("Arn", assumed.arn),
            ],
        ),
    ];
    fields.extend(
        assumed
            .packed_percent
            .map(|percent| Element::text("PackedPolicySize", percent.to_string())),
    );
    Ok(fields)
}

/// A parameter that has to be there, and of a length
fn bounded<'a>(
    params: &'a Params,
    name: &str,
    member: &str,
    least: usize,
    most: usize,
) -> Result<&'a str, Refusal> {
    let Some(text) = params.text(name) else {
        return Err(Refusal::new(
            "ValidationError",
            format!(
                "1 validation error detected: Value null at '{member}' failed to satisfy \
                 constraint: Member must not be null"
            ),
        ));
    };
    let length = text.chars().count();
    if length < least {
        return Err(constraint(
            member,
            text,
            &format!("Member must have length greater than or equal to {least}"),
        ));
    }
    if length > most {
        return Err(constraint(
            member,
            text,
            &format!("Member must have length less than or equal to {most}"),
        ));
    }
    Ok(text)
}
