//! The owner's work in its Regions: copies, makes the images what they are to be, shares them.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};

use super::requests::{owner_copies, share};
use super::run::Together;
use super::settings::tags_of;
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{Shard, ShardReport};
use crate::engine::{ApplyOptions, Engine};
use crate::error::Error;
use crate::id::{ImageId, Region};
use crate::outcome::{CopyReport, CopyResult};

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    pub(super) async fn run_owner(
        &self,
        together: &Together<'_>,
        options: &ApplyOptions,
    ) -> Vec<ShardReport> {
        let Some(first) = together.first() else {
            return Vec::new();
        };
        let mut copies = match self.copy_as_owner(together, first, options).await {
            Ok(copies) => copies,
            Err(error) => return together.failed(&error),
        };
        let own = &first.distribution.image().region;
        let mut work = Vec::new();
        for (shard, mut report) in together.shards.iter().zip(together.reports()) {
            if shard.region == *own {
                report.image = Some(shard.image.clone());
            } else {
                report.copy = copies.remove(&shard.region);
                let made = report
                    .copy
                    .as_ref()
                    .filter(|copy| copy.outcome.is_available());
                report.image = made.and_then(|copy| copy.image.clone());
            }
            work.push(async move {
                if let Some(image) = report.image.clone() {
                    self.share_as_owner(shard, &image, &mut report).await;
                }
                report
            });
        }
        stream::iter(work)
            .buffered(self.options.concurrency)
            .collect()
            .await
    }

    /// The copies in all Regions but the image's own, by Region
    async fn copy_as_owner(
        &self,
        together: &Together<'_>,
        first: &Shard,
        options: &ApplyOptions,
    ) -> Result<BTreeMap<Region, CopyResult>, Error> {
        let regions: BTreeSet<Region> = together
            .shards
            .iter()
            .map(|shard| shard.region.clone())
            .collect();
        let tags = tags_of(&first.distribution);
        let Some(request) = owner_copies(&first.distribution, &first.image, &regions, &tags)?
        else {
            return Ok(BTreeMap::new());
        };
        let report = self.copy_now(&request, options).await?;
        Ok(by_region(&report))
    }

    /// Plans copies and makes them; what failed stands in the report
    pub(super) async fn copy_now(
        &self,
        request: &crate::request::CopyRequest,
        options: &ApplyOptions,
    ) -> Result<CopyReport, Error> {
        let plan = self.plan_copies(request).await?;
        let mut just_planned = ApplyOptions::just_planned();
        just_planned.events = options.events.clone();
        just_planned.cancel = options.cancel.clone();
        match self.apply_copies(&plan, &just_planned).await {
            Ok(report) => Ok(report),
            Err(Error::CopyIncomplete(report)) => Ok(*report),
            Err(error) => Err(error),
        }
    }

    async fn share_as_owner(&self, shard: &Shard, image: &ImageId, report: &mut ShardReport) {
        self.settle(shard, image, report).await;
        let request = share(&shard.distribution, &shard.accounts, &shard.region, image);
        let shared = match request {
            Ok(request) => self.share_now(&request).await,
            Err(error) => Err(error.into()),
        };
        match shared {
            Ok(shared) => report.shared.push(shared),
            Err(error) => report.problems.push(error.to_string()),
        }
    }

    /// Plans a share and carries it out; what was not done stands in the report
    pub(super) async fn share_now(
        &self,
        request: &crate::request::ShareRequest,
    ) -> Result<crate::outcome::Report, Error> {
        let plan = self.plan(request).await?;
        match self.apply(&plan, &ApplyOptions::just_planned()).await {
            Ok(report) => Ok(report),
            Err(Error::Incomplete(report)) => Ok(*report),
            Err(error) => Err(error),
        }
    }
}

fn by_region(report: &CopyReport) -> BTreeMap<Region, CopyResult> {
    let copies = report.copies().iter();
    copies
        .map(|copy| (copy.destination.region.clone(), copy.clone()))
        .collect()
}
