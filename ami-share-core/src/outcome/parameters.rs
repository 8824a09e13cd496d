use serde::{Deserialize, Serialize};

use super::RecipientOutcome;
use crate::id::{AccountId, ImageId, Region};
use crate::resource::Parameter;

/// What became of a parameter in every account and Region
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ParameterReport {
    version: ParameterReportVersion,
    name: String,
    parameters: Vec<WrittenParameter>,
}

/// The versions of the JSON form that this release reads
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
enum ParameterReportVersion {
    #[default]
    #[serde(rename = "ami-share/parameters/1")]
    One,
}

/// What became of a parameter in one account and Region
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct WrittenParameter {
    /// The Region
    pub region: Region,
    /// The account
    pub account: AccountId,
    /// The image that it is to hold
    pub image: ImageId,
    /// What it held before; none where there was no such parameter. Parameter Store keeps it as an
    /// earlier version
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Parameter>,
    /// The version that holds the image now, where that was seen
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// What became of it
    #[serde(flatten)]
    pub outcome: RecipientOutcome,
}

impl ParameterReport {
    pub(crate) fn new(name: String, parameters: Vec<WrittenParameter>) -> Self {
        Self {
            version: ParameterReportVersion::default(),
            name,
            parameters,
        }
    }

    /// The parameter's name
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Every account and Region, by Region and account
    pub fn parameters(&self) -> &[WrittenParameter] {
        &self.parameters
    }

    /// Whether every parameter holds its image, and was seen to
    pub fn is_complete(&self) -> bool {
        let mut parameters = self.parameters.iter();
        parameters.all(|parameter| parameter.outcome.is_good())
    }

    /// Whether nothing had to be written
    pub fn is_empty(&self) -> bool {
        let mut parameters = self.parameters.iter();
        parameters.all(|parameter| parameter.outcome == RecipientOutcome::AsAsked)
    }
}
