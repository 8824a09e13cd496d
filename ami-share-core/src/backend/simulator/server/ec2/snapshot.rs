//! Snapshots: how they come, are listed, and go.

use std::collections::BTreeSet;

use super::super::super::call::Caller;
use super::super::super::clock::Moment;
use super::super::super::ec2::{
    Completion, Encryption, SnapshotCopy, SnapshotRecord, Stage, all_match, arn, snapshot_arn,
    tag_values,
};
use super::super::super::refusal::Refusal;
use super::super::super::state::State;
use super::super::params::{Params, invalid};
use super::super::service::{QueryAction, anything};
use super::super::xml::Element;
use super::done;
use super::id::{parse_account, parse_snapshot_id, snapshot_id};
use super::listing::{Paging, filters, or_tag};
use super::tag::{authorize_tagging, one_kind, tag_set};
use crate::id::AccountId;
use crate::principal::Principal;
use crate::resource::Tags;

pub(crate) const ACTIONS: &[QueryAction] = &[
    QueryAction {
        name: "CreateSnapshot",
        takes: &["VolumeId", "Description", "TagSpecification"],
        on: |caller, params| {
            let volume = params.optional("VolumeId").unwrap_or("*");
            vec![
                arn(caller.region, None, "snapshot", "*"),
                arn(caller.region, Some(caller.account), "volume", volume),
            ]
        },
        run: create,
    },
    QueryAction {
        name: "CopySnapshot",
        // Clients make the URL and the destination Region by themselves; AWS calls them deprecated.
        takes: &[
            "SourceRegion",
            "SourceSnapshotId",
            "Description",
            "Encrypted",
            "KmsKeyId",
            "CompletionDurationMinutes",
            "TagSpecification",
            "PresignedUrl",
            "DestinationRegion",
        ],
        on: |caller, _| vec![arn(caller.region, None, "snapshot", "*")],
        run: copy,
    },
    QueryAction {
        name: "DescribeSnapshots",
        takes: &[
            "SnapshotId",
            "Owner",
            "RestorableBy",
            "Filter",
            "MaxResults",
            "NextToken",
        ],
        on: anything,
        run: describe,
    },
    QueryAction {
        name: "DeleteSnapshot",
        takes: &["SnapshotId"],
        on: |caller, params| snapshot_of(caller, params),
        run: |state, caller, params| {
            state.delete_snapshot(caller, &snapshot_id(params, "SnapshotId")?)?;
            Ok(done())
        },
    },
];

/// What `DescribeSnapshots` filters by
const FILTERS: [&str; 13] = [
    "description",
    "encrypted",
    "owner-alias",
    "owner-id",
    "progress",
    "snapshot-id",
    "start-time",
    "status",
    "storage-tier",
    "tag-key",
    "transfer-type",
    "volume-id",
    "volume-size",
];

/// The volume of a snapshot that was made by a copy, which AWS tells not to use
const NO_VOLUME: &str = "vol-ffffffff";

pub(crate) fn snapshot_of(caller: Caller<'_>, params: &Params) -> Vec<String> {
    match snapshot_id(params, "SnapshotId") {
        Ok(snapshot) => vec![snapshot_arn(caller.region, &snapshot)],
        Err(_) => anything(caller, params),
    }
}

fn create(state: &mut State, caller: Caller<'_>, params: &Params) -> Result<Vec<Element>, Refusal> {
    let volume = params.required("VolumeId")?;
    let description = description(params)?;
    let tags = tags_of_snapshot(state, caller, params, "CreateSnapshot")?;
    let id = state.create_snapshot_of(caller, volume, description, tags)?;
    let record = state
        .snapshot(caller.region, &id)
        .ok_or_else(|| Refusal::snapshot_not_found(&id))?;
    Ok(tell(state, caller, record))
}

fn copy(state: &mut State, caller: Caller<'_>, params: &Params) -> Result<Vec<Element>, Refusal> {
    let region = params.required("SourceRegion")?;
    let source_region = region.parse().map_err(|_| {
        Refusal::new(
            "InvalidParameterValue",
            format!("Value ({region}) for parameter sourceRegion is invalid."),
        )
    })?;
    let tags = tags_of_snapshot(state, caller, params, "CopySnapshot")?;
    let copy = SnapshotCopy {
        source_region,
        source: snapshot_id(params, "SourceSnapshotId")?,
        description: description(params)?,
        encryption: encryption(params)?,
        completion: completion(params, "CompletionDurationMinutes")?,
        tags: tags.clone(),
    };
    let id = state.copy_snapshot(caller, copy)?;
    Ok(vec![
        Element::text("snapshotId", id.to_string()),
        tag_set(&tags),
    ])
}

/// The parameters `Encrypted` and `KmsKeyId`
pub(crate) fn encryption(params: &Params) -> Result<Encryption, Refusal> {
    Ok(Encryption {
        encrypted: params.optional_flag("Encrypted")?,
        key: params.optional("KmsKeyId").map(str::to_owned),
    })
}

/// The time that a time-based copy is asked for
pub(crate) fn completion(params: &Params, name: &str) -> Result<Option<Completion>, Refusal> {
    let text = params.optional(name);
    text.map(|text| Completion::parse(name, text)).transpose()
}

/// The bound is documented for images, and taken to be the same here
fn description(params: &Params) -> Result<String, Refusal> {
    let text = params.text("Description").unwrap_or_default();
    match text.chars().count() {
        ..=255 => Ok(text.to_owned()),
        _ => Err(invalid("description", text)),
    }
}

fn tags_of_snapshot(
    state: &State,
    caller: Caller<'_>,
    params: &Params,
    action: &str,
) -> Result<Tags, Refusal> {
    let tags = one_kind(params, "snapshot")?;
    let arn = arn(caller.region, None, "snapshot", "*");
    authorize_tagging(state, caller, action, &arn, &tags)?;
    Ok(tags)
}

fn describe(
    state: &mut State,
    caller: Caller<'_>,
    params: &Params,
) -> Result<Vec<Element>, Refusal> {
    let filters = filters(params, or_tag(&FILTERS))?;
    let paging = Paging::of(state, caller, "DescribeSnapshots", params)?;
    let owners = owners(caller, params)?;
    let restorable = params
        .texts("RestorableBy")
        .into_iter()
        .map(Restorable::of)
        .collect::<Result<Vec<_>, _>>()?;
    let ids = params
        .texts("SnapshotId")
        .into_iter()
        .map(parse_snapshot_id)
        .collect::<Result<BTreeSet<_>, _>>()?;
    let now = state.now();
    let is_asked_for = |record: &&SnapshotRecord| {
        owners
            .as_ref()
            .is_none_or(|owners| owners.contains(&record.owner))
            && (restorable.is_empty()
                || restorable
                    .iter()
                    .any(|user| user.can_restore(caller.account, record)))
            && all_match(&filters, |filter| values(caller, record, filter, now))
    };
    let item = |record: &SnapshotRecord| Element::item(tell(state, caller, record));
    if ids.is_empty() {
        let seen = state
            .snapshots_in(caller.region)
            .filter(|record| {
                record.owner == caller.account
                    || state.may_create_volumes(caller.region, caller.account, record)
            })
            .filter(is_asked_for)
            .map(|record| (record.id.to_string(), record));
        return Ok(paging.page("snapshotSet", seen, item));
    }
    // The documentation says that a snapshot which the caller cannot see is left out; AWS answers
    // that it is not there.
    let named = ids
        .iter()
        .map(|id| state.seen_snapshot(caller, id))
        .collect::<Result<Vec<_>, _>>()?;
    let named = named
        .into_iter()
        .filter(is_asked_for)
        .map(|record| (record.id.to_string(), record));
    Ok(paging.page("snapshotSet", named, item))
}

/// The parameter `Owner.N`; no snapshot of this world is Amazon's
fn owners(caller: Caller<'_>, params: &Params) -> Result<Option<Vec<AccountId>>, Refusal> {
    let texts = params.texts("Owner");
    if texts.is_empty() {
        return Ok(None);
    }
    let mut owners = Vec::new();
    for text in texts {
        match text {
            "self" => owners.push(caller.account),
            "amazon" => {}
            other => owners.push(parse_account(other)?),
        }
    }
    Ok(Some(owners))
}

/// One of the parameter `RestorableBy.N`
enum Restorable {
    Caller,
    Everyone,
    Account(AccountId),
}

impl Restorable {
    fn of(text: &str) -> Result<Self, Refusal> {
        match text {
            "self" => Ok(Self::Caller),
            "all" => Ok(Self::Everyone),
            other => parse_account(other).map(Self::Account),
        }
    }

    /// Another account can be asked about where the caller owns the snapshot
    fn can_restore(&self, caller: AccountId, record: &SnapshotRecord) -> bool {
        let permissions = record.permissions.current();
        match self {
            Self::Everyone => permissions.contains(&Principal::Public),
            Self::Caller => record.owner == caller || permissions.contains(&caller.into()),
            Self::Account(account) if *account == caller => {
                Self::Caller.can_restore(caller, record)
            }
            Self::Account(account) => {
                record.owner == caller && permissions.contains(&(*account).into())
            }
        }
    }
}

fn values(caller: Caller<'_>, record: &SnapshotRecord, filter: &str, now: Moment) -> Vec<String> {
    let value = match filter {
        "description" => record.description.clone(),
        "encrypted" => record.is_encrypted().to_string(),
        "owner-id" => record.owner.to_string(),
        "progress" => progress(record, now),
        "snapshot-id" => record.id.to_string(),
        "start-time" => record.progress.started.iso_8601(),
        "status" => record.status(now).to_owned(),
        "storage-tier" => "standard".to_owned(),
        "transfer-type" => return Vec::from_iter(transfer_type(record).map(str::to_owned)),
        "volume-id" => volume(record).to_owned(),
        "volume-size" => record.volume_size.to_string(),
        other => return tag_values(&record.tags.by(caller.account), other),
    };
    vec![value]
}

/// How a copy was made; other snapshots were not transferred
fn transfer_type(record: &SnapshotRecord) -> Option<&'static str> {
    match record.completion {
        Some(_) => Some("time-based"),
        None => record.is_copy().then_some("standard"),
    }
}

fn volume(record: &SnapshotRecord) -> &str {
    record.volume.as_deref().unwrap_or(NO_VOLUME)
}

fn progress(record: &SnapshotRecord, now: Moment) -> String {
    match record.progress.stage(now) {
        Stage::Pending { percent } => format!("{percent}%"),
        Stage::Done => "100%".to_owned(),
        // How far a copy says it has come that failed is not documented.
        Stage::Failed { .. } => "0%".to_owned(),
    }
}

fn tell(state: &State, caller: Caller<'_>, record: &SnapshotRecord) -> Vec<Element> {
    let now = state.now();
    let mut fields = vec![
        Element::text("snapshotId", record.id.to_string()),
        Element::text("volumeId", volume(record).to_owned()),
        Element::text("status", record.status(now)),
        Element::text("startTime", record.progress.started.iso_8601()),
        Element::text("progress", progress(record, now)),
        Element::text("ownerId", record.owner.to_string()),
        Element::text("volumeSize", record.volume_size.to_string()),
        Element::text("description", record.description.clone()),
        Element::flag("encrypted", record.is_encrypted()),
        Element::text("storageTier", "standard"),
        tag_set(&record.tags.by(caller.account)),
    ];
    if let Some(key) = &record.key {
        fields.push(Element::text("kmsKeyId", key.to_string()));
    }
    if let Some(kind) = transfer_type(record) {
        fields.push(Element::text("transferType", kind));
    }
    if let Some(completion) = record.completion {
        let minutes = completion.minutes().to_string();
        fields.push(Element::text("completionDurationMinutes", minutes));
    }
    match record.progress.stage(now) {
        Stage::Pending { .. } => {}
        Stage::Done => fields.push(Element::text(
            "completionTime",
            record.progress.ends.iso_8601(),
        )),
        Stage::Failed { reason } => {
            fields.push(Element::text("statusMessage", reason.to_owned()));
        }
    }
    fields
}
