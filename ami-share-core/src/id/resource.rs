use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::text::{impl_id_conversions, text_id};
use super::{IdKind, ParseIdError, Region};

text_id! {
    /// The id of an Amazon Machine Image: `ami-` and 8 or 17 lower-case hex digits
    ImageId
}

text_id! {
    /// The id of an EBS snapshot: `snap-` and 8 or 17 lower-case hex digits
    SnapshotId
}

text_id! {
    /// The id of a VPC's subnet: `subnet-` and 8 or 17 lower-case hex digits
    SubnetId
}

impl FromStr for ImageId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_hex_id(text, "ami-", IdKind::Image).map(Self)
    }
}

impl FromStr for SnapshotId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_hex_id(text, "snap-", IdKind::Snapshot).map(Self)
    }
}

impl FromStr for SubnetId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_hex_id(text, "subnet-", IdKind::Subnet).map(Self)
    }
}

/// An image or a snapshot: what tags are put on
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum ResourceId {
    /// An image
    Image(ImageId),
    /// A snapshot
    Snapshot(SnapshotId),
}

impl ResourceId {
    /// The id as AWS writes it
    pub fn as_str(&self) -> &str {
        match self {
            Self::Image(id) => id.as_str(),
            Self::Snapshot(id) => id.as_str(),
        }
    }

    /// Its ARN, which has no account in it: images and snapshots may be somebody else's
    pub(crate) fn arn(&self, region: &Region) -> String {
        let kind = match self {
            Self::Image(_) => "image",
            Self::Snapshot(_) => "snapshot",
        };
        format!("arn:{}:ec2:{region}::{kind}/{self}", region.partition())
    }
}

impl FromStr for ResourceId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("ami-") {
            text.parse().map(Self::Image)
        } else if text.starts_with("snap-") {
            text.parse().map(Self::Snapshot)
        } else {
            Err(ParseIdError::new(
                IdKind::Resource,
                text,
                "give an id that starts with `ami-` or `snap-`",
            ))
        }
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<ImageId> for ResourceId {
    fn from(id: ImageId) -> Self {
        Self::Image(id)
    }
}

impl From<SnapshotId> for ResourceId {
    fn from(id: SnapshotId) -> Self {
        Self::Snapshot(id)
    }
}

impl_id_conversions!(ResourceId);

fn parse_hex_id(text: &str, prefix: &str, kind: IdKind) -> Result<Arc<str>, ParseIdError> {
    let refuse = |mend: String| Err(ParseIdError::new(kind, text, mend));
    let Some(digits) = text.strip_prefix(prefix) else {
        return refuse(format!("it starts with `{prefix}`"));
    };
    if !digits
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    {
        return refuse(format!("after `{prefix}` come lower-case hex digits only"));
    }
    if !matches!(digits.len(), 8 | 17) {
        return refuse(format!(
            "after `{prefix}` come 8 or 17 hex digits, not {}",
            digits.len()
        ));
    }
    Ok(text.into())
}
