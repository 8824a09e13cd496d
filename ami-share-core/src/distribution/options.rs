//! Options of requests, in the words of a distribution's file.

use serde::{Deserialize, Serialize};

use crate::request::{KeyAccess, SnapshotSharing};

/// How recipients get to use the KMS keys of encrypted images
#[derive(Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "KeyAccess"))]
#[serde(remote = "KeyAccess", rename_all = "snake_case")]
pub(super) enum KeyAccessText {
    /// By the key policy; by grants where the policy cannot be read or written and all recipients are
    /// accounts
    Auto,
    /// By statements in the key policy
    KeyPolicy,
    /// By grants, which take accounts, roles and users only
    Grant,
    /// Keys are left as they are
    Leave,
}

/// What happens to the create-volume permission of the image's EBS snapshots
#[derive(Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "SnapshotSharing"))]
#[serde(remote = "SnapshotSharing", rename_all = "snake_case")]
pub(super) enum SnapshotsText {
    /// It follows the launch permission, so that recipients can copy the image
    ForCopy,
    /// It is neither read nor changed
    LeaveAsIs,
}

/// [`SnapshotsText`] where it may be missing
pub(super) mod snapshots {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::SnapshotsText;
    use crate::request::SnapshotSharing;

    #[derive(Deserialize, Serialize)]
    #[serde(transparent)]
    struct Text(#[serde(with = "SnapshotsText")] SnapshotSharing);

    pub(in super::super) fn serialize<S: Serializer>(
        value: &Option<SnapshotSharing>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.map(Text).serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<SnapshotSharing>, D::Error> {
        let text = Option::<Text>::deserialize(deserializer)?;
        Ok(text.map(|Text(value)| value))
    }
}
