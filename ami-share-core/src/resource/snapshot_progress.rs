use serde::{Deserialize, Serialize};

use crate::id::SnapshotId;

/// How far a snapshot is
/// ([`Snapshot`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Snapshot.html))
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SnapshotProgress {
    /// The snapshot
    pub id: SnapshotId,
    /// `pending`, `completed`, `error`, `recoverable` or `recovering`
    pub state: String,
    /// 0 to 100, where EC2 says
    pub percent: Option<u8>,
    /// Why its copy failed, where it did
    pub message: Option<String>,
}
