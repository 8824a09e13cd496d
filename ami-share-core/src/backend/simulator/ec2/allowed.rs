//! Allowed AMIs: which images of others an account lets itself use.

use super::super::state::State;
use super::image::ImageRecord;
use crate::id::{AccountId, Region};

/// What the Allowed AMIs setting of an account says of an image
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum AllowedImage {
    /// The setting is off: it says nothing
    Unchecked,
    /// The image meets the criteria, or is the account's own
    Allowed,
    /// It does not meet them, and the account only wants to be told so
    Flagged,
    /// It does not meet them, and the account neither sees nor launches it
    Hidden,
}

impl AllowedImage {
    /// As `DescribeImages` and its filter have it, if they do
    ///
    /// What they say while the setting is off is not documented.
    pub(crate) fn flag(self) -> Option<bool> {
        match self {
            Self::Unchecked => None,
            Self::Allowed => Some(true),
            Self::Flagged | Self::Hidden => Some(false),
        }
    }
}

impl State {
    /// What the setting of the account in the Region says of an image; its own are never restricted
    pub(crate) fn is_allowed_image(
        &self,
        _region: &Region,
        _account: AccountId,
        _image: &ImageRecord,
    ) -> AllowedImage {
        AllowedImage::Unchecked
    }
}
