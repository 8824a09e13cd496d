//! AWS Security Token Service: who am I, and who else may I be.

use super::super::call::Caller;
use super::super::iam::{Assumption, bad_duration, secret_of};
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
    let role = given(params, "RoleArn", "roleArn")?;
    let session = given(params, "RoleSessionName", "roleSessionName")?;
    let duration = match params.text("DurationSeconds") {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| bad_duration(text))?),
    };
    let arns = params.items("PolicyArns");
    let asked = Assumption {
        role,
        session,
        external_id: params.text("ExternalId"),
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

/// A parameter that has to be there
fn given<'a>(params: &'a Params, name: &str, member: &str) -> Result<&'a str, Refusal> {
    params.text(name).ok_or_else(|| {
        Refusal::new(
            "ValidationError",
            format!(
                "1 validation error detected: Value null at '{member}' failed to satisfy \
                 constraint: Member must not be null"
            ),
        )
    })
}
