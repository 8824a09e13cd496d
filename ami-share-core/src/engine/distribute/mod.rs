//! Distributes an image: plans the whole, runs it shard by shard.
//!
//! Every shard looks at the world anew and does what is missing, so that it can run anywhere and again.
//! Where one process runs many, what one has read is not read again by the next.

mod extras;
mod finish;
mod image;
mod known;
mod owner;
mod plan;
mod recipient;
mod requests;
mod revoke;
mod run;
mod settings;
mod unrefused;
mod verify;
mod verify_extras;

use std::borrow::Cow;

use self::known::Known;
use super::Engine;
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{
    Distribution, DistributionPlan, DistributionReport, RecipientsGet, Shard, ShardReport, Stage,
};
use crate::engine::{ApplyOptions, OnChange, Roles};
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
        let known = match options.on_change {
            OnChange::DoNotLook => Known::from(plan.clone()),
            OnChange::PlanAgain => Known::default(),
            OnChange::Refuse => {
                let again = self.plan_distribution(plan.distribution()).await?;
                let changes = plan.changes_until(&again);
                if !changes.is_empty() {
                    return Err(Error::WorldChanged(changes));
                }
                Known::from(again)
            }
        };
        let reports = self.run_shards(plan.shards(), known, options).await;
        self.finish(plan, reports, Vec::new(), options).await
    }

    pub(crate) async fn run_shard(&self, shard: &Shard, options: &ApplyOptions) -> ShardReport {
        let shards = std::slice::from_ref(shard);
        let mut reports = self.run_shards(shards, Known::default(), options).await;
        // INVARIANT: each shard has a report.
        reports.pop().unwrap_or_else(|| ShardReport::not_run(shard))
    }

    pub(crate) async fn retry_distribution(
        &self,
        plan: &DistributionPlan,
        report: &DistributionReport,
        options: &ApplyOptions,
    ) -> Result<DistributionReport, Error> {
        let is_done = |shard: &Shard| {
            let mut reports = report.shards().iter();
            reports.any(|report| report.shard.is_same_as(shard) && report.is_complete())
        };
        let undone: Vec<&Shard> = plan.shards().iter().filter(|s| !is_done(s)).collect();
        // What was opened for a copy that failed is closed by now: its Region's owner opens it again.
        let opens_again = |shard: &&Shard| {
            plan.distribution().recipients_get() == RecipientsGet::Copy
                && shard.stage == Stage::Owner
                && undone.iter().any(|other| other.region == shard.region)
        };
        let again = plan.shards().iter();
        let again = again.filter(|shard| !is_done(shard) || opens_again(shard));
        let again: Vec<Shard> = again.cloned().collect();
        let again = self.run_shards(&again, Known::default(), options).await;
        let before = report.shards().to_vec();
        self.finish(plan, again, before, options).await
    }

    /// Runs the last stage, and gives the report of all
    async fn finish(
        &self,
        plan: &DistributionPlan,
        mut reports: Vec<ShardReport>,
        before: Vec<ShardReport>,
        options: &ApplyOptions,
    ) -> Result<DistributionReport, Error> {
        let all: Vec<ShardReport> = before.iter().chain(&reports).cloned().collect();
        let mut last = plan.finishing(&all);
        // What was finished before is finished again only where something has run since.
        let has_run = |shard: &Shard| reports.iter().any(|new| new.shard.region == shard.region);
        let is_finished = |shard: &Shard| {
            let mut before = before.iter();
            before.any(|old| old.shard.is_same_as(shard) && old.is_complete())
        };
        last.retain(|shard| has_run(shard) || !is_finished(shard));
        let known = Known::images_of(&all);
        reports.extend(self.run_shards(&last, known, options).await);
        let is_new = |old: &ShardReport| reports.iter().any(|new| new.shard.is_same_as(&old.shard));
        let kept: Vec<ShardReport> = before.into_iter().filter(|old| !is_new(old)).collect();
        let report = plan.report(kept.into_iter().chain(reports));
        if report.is_complete() {
            Ok(report)
        } else {
            Err(Error::DistributionIncomplete(Box::new(report)))
        }
    }
}
