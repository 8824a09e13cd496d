use std::collections::{BTreeMap, BTreeSet};

use super::super::call::Caller;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::encryption::is_aws_ebs_key;
use super::snapshot::SnapshotRecord;
use crate::backend::SnapshotChange;
use crate::id::{Region, SnapshotId};
use crate::principal::{Principal, PrincipalSet};
use crate::resource::SnapshotBlockPublicAccess;

/// The most modifications of one `ModifySnapshotAttribute`
const ITEMS_IN_CALL: usize = 500;

impl State {
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
                if record.key.as_ref().is_some_and(is_aws_ebs_key) {
                    // The code and the text are AWS's.
                    return Err(Refusal::new(
                        "OperationNotPermitted",
                        "Encrypted snapshots with EBS default key cannot be shared",
                    ));
                }
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
        self.store_create_volume_permissions(caller, snapshot, after);
        Ok(())
    }

    /// Makes the snapshot private
    #[cfg(feature = "simulator-server")]
    pub(crate) fn reset_create_volume_permissions(
        &mut self,
        caller: Caller<'_>,
        snapshot: &SnapshotId,
    ) -> Result<(), Refusal> {
        self.own_snapshot(caller, snapshot)?;
        self.store_create_volume_permissions(caller, snapshot, PrincipalSet::new());
        Ok(())
    }

    fn store_create_volume_permissions(
        &mut self,
        caller: Caller<'_>,
        snapshot: &SnapshotId,
        value: PrincipalSet,
    ) {
        let (staleness, now) = (self.staleness, self.now());
        if let Some(record) = self.snapshot_mut(caller.region, snapshot) {
            record.permissions.write(value, staleness, now);
        }
    }

    /// The product codes of the images that are made of the snapshot
    ///
    /// That a snapshot has those of its image is documented of volumes alone.
    pub(crate) fn product_codes_of_snapshot(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
    ) -> BTreeSet<&str> {
        self.images
            .get(region)
            .into_iter()
            .flat_map(BTreeMap::values)
            .filter(|image| image.snapshots.iter().any(|behind| behind.id == *snapshot))
            .flat_map(|image| &image.product_codes)
            .map(String::as_str)
            .collect()
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
        if !self
            .product_codes_of_snapshot(caller.region, &snapshot.id)
            .is_empty()
        {
            return Err(Refusal::new(
                "OperationNotPermitted",
                "Snapshots with product codes cannot be shared publicly",
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
