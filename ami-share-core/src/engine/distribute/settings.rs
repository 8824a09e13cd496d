//! What the owner's images are to be like: tags, protection, deprecation.

use std::collections::BTreeMap;

use super::requests::protection_of;
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{Distribution, Shard, ShardReport};
use crate::engine::Engine;
use crate::error::Error;
use crate::id::{ImageId, Region};
use crate::plan::CopySetting;
use crate::resource::{ImageDetails, Snapshot, Tags, Timestamp};

/// The tags that the owner's images have from the start
pub(super) fn tags_of(distribution: &Distribution) -> Tags {
    let mut tags = distribution.tags().image.clone();
    tags.extend(distribution.tags().shared_as_written());
    tags
}

/// What an image lacks
///
/// The tags that tell of a distribution and the deprecation stay as they are where they are there: a
/// second run is no other distribution.
fn missing(
    distribution: &Distribution,
    date: &str,
    image: &ImageDetails,
    snapshots: &[Snapshot],
) -> Vec<CopySetting> {
    let mut wanted = tags_of(distribution);
    let present = &image.image.tags;
    if distribution.distributed_tags() && !present.contains_key(Distribution::DISTRIBUTED) {
        wanted.insert(Distribution::DISTRIBUTED.into(), "true".into());
        wanted.insert(Distribution::DISTRIBUTED_DATE.into(), date.into());
    }
    let mut settings = Vec::new();
    let id = image.image.id.clone().into();
    settings.extend(CopySetting::missing_tags(&wanted, [(&id, present)]));
    let snapshots: Vec<_> = snapshots
        .iter()
        .map(|snapshot| (snapshot.id.clone().into(), &snapshot.tags))
        .collect();
    let of_snapshots = snapshots.iter().map(|(id, tags)| (id, *tags));
    settings.extend(CopySetting::missing_tags(
        &distribution.tags().snapshots,
        of_snapshots,
    ));
    let protection = protection_of(distribution);
    settings.extend(CopySetting::missing_protection(protection, image));
    if let (Some(days), None) = (
        distribution.protection().deprecate_after_days,
        image.deprecation,
    ) {
        let midnight: Option<Timestamp> = format!("{date}T00:00:00Z").parse().ok();
        settings.extend(midnight.map(|date| CopySetting::EnableImageDeprecation {
            at: date.plus_days(days),
        }));
    }
    settings
}

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    /// What each of the owner's images lacks
    pub(super) async fn missing_settings(
        &self,
        distribution: &Distribution,
        date: &str,
        images: &BTreeMap<Region, ImageId>,
    ) -> Result<Vec<(Region, ImageId, Vec<CopySetting>)>, Error> {
        let mut all = Vec::new();
        for (region, image) in images {
            let missing = self.missing_of(distribution, date, region, image).await?;
            all.push((region.clone(), image.clone(), missing));
        }
        Ok(all)
    }

    async fn missing_of(
        &self,
        distribution: &Distribution,
        date: &str,
        region: &Region,
        image: &ImageId,
    ) -> Result<Vec<CopySetting>, Error> {
        let tags = distribution.tags();
        let nothing = tags_of(distribution).is_empty()
            && tags.snapshots.is_empty()
            && !distribution.distributed_tags()
            && distribution.protection().deregistration.is_none()
            && distribution.protection().deprecate_after_days.is_none();
        if nothing {
            return Ok(Vec::new());
        }
        let ids = [image.clone()];
        let details = self.backend.describe_image_details(region, &ids).await?;
        let Some(details) = details.into_iter().next() else {
            return Ok(Vec::new());
        };
        let snapshots = if tags.snapshots.is_empty() {
            Vec::new()
        } else {
            let ids: Vec<_> = details
                .image
                .snapshots
                .iter()
                .map(|s| s.id.clone())
                .collect();
            self.backend.describe_snapshots(region, &ids).await?
        };
        Ok(missing(distribution, date, &details, &snapshots))
    }

    /// Makes the owner's image in a Region what it is to be
    pub(super) async fn settle(&self, shard: &Shard, image: &ImageId, report: &mut ShardReport) {
        let region = &shard.region;
        let missing = self
            .missing_of(&shard.distribution, &shard.date, region, image)
            .await;
        match missing {
            Ok(missing) => {
                for setting in missing {
                    report
                        .settings
                        .push(self.set_on(region, image, setting).await);
                }
            }
            Err(error) => report.problems.push(error.to_string()),
        }
    }
}
