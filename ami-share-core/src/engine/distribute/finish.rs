//! What the owner does in a Region when all others are done: closes, and deprecates predecessors.

use std::collections::BTreeSet;

use super::requests::close;
use super::run::Together;
use super::settings::tags_of;
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{Predecessors, Shard, ShardReport};
use crate::engine::Engine;
use crate::error::Error;
use crate::id::ImageId;
use crate::plan::CopySetting;
use crate::resource::{ImageDetails, Timestamp};

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    pub(super) async fn run_finish(&self, together: &Together<'_>) -> Vec<ShardReport> {
        let mut reports = together.reports();
        for report in &mut reports {
            let shard = report.shard.clone();
            if let Err(error) = self.finish_shard(&shard, report).await {
                report.problems.push(error.to_string());
            }
        }
        reports
    }

    async fn finish_shard(&self, shard: &Shard, report: &mut ShardReport) -> Result<(), Error> {
        let regions = BTreeSet::from([shard.region.clone()]);
        let tags = tags_of(&shard.distribution);
        let (images, _) = self
            .images_by_region(&shard.distribution, &shard.image, &regions, &tags)
            .await?;
        let image = images.into_values().next();
        if let Some(image) = image.as_ref().filter(|_| !shard.close.is_empty()) {
            let request = close(shard, image)?;
            report.shared.push(self.share_now(&request).await?);
        }
        report.image = image;
        if let Some(predecessors) = shard.distribution.predecessors() {
            self.deprecate(shard, predecessors, report).await?;
        }
        Ok(())
    }

    async fn deprecate(
        &self,
        shard: &Shard,
        predecessors: &Predecessors,
        report: &mut ShardReport,
    ) -> Result<(), Error> {
        let region = &shard.region;
        let found = self.own_images(region, &predecessors.filter()).await?;
        let now: Option<Timestamp> = format!("{}T00:00:00Z", shard.date).parse().ok();
        for image in older(found, report.image.as_ref(), predecessors.keep_last) {
            let id = image.image.id.clone();
            report.predecessors.push(id.clone());
            let is_deprecated = image.deprecation.is_some_and(|at| Some(at) <= now);
            if let Some(at) = now.filter(|_| predecessors.deprecate && !is_deprecated) {
                let setting = CopySetting::EnableImageDeprecation { at };
                report
                    .settings
                    .push(self.set_on(region, &id, setting).await);
            }
        }
        Ok(())
    }
}

/// All but the newest; the image that is distributed is one of those, however old it is
fn older(found: Vec<ImageDetails>, current: Option<&ImageId>, keep: u32) -> Vec<ImageDetails> {
    let others = found
        .into_iter()
        .filter(|image| Some(&image.image.id) != current);
    let kept = keep.saturating_sub(1) as usize;
    others.skip(kept).collect()
}
