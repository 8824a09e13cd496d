//! Distributes an image: plans the whole, runs it shard by shard.
//!
//! Every shard looks at the world anew and does what is missing, so that it can run anywhere and again.

mod finish;
mod image;
mod owner;
mod plan;
mod recipient;
mod requests;
mod run;
mod settings;
mod verify;

use std::borrow::Cow;

use super::Engine;
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{Distribution, DistributionPlan, DistributionReport, Shard, ShardReport};
use crate::engine::{ApplyOptions, Roles};
use crate::error::Error;
use crate::request::RequestError;

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    /// The engine with the roles of the distribution, or its own where that has none
    fn with_roles_of(&self, distribution: &Distribution) -> Result<Cow<'_, Self>, RequestError> {
        let Some(roles) = distribution.roles() else {
            return Ok(Cow::Borrowed(self));
        };
        let mut builder = Roles::builder();
        if let Some(template) = &roles.template {
            builder = builder.template(template.as_str());
        }
        for (account, role) in &roles.accounts {
            builder = builder.role(*account, role);
        }
        if let Some(id) = &roles.external_id {
            builder = builder.external_id(id);
        }
        if let Some(name) = &roles.session_name {
            builder = builder.session_name(name);
        }
        for (key, value) in &roles.session_tags {
            builder = builder.session_tag(key, value);
        }
        Ok(Cow::Owned(self.clone().with_roles(builder.build()?)))
    }

    pub(crate) async fn apply_distribution(
        &self,
        plan: &DistributionPlan,
        options: &ApplyOptions,
    ) -> Result<DistributionReport, Error> {
        let reports = self.run_shards(plan.shards(), options).await;
        self.finish(plan, reports, options).await
    }

    pub(crate) async fn run_shard(&self, shard: &Shard, options: &ApplyOptions) -> ShardReport {
        let mut reports = self.run_shards(std::slice::from_ref(shard), options).await;
        // INVARIANT: each shard has a report.
        reports
            .pop()
            .unwrap_or_else(|| self.not_run(shard, "it was not run"))
    }

    pub(crate) async fn retry_distribution(
        &self,
        plan: &DistributionPlan,
        report: &DistributionReport,
        options: &ApplyOptions,
    ) -> Result<DistributionReport, Error> {
        let mut reports = report.shards().to_vec();
        let not_run = plan.shards().iter().filter(|shard| {
            let its = |report: &&ShardReport| report.shard.is_same_as(shard);
            !reports
                .iter()
                .any(|report| its(&report) && report.is_complete())
        });
        let again: Vec<Shard> = not_run.cloned().collect();
        let again = self.run_shards(&again, options).await;
        // What was opened the first time is closed, whoever finds it open the second time.
        let opened: Vec<ShardReport> = again
            .iter()
            .map(|new| {
                let mut merged = new.clone();
                let old = reports.iter().find(|old| old.shard.is_same_as(&new.shard));
                let old = old.into_iter().flat_map(|old| old.shared.clone());
                merged
                    .shared
                    .extend(old.filter(crate::outcome::Report::is_complete));
                merged
            })
            .collect();
        reports.extend(opened);
        let reports = DistributionReport::merge(reports).shards().to_vec();
        self.finish(plan, reports, options).await
    }

    /// Runs the last stage, and gives the report of all
    async fn finish(
        &self,
        plan: &DistributionPlan,
        mut reports: Vec<ShardReport>,
        options: &ApplyOptions,
    ) -> Result<DistributionReport, Error> {
        let last = plan.finishing(&reports);
        reports.extend(self.run_shards(&last, options).await);
        let report = DistributionReport::merge(reports);
        if report.is_complete() {
            Ok(report)
        } else {
            Err(Error::DistributionIncomplete(Box::new(report)))
        }
    }
}
