//! `DescribeImageAttribute`, `ModifyImageAttribute` and what else is done to one attribute of an image.

use super::super::super::call::Caller;
use super::super::super::ec2::image_arn;
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::Params;
use super::super::service::QueryAction;
use super::super::xml::Element;
use crate::id::ImageId;
use crate::principal::Principal;

pub(crate) const ACTIONS: &[QueryAction] = &[QueryAction {
    name: "DescribeImageAttribute",
    takes: &["ImageId", "Attribute"],
    on: |caller, params| arns(caller, params),
    run: describe,
}];

fn arns(caller: Caller<'_>, params: &Params) -> Vec<String> {
    let image = params.text("ImageId").and_then(|id| id.parse().ok());
    image
        .map(|image: ImageId| image_arn(caller.region, &image))
        .into_iter()
        .collect()
}

fn describe(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let image = image_id(params)?;
    match params.required("Attribute")? {
        "launchPermission" => {
            let permissions = state.describe_launch_permissions(caller, &image)?;
            let items = permissions.iter().map(|principal| {
                Element::item(vec![match principal {
                    Principal::Account(id) => Element::text("userId", id.to_string()),
                    Principal::Public => Element::text("group", "all"),
                    Principal::Organization(arn) => {
                        Element::text("organizationArn", arn.to_string())
                    }
                    Principal::OrganizationalUnit(arn) => {
                        Element::text("organizationalUnitArn", arn.to_string())
                    }
                }])
            });
            Ok(vec![
                Element::text("imageId", image.to_string()),
                Element::list("launchPermission", items),
            ])
        }
        other => Err(super::super::params::invalid("attribute", other)),
    }
}

fn image_id(params: &Params) -> Result<ImageId, Refusal> {
    let text = params.required("ImageId")?;
    text.parse().map_err(|_| {
        Refusal::new(
            "InvalidAMIID.Malformed",
            format!("Invalid id: \"{text}\" (expecting \"ami-...\")"),
        )
    })
}
