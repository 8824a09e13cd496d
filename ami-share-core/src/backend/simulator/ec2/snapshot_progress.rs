//! What the port asks of `DescribeSnapshots` to wait for copies.

use std::collections::BTreeSet;

use super::super::call::{Asked, Caller};
use super::super::refusal::Refusal;
use super::super::state::State;
use super::progress::Stage;
use super::snapshot::{IDS_IN_CALL, SnapshotRecord};
use crate::api_error::ApiError;
use crate::id::SnapshotId;
use crate::resource::SnapshotProgress;

const OPERATION: &str = "DescribeSnapshots";
/// The most values that a filter takes
const IDS_IN_FILTER: usize = 200;

impl State {
    /// By id; what the caller cannot see is left out
    ///
    /// EC2 fails the whole call when it cannot find one. The ids are then asked for again by the filter
    /// `snapshot-id`, which leaves out what there is not.
    pub(crate) fn describe_snapshot_progress(
        &mut self,
        caller: Caller<'_>,
        snapshots: &[SnapshotId],
    ) -> Result<Vec<SnapshotProgress>, ApiError> {
        let snapshots: BTreeSet<&SnapshotId> = snapshots.iter().collect();
        let snapshots: Vec<&SnapshotId> = snapshots.into_iter().collect();
        let mut found = Vec::with_capacity(snapshots.len());
        for snapshots in snapshots.chunks(IDS_IN_CALL) {
            let all = self.read(caller, Asked::ec2(OPERATION), |state| {
                let all = snapshots.iter().map(|id| state.progress_of(caller, id));
                all.collect::<Result<Vec<_>, _>>()
            });
            match all {
                Ok(all) => found.extend(all),
                Err(error) if error.code() == Some(Refusal::SNAPSHOT_NOT_FOUND) => {
                    for snapshots in snapshots.chunks(IDS_IN_FILTER) {
                        found.extend(self.read(caller, Asked::ec2(OPERATION), |state| {
                            let some = snapshots.iter();
                            let some = some.filter_map(|id| state.progress_of(caller, id).ok());
                            Ok(some.collect::<Vec<_>>())
                        })?);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    fn progress_of(
        &self,
        caller: Caller<'_>,
        snapshot: &SnapshotId,
    ) -> Result<SnapshotProgress, Refusal> {
        let now = self.now();
        let record: &SnapshotRecord = self.seen_snapshot(caller, snapshot)?;
        let (percent, message) = match record.progress.stage(now) {
            Stage::Pending { percent } => (u8::try_from(percent).unwrap_or(99), None),
            Stage::Done => (100, None),
            // How far a copy says it has come that failed is not documented.
            Stage::Failed { reason } => (0, Some(reason.to_owned())),
        };
        Ok(SnapshotProgress {
            id: record.id.clone(),
            state: record.status(now).to_owned(),
            percent: Some(percent),
            message,
        })
    }
}
