use serde::{Deserialize, Serialize};

use super::Tags;
use crate::id::SnapshotId;

/// An EBS snapshot as `DescribeSnapshots` tells of it
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Snapshot {
    /// Its id
    pub id: SnapshotId,
    /// Whether it is encrypted
    pub encrypted: bool,
    /// Its tags
    pub tags: Tags,
}
