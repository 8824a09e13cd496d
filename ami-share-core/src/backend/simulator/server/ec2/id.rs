//! The ids in the parameters of EC2.

use super::super::super::refusal::Refusal;
use super::super::params::Params;
use crate::id::{AccountId, ImageId, SnapshotId};

/// The parameter `ImageId`
pub(super) fn image_id(params: &Params) -> Result<ImageId, Refusal> {
    parse_image_id(params.required("ImageId")?)
}

pub(super) fn parse_image_id(text: &str) -> Result<ImageId, Refusal> {
    text.parse().map_err(|_| {
        Refusal::new(
            "InvalidAMIID.Malformed",
            format!("Invalid id: \"{text}\" (expecting \"ami-...\")"),
        )
    })
}

/// The parameter `SnapshotId`, or `SourceSnapshotId`
pub(super) fn snapshot_id(params: &Params, name: &str) -> Result<SnapshotId, Refusal> {
    parse_snapshot_id(params.required(name)?)
}

pub(super) fn parse_snapshot_id(text: &str) -> Result<SnapshotId, Refusal> {
    text.parse().map_err(|_| {
        Refusal::new(
            "InvalidSnapshotID.Malformed",
            format!("Invalid id: \"{text}\" (expecting \"snap-...\")"),
        )
    })
}

/// The code is documented, the text is not
pub(super) fn parse_account(text: &str) -> Result<AccountId, Refusal> {
    text.parse().map_err(|_| {
        Refusal::new(
            "InvalidUserID.Malformed",
            format!("Invalid user id: \"{text}\""),
        )
    })
}
