//! Instances: what comes of launching an image.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::call::Caller;
use super::super::super::ec2::{
    InstanceRecord, Launch, LaunchDevice, all_match, arn, image_arn, tag_values,
};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::{Params, missing};
use super::super::service::{QueryAction, anything};
use super::super::xml::Element;
use super::id::image_id;
use super::listing::{Paging, filters, or_tag};
use super::snapshot::encryption;
use super::tag::{authorize_tagging, tag_set, tag_specifications};

pub(crate) const ACTIONS: &[QueryAction] = &[
    QueryAction {
        name: "RunInstances",
        takes: &[
            "BlockDeviceMapping",
            "ClientToken",
            "ImageId",
            "InstanceType",
            "MaxCount",
            "MinCount",
            "Placement",
            "SubnetId",
            "TagSpecification",
        ],
        on: |caller, params| {
            let image = params.text("ImageId").and_then(|id| id.parse().ok());
            let image = match image {
                Some(image) => image_arn(caller.region, &image),
                None => arn(caller.region, None, "image", "*"),
            };
            // There are no networks but for subnets that are named; AWS looks at more of them.
            let subnet = params.text("SubnetId");
            let subnet = subnet.map(|id| arn(caller.region, Some(caller.account), "subnet", id));
            let made = [any(caller, "instance"), any(caller, "volume")];
            std::iter::once(image).chain(made).chain(subnet).collect()
        },
        run,
    },
    QueryAction {
        name: "DescribeInstances",
        takes: &["InstanceId", "Filter", "MaxResults", "NextToken"],
        on: anything,
        run: describe,
    },
    QueryAction {
        name: "TerminateInstances",
        takes: &["InstanceId"],
        on: |caller, params| {
            let ids = params.texts("InstanceId").into_iter();
            ids.map(|id| arn(caller.region, Some(caller.account), "instance", id))
                .collect()
        },
        run: terminate,
    },
];

/// What the instance types with the most volumes take
const MOST_DEVICES: usize = 128;

fn any(caller: Caller<'_>, kind: &str) -> String {
    arn(caller.region, Some(caller.account), kind, "*")
}

fn run(state: &mut State, caller: Caller<'_>, params: &Params) -> Result<Vec<Element>, Refusal> {
    let mut tags = tag_specifications(params, &["instance", "volume"])?;
    for (kind, tags) in &tags {
        authorize_tagging(state, caller, "RunInstances", &any(caller, kind), tags)?;
    }
    let zone = match params.below("Placement") {
        Some(placement) => {
            placement.only("Placement", &["AvailabilityZone"])?;
            placement.optional("AvailabilityZone").map(str::to_owned)
        }
        None => None,
    };
    let launch = Launch {
        image: Some(image_id(params)?),
        least: count(params, "MinCount")?,
        most: count(params, "MaxCount")?,
        kind: params.optional("InstanceType").map(str::to_owned),
        zone,
        subnet: params.optional("SubnetId").map(str::to_owned),
        devices: devices(params)?,
        instance_tags: tags.remove("instance").unwrap_or_default(),
        volume_tags: tags.remove("volume").unwrap_or_default(),
    };
    if params.flag("DryRun")? {
        state.check_launch(caller, &launch)?;
        return Err(Refusal::dry_run());
    }
    let token = params.optional("ClientToken");
    let reservation = state.run_instances(caller, launch, token)?;
    let instances: Vec<&InstanceRecord> = state
        .instances_in(caller.region)
        .filter(|instance| instance.reservation == reservation)
        .collect();
    Ok(tell_reservation(state, caller, &reservation, &instances))
}

fn count(params: &Params, name: &str) -> Result<u32, Refusal> {
    params.parsed(name)?.ok_or_else(|| missing(name))
}

fn devices(params: &Params) -> Result<Vec<LaunchDevice>, Refusal> {
    const EBS: [&str; 5] = [
        "DeleteOnTermination",
        "Encrypted",
        "KmsKeyId",
        "VolumeSize",
        "VolumeType",
    ];
    let items = params.items("BlockDeviceMapping");
    if items.len() > MOST_DEVICES {
        // The code is AWS's for volumes that are attached one by one.
        return Err(Refusal::new(
            "AttachmentLimitExceeded",
            format!("An instance has at most {MOST_DEVICES} devices."),
        ));
    }
    let mut devices: Vec<LaunchDevice> = Vec::new();
    for item in items {
        item.only("BlockDeviceMapping", &["DeviceName", "Ebs"])?;
        let name = item.required("DeviceName")?;
        let nothing = Params::default();
        let ebs = item.below("Ebs").unwrap_or(&nothing);
        ebs.only("BlockDeviceMapping.Ebs", &EBS)?;
        if devices.iter().any(|device| device.name == name) {
            return Err(Refusal::new(
                "InvalidBlockDeviceMapping",
                format!("The device '{name}' is used in more than one block-device mapping"),
            ));
        }
        devices.push(LaunchDevice {
            name: name.to_owned(),
            size: ebs.parsed("VolumeSize")?,
            kind: ebs.optional("VolumeType").map(str::to_owned),
            encryption: encryption(ebs)?,
            delete_on_termination: ebs.optional_flag("DeleteOnTermination")?,
        });
    }
    Ok(devices)
}

fn describe(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    const FILTERS: [&str; 9] = [
        "availability-zone",
        "image-id",
        "instance-id",
        "instance-state-code",
        "instance-state-name",
        "instance-type",
        "owner-id",
        "reservation-id",
        "tag-key",
    ];
    let filters = filters(params, or_tag(&FILTERS))?;
    let paging = Paging::of(state, caller, "DescribeInstances", params)?;
    let ids: BTreeSet<&str> = params.texts("InstanceId").into_iter().collect();
    for id in &ids {
        state.own_instance(caller, id)?;
    }
    let mut reservations: BTreeMap<String, Vec<&InstanceRecord>> = BTreeMap::new();
    for record in state.instances_in(caller.region) {
        let is_asked_for = record.owner == caller.account
            && (ids.is_empty() || ids.contains(record.id.as_str()))
            && all_match(&filters, |filter| values(caller, record, filter));
        if is_asked_for {
            let reservation = reservations.entry(record.reservation.clone());
            reservation.or_default().push(record);
        }
    }
    let listing = reservations
        .into_iter()
        .map(|(id, instances)| (id.clone(), (id, instances)));
    Ok(paging.page("reservationSet", listing, |(id, instances)| {
        Element::item(tell_reservation(state, caller, &id, &instances))
    }))
}

fn values(caller: Caller<'_>, record: &InstanceRecord, filter: &str) -> Vec<String> {
    let (code, name) = record.state();
    let value = match filter {
        "availability-zone" => record.zone.clone(),
        "image-id" => record.image.to_string(),
        "instance-id" => record.id.clone(),
        "instance-state-code" => code.to_string(),
        "instance-state-name" => name.to_owned(),
        "instance-type" => record.kind.clone(),
        "owner-id" => record.owner.to_string(),
        "reservation-id" => record.reservation.clone(),
        other => return tag_values(&record.tags.by(caller.account), other),
    };
    vec![value]
}

fn terminate(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let ids = params.texts("InstanceId");
    if ids.is_empty() {
        return Err(missing("InstanceId"));
    }
    let before = ids
        .iter()
        .map(|id| Ok((*id, state.own_instance(caller, id)?.state())))
        .collect::<Result<Vec<_>, Refusal>>()?;
    state.terminate_instances(caller, &ids)?;
    let items = before.into_iter().map(|(id, before)| {
        Element::item(vec![
            Element::text("instanceId", id.to_owned()),
            state_of("currentState", (48, "terminated")),
            state_of("previousState", before),
        ])
    });
    Ok(vec![Element::list("instancesSet", items)])
}

fn state_of(field: &'static str, (code, name): (u8, &'static str)) -> Element {
    Element::new(
        field,
        vec![
            Element::text("code", code.to_string()),
            Element::text("name", name),
        ],
    )
}

fn tell_reservation(
    state: &State,
    caller: Caller<'_>,
    reservation: &str,
    instances: &[&InstanceRecord],
) -> Vec<Element> {
    let items = instances
        .iter()
        .map(|instance| Element::item(tell(state, caller, instance)));
    vec![
        Element::text("reservationId", reservation.to_owned()),
        Element::text("ownerId", caller.account.to_string()),
        Element::list("groupSet", []),
        Element::list("instancesSet", items),
    ]
}

fn tell(state: &State, caller: Caller<'_>, record: &InstanceRecord) -> Vec<Element> {
    let volumes = state.volumes_in(caller.region).filter_map(|volume| {
        let attachment = volume.attachment.as_ref()?;
        (attachment.instance == record.id).then(|| {
            let ebs = vec![
                Element::text("volumeId", volume.id.clone()),
                Element::text("status", "attached"),
                Element::text("attachTime", attachment.since.iso_8601()),
                Element::flag("deleteOnTermination", attachment.delete_on_termination),
            ];
            Element::item(vec![
                Element::text("deviceName", attachment.device.clone()),
                Element::new("ebs", ebs),
            ])
        })
    });
    let zone = vec![
        Element::text("availabilityZone", record.zone.clone()),
        Element::text("tenancy", "default"),
    ];
    let mut fields = vec![
        Element::text("instanceId", record.id.clone()),
        Element::text("imageId", record.image.to_string()),
        state_of("instanceState", record.state()),
        Element::text("amiLaunchIndex", record.index.to_string()),
        Element::text("instanceType", record.kind.clone()),
        Element::text("launchTime", record.launched.iso_8601()),
        Element::new("placement", zone),
        Element::list("blockDeviceMapping", volumes),
        tag_set(&record.tags.by(caller.account)),
    ];
    if let Some((token, _)) = &record.request {
        fields.push(Element::text("clientToken", token.clone()));
    }
    if let Some((code, message)) = record.end {
        fields.push(Element::new(
            "stateReason",
            vec![
                Element::text("code", code),
                Element::text("message", message),
            ],
        ));
    }
    fields
}
