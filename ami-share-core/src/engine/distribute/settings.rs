//! What the owner's images are to be like: tags, protection, deprecation.

use super::requests::protection_of;
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{Distribution, Shard, ShardReport};
use crate::engine::Engine;
use crate::error::Error;
use crate::id::{ImageId, Region};
use crate::plan::{CopySetting, Plan};
use crate::resource::{ImageDetails, Snapshot, Tags, Timestamp};

/// How long from now an image is deprecated at the soonest: EC2 takes no time in the past, by its own clock
const SOON: std::time::Duration = std::time::Duration::from_secs(300);

/// When an image is deprecated at the soonest
pub(super) fn soon() -> Timestamp {
    Timestamp::from(std::time::SystemTime::now() + SOON)
}

/// The tags that the owner's images have from the start
pub(super) fn tags_of(distribution: &Distribution) -> Tags {
    let mut tags = distribution.tags().image.clone();
    tags.extend(distribution.tags().shared_as_written());
    tags
}

/// Whether it is tags that are set
pub(super) fn is_tags(setting: &CopySetting) -> bool {
    matches!(setting, CopySetting::CreateTags { .. })
}

/// The tags that an image lacks
///
/// Those that tell of a distribution stay as they are where they are there: a second run is no other
/// distribution.
fn missing_tags(
    distribution: &Distribution,
    date: &str,
    image: &ImageId,
    present: &Tags,
) -> Option<CopySetting> {
    let mut wanted = tags_of(distribution);
    if distribution.distributed_tags() && !present.contains_key(Distribution::DISTRIBUTED) {
        wanted.insert(Distribution::DISTRIBUTED.into(), "true".into());
        wanted.insert(Distribution::DISTRIBUTED_DATE.into(), date.into());
    }
    CopySetting::missing_tags(&wanted, [(&image.clone().into(), present)])
}

/// What else an image and its snapshots lack; a deprecation stays as it was set first
fn missing_details(
    distribution: &Distribution,
    date: &str,
    image: &ImageDetails,
    snapshots: &[Snapshot],
) -> Vec<CopySetting> {
    let mut settings = Vec::new();
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
    let days = distribution.protection().deprecate_after_days;
    if let (Some(days), None) = (days, image.deprecation) {
        let midnight: Option<Timestamp> = format!("{date}T00:00:00Z").parse().ok();
        settings.extend(midnight.map(|date| CopySetting::EnableImageDeprecation {
            at: date.plus_days(days),
        }));
    }
    settings
}

/// Whether more than the tags of an image has to be seen
fn needs_details(distribution: &Distribution) -> bool {
    !distribution.tags().snapshots.is_empty()
        || distribution.protection().deregistration.is_some()
        || distribution.protection().deprecate_after_days.is_some()
}

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    /// What the owner's image in the shard's Region lacks
    pub(super) async fn missing_of(
        &self,
        shard: &Shard,
        image: &ImageId,
        seen: Option<&Plan>,
    ) -> Result<Vec<CopySetting>, Error> {
        let place = (&shard.region, image);
        self.missing_in(&shard.distribution, &shard.date, place, seen)
            .await
    }

    /// What an image lacks; its tags are not read again where a plan has seen them and no more is needed
    pub(super) async fn missing_in(
        &self,
        distribution: &Distribution,
        date: &str,
        (region, image): (&Region, &ImageId),
        seen: Option<&Plan>,
    ) -> Result<Vec<CopySetting>, Error> {
        let tags = distribution.tags();
        if !needs_details(distribution) {
            if tags_of(distribution).is_empty() && !distribution.distributed_tags() {
                return Ok(Vec::new());
            }
            let seen = seen.and_then(|plan| plan.seen().image(region, image));
            if let Some(seen) = seen {
                let missing = missing_tags(distribution, date, image, &seen.image.tags);
                return Ok(missing.into_iter().collect());
            }
        }
        let ids = [image.clone()];
        let details = self.backend.describe_image_details(region, &ids).await?;
        let Some(details) = details.into_iter().next() else {
            return Ok(Vec::new());
        };
        let snapshots = if tags.snapshots.is_empty() {
            Vec::new()
        } else {
            let snapshots = details.image.snapshots.iter();
            let ids: Vec<_> = snapshots.map(|snapshot| snapshot.id.clone()).collect();
            self.backend.describe_snapshots(region, &ids).await?
        };
        let mut missing = missing_details(distribution, date, &details, &snapshots);
        missing.extend(missing_tags(distribution, date, image, &details.image.tags));
        Ok(missing)
    }

    /// Sets what an image lacks, and reports it
    pub(super) async fn set_all(
        &self,
        report: &mut ShardReport,
        image: &ImageId,
        settings: Vec<CopySetting>,
    ) {
        for setting in settings {
            let setting = match setting {
                // The day of the distribution may be long gone.
                CopySetting::EnableImageDeprecation { at } => {
                    CopySetting::EnableImageDeprecation { at: at.max(soon()) }
                }
                other => other,
            };
            let set = self.set_on(&report.shard.region, image, setting).await;
            report.settings.push(set);
        }
    }

    /// When the owner's image is deprecated, where copies of it are to be as well
    pub(super) async fn deprecation_of(
        &self,
        distribution: &Distribution,
        region: &Region,
        image: &ImageId,
    ) -> Result<Option<Timestamp>, Error> {
        if distribution.protection().deprecate_after_days.is_none() {
            return Ok(None);
        }
        let ids = [image.clone()];
        let details = self.backend.describe_image_details(region, &ids).await?;
        let at = details.into_iter().find_map(|details| details.deprecation);
        // EC2 takes no time in the past.
        Ok(at.filter(|at| *at > Timestamp::now()))
    }
}
