//! What is done around shares and copies: tags, parameters, predecessors, protection, roles of services.

use serde::{Deserialize, Serialize};

use super::image::ImageFilter;
use super::template::Template;
use crate::resource::Tags;

/// Tags that are written
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct DistributionTags {
    /// On the image and on copies of it, by key
    #[serde(skip_serializing_if = "Tags::is_empty")]
    pub image: Tags,
    /// On the snapshots of the image and of copies
    #[serde(skip_serializing_if = "Tags::is_empty")]
    pub snapshots: Tags,
    /// On shared images for all recipients to see: each is written with `ec2:SharedTag/` before its key
    #[serde(skip_serializing_if = "Tags::is_empty")]
    pub shared: Tags,
    /// On the image in each recipient account, by its role; others do not see them
    #[serde(skip_serializing_if = "Tags::is_empty")]
    pub recipients: Tags,
}

impl DistributionTags {
    /// What stands before the key of a tag that recipients see
    pub const SHARED_PREFIX: &'static str = "ec2:SharedTag/";

    /// The tags for all recipients, as they are written
    pub fn shared_as_written(&self) -> Tags {
        let written = |(key, value): (&String, &String)| {
            (format!("{}{key}", Self::SHARED_PREFIX), value.clone())
        };
        self.shared.iter().map(written).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Parameters of Systems Manager that get the image's id, with data type `aws:ec2:image`
///
/// Each is written in every Region of the distribution. `{name}`, `{region}`, `{account}` and `{source}`
/// are replaced in its name.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Parameters {
    /// Names in the owner's account
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owner: Vec<Template>,
    /// Names in each recipient account, by its role
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<Template>,
}

impl Parameters {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The owner's images that came before, which are deprecated after a distribution that succeeded
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Predecessors {
    /// Their name, in the pattern of EC2's filters: `*` for any text, `?` for one character
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Tags that they have, by key
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
    /// How many of the newest stay as they are, the distributed image among them; at least 1
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub keep_last: u32,
    /// Whether the others are deprecated; otherwise they are reported alone
    #[serde(default = "yes")]
    pub deprecate: bool,
}

impl Predecessors {
    /// Which images they are
    pub fn filter(&self) -> ImageFilter {
        ImageFilter {
            name: self.name.clone(),
            tags: self.tags.clone(),
        }
    }
}

fn yes() -> bool {
    true
}

/// What keeps images from being used too long, or from being lost
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Protection {
    /// Protection from deregistration; none if it is left out
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deregistration: Option<DeregistrationProtection>,
    /// After how many days from the distribution the image and its copies are deprecated: 1 to 3,650
    #[cfg_attr(test, schemars(range(min = 1, max = 3650)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deprecate_after_days: Option<u32>,
}

impl Protection {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Protection from deregistration
/// ([`EnableImageDeregistrationProtection`](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageDeregistrationProtection.html))
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct DeregistrationProtection {
    /// Whether it lasts for 24 hours after it was taken off
    pub cooldown: bool,
}

/// A service of AWS whose role in the recipient account launches instances
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LaunchService {
    /// EC2 Auto Scaling
    Autoscaling,
    /// EC2 Fleet
    Ec2Fleet,
    /// EC2 Spot Instances
    Ec2Spot,
    /// Spot Fleet
    Ec2SpotFleet,
}

impl LaunchService {
    /// The service's principal, such as `autoscaling.amazonaws.com`
    pub fn principal(self) -> &'static str {
        match self {
            Self::Autoscaling => "autoscaling.amazonaws.com",
            Self::Ec2Fleet => "ec2fleet.amazonaws.com",
            Self::Ec2Spot => "spot.amazonaws.com",
            Self::Ec2SpotFleet => "spotfleet.amazonaws.com",
        }
    }

    /// The name of its service-linked role, such as `AWSServiceRoleForAutoScaling`
    pub fn role_name(self) -> &'static str {
        match self {
            Self::Autoscaling => "AWSServiceRoleForAutoScaling",
            Self::Ec2Fleet => "AWSServiceRoleForEC2Fleet",
            Self::Ec2Spot => "AWSServiceRoleForEC2Spot",
            Self::Ec2SpotFleet => "AWSServiceRoleForEC2SpotFleet",
        }
    }
}
