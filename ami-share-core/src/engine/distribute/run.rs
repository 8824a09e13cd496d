//! Runs shards of one distribution, stage by stage; those of one Region together.

use futures_util::{StreamExt, stream};

use super::known::{Known, KnownRegion};
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{Shard, ShardReport, Stage};
use crate::engine::{ApplyOptions, Cancel, Engine};
use crate::resource::Timestamp;

/// Shards of one stage and Region
pub(super) struct Together<'a> {
    pub(super) shards: Vec<&'a Shard>,
    pub(super) started: Timestamp,
    pub(super) known: KnownRegion,
}

impl<'a> Together<'a> {
    pub(super) fn first(&self) -> Option<&'a Shard> {
        self.shards.first().copied()
    }

    /// A report for each shard
    pub(super) fn reports(&self) -> Vec<ShardReport> {
        reports_of(&self.shards, self.started)
    }

    /// A report for each shard, all of which failed for one reason
    pub(super) fn failed(&self, because: &dyn std::fmt::Display) -> Vec<ShardReport> {
        failed(&self.shards, self.started, because)
    }
}

pub(super) fn reports_of(shards: &[&Shard], started: Timestamp) -> Vec<ShardReport> {
    let shards = shards.iter();
    shards
        .map(|shard| ShardReport::new(shard, started))
        .collect()
}

pub(super) fn failed(
    shards: &[&Shard],
    started: Timestamp,
    because: &dyn std::fmt::Display,
) -> Vec<ShardReport> {
    let mut reports = reports_of(shards, started);
    for report in &mut reports {
        report.problems.push(because.to_string());
    }
    reports
}

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    /// Runs shards of one distribution
    pub(super) async fn run_shards(
        &self,
        shards: &[Shard],
        mut known: Known,
        options: &ApplyOptions,
    ) -> Vec<ShardReport> {
        let Some(first) = shards.first() else {
            return Vec::new();
        };
        let engine = match self.with_roles_of(&first.distribution) {
            Ok(engine) => engine,
            Err(error) => {
                return failed(&shards.iter().collect::<Vec<_>>(), Timestamp::now(), &error);
            }
        };
        let mut reports = Vec::new();
        for stage in [Stage::Owner, Stage::Recipient, Stage::Finish] {
            let of_stage = shards.iter().filter(|shard| shard.stage == stage);
            let of_stage: Vec<&Shard> = of_stage.collect();
            let mut done = engine
                .run_stage(stage, &of_stage, &mut known, options)
                .await;
            let ended = Timestamp::now();
            for report in &mut done {
                report.ended = ended;
            }
            reports.extend(done);
        }
        reports
    }

    async fn run_stage(
        &self,
        stage: Stage,
        shards: &[&Shard],
        known: &mut Known,
        options: &ApplyOptions,
    ) -> Vec<ShardReport> {
        let is_cancelled = options.cancel.as_ref().is_some_and(Cancel::is_cancelled);
        if is_cancelled && stage != Stage::Finish {
            return failed(shards, Timestamp::now(), &"the run was cancelled");
        }
        if stage == Stage::Owner {
            return self.run_owner(shards, known, options).await;
        }
        let runs = by_region(shards, known)
            .into_iter()
            .map(|together| async move {
                match stage {
                    Stage::Owner | Stage::Recipient => {
                        self.run_recipients(&together, options).await
                    }
                    Stage::Finish => self.run_finish(&together).await,
                }
            });
        // Copies take long and cost little: all Regions wait for theirs at once.
        let runs: Vec<_> = runs.collect();
        let count = runs.len().max(1);
        stream::iter(runs).buffer_unordered(count).concat().await
    }
}

fn by_region<'a>(shards: &[&'a Shard], known: &mut Known) -> Vec<Together<'a>> {
    let mut groups: std::collections::BTreeMap<_, Vec<&Shard>> = std::collections::BTreeMap::new();
    for shard in shards {
        groups.entry(&shard.region).or_default().push(shard);
    }
    let started = Timestamp::now();
    let groups = groups.into_iter().map(|(region, shards)| {
        let known = known.regions.entry(region.clone()).or_default();
        Together {
            shards,
            started,
            known: KnownRegion {
                image: known.image.clone(),
                recipient_copies: known.recipient_copies.take(),
                ..KnownRegion::default()
            },
        }
    });
    groups.collect()
}
