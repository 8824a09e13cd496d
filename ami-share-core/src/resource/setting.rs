use std::fmt;

use serde::{Deserialize, Serialize};

/// The [block public access for AMIs](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-public-access-to-amis.html)
/// setting of an account in a Region
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockPublicAccess {
    /// New images cannot be made public; those that are public stay so
    BlockNewSharing,
    /// Images may be made public
    Unblocked,
}

/// The [block public access for snapshots](https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html)
/// setting of an account in a Region
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SnapshotBlockPublicAccess {
    /// No snapshot is public, whatever its permissions say
    BlockAllSharing,
    /// New snapshots cannot be made public
    BlockNewSharing,
    /// Snapshots may be made public
    Unblocked,
}

impl fmt::Display for BlockPublicAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BlockNewSharing => "block-new-sharing",
            Self::Unblocked => "unblocked",
        })
    }
}

impl fmt::Display for SnapshotBlockPublicAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BlockAllSharing => "block-all-sharing",
            Self::BlockNewSharing => "block-new-sharing",
            Self::Unblocked => "unblocked",
        })
    }
}
