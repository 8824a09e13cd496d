//! What a KMS key does in which state.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::truth::{Truth, Unclear};

/// The state of a KMS key
///
/// See [key states](https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
pub enum KeyState {
    /// A replica in the making
    Creating,
    /// Disabled: no cryptographic operations, no new grants
    Disabled,
    /// Ready
    Enabled,
    /// Waiting to be deleted
    PendingDeletion,
    /// Without key material
    PendingImport,
    /// A primary key that waits for its replicas to be deleted
    PendingReplicaDeletion,
    /// Its custom key store is disconnected
    Unavailable,
    /// Its primary Region is changing
    Updating,
}

impl KeyState {
    const ALL: [(&str, Self); 8] = [
        ("Creating", Self::Creating),
        ("Disabled", Self::Disabled),
        ("Enabled", Self::Enabled),
        ("PendingDeletion", Self::PendingDeletion),
        ("PendingImport", Self::PendingImport),
        ("PendingReplicaDeletion", Self::PendingReplicaDeletion),
        ("Unavailable", Self::Unavailable),
        ("Updating", Self::Updating),
    ];

    /// Whether an operation can succeed in this state, by the table of the page above
    pub(super) fn permits(self, action: &str) -> Truth {
        let Some(operation) = action.strip_prefix("kms:") else {
            return Truth::Yes;
        };
        let fails_in: &[Self] = match operation {
            // In this row the table has it the other way round.
            "cancelkeydeletion" => match self {
                Self::PendingDeletion | Self::PendingReplicaDeletion => return Truth::Yes,
                Self::Creating | Self::Updating => {
                    return Truth::Unknown(Unclear::KeyState);
                }
                _ => return Truth::No,
            },
            "describekey"
            | "getkeypolicy"
            | "putkeypolicy"
            | "listaliases"
            | "listgrants"
            | "listkeypolicies"
            | "listresourcetags"
            | "listretirablegrants"
            | "retiregrant"
            | "revokegrant"
            | "deletealias" => &[],
            "decrypt"
            | "encrypt"
            | "generatedatakey"
            | "generatedatakeypair"
            | "generatedatakeypairwithoutplaintext"
            | "generatedatakeywithoutplaintext"
            | "reencryptfrom"
            | "reencryptto" => &[
                Self::Disabled,
                Self::PendingImport,
                Self::PendingDeletion,
                Self::Unavailable,
            ],
            "creategrant" => &[Self::Disabled, Self::PendingImport, Self::PendingDeletion],
            "disablekey" | "enablekey" => &[Self::PendingImport, Self::PendingDeletion],
            "getpublickey" | "sign" | "verify" => match self {
                Self::PendingImport | Self::Unavailable => {
                    return Truth::Unknown(Unclear::KeyState);
                }
                _ => &[Self::Disabled, Self::PendingDeletion],
            },
            "createalias"
            | "scheduledeletion"
            | "schedulekeydeletion"
            | "tagresource"
            | "untagresource"
            | "updatekeydescription" => &[Self::PendingDeletion],
            _ if self == Self::Enabled => &[],
            _ => return Truth::Unknown(Unclear::KeyState),
        };
        let is_in_table = !matches!(
            self,
            Self::Creating | Self::Updating | Self::PendingReplicaDeletion
        );
        if is_in_table || fails_in.is_empty() {
            (!fails_in.contains(&self)).into()
        } else {
            Truth::Unknown(Unclear::KeyState)
        }
    }
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(_, state)| state == self);
        f.pad(name.map_or("Enabled", |(name, _)| name))
    }
}

/// A text that names no key state
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not a key state: give one as `DescribeKey` does, such as `Enabled`")]
pub struct ParseKeyStateError(String);

impl FromStr for KeyState {
    type Err = ParseKeyStateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, state)| *state)
            .ok_or_else(|| ParseKeyStateError(text.chars().take(200).collect()))
    }
}
