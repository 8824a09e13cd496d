//! What a run knows already, so that it is not read again.

use std::collections::BTreeMap;

use crate::distribution::{DistributionPlan, ShardReport, Stage};
use crate::id::{ImageId, Region};
use crate::plan::{CopyPlan, CopySetting, Plan};

/// What a plan, or an earlier stage of the same run, has read
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) owner_copies: Option<CopyPlan>,
    pub(super) regions: BTreeMap<Region, KnownRegion>,
}

/// The same of one Region
#[derive(Debug, Default)]
pub(super) struct KnownRegion {
    /// The owner's image
    pub(super) image: Option<ImageId>,
    /// How it is shared
    pub(super) share: Option<Plan>,
    /// How its keys are opened to services of accounts that belong to groups
    pub(super) services: Option<Plan>,
    /// What it lacks
    pub(super) settings: Option<Vec<CopySetting>>,
    /// The owner's parameters that do not hold it
    pub(super) parameters: Option<Vec<String>>,
    /// The recipients' copies of it, as long as its tags are those that were seen
    pub(super) recipient_copies: Option<CopyPlan>,
}

impl Known {
    /// The owner's images, as the reports of its shards have them
    pub(super) fn images_of(reports: &[ShardReport]) -> Self {
        let mut known = Self::default();
        let owners = reports.iter();
        for report in owners.filter(|report| report.shard.stage == Stage::Owner) {
            let of_region = known
                .regions
                .entry(report.shard.region.clone())
                .or_default();
            of_region.image = report.image.clone().or(of_region.image.take());
        }
        known
    }
}

impl From<DistributionPlan> for Known {
    fn from(plan: DistributionPlan) -> Self {
        let mut known = Self {
            owner_copies: plan.owner_copies,
            regions: BTreeMap::new(),
        };
        for (region, share) in plan.shares {
            known.regions.entry(region).or_default().share = Some(share);
        }
        for (region, services) in plan.services {
            known.regions.entry(region).or_default().services = Some(services);
        }
        for (region, copies) in plan.recipient_copies {
            let stays = plan.settings.get(&region).is_none_or(Vec::is_empty);
            let of_region = known.regions.entry(region).or_default();
            of_region.recipient_copies = stays.then_some(copies);
        }
        for (region, names) in plan.parameters {
            known.regions.entry(region).or_default().parameters = Some(names);
        }
        for (region, settings) in plan.settings {
            known.regions.entry(region).or_default().settings = Some(settings);
        }
        known
    }
}
