use std::fmt;

use serde::{Deserialize, Serialize};

/// Yes, no, or not known
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is not so
    No,
    /// What it hangs on could not be read
    Unknown,
    /// It is so
    Yes,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::No => "no",
            Self::Unknown => "unknown",
            Self::Yes => "yes",
        })
    }
}

/// An answer with its reason, and what would mend it
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Finding {
    /// The answer
    pub answer: Answer,
    /// Why, in one line
    pub reason: String,
    /// What would turn it into a yes, where that is known
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mend: Option<String>,
}

impl Finding {
    pub(crate) fn yes(reason: impl Into<String>) -> Self {
        Self {
            answer: Answer::Yes,
            reason: reason.into(),
            mend: None,
        }
    }

    pub(crate) fn no(reason: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            answer: Answer::No,
            reason: reason.into(),
            mend: Some(mend.into()),
        }
    }

    pub(crate) fn unknown(reason: impl Into<String>) -> Self {
        Self {
            answer: Answer::Unknown,
            reason: reason.into(),
            mend: None,
        }
    }

    /// The same with what would turn it into a yes
    pub(crate) fn with_mend(self, mend: impl Into<String>) -> Self {
        Self {
            mend: Some(mend.into()),
            ..self
        }
    }
}

/// What decides over access, one thing at a time
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AccessLayer {
    /// The state of the image
    ImageState,
    /// The launch permissions of the image, with the membership of organizations and OUs
    LaunchPermission,
    /// The state and kind of a KMS key
    KeyState,
    /// The policy of a KMS key
    KeyPolicy,
    /// The grants of a KMS key, beside its policy
    Grants,
    /// The create-volume permissions of the snapshots, which copying needs and launching does not
    SnapshotPermission,
}

impl fmt::Display for AccessLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ImageState => "image state",
            Self::LaunchPermission => "launch permission",
            Self::KeyState => "key state",
            Self::KeyPolicy => "key policy",
            Self::Grants => "grants",
            Self::SnapshotPermission => "snapshot permission",
        })
    }
}

/// What one layer says
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LayerFinding {
    /// The layer
    pub layer: AccessLayer,
    /// The image, snapshot or key that it is of
    pub of: String,
    /// What it says
    #[serde(flatten)]
    pub finding: Finding,
}

impl LayerFinding {
    pub(super) fn new(layer: AccessLayer, of: &str, finding: Finding) -> Self {
        Self {
            layer,
            of: of.to_owned(),
            finding,
        }
    }
}
