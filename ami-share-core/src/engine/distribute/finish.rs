//! What the owner does in a Region when all others are done: closes, and deprecates predecessors.

use super::requests::close;
use super::run::Together;
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{Predecessors, Shard, ShardReport};
use crate::engine::Engine;
use crate::error::Error;
use crate::id::{ImageId, SnapshotId};
use crate::outcome::Report;
use crate::plan::{Action, CopySetting, PermissionChange, Plan, Step};
use crate::principal::PrincipalSet;
use crate::resource::{ImageDetails, ImageState, Timestamp};

/// How long from now predecessors are deprecated: EC2 takes no time in the past, by its own clock
const SOON: std::time::Duration = std::time::Duration::from_secs(300);

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
        let closed = self.close(shard, &image).await;
        let is_closed = closed.is_ok();
        match closed {
            Ok(closed) => report.shared.extend(closed),
            Err(error) => report.problems.push(error.to_string()),
        }
        if let Some(predecessors) = shard.distribution.predecessors()
            && shard.deprecates
            && is_closed
        {
            self.deprecate(shard, predecessors, &image, report).await?;
        }
        Ok(())
    }

    /// Takes back what was opened for copies
    ///
    /// Who had no launch permission loses all; who had it loses the snapshots that it did not have.
    async fn close(&self, shard: &Shard, image: &ImageId) -> Result<Vec<Report>, Error> {
        let mut closed = Vec::new();
        if !shard.close.principals.is_empty() {
            let request = close(shard, image)?;
            closed.push(self.share_now(&request).await?);
        }
        if shard.close.snapshots.is_empty() {
            return Ok(closed);
        }
        let mut steps = Vec::new();
        for (snapshot, principals) in &shard.close.snapshots {
            let backend = &self.backend;
            let present = backend.describe_create_volume_permissions(&shard.region, snapshot);
            let left = present.await?.intersection(principals);
            if !left.is_empty() {
                steps.push(close_snapshot(shard, image, snapshot, &left));
            }
        }
        let all = shard.close.snapshots.values().flat_map(PrincipalSet::iter);
        let request = super::requests::open(
            &shard.distribution,
            &all.cloned().collect(),
            &shard.region,
            image,
        )?;
        let plan = Plan::of_steps(request.to_revoke(), steps, Default::default());
        closed.push(self.share_as_planned(&plan).await?);
        Ok(closed)
    }

    async fn deprecate(
        &self,
        shard: &Shard,
        predecessors: &Predecessors,
        current: &ImageId,
        report: &mut ShardReport,
    ) -> Result<(), Error> {
        let found = self
            .own_images(&shard.region, &predecessors.filter())
            .await?;
        let at = Timestamp::from(std::time::SystemTime::now() + SOON);
        for image in older(found, current, predecessors.keep_last) {
            let id = image.image.id.clone();
            report.predecessors.push(id.clone());
            // EC2 rounds to the minute.
            let is_deprecated = image
                .deprecation
                .is_some_and(|is| is <= at || is.is_about(at));
            if predecessors.deprecate && !is_deprecated {
                let setting = CopySetting::EnableImageDeprecation { at };
                self.set_all(report, &id, vec![setting]).await;
            }
        }
        Ok(())
    }
}

/// Those that came before the image that is distributed, but for the newest of all that are kept
fn older(newest_first: Vec<ImageDetails>, current: &ImageId, keep: u32) -> Vec<ImageDetails> {
    let is_current = |image: &ImageDetails| image.image.id == *current;
    let counts =
        |image: &ImageDetails| image.image.state == ImageState::Available || is_current(image);
    let found: Vec<ImageDetails> = newest_first.into_iter().filter(counts).collect();
    // The current one is among those that are kept, whether the filter takes it or not.
    let (behind, kept) = match found.iter().position(is_current) {
        Some(place) => (place + 1, keep as usize),
        None => (0, keep.saturating_sub(1) as usize),
    };
    found.into_iter().skip(behind.max(kept)).collect()
}

fn close_snapshot(
    shard: &Shard,
    image: &ImageId,
    snapshot: &SnapshotId,
    principals: &PrincipalSet,
) -> Step {
    Step {
        region: shard.region.clone(),
        image: Some(image.clone()),
        action: Action::ModifySnapshotAttribute {
            snapshot: snapshot.clone(),
            change: PermissionChange::Remove(principals.iter().cloned().collect()),
        },
        reason: "it was opened for the copy alone".into(),
    }
}
