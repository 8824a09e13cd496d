use serde::{Deserialize, Serialize};

use super::{ImageDetails, Key, Reading, Snapshot};
use crate::id::{AccountId, Destination};
use crate::principal::PrincipalSet;

/// All that was read for one copy request: the only thing about the world that its plan depends on
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ObservedCopies {
    /// The account that called
    pub caller: AccountId,
    /// The image that is to be copied, if it was found
    pub source: Option<ImageDetails>,
    /// Who may launch the source, where the copies are to be shared alike
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Reading<PrincipalSet>>,
    /// What was read at each destination, in their order
    pub destinations: Vec<ObservedDestination>,
}

/// What was read in the account and Region that a copy goes to
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ObservedDestination {
    /// Where the copy goes
    pub destination: Destination,
    /// The account that is to own the copy
    pub account: AccountId,
    /// Whether there is a role to call by, where one is needed
    pub has_role: bool,
    /// The key that the copy is to be encrypted under, where one is given and the account is reached
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Reading<Key>>,
    /// The copies of the source that we made there before
    pub copies: Reading<Vec<ImageDetails>>,
    /// Their snapshots
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub snapshots: Vec<Snapshot>,
}
