//! Looks at all copies of a Region at once.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::group::Group;
use super::job::UnderWay;
use crate::backend::{CopyBackend, RoleBackend};
use crate::id::{ImageId, SnapshotId};
use crate::outcome::Event;
use crate::resource::{ImageDetails, ImageState};

/// How long a new image may take until it shows
/// ([eventual consistency](https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html))
pub(super) const UNTIL_IT_SHOWS: Duration = Duration::from_secs(15);

/// What a look at a copy showed
pub(super) enum Seen {
    Pending,
    Available(Box<ImageDetails>),
    Failed(Box<ImageDetails>),
    /// It is not there: EC2 answered with a copy that was cleaned up, or somebody deregistered it
    Dead,
}

impl<'r, B: CopyBackend + RoleBackend> Group<'r, B> {
    /// One `DescribeImages` for all, and one `DescribeSnapshots` for those that are still pending
    ///
    /// A look that fails shows nothing new: the next one may, later each time, and the time limit holds.
    pub(super) async fn look(&self, copies: Vec<UnderWay<'r>>) -> Vec<(UnderWay<'r>, Seen)> {
        if copies.is_empty() {
            return Vec::new();
        }
        let ids: Vec<ImageId> = copies.iter().map(|copy| copy.image.clone()).collect();
        let backend = &self.engine.backend;
        let found = self
            .run
            .call(backend.describe_image_details(&self.region, &ids))
            .await;
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(region = %self.region, %error, "copies could not be looked at");
                let not_seen = |mut copy: UnderWay<'r>| {
                    copy.was_not_seen(&error);
                    (copy, Seen::Pending)
                };
                return copies.into_iter().map(not_seen).collect();
            }
        };
        let mut found: BTreeMap<ImageId, ImageDetails> = found
            .into_iter()
            .map(|details| (details.image.id.clone(), details))
            .collect();
        let percents = self.percents(&found).await;
        let mut seen = Vec::new();
        for mut copy in copies {
            copy.blind = None;
            let Some(details) = found.remove(&copy.image) else {
                let is_new = Instant::now().duration_since(copy.since) < UNTIL_IT_SHOWS;
                let what = if is_new { Seen::Pending } else { Seen::Dead };
                seen.push((copy, what));
                continue;
            };
            copy.saw(&details);
            let what = match details.image.state {
                ImageState::Available => Seen::Available(Box::new(details)),
                ImageState::Pending => {
                    self.tell_progress(&mut copy, percents.get(&details.image.id).copied());
                    Seen::Pending
                }
                ImageState::Deregistered => Seen::Dead,
                _ => Seen::Failed(Box::new(details)),
            };
            seen.push((copy, what));
        }
        seen
    }

    fn tell_progress(&self, copy: &mut UnderWay<'_>, percent: Option<u8>) {
        let Some(percent) = percent.filter(|percent| copy.percent != Some(*percent)) else {
            return;
        };
        copy.percent = Some(percent);
        self.run.progress.send(Event::CopyProgress {
            destination: copy.job.planned.destination.clone(),
            account: copy.job.planned.account,
            image: copy.image.clone(),
            percent,
        });
    }

    /// How far the pending images are: the mean of their snapshots
    async fn percents(&self, found: &BTreeMap<ImageId, ImageDetails>) -> BTreeMap<ImageId, u8> {
        let is_pending = |details: &&ImageDetails| details.image.state == ImageState::Pending;
        let pending: Vec<&ImageDetails> = found.values().filter(is_pending).collect();
        let ids: Vec<SnapshotId> = pending
            .iter()
            .flat_map(|details| &details.image.snapshots)
            .map(|snapshot| snapshot.id.clone())
            .collect();
        if ids.is_empty() {
            return BTreeMap::new();
        }
        let backend = &self.engine.backend;
        let progress = self
            .run
            .call(backend.describe_snapshot_progress(&self.region, &ids))
            .await;
        // Progress is for whoever looks; without it copies are looked at by time alone.
        let progress = progress.unwrap_or_default();
        let percents: BTreeMap<&SnapshotId, u8> = progress
            .iter()
            .filter_map(|snapshot| Some((&snapshot.id, snapshot.percent?)))
            .collect();
        let mean = |details: &ImageDetails| {
            let of = |snapshot| percents.get(snapshot).copied().map(u32::from);
            let snapshots = &details.image.snapshots;
            let sum: Option<u32> = snapshots.iter().map(|snapshot| of(&snapshot.id)).sum();
            let count = u32::try_from(snapshots.len())
                .ok()
                .filter(|count| *count > 0)?;
            u8::try_from(sum? / count).ok()
        };
        pending
            .into_iter()
            .filter_map(|details| Some((details.image.id.clone(), mean(details)?)))
            .collect()
    }
}
