use serde::{Deserialize, Serialize};

use crate::id::AccountId;

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
}

impl RecipientRefusal {
    /// What to do about it
    pub fn mend(&self) -> String {
        match self {
            Self::NoRole { account } => {
                format!("give the sharer roles with a template, or one for `{account}`")
            }
        }
    }
}
