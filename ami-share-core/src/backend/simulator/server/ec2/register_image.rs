//! `RegisterImage`.

use super::super::super::call::Caller;
use super::super::super::ec2::{NewDevice, NewImage, NewSource, arn};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::{Params, missing};
use super::super::service::QueryAction;
use super::super::xml::Element;
use super::id::parse_snapshot_id;
use super::tag::tag_specifications;

pub(crate) const ACTIONS: &[QueryAction] = &[QueryAction {
    name: "RegisterImage",
    takes: &[
        "Architecture",
        "BlockDeviceMapping",
        "BootMode",
        "Description",
        "EnaSupport",
        "ImageLocation",
        "ImdsSupport",
        "Name",
        "RootDeviceName",
        "TagSpecification",
        "VirtualizationType",
    ],
    on: |caller, _| vec![arn(caller.region, None, "image", "*")],
    run: register,
}];

fn register(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let text = |name: &str| params.text(name).filter(|text| !text.is_empty());
    let owned = |name: &str| text(name).map(str::to_owned);
    let imds_v2 = match text("ImdsSupport") {
        None => false,
        Some("v2.0") => true,
        Some(other) => return Err(super::super::params::invalid("imdsSupport", other)),
    };
    if params.below("BlockDeviceMapping").is_none() && text("ImageLocation").is_none() {
        return Err(missing("ImageLocation"));
    }
    let mut tags = tag_specifications(params, &["image"])?;
    let tags = tags.remove("image").unwrap_or_default();
    if !tags.is_empty() {
        may_tag(state, caller, "image", "RegisterImage")?;
    }
    let devices = params.items("BlockDeviceMapping").into_iter().map(device);
    let image = NewImage {
        name: params.required("Name")?.to_owned(),
        description: owned("Description").unwrap_or_default(),
        manifest: owned("ImageLocation"),
        architecture: owned("Architecture"),
        virtualization: owned("VirtualizationType"),
        root_device_name: owned("RootDeviceName"),
        ena_support: params.flag("EnaSupport")?,
        boot_mode: owned("BootMode"),
        imds_v2,
        devices: devices.collect::<Result<_, _>>()?,
        tags,
    };
    let id = state.register_new_image(caller, image)?;
    Ok(vec![Element::text("imageId", id.to_string())])
}

/// Whether the caller's policies allow it to tag what an action makes
pub(crate) fn may_tag(
    state: &State,
    caller: Caller<'_>,
    kind: &str,
    action: &str,
) -> Result<(), Refusal> {
    let arn = arn(caller.region, None, kind, "*");
    let keys = [("ec2:CreateAction", action)];
    state.authorize(caller, "ec2:CreateTags", &arn, &keys)
}

fn device(item: &Params) -> Result<NewDevice, Refusal> {
    item.only("BlockDeviceMapping", &["DeviceName", "Ebs", "VirtualName"])?;
    let device = item.required("DeviceName");
    let device = device.map_err(|_| missing("BlockDeviceMapping.DeviceName"))?;
    let source = match (item.below("Ebs"), item.text("VirtualName")) {
        (Some(ebs), None) => volume(ebs)?,
        (None, Some(name)) => NewSource::InstanceStore(name.to_owned()),
        (None, None) => return Err(missing("BlockDeviceMapping.Ebs")),
        (Some(_), Some(_)) => {
            return Err(Refusal::new(
                "InvalidBlockDeviceMapping",
                format!("{device} has both a virtual name and an EBS volume"),
            ));
        }
    };
    Ok(NewDevice {
        device: device.to_owned(),
        source,
    })
}

fn volume(ebs: &Params) -> Result<NewSource, Refusal> {
    ebs.only(
        "BlockDeviceMapping.Ebs",
        &[
            "DeleteOnTermination",
            "Encrypted",
            "SnapshotId",
            "VolumeSize",
            "VolumeType",
        ],
    )?;
    let snapshot = ebs.optional("SnapshotId");
    let snapshot = snapshot.map(parse_snapshot_id).transpose()?;
    Ok(NewSource::Volume {
        snapshot,
        size: ebs.parsed("VolumeSize")?,
        kind: ebs.text("VolumeType").map(str::to_owned),
        delete_on_termination: ebs.parsed("DeleteOnTermination")?,
        encrypted: ebs.parsed("Encrypted")?,
    })
}
