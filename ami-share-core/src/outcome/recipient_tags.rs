use serde::{Deserialize, Serialize};

use super::RecipientOutcome;
use crate::id::{AccountId, ImageId, Region};
use crate::resource::Tags;

/// What became of the tags of images, by account
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RecipientTagReport {
    version: RecipientTagReportVersion,
    tags: Vec<WrittenTags>,
}

/// The versions of the JSON form that this release reads
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
enum RecipientTagReportVersion {
    #[default]
    #[serde(rename = "ami-share/recipient-tags/1")]
    One,
}

/// What became of the tags that one account gives one image
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct WrittenTags {
    /// The Region
    pub region: Region,
    /// The account that tags
    pub account: AccountId,
    /// The image
    pub image: ImageId,
    /// The tags that were to be written, as they were not there so
    pub written: Tags,
    /// What tags of the same keys were before, where there were any
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub replaced: Tags,
    /// What became of it
    #[serde(flatten)]
    pub outcome: RecipientOutcome,
}

impl RecipientTagReport {
    pub(crate) fn new(tags: Vec<WrittenTags>) -> Self {
        Self {
            version: RecipientTagReportVersion::default(),
            tags,
        }
    }

    /// Every image in every account, by Region, account and image
    pub fn tags(&self) -> &[WrittenTags] {
        &self.tags
    }

    /// Whether all tags are there, and were seen to be
    pub fn is_complete(&self) -> bool {
        self.tags.iter().all(|tags| tags.outcome.is_good())
    }

    /// Whether nothing had to be written
    pub fn is_empty(&self) -> bool {
        let mut tags = self.tags.iter();
        tags.all(|tags| tags.outcome == RecipientOutcome::AsAsked)
    }
}
