//! What the owner does in a Region when all others are done: closes, and deprecates predecessors.

use super::image::newest_first;
use super::run::Together;
use super::settings::soon;
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{Predecessors, Shard, ShardReport};
use crate::engine::Engine;
use crate::engine::lease::Leased;
use crate::error::Error;
use crate::id::{ImageId, Region};
use crate::plan::CopySetting;
use crate::resource::{ImageDetails, ImageState, Tags};

/// An image that came before the one that is distributed
#[derive(Debug)]
pub(super) struct Predecessor {
    pub(super) id: ImageId,
    /// Whether it is, or will be in a moment
    pub(super) is_deprecated: bool,
}

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    pub(super) async fn run_finish(&self, together: &Together<'_>) -> Vec<ShardReport> {
        let mut reports = together.reports();
        for report in &mut reports {
            let shard = report.shard.clone();
            let image = together.known.image.clone();
            if let Err(error) = self.finish_shard(&shard, image, report).await {
                report.problems.push(error.to_string());
            }
        }
        reports
    }

    async fn finish_shard(
        &self,
        shard: &Shard,
        known: Option<ImageId>,
        report: &mut ShardReport,
    ) -> Result<(), Error> {
        let image = match known {
            Some(image) => image,
            None => match self.owner_s_image(shard).await {
                Ok(image) => image,
                // Where there is no image, nothing is open and nothing has come before it.
                Err(Error::ImageNotResolved { .. }) => return Ok(()),
                Err(error) => return Err(error),
            },
        };
        report.image = Some(image.clone());
        if shard.lease().is_some() {
            let ids = [image.clone()];
            let seen = self.backend.describe_image_details(&shard.region, &ids);
            let seen = seen.await?.into_iter().next();
            let tags = seen.map(|seen| seen.image.tags).unwrap_or_default();
            self.close_copied(report, &image, &tags).await;
        }
        let is_closed = report.is_complete();
        if let Some(predecessors) = shard.distribution.predecessors()
            && shard.deprecates
            && is_closed
        {
            self.deprecate(shard, predecessors, &image, report).await?;
        }
        Ok(())
    }

    /// Closes what was opened of an image for copies, by what its tags and the shard tell
    pub(super) async fn close_copied(
        &self,
        report: &mut ShardReport,
        image: &ImageId,
        tags: &Tags,
    ) {
        let Some(lease) = report.shard.lease() else {
            return;
        };
        let leased = Leased {
            lease: &lease,
            region: &report.shard.region,
            image,
            tags,
        };
        let closed = self.close_leased(leased, &report.shard.close).await;
        report.shared.extend(closed.reports);
        report.tagged.extend(closed.untagged);
        report.problems.extend(closed.left_open);
    }

    async fn deprecate(
        &self,
        shard: &Shard,
        predecessors: &Predecessors,
        current: &ImageId,
        report: &mut ShardReport,
    ) -> Result<(), Error> {
        let region = &shard.region;
        let found = self.predecessors_of(region, predecessors, current).await?;
        for Predecessor { id, is_deprecated } in found {
            report.predecessors.push(id.clone());
            if predecessors.deprecate && !is_deprecated {
                let setting = CopySetting::EnableImageDeprecation { at: soon() };
                self.set_all(report, &id, vec![setting]).await;
            }
        }
        Ok(())
    }

    /// What came before the image that is distributed, but for the newest of all that are kept
    pub(super) async fn predecessors_of(
        &self,
        region: &Region,
        predecessors: &Predecessors,
        current: &ImageId,
    ) -> Result<Vec<Predecessor>, Error> {
        let mut found = self.own_images(region, &predecessors.filter()).await?;
        // The filter need not take the image that is distributed, whose place among them counts.
        if !found.iter().any(|image| image.image.id == *current) {
            let ids = [current.clone()];
            let seen = self.backend.describe_image_details(region, &ids);
            found.extend(seen.await?);
            newest_first(&mut found);
        }
        let at = soon();
        let older = older(found, current, predecessors.keep_last).into_iter();
        let predecessors = older.map(|image| Predecessor {
            // EC2 rounds to the minute.
            is_deprecated: image
                .deprecation
                .is_some_and(|is| is <= at || is.is_about(at)),
            id: image.image.id,
        });
        Ok(predecessors.collect())
    }
}

/// Those that came before the image that is distributed, but for the newest of all that are kept; none
/// where it is not among them
fn older(newest_first: Vec<ImageDetails>, current: &ImageId, keep: u32) -> Vec<ImageDetails> {
    let is_current = |image: &ImageDetails| image.image.id == *current;
    let counts =
        |image: &ImageDetails| image.image.state == ImageState::Available || is_current(image);
    let found: Vec<ImageDetails> = newest_first.into_iter().filter(counts).collect();
    let Some(place) = found.iter().position(is_current) else {
        return Vec::new();
    };
    let behind = found.into_iter().skip((place + 1).max(keep as usize));
    behind.collect()
}
