//! `DescribeImageAttribute`, `ModifyImageAttribute` and what else is done to one attribute of an image.

use super::super::super::call::Caller;
use super::super::super::clock::Moment;
use super::super::super::ec2::{NewValue, image_arn};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::{Params, invalid, missing};
use super::super::service::QueryAction;
use super::super::xml::Element;
use super::done;
use super::id::image_id;
use super::image::product_codes;
use crate::id::ImageId;
use crate::principal::Principal;

pub(crate) const ACTIONS: &[QueryAction] = &[
    QueryAction {
        name: "CancelImageLaunchPermission",
        takes: &["ImageId"],
        on: on_image,
        run: cancel_launch_permission,
    },
    QueryAction {
        name: "DescribeImageAttribute",
        takes: &["ImageId", "Attribute"],
        on: on_image,
        run: describe,
    },
    QueryAction {
        name: "ModifyImageAttribute",
        takes: &[
            "Attribute",
            "Description",
            "ImageId",
            "ImdsSupport",
            "LaunchPermission",
            "OperationType",
            "OrganizationArn",
            "OrganizationalUnitArn",
            "ProductCode",
            "UserGroup",
            "UserId",
            "Value",
        ],
        on: on_image,
        run: modify,
    },
    QueryAction {
        name: "ResetImageAttribute",
        takes: &["Attribute", "ImageId"],
        on: on_image,
        run: reset,
    },
];

/// The image that the call is about
pub(crate) fn on_image(caller: Caller<'_>, params: &Params) -> Vec<String> {
    let image = params.text("ImageId").and_then(|id| id.parse().ok());
    let arn = image.map(|image: ImageId| image_arn(caller.region, &image));
    // No image is named: the rule refuses that, and until then it is about any.
    vec![arn.unwrap_or_else(|| "*".to_owned())]
}

fn describe(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let image = image_id(params)?;
    let attribute = params.required("Attribute")?;
    let about = Element::text("imageId", image.to_string());
    if attribute == "launchPermission" {
        let permissions = state.describe_launch_permissions(caller, &image)?;
        let items = permissions.iter().map(launch_permission);
        return Ok(vec![about, Element::list("launchPermission", items)]);
    }
    // That the other attributes are the owner's too is not documented.
    let record = state.own_image(caller, &image)?;
    let now = state.now();
    let value = |name: &'static str, value: Option<String>| {
        Element::list(name, value.map(|value| Element::text("value", value)))
    };
    let answer = match attribute {
        "blockDeviceMapping" => {
            return Err(Refusal::new(
                "AuthFailure",
                "Unauthorized attempt to access restricted resource",
            ));
        }
        "bootMode" => value("bootMode", record.boot_mode.clone()),
        "deregistrationProtection" => value(
            "deregistrationProtection",
            Some(record.protection.text(now)),
        ),
        "description" => value(
            "description",
            Some(record.description.clone()).filter(|text| !text.is_empty()),
        ),
        "imdsSupport" => value("imdsSupport", record.imds_v2.then(|| "v2.0".to_owned())),
        "lastLaunchedTime" => value(
            "lastLaunchedTime",
            record.told_last_launch(now).map(Moment::iso_8601),
        ),
        "productCodes" => product_codes(record),
        // No image of this world has any of these.
        "kernel" => value("kernel", None),
        "ramdisk" => value("ramdisk", None),
        "sriovNetSupport" => value("sriovNetSupport", None),
        "tpmSupport" => value("tpmSupport", None),
        "uefiData" => value("uefiData", None),
        other => return Err(invalid("attribute", other)),
    };
    Ok(vec![about, answer])
}

fn launch_permission(principal: &Principal) -> Element {
    Element::item(vec![match principal {
        Principal::Account(id) => Element::text("userId", id.to_string()),
        Principal::Public => Element::text("group", "all"),
        Principal::Organization(arn) => Element::text("organizationArn", arn.to_string()),
        Principal::OrganizationalUnit(arn) => {
            Element::text("organizationalUnitArn", arn.to_string())
        }
    }])
}

/// The structured parameters, of which one call has one
const STRUCTURED: [(&str, &str); 3] = [
    ("LaunchPermission", "launchPermission"),
    ("Description", "description"),
    ("ImdsSupport", "imdsSupport"),
];
/// The parameters of the older form, which can no longer share an image
const LEGACY: [&str; 4] = [
    "OrganizationArn",
    "OrganizationalUnitArn",
    "UserGroup",
    "UserId",
];

fn modify(state: &mut State, caller: Caller<'_>, params: &Params) -> Result<Vec<Element>, Refusal> {
    let image = image_id(params)?;
    check_combination(params)?;
    if let Some(change) = params.below("LaunchPermission") {
        change.only("LaunchPermission", &["Add", "Remove"])?;
        let add = principals(change, "Add")?;
        let remove = principals(change, "Remove")?;
        state.modify_launch_permissions(caller, &image, &add, &remove)?;
        return Ok(done());
    }
    let attribute = params.text("Attribute").unwrap_or_default();
    let is = |name: &str| attribute.eq_ignore_ascii_case(name);
    let value = params.text("Value");
    let text_of = |name: &str| params.below(name).map(|below| below.text("Value"));
    let new = if let Some(text) = text_of("Description") {
        NewValue::Description(text.unwrap_or_default().to_owned())
    } else if let Some(text) = text_of("ImdsSupport") {
        imds(text)?
    } else if is("description") {
        NewValue::Description(value.ok_or_else(|| missing("Value"))?.to_owned())
    } else if is("imdsSupport") {
        imds(Some(value.ok_or_else(|| missing("Value"))?))?
    } else if is("launchPermission") || LEGACY.iter().any(|name| params.below(name).is_some()) {
        return Err(missing("LaunchPermission"));
    } else if attribute.is_empty() {
        return Err(missing("Attribute"));
    } else {
        return Err(invalid("attribute", attribute));
    };
    state.modify_image_attribute(caller, &image, new)?;
    Ok(done())
}

/// One attribute at a time; what AWS says to several of them is not documented for images
fn check_combination(params: &Params) -> Result<(), Refusal> {
    let combination = |message: String| Refusal::new("InvalidParameterCombination", message);
    let given: Vec<&str> = STRUCTURED
        .iter()
        .filter(|(parameter, _)| params.below(parameter).is_some())
        .map(|(_, attribute)| *attribute)
        .collect();
    if given.len() > 1 {
        return Err(combination(format!(
            "Fields for multiple attribute types specified: {}",
            given.join(", ")
        )));
    }
    if let Some(operation) = params.text("OperationType")
        && !["add", "remove"].contains(&operation)
    {
        return Err(invalid("operationType", operation));
    }
    if params.below("ProductCode").is_some() {
        // "Not supported."
        return Err(invalid("attribute", "productCodes"));
    }
    let Some(given) = given.first() else {
        return Ok(());
    };
    let attribute = params.text("Attribute").unwrap_or_default();
    if !attribute.is_empty() && !attribute.eq_ignore_ascii_case(given) {
        return Err(combination(format!(
            "The attribute {attribute} cannot be modified by the parameter of {given}"
        )));
    }
    let older = LEGACY.iter().chain(&["Value"]);
    match older.copied().find(|name| params.below(name).is_some()) {
        Some(name) => Err(combination(format!(
            "The parameter {name} cannot be used with the parameter of {given}"
        ))),
        None => Ok(()),
    }
}

fn imds(text: Option<&str>) -> Result<NewValue, Refusal> {
    match text {
        Some("v2.0") => Ok(NewValue::ImdsV2),
        other => Err(invalid("imdsSupport", other.unwrap_or_default())),
    }
}

/// The items of one side of a change, each of which has one of four fields
fn principals(change: &Params, side: &str) -> Result<Vec<Principal>, Refusal> {
    change.items(side).into_iter().map(principal).collect()
}

fn principal(item: &Params) -> Result<Principal, Refusal> {
    item.only(
        "LaunchPermission",
        &[
            "Group",
            "OrganizationArn",
            "OrganizationalUnitArn",
            "UserId",
        ],
    )?;
    let mut fields = item
        .names()
        .filter_map(|name| Some((name, item.text(name)?)))
        .filter(|(_, text)| !text.is_empty());
    let Some((name, text)) = fields.next() else {
        return Err(missing("LaunchPermission"));
    };
    if fields.next().is_some() {
        // That an item is one of the four is documented; the code is not.
        return Err(Refusal::new(
            "InvalidParameterCombination",
            "A launch permission names one of UserId, Group, OrganizationArn and \
             OrganizationalUnitArn.",
        ));
    }
    let (parsed, kind) = match name {
        "UserId" => (text.parse().map(Principal::Account).ok(), "userId"),
        "OrganizationArn" => (
            text.parse().map(Principal::Organization).ok(),
            "OrganizationArn",
        ),
        "OrganizationalUnitArn" => (
            text.parse().map(Principal::OrganizationalUnit).ok(),
            "OrganizationalUnitArn",
        ),
        _ => ((text == "all").then_some(Principal::Public), "UserGroup"),
    };
    parsed.ok_or_else(|| {
        Refusal::new(
            "InvalidAMIAttributeItemValue",
            format!("Invalid attribute item value \"{text}\" for {kind} item type."),
        )
    })
}

fn reset(state: &mut State, caller: Caller<'_>, params: &Params) -> Result<Vec<Element>, Refusal> {
    let image = image_id(params)?;
    match params.required("Attribute")? {
        "launchPermission" => state.reset_launch_permissions(caller, &image)?,
        other => return Err(invalid("attribute", other)),
    }
    Ok(done())
}

fn cancel_launch_permission(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    state.cancel_image_launch_permission(caller, &image_id(params)?)?;
    Ok(done())
}
