use serde::{Deserialize, Serialize};

use super::Tags;
use crate::id::{KeyArn, SnapshotId};

/// An EBS snapshot as `DescribeSnapshots` tells of it
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Snapshot {
    /// Its id
    pub id: SnapshotId,
    /// Whether it is encrypted
    pub encrypted: bool,
    /// The key that it is encrypted under, where AWS tells
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyArn>,
    /// Its tags
    pub tags: Tags,
}
