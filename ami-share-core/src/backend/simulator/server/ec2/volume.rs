//! Volumes: what snapshots are made from.

use std::collections::BTreeSet;

use super::super::super::call::Caller;
use super::super::super::clock::Moment;
use super::super::super::ec2::{NewVolume, VolumeRecord, all_match, arn, tag_values};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::Params;
use super::super::service::{QueryAction, anything};
use super::super::xml::Element;
use super::done;
use super::id::parse_snapshot_id;
use super::listing::{Paging, filters, or_tag};
use super::snapshot::encryption;
use super::tag::{authorize_tagging, one_kind, tag_set};

pub(crate) const ACTIONS: &[QueryAction] = &[
    QueryAction {
        name: "CreateVolume",
        takes: &[
            "AvailabilityZone",
            "ClientToken",
            "Encrypted",
            "Iops",
            "KmsKeyId",
            "Size",
            "SnapshotId",
            "TagSpecification",
            "VolumeType",
        ],
        on: |caller, _| vec![arn(caller.region, Some(caller.account), "volume", "*")],
        run: create,
    },
    QueryAction {
        name: "DescribeVolumes",
        takes: &["VolumeId", "Filter", "MaxResults", "NextToken"],
        on: anything,
        run: describe,
    },
    QueryAction {
        name: "DeleteVolume",
        takes: &["VolumeId"],
        on: |caller, params| {
            let volume = params.optional("VolumeId").unwrap_or("*");
            vec![arn(caller.region, Some(caller.account), "volume", volume)]
        },
        run: |state, caller, params| {
            state.delete_volume(caller, params.required("VolumeId")?)?;
            Ok(done())
        },
    },
];

/// What `DescribeVolumes` filters by
const FILTERS: [&str; 15] = [
    "attachment.attach-time",
    "attachment.delete-on-termination",
    "attachment.device",
    "attachment.instance-id",
    "attachment.status",
    "availability-zone",
    "create-time",
    "encrypted",
    "multi-attach-enabled",
    "size",
    "snapshot-id",
    "status",
    "tag-key",
    "volume-id",
    "volume-type",
];

fn create(state: &mut State, caller: Caller<'_>, params: &Params) -> Result<Vec<Element>, Refusal> {
    let tags = one_kind(params, "volume")?;
    let any_volume = arn(caller.region, Some(caller.account), "volume", "*");
    authorize_tagging(state, caller, "CreateVolume", &any_volume, &tags)?;
    let new = NewVolume {
        zone: params.required("AvailabilityZone")?.to_owned(),
        size: params.parsed("Size")?,
        snapshot: params
            .optional("SnapshotId")
            .map(parse_snapshot_id)
            .transpose()?,
        kind: params.optional("VolumeType").map(str::to_owned),
        iops: params.parsed("Iops")?,
        encryption: encryption(params)?,
        tags,
    };
    let id = state.create_volume(caller, new, params.optional("ClientToken"))?;
    let record = state.own_volume(caller, &id)?;
    Ok(tell(caller, record, state.now()))
}

fn describe(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let filters = filters(params, or_tag(&FILTERS))?;
    let paging = Paging::of(state, caller, "DescribeVolumes", params)?;
    let now = state.now();
    let ids: BTreeSet<&str> = params.texts("VolumeId").into_iter().collect();
    let named = ids
        .iter()
        .map(|id| state.own_volume(caller, id))
        .collect::<Result<Vec<_>, _>>()?;
    let all = state
        .volumes_in(caller.region)
        .filter(|record| ids.is_empty() && record.owner == caller.account);
    let listing = named
        .into_iter()
        .chain(all)
        .filter(|record| all_match(&filters, |filter| values(caller, record, filter, now)))
        .map(|record| (record.id.clone(), record));
    let item = |record: &VolumeRecord| Element::item(tell(caller, record, now));
    Ok(paging.page("volumeSet", listing, item))
}

fn values(caller: Caller<'_>, record: &VolumeRecord, filter: &str, now: Moment) -> Vec<String> {
    if let Some(filter) = filter.strip_prefix("attachment.") {
        let attachment = record.attachment.iter();
        return attachment
            .map(|attachment| match filter {
                "attach-time" => attachment.since.iso_8601(),
                "delete-on-termination" => attachment.delete_on_termination.to_string(),
                "device" => attachment.device.clone(),
                "instance-id" => attachment.instance.clone(),
                _ => "attached".to_owned(),
            })
            .collect();
    }
    let value = match filter {
        "availability-zone" => record.zone.clone(),
        "create-time" => record.progress.started.iso_8601(),
        "encrypted" => record.key.is_some().to_string(),
        "multi-attach-enabled" => "false".to_owned(),
        "size" => record.size.to_string(),
        "snapshot-id" => {
            let snapshot = record.snapshot.as_ref();
            snapshot.map(ToString::to_string).unwrap_or_default()
        }
        "status" => record.status(now).to_owned(),
        "volume-id" => record.id.clone(),
        "volume-type" => record.kind.clone(),
        other => return tag_values(&record.tags.by(caller.account), other),
    };
    vec![value]
}

fn tell(caller: Caller<'_>, record: &VolumeRecord, now: Moment) -> Vec<Element> {
    let snapshot = record.snapshot.as_ref();
    let attachments = record.attachment.iter().map(|attachment| {
        Element::item(vec![
            Element::text("volumeId", record.id.clone()),
            Element::text("instanceId", attachment.instance.clone()),
            Element::text("device", attachment.device.clone()),
            Element::text("status", "attached"),
            Element::text("attachTime", attachment.since.iso_8601()),
            Element::flag("deleteOnTermination", attachment.delete_on_termination),
        ])
    });
    let mut fields = vec![
        Element::text("volumeId", record.id.clone()),
        Element::text("size", record.size.to_string()),
        Element::text(
            "snapshotId",
            snapshot.map(ToString::to_string).unwrap_or_default(),
        ),
        Element::text("availabilityZone", record.zone.clone()),
        Element::text("status", record.status(now)),
        Element::text("createTime", record.progress.started.iso_8601()),
        Element::list("attachmentSet", attachments),
        Element::flag("encrypted", record.key.is_some()),
        Element::text("volumeType", record.kind.clone()),
        Element::flag("multiAttachEnabled", false),
        tag_set(&record.tags.by(caller.account)),
    ];
    if let Some(iops) = record.iops {
        fields.push(Element::text("iops", iops.to_string()));
    }
    if let Some(key) = &record.key {
        fields.push(Element::text("kmsKeyId", key.to_string()));
    }
    fields
}
