use aws_sdk_ec2::Client;
use aws_sdk_ec2::operation::RequestId as _;
use aws_sdk_ec2::types::{OperationType, SnapshotAttributeName};

use super::convert;
use super::error::api_error;
use crate::api_error::ApiError;
use crate::backend::{RequestId, SnapshotChange};
use crate::id::SnapshotId;
use crate::principal::{Principal, PrincipalSet};
use crate::resource::Snapshot;

/// The most ids that one call takes
const MOST_IDS: usize = 1_000;

pub(super) async fn describe_snapshots(
    ec2: &Client,
    snapshots: &[SnapshotId],
) -> Result<Vec<Snapshot>, ApiError> {
    let mut found = Vec::with_capacity(snapshots.len());
    for batch in snapshots.chunks(MOST_IDS) {
        let mut pages = ec2
            .describe_snapshots()
            .set_snapshot_ids(Some(batch.iter().map(ToString::to_string).collect()))
            .into_paginator()
            .items()
            .send();
        while let Some(snapshot) = pages.next().await {
            let snapshot = snapshot.map_err(|error| api_error("DescribeSnapshots", error))?;
            found.push(convert::snapshot(&snapshot)?);
        }
    }
    Ok(found)
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
