use serde::{Deserialize, Serialize};

use super::PlannedCopy;
use crate::id::ResourceId;
use crate::request::{CopyRequest, DeregistrationProtection};
use crate::resource::{ImageDetails, Snapshot, Tags, Timestamp};

/// Something that an available copy lacks, and the call that gives it
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "operation")]
#[non_exhaustive]
pub enum CopySetting {
    /// Tags are put on it or its snapshots
    CreateTags {
        /// The image, or snapshots
        resources: Vec<ResourceId>,
        /// The tags
        tags: Tags,
    },
    /// It is protected from being deregistered
    EnableImageDeregistrationProtection {
        /// How
        protection: DeregistrationProtection,
    },
    /// It is deprecated from a time on
    EnableImageDeprecation {
        /// The time
        at: Timestamp,
    },
    /// Its description is set
    ModifyImageAttribute {
        /// The description
        description: String,
    },
}

impl CopySetting {
    /// The AWS operation
    pub fn operation(&self) -> &'static str {
        match self {
            Self::CreateTags { .. } => "CreateTags",
            Self::EnableImageDeregistrationProtection { .. } => {
                "EnableImageDeregistrationProtection"
            }
            Self::EnableImageDeprecation { .. } => "EnableImageDeprecation",
            Self::ModifyImageAttribute { .. } => "ModifyImageAttribute",
        }
    }

    /// What a copy lacks of what is asked for
    pub(crate) fn missing(
        request: &CopyRequest,
        planned: &PlannedCopy,
        copy: &ImageDetails,
        snapshots: &[Snapshot],
    ) -> Vec<Self> {
        let mut settings = Vec::new();
        let image = (&copy.image.id.clone().into(), &copy.image.tags);
        settings.extend(Self::missing_tags(&planned.image_tags, [image]));
        let ids: Vec<(ResourceId, &Tags)> = snapshots
            .iter()
            .map(|snapshot| (snapshot.id.clone().into(), &snapshot.tags))
            .collect();
        let of_snapshots = ids.iter().map(|(id, tags)| (id, *tags));
        settings.extend(Self::missing_tags(&planned.snapshot_tags, of_snapshots));
        let description = planned.description.as_ref();
        settings.extend(
            description
                .filter(|wanted| copy.description.as_ref() != Some(*wanted))
                .map(|description| Self::ModifyImageAttribute {
                    description: description.clone(),
                }),
        );
        settings.extend(Self::missing_protection(request.protection(), copy));
        settings.extend(
            request
                .deprecate_at()
                .filter(|wanted| !copy.deprecation.is_some_and(|is| is.is_about(*wanted)))
                .map(|at| Self::EnableImageDeprecation { at }),
        );
        settings
    }

    /// The protection from being deregistered, if it is asked for and there is none or another one
    pub(crate) fn missing_protection(
        wanted: Option<DeregistrationProtection>,
        image: &ImageDetails,
    ) -> Option<Self> {
        let present = image.deregistration_protection.as_deref();
        let protection = wanted.filter(|wanted| present != Some(as_ec2_writes(*wanted)))?;
        Some(Self::EnableImageDeregistrationProtection { protection })
    }

    /// One call for all resources that lack a tag, or have it with another value
    pub(crate) fn missing_tags<'a>(
        wanted: &Tags,
        resources: impl IntoIterator<Item = (&'a ResourceId, &'a Tags)>,
    ) -> Option<Self> {
        let mut lacking = Vec::new();
        let mut tags = Tags::new();
        for (id, present) in resources {
            let missing: Tags = wanted
                .iter()
                .filter(|(key, value)| present.get(*key) != Some(*value))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            if !missing.is_empty() {
                lacking.push(id.clone());
                tags.extend(missing);
            }
        }
        (!lacking.is_empty()).then_some(Self::CreateTags {
            resources: lacking,
            tags,
        })
    }
}

fn as_ec2_writes(protection: DeregistrationProtection) -> &'static str {
    match protection {
        DeregistrationProtection::WithCooldown => "enabled-with-cooldown",
        DeregistrationProtection::WithoutCooldown => "enabled-without-cooldown",
    }
}
