use aws_sdk_ec2::Client;
use aws_sdk_ec2::operation::RequestId as _;
use aws_sdk_ec2::operation::describe_snapshots::builders::DescribeSnapshotsFluentBuilder;
use aws_sdk_ec2::types::{self, Filter, OperationType, SnapshotAttributeName};

use super::convert;
use super::error::api_error;
use crate::api_error::ApiError;
use crate::backend::{RequestId, SnapshotChange};
use crate::id::SnapshotId;
use crate::principal::{Principal, PrincipalSet};
use crate::resource::{Snapshot, SnapshotProgress};

/// The most ids that one call takes
const MOST_IDS: usize = 1_000;
/// The most values that one filter takes
const MOST_FILTER_VALUES: usize = 200;
const PAGE: i32 = 1_000;

pub(super) async fn describe_snapshots(
    ec2: &Client,
    snapshots: &[SnapshotId],
) -> Result<Vec<Snapshot>, ApiError> {
    let mut found = Vec::with_capacity(snapshots.len());
    for batch in snapshots.chunks(MOST_IDS) {
        found.extend(describe_by_id(ec2, batch, convert::snapshot).await?);
    }
    Ok(found)
}

pub(super) async fn describe_snapshot_progress(
    ec2: &Client,
    snapshots: &[SnapshotId],
) -> Result<Vec<SnapshotProgress>, ApiError> {
    let convert = convert::snapshot_progress;
    let mut found = Vec::with_capacity(snapshots.len());
    for batch in snapshots.chunks(MOST_IDS) {
        match describe_by_id(ec2, batch, convert).await {
            Ok(snapshots) => found.extend(snapshots),
            Err(error) if error.code() == Some("InvalidSnapshot.NotFound") => {
                for batch in batch.chunks(MOST_FILTER_VALUES) {
                    let filter = Filter::builder()
                        .name("snapshot-id")
                        .set_values(Some(batch.iter().map(ToString::to_string).collect()));
                    let call = ec2.describe_snapshots().filters(filter.build());
                    found.extend(read_pages(call.max_results(PAGE), convert).await?);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

type Convert<T> = fn(&types::Snapshot) -> Result<T, ApiError>;

/// All of these snapshots, or `InvalidSnapshot.NotFound` if a single one is missing
async fn describe_by_id<T>(
    ec2: &Client,
    ids: &[SnapshotId],
    convert: Convert<T>,
) -> Result<Vec<T>, ApiError> {
    // EC2 refuses MaxResults next to ids.
    let ids = ids.iter().map(ToString::to_string).collect();
    let call = ec2.describe_snapshots().set_snapshot_ids(Some(ids));
    read_pages(call, convert).await
}

async fn read_pages<T>(
    call: DescribeSnapshotsFluentBuilder,
    convert: Convert<T>,
) -> Result<Vec<T>, ApiError> {
    let mut pages = call.into_paginator().items().send();
    let mut found = Vec::new();
    while let Some(snapshot) = pages.next().await {
        let snapshot = snapshot.map_err(|error| api_error("DescribeSnapshots", error))?;
        found.push(convert(&snapshot)?);
    }
    Ok(found)
}

pub(super) async fn delete_snapshot(
    ec2: &Client,
    snapshot: &SnapshotId,
) -> Result<RequestId, ApiError> {
    let answer = ec2
        .delete_snapshot()
        .snapshot_id(snapshot.as_str())
        .send()
        .await
        .map_err(|error| api_error("DeleteSnapshot", error))?;
    Ok(answer.request_id().map(str::to_owned))
}

pub(super) async fn describe_create_volume_permissions(
    ec2: &Client,
    snapshot: &SnapshotId,
) -> Result<PrincipalSet, ApiError> {
    let answer = ec2
        .describe_snapshot_attribute()
        .snapshot_id(snapshot.as_str())
        .attribute(SnapshotAttributeName::CreateVolumePermission)
        .send()
        .await
        .map_err(|error| api_error("DescribeSnapshotAttribute", error))?;
    convert::create_volume_permissions(answer.create_volume_permissions.as_deref())
}

pub(super) async fn modify_create_volume_permissions(
    ec2: &Client,
    snapshot: &SnapshotId,
    change: SnapshotChange<'_>,
) -> Result<RequestId, ApiError> {
    const OPERATION: &str = "ModifySnapshotAttribute";
    let (operation_type, principals) = match change {
        SnapshotChange::Add(principals) => (OperationType::Add, principals),
        SnapshotChange::Remove(principals) => (OperationType::Remove, principals),
    };
    if principals.is_empty() {
        return Ok(None);
    }
    // The form with OperationType, as AWS's own examples have it: servers that imitate EC2 know it
    // better than the structured one.
    let mut call = ec2
        .modify_snapshot_attribute()
        .snapshot_id(snapshot.as_str())
        .attribute(SnapshotAttributeName::CreateVolumePermission)
        .operation_type(operation_type);
    for principal in principals {
        call = match principal {
            Principal::Account(id) => call.user_ids(id.to_string()),
            Principal::Public => call.group_names("all"),
            Principal::Organization(_) | Principal::OrganizationalUnit(_) => {
                return Err(ApiError::from_code(
                    OPERATION,
                    "InvalidParameterValue",
                    format!(
                        "a snapshot cannot be shared with `{principal}`, only with accounts or the public"
                    ),
                ));
            }
        };
    }
    let answer = call
        .send()
        .await
        .map_err(|error| api_error(OPERATION, error))?;
    Ok(answer.request_id().map(str::to_owned))
}
