use serde::{Deserialize, Serialize};

use super::template::Template;
use crate::request::{OnFailure, SourceAccess};

/// How copies are made, the owner's and the recipients'
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Copies {
    /// The name of a copy; `{name}`, `{region}`, `{account}` and `{source}` are replaced
    pub name: Template,
    /// The description of a copy, with the same words; at most 255 characters
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Template>,
    /// Whether copies have the tags of the image that they are made of, those of AWS aside
    pub copy_tags: bool,
    /// The time that EBS has for the snapshots of a copy, at an extra charge: 15 to 2,880 minutes, in
    /// steps of 15 ([time-based copies](https://docs.aws.amazon.com/ebs/latest/userguide/time-based-copies.html))
    #[cfg_attr(test, schemars(range(min = 15, max = 2880), extend("multipleOf" = 15)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_minutes: Option<u32>,
    /// What happens, after a recipient's copy is made, to what was opened for it
    pub source_access: SourceAccess,
    /// What happens to a copy that failed, or whose share failed
    pub on_failure: OnFailure,
    /// How long one copy may take before it counts as failed, in minutes; at least 1
    #[cfg_attr(test, schemars(range(min = 1)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_limit_minutes: Option<u32>,
    /// How many images are copied into one Region of one account at once: 1 to 300, which is EC2's quota
    #[cfg_attr(test, schemars(range(min = 1, max = 300)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images_in_flight: Option<u32>,
    /// How many snapshots are copied into one Region of one account at once; at least 1
    #[cfg_attr(test, schemars(range(min = 1)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshots_in_flight: Option<u32>,
}

impl Default for Copies {
    fn default() -> Self {
        Self {
            name: Template::default(),
            description: None,
            copy_tags: true,
            completion_minutes: None,
            source_access: SourceAccess::default(),
            on_failure: OnFailure::default(),
            time_limit_minutes: None,
            images_in_flight: None,
            snapshots_in_flight: None,
        }
    }
}

impl Copies {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
