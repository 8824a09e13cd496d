//! `DescribeImages`.

use super::super::super::call::Caller;
use super::super::super::clock::Moment;
use super::super::super::ec2::{
    BlankDevice, ExecutableBy, ImageOwner, ImageQuery, ImageRecord, ImageVolume, is_image_filter,
    root_device_type,
};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::Params;
use super::super::service::{QueryAction, anything};
use super::super::xml::Element;
use super::id::{parse_account, parse_image_id};
use super::listing::{filters, max_results};
use super::tag::tag_set;
use crate::id::SnapshotId;

pub(crate) const ACTIONS: &[QueryAction] = &[QueryAction {
    name: "DescribeImages",
    takes: &[
        "ExecutableBy",
        "Filter",
        "ImageId",
        "IncludeDeprecated",
        "IncludeDisabled",
        "MaxResults",
        "NextToken",
        "Owner",
    ],
    on: anything,
    run: describe,
}];

/// AWS's own owners; none of their images are in this world
const ALIASES: [&str; 3] = ["amazon", "aws-backup-vault", "aws-marketplace"];

fn describe(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let most = max_results(params)?;
    let query = query(caller, params)?;
    if most.is_some() && !query.ids.is_empty() {
        return Err(Refusal::new(
            "InvalidParameterCombination",
            "The parameter imageIds cannot be used with the parameter maxResults",
        ));
    }
    let page = state.page_of_images(caller, &query, most, params.optional("NextToken"))?;
    let images = page.items.into_iter();
    let images = images.map(|image| Element::item(told(state, caller, image)));
    let mut answer = vec![Element::list("imagesSet", images)];
    answer.extend(
        page.next_token
            .map(|token| Element::text("nextToken", token)),
    );
    Ok(answer)
}

fn query(caller: Caller<'_>, params: &Params) -> Result<ImageQuery, Refusal> {
    let ids = params.texts("ImageId").into_iter().map(parse_image_id);
    let owners = params.texts("Owner").into_iter().map(|text| match text {
        "self" => Ok(ImageOwner::Account(caller.account)),
        alias if ALIASES.contains(&alias) => Ok(ImageOwner::Alias),
        id => parse_account(id).map(ImageOwner::Account),
    });
    let executable_by = params.texts("ExecutableBy").into_iter();
    let executable_by = executable_by.map(|text| match text {
        "self" => Ok(ExecutableBy::Caller),
        "all" => Ok(ExecutableBy::All),
        id => parse_account(id).map(|id| match id == caller.account {
            true => ExecutableBy::Caller,
            false => ExecutableBy::Account(id),
        }),
    });
    Ok(ImageQuery {
        ids: ids.collect::<Result<_, _>>()?,
        owners: owners.collect::<Result<_, _>>()?,
        executable_by: executable_by.collect::<Result<_, _>>()?,
        filters: filters(params, is_image_filter)?,
        include_deprecated: params.flag("IncludeDeprecated")?,
        include_disabled: params.flag("IncludeDisabled")?,
    })
}

fn told(state: &State, caller: Caller<'_>, image: &ImageRecord) -> Vec<Element> {
    let location = image.manifest.clone();
    let location = location.unwrap_or_else(|| format!("{}/{}", image.owner, image.name));
    let root_device = root_device_type(image.root_device);
    let mut fields = vec![
        Element::text("imageId", image.id.to_string()),
        Element::text("imageLocation", location),
        Element::text("imageState", image.state.to_string()),
        Element::text("imageOwnerId", image.owner.to_string()),
        Element::text("creationDate", image.created.iso_8601()),
        Element::flag("isPublic", image.is_public()),
        product_codes(image),
        Element::text("architecture", image.architecture.clone()),
        Element::text("imageType", "machine"),
        Element::text("platformDetails", "Linux/UNIX"),
        Element::text("usageOperation", "RunInstances"),
        Element::text("name", image.name.clone()),
        Element::text("rootDeviceType", root_device),
        Element::text("rootDeviceName", image.root_device_name.clone()),
        devices(image),
        Element::text("virtualizationType", image.virtualization.clone()),
        Element::text("hypervisor", "xen"),
        Element::flag("enaSupport", image.ena_support),
        tag_set(&image.tags.of_image(image.owner, caller.account)),
    ];
    let mut add = |name: &'static str, text: Option<String>| {
        fields.extend(text.map(|text| Element::text(name, text)));
    };
    add(
        "description",
        Some(image.description.clone()).filter(|text| !text.is_empty()),
    );
    add("bootMode", image.boot_mode.clone());
    add("imdsSupport", image.imds_v2.then(|| "v2.0".to_owned()));
    add(
        "deprecationTime",
        image.deprecated_from().map(|from| from.iso_8601()),
    );
    let now = state.now();
    if image.owner == caller.account {
        // That nobody else is told of these two is not documented.
        add("deregistrationProtection", Some(image.protection.text(now)));
        add(
            "lastLaunchedTime",
            image.told_last_launch(now).map(Moment::iso_8601),
        );
    }
    if let Some((id, region)) = &image.source {
        add("sourceImageId", Some(id.to_string()));
        add("sourceImageRegion", Some(region.to_string()));
    }
    add("sourceInstanceId", image.source_instance.clone());
    let allowed = state.is_allowed_image(caller.region, caller.account, image);
    add(
        "imageAllowed",
        allowed.flag().map(|is_allowed| is_allowed.to_string()),
    );
    if let Some(reason) = &image.state_reason {
        fields.push(Element::new(
            "stateReason",
            vec![
                Element::text("code", reason.code),
                Element::text("message", reason.message.clone()),
            ],
        ));
    }
    fields
}

pub(crate) fn product_codes(image: &ImageRecord) -> Element {
    let codes = image.product_codes.iter().map(|code| {
        Element::item(vec![
            Element::text("productCode", code.clone()),
            Element::text("type", "marketplace"),
        ])
    });
    Element::list("productCodes", codes)
}

fn devices(image: &ImageRecord) -> Element {
    let from_snapshots = image
        .snapshots
        .iter()
        .map(|device| volume(Some(&device.id), device.encrypted, &device.volume));
    let blank = image.blank_devices.iter().map(|device| match device {
        BlankDevice::Volume {
            encrypted,
            volume: of,
        } => volume(None, *encrypted, of),
        BlankDevice::InstanceStore { device, name } => Element::item(vec![
            Element::text("deviceName", device.clone()),
            Element::text("virtualName", name.clone()),
        ]),
    });
    Element::list("blockDeviceMapping", from_snapshots.chain(blank))
}

/// Without the key of the snapshot, which `DescribeSnapshots` has
fn volume(snapshot: Option<&SnapshotId>, encrypted: bool, volume: &ImageVolume) -> Element {
    let mut ebs = Vec::new();
    ebs.extend(snapshot.map(|id| Element::text("snapshotId", id.to_string())));
    ebs.extend([
        Element::text("volumeSize", volume.size.to_string()),
        Element::flag("deleteOnTermination", volume.delete_on_termination),
        Element::text("volumeType", volume.kind.clone()),
        Element::flag("encrypted", encrypted),
    ]);
    Element::item(vec![
        Element::text("deviceName", volume.device.clone()),
        Element::new("ebs", ebs),
    ])
}
