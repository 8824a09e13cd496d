//! Runs shards: those of one stage side by side, those of one Region together.

use futures_util::{StreamExt, stream};

use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{Shard, ShardReport, Stage};
use crate::engine::{ApplyOptions, Engine};
use crate::resource::Timestamp;

/// Shards of one stage and Region, of one distribution and image
pub(super) struct Together<'a> {
    pub(super) shards: Vec<&'a Shard>,
    pub(super) started: Timestamp,
}

impl<'a> Together<'a> {
    pub(super) fn first(&self) -> Option<&'a Shard> {
        self.shards.first().copied()
    }

    /// A report for each shard
    pub(super) fn reports(&self) -> Vec<ShardReport> {
        let shards = self.shards.iter();
        shards
            .map(|shard| ShardReport::new(shard, self.started))
            .collect()
    }

    /// A report for each shard, all of which failed for one reason
    pub(super) fn failed(&self, because: &dyn std::fmt::Display) -> Vec<ShardReport> {
        let mut reports = self.reports();
        for report in &mut reports {
            report.problems.push(because.to_string());
        }
        reports
    }
}

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    pub(super) fn not_run(&self, shard: &Shard, because: &str) -> ShardReport {
        let mut report = ShardReport::new(shard, Timestamp::now());
        report.problems.push(because.to_owned());
        report
    }

    /// Runs the shards, stage by stage
    pub(super) async fn run_shards(
        &self,
        shards: &[Shard],
        options: &ApplyOptions,
    ) -> Vec<ShardReport> {
        let mut reports = Vec::new();
        for stage in [Stage::Owner, Stage::Recipient, Stage::Finish] {
            let of_stage = shards.iter().filter(|shard| shard.stage == stage);
            reports.extend(self.run_stage(stage, of_stage.collect(), options).await);
        }
        reports
    }

    async fn run_stage(
        &self,
        stage: Stage,
        shards: Vec<&Shard>,
        options: &ApplyOptions,
    ) -> Vec<ShardReport> {
        if options
            .cancel
            .as_ref()
            .is_some_and(crate::engine::Cancel::is_cancelled)
            && stage != Stage::Finish
        {
            let cancelled = shards.iter();
            return cancelled
                .map(|shard| self.not_run(shard, "the run was cancelled"))
                .collect();
        }
        let groups: Vec<Together<'_>> = groups_of(stage, shards);
        let runs = groups.into_iter().map(|together| async move {
            let Some(first) = together.first() else {
                return Vec::new();
            };
            let engine = match self.with_roles_of(&first.distribution) {
                Ok(engine) => engine,
                Err(error) => return together.failed(&error),
            };
            let mut reports = match stage {
                Stage::Owner => engine.run_owner(&together, options).await,
                Stage::Recipient => engine.run_recipients(&together, options).await,
                Stage::Finish => engine.run_finish(&together).await,
            };
            for report in &mut reports {
                report.ended = Timestamp::now();
            }
            reports
        });
        // Copies take long and cost little: all Regions wait for theirs at once.
        let runs: Vec<_> = runs.collect();
        let count = runs.len().max(1);
        stream::iter(runs).buffer_unordered(count).concat().await
    }
}

/// The owner's shards of a distribution are one copy request; the others are one for each Region
fn groups_of(stage: Stage, shards: Vec<&Shard>) -> Vec<Together<'_>> {
    let mut groups: Vec<Vec<&Shard>> = Vec::new();
    for shard in shards {
        let belongs = |group: &&mut Vec<&Shard>| {
            group.first().is_some_and(|other| {
                other.image == shard.image
                    && other.distribution == shard.distribution
                    && (stage == Stage::Owner || other.region == shard.region)
            })
        };
        match groups.iter_mut().find(belongs) {
            Some(group) => group.push(shard),
            None => groups.push(vec![shard]),
        }
    }
    let started = Timestamp::now();
    groups
        .into_iter()
        .map(|shards| Together { shards, started })
        .collect()
}
