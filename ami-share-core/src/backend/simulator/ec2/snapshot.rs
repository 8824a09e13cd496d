use std::collections::BTreeMap;

use super::super::call::{Asked, Caller};
use super::super::clock::Moment;
use super::super::eventual::Eventual;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::completion::Completion;
use super::progress::{Progress, Stage};
use super::tag::TagSets;
use crate::api_error::ApiError;
use crate::id::{AccountId, KeyArn, Region, SnapshotId};
use crate::principal::{Principal, PrincipalSet};
use crate::resource::{Snapshot, SnapshotBlockPublicAccess};

/// The snapshots that one `DescribeSnapshots` asks for
pub(super) const IDS_IN_CALL: usize = 1_000;

/// A snapshot as its Region keeps it
#[derive(Debug)]
pub(crate) struct SnapshotRecord {
    pub(crate) id: SnapshotId,
    pub(crate) owner: AccountId,
    /// The key that it is encrypted under
    pub(crate) key: Option<KeyArn>,
    /// The volume that it was made from, if it is one of this world
    pub(crate) volume: Option<String>,
    /// In GiB
    pub(crate) volume_size: u32,
    pub(crate) description: String,
    pub(crate) progress: Progress,
    /// The time that was asked for, of a time-based copy
    pub(crate) completion: Option<Completion>,
    pub(crate) permissions: Eventual<PrincipalSet>,
    pub(crate) tags: TagSets,
}

impl SnapshotRecord {
    pub(crate) fn is_encrypted(&self) -> bool {
        self.key.is_some()
    }

    /// A copy has no volume of this world
    pub(crate) fn is_copy(&self) -> bool {
        self.volume.is_none()
    }

    /// As EC2 writes it
    pub(crate) fn status(&self, now: Moment) -> &'static str {
        match self.progress.stage(now) {
            Stage::Pending { .. } => "pending",
            Stage::Done => "completed",
            Stage::Failed { .. } => "error",
        }
    }

    /// Refuses a snapshot that nothing can be made from yet, or ever; the text is not documented
    pub(crate) fn check_complete(&self, now: Moment) -> Result<(), Refusal> {
        match self.progress.stage(now) {
            Stage::Done => Ok(()),
            Stage::Pending { .. } | Stage::Failed { .. } => Err(Refusal::new(
                "IncorrectState",
                format!("The snapshot '{}' is not completed.", self.id),
            )),
        }
    }
}

impl State {
    pub(crate) fn snapshot(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
    ) -> Option<&SnapshotRecord> {
        self.snapshots.get(region)?.get(snapshot)
    }

    pub(crate) fn snapshots_in(&self, region: &Region) -> impl Iterator<Item = &SnapshotRecord> {
        self.snapshots
            .get(region)
            .into_iter()
            .flat_map(BTreeMap::values)
    }

    pub(crate) fn snapshot_mut(
        &mut self,
        region: &Region,
        snapshot: &SnapshotId,
    ) -> Option<&mut SnapshotRecord> {
        self.snapshots.get_mut(region)?.get_mut(snapshot)
    }

    /// The snapshot, if it is the caller's own, or shared with it by name or with the public
    ///
    /// A launch permission of an image does not show the image's snapshots.
    pub(crate) fn seen_snapshot(
        &self,
        caller: Caller<'_>,
        snapshot: &SnapshotId,
    ) -> Result<&SnapshotRecord, Refusal> {
        self.snapshot(caller.region, snapshot)
            .filter(|record| {
                record.owner == caller.account
                    || self.may_create_volumes(caller.region, caller.account, record)
            })
            .ok_or_else(|| Refusal::snapshot_not_found(snapshot))
    }

    /// Whether a create-volume permission lets the account in; the owner needs none
    ///
    /// Block all sharing leaves the permission of a public snapshot in place, but without effect.
    pub(crate) fn may_create_volumes(
        &self,
        region: &Region,
        account: AccountId,
        snapshot: &SnapshotRecord,
    ) -> bool {
        let is_hidden = || {
            self.settings(region, snapshot.owner).snapshots
                == SnapshotBlockPublicAccess::BlockAllSharing
        };
        let permissions = snapshot.permissions.current();
        permissions.contains(&account.into())
            || permissions.contains(&Principal::Public) && !is_hidden()
    }

    /// By id; one that the caller cannot see fails the whole call
    pub(crate) fn describe_snapshots(
        &mut self,
        caller: Caller<'_>,
        snapshots: &[SnapshotId],
    ) -> Result<Vec<Snapshot>, ApiError> {
        let mut found = Vec::with_capacity(snapshots.len());
        for snapshots in snapshots.chunks(IDS_IN_CALL) {
            found.extend(self.read(caller, Asked::ec2("DescribeSnapshots"), |state| {
                snapshots
                    .iter()
                    .map(|snapshot| state.tell_of_snapshot(caller, snapshot))
                    .collect::<Result<Vec<_>, _>>()
            })?);
        }
        Ok(found)
    }

    fn tell_of_snapshot(
        &self,
        caller: Caller<'_>,
        snapshot: &SnapshotId,
    ) -> Result<Snapshot, Refusal> {
        let record = self.seen_snapshot(caller, snapshot)?;
        Ok(Snapshot {
            id: record.id.clone(),
            encrypted: record.is_encrypted(),
            key: record.key.clone(),
            tags: record.tags.by(caller.account),
        })
    }

    /// The snapshot, if the caller owns it
    ///
    /// What somebody gets who can see the snapshot, but does not own it, is not documented.
    pub(crate) fn own_snapshot(
        &self,
        caller: Caller<'_>,
        snapshot: &SnapshotId,
    ) -> Result<&SnapshotRecord, Refusal> {
        let record = self.seen_snapshot(caller, snapshot)?;
        if record.owner == caller.account {
            return Ok(record);
        }
        Err(Refusal::new(
            "AuthFailure",
            format!("Not authorized for snapshot:{snapshot}"),
        ))
    }
}
