use super::super::call::{Asked, Caller};
use super::super::eventual::Eventual;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::progress::Progress;
use super::tag::TagSets;
use crate::api_error::ApiError;
use crate::backend::SnapshotChange;
use crate::id::{AccountId, KeyArn, Region, SnapshotId};
use crate::principal::{Principal, PrincipalSet};
use crate::resource::{Snapshot, SnapshotBlockPublicAccess};

/// The snapshots that one `DescribeSnapshots` asks for
const IDS_IN_CALL: usize = 1_000;
/// The most modifications of one `ModifySnapshotAttribute`
const ITEMS_IN_CALL: usize = 500;

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
    pub(crate) permissions: Eventual<PrincipalSet>,
    pub(crate) tags: TagSets,
}

impl SnapshotRecord {
    pub(crate) fn is_encrypted(&self) -> bool {
        self.key.is_some()
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
            tags: record.tags.by(caller.account),
        })
    }

    /// Who may create volumes from the caller's snapshot, as far as it can be read already
    pub(crate) fn describe_create_volume_permissions(
        &mut self,
        caller: Caller<'_>,
        snapshot: &SnapshotId,
    ) -> Result<PrincipalSet, Refusal> {
        self.own_snapshot(caller, snapshot)?;
        let now = self.now();
        self.snapshot_mut(caller.region, snapshot)
            .map(|record| record.permissions.read(now))
            .ok_or_else(|| Refusal::snapshot_not_found(snapshot))
    }

    /// Adds or removes in one step, or does nothing
    pub(crate) fn modify_create_volume_permissions(
        &mut self,
        caller: Caller<'_>,
        snapshot: &SnapshotId,
        change: SnapshotChange<'_>,
    ) -> Result<(), Refusal> {
        check_change(change)?;
        let record = self.own_snapshot(caller, snapshot)?;
        let mut after = record.permissions.current().clone();
        match change {
            SnapshotChange::Add(principals) => {
                let makes_public =
                    !after.contains(&Principal::Public) && principals.contains(&Principal::Public);
                if makes_public {
                    self.check_snapshot_may_be_public(caller, record)?;
                }
                after.extend(principals.iter().cloned());
            }
            SnapshotChange::Remove(principals) => {
                for principal in principals {
                    after.remove(principal);
                }
            }
        }
        let (staleness, now) = (self.staleness, self.now());
        if let Some(record) = self.snapshot_mut(caller.region, snapshot) {
            record.permissions.write(after, staleness, now);
        }
        Ok(())
    }

    /// The snapshot, if the caller owns it
    ///
    /// What somebody gets who can see the snapshot, but does not own it, is not documented.
    fn own_snapshot(
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

    fn check_snapshot_may_be_public(
        &self,
        caller: Caller<'_>,
        snapshot: &SnapshotRecord,
    ) -> Result<(), Refusal> {
        // That both are refused is documented; neither code nor text are.
        if snapshot.is_encrypted() {
            return Err(Refusal::new(
                "OperationNotPermitted",
                "Encrypted snapshots cannot be shared publicly",
            ));
        }
        match self.own_settings(caller).snapshots {
            SnapshotBlockPublicAccess::Unblocked => Ok(()),
            SnapshotBlockPublicAccess::BlockAllSharing
            | SnapshotBlockPublicAccess::BlockNewSharing => Err(Refusal::new(
                "OperationNotPermitted",
                "You can't publicly share this snapshot because block public access for \
                 snapshots is enabled for this account.",
            )),
        }
    }
}

/// What is wrong with a request by itself; the codes are not documented
fn check_change(change: SnapshotChange<'_>) -> Result<(), Refusal> {
    let (SnapshotChange::Add(principals) | SnapshotChange::Remove(principals)) = change;
    if principals.is_empty() {
        return Err(Refusal::new(
            "MissingParameter",
            "The request must contain the parameter CreateVolumePermission",
        ));
    }
    if principals.len() > ITEMS_IN_CALL {
        return Err(Refusal::new(
            "InvalidParameterValue",
            format!(
                "{} modifications in one request; the most is {ITEMS_IN_CALL}",
                principals.len()
            ),
        ));
    }
    match principals
        .iter()
        .find(|principal| !principal.can_hold_snapshot_permission())
    {
        Some(principal) => Err(Refusal::new(
            "InvalidParameterValue",
            format!("A snapshot cannot be shared with '{principal}'"),
        )),
        None => Ok(()),
    }
}
