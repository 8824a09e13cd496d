use serde::{Deserialize, Serialize};

use crate::access::Finding;
use crate::id::{AccountId, ImageId, Region};

/// One reason why nothing is done on the side of recipients
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
#[serde(tag = "refusal", rename_all = "snake_case")]
#[non_exhaustive]
pub enum RecipientRefusal {
    /// An account has no role to be reached by
    #[error("account `{account}` is to be called in, and no role is given to reach it by")]
    NoRole {
        /// The account
        account: AccountId,
    },
    /// An image has nothing that a service would need a key for
    #[error("`{image}` is not encrypted: services launch it without any grant")]
    NotEncrypted {
        /// The image
        image: ImageId,
    },
    /// An account does not see an image, or it is not available
    #[error("`{image}` is not usable by account `{account}` in `{region}`: {}", finding.reason)]
    NotUsable {
        /// The image
        image: ImageId,
        /// The account
        account: AccountId,
        /// The Region
        region: Region,
        /// Why not
        finding: Finding,
    },
    /// A parameter of that name holds something else than images
    #[error(
        "parameter `{name}` of account `{account}` in `{region}` is of data type `{data_type}`"
    )]
    ParameterOfOtherType {
        /// The account
        account: AccountId,
        /// The Region
        region: Region,
        /// The parameter's name
        name: String,
        /// Its data type
        data_type: String,
    },
    /// What a parameter holds could not be read
    #[error("parameter `{name}` of account `{account}` in `{region}` could not be read: {because}")]
    ParameterUnreadable {
        /// The account
        account: AccountId,
        /// The Region
        region: Region,
        /// The parameter's name
        name: String,
        /// Why not
        because: String,
        /// What to do about it, where that is known
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mend: Option<String>,
    },
}

impl RecipientRefusal {
    /// What to do about it
    pub fn mend(&self) -> String {
        match self {
            Self::NoRole { account } => {
                format!("give the sharer roles with a template, or one for `{account}`")
            }
            Self::NotEncrypted { .. } => "take it out of the request".into(),
            Self::NotUsable {
                finding: Finding { mend, .. },
                ..
            }
            | Self::ParameterUnreadable { mend, .. } => mend
                .clone()
                .unwrap_or_else(|| "run the request again, or take the account out".into()),
            Self::ParameterOfOtherType { .. } => {
                "choose another name, or delete that parameter: its data type cannot change".into()
            }
        }
    }
}
