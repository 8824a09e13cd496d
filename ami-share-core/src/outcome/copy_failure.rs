use std::fmt;

use serde::{Deserialize, Serialize};

use crate::api_error::{ApiError, ApiErrorKind};

/// Why a copy failed: what AWS said, and what that means
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CopyFailure {
    /// What it means
    pub cause: CopyFailureCause,
    /// AWS's words
    pub message: String,
    /// AWS's error code, where it was `CopyImage` that failed
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// What the failure of a copy means
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CopyFailureCause {
    /// The account may not call `CopyImage`, or its role cannot be assumed
    AccessDenied,
    /// The image has billing codes, with which no other account than its owner can copy it
    BillingCodes,
    /// The key of the source or of the copy cannot be used by the account that copies
    KeyNotUsable,
    /// The image is gone
    Gone,
    /// A quota is used up
    Quota,
    /// The snapshots of the source are not shared with the account that copies
    StorageNotReadable,
    /// Something else
    Other,
}

impl CopyFailure {
    /// From what a failed image says of itself
    pub(crate) fn of_state(message: &str) -> Self {
        Self {
            cause: CopyFailureCause::of(message).unwrap_or(CopyFailureCause::Other),
            message: message.to_owned(),
            code: None,
        }
    }

    pub(crate) fn gone() -> Self {
        Self {
            cause: CopyFailureCause::Gone,
            message: "the copy is not there any more".into(),
            code: None,
        }
    }

    /// What to do about it
    pub fn mend(&self) -> &'static str {
        match self.cause {
            CopyFailureCause::AccessDenied => {
                "allow ec2:CopyImage and ec2:CreateTags to the one who copies, and let its role be assumed"
            }
            CopyFailureCause::BillingCodes => {
                "launch the image in that account and create an image from the instance"
            }
            CopyFailureCause::KeyNotUsable => {
                "let the one who copies use both keys: kms:DescribeKey, kms:Decrypt, kms:ReEncrypt*, kms:GenerateDataKeyWithoutPlaintext and kms:CreateGrant, in the key's policy and in its own"
            }
            CopyFailureCause::Gone => "run it again",
            CopyFailureCause::Quota => "wait until other copies have ended, or raise the quota",
            CopyFailureCause::StorageNotReadable => {
                "share every snapshot of the source with the account: a share with snapshots for copy does that"
            }
            CopyFailureCause::Other => "see what AWS says",
        }
    }
}

impl CopyFailureCause {
    fn of(message: &str) -> Option<Self> {
        let says = |text: &str| message.contains(text);
        if says("key ID is not accessible") || says("KMS") || says("CustomerKey") {
            Some(Self::KeyNotUsable)
        } else if says("access the storage") {
            Some(Self::StorageNotReadable)
        } else if says("BillingProduct") || says("Marketplace") {
            Some(Self::BillingCodes)
        } else if says("in progress. The limit") {
            Some(Self::Quota)
        } else {
            None
        }
    }
}

impl From<&ApiError> for CopyFailure {
    fn from(error: &ApiError) -> Self {
        let by_kind = match error.kind() {
            ApiErrorKind::AccessDenied | ApiErrorKind::Unauthenticated => {
                CopyFailureCause::AccessDenied
            }
            ApiErrorKind::Quota => CopyFailureCause::Quota,
            _ => CopyFailureCause::Other,
        };
        Self {
            cause: CopyFailureCause::of(error.message()).unwrap_or(by_kind),
            message: error.to_string(),
            code: error.code().map(str::to_owned),
        }
    }
}

impl fmt::Display for CopyFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({})",
            self.message.trim_end_matches('.'),
            self.mend()
        )
    }
}
