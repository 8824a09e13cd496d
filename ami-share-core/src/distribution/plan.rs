use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Distribution, DistributionReport, Shard, ShardReport, Stage};
use crate::id::{AccountId, ImageId, Region};
use crate::outcome::Report;
use crate::plan::{Change, CopyPlan, CopySetting, Opened, Plan};

/// What a distribution would do now, and the shards that do it
///
/// A plan is plain data: print it, save it as JSON, read it back, apply it, or run its shards elsewhere.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DistributionPlan {
    #[serde(default)]
    pub(crate) version: DistributionPlanVersion,
    pub(crate) distribution: Arc<Distribution>,
    pub(crate) caller: AccountId,
    pub(crate) image: ImageId,
    pub(crate) accounts: BTreeSet<AccountId>,
    pub(crate) shards: Vec<Shard>,
    /// The copies that the owner makes in other Regions
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) owner_copies: Option<CopyPlan>,
    /// How images that are there already are shared, by Region
    pub(crate) shares: BTreeMap<Region, Plan>,
    /// How keys are opened to services of accounts that belong to groups, by Region
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) services: BTreeMap<Region, Plan>,
    /// The copies that recipients make of images that are there already, by Region
    pub(crate) recipient_copies: BTreeMap<Region, CopyPlan>,
    /// What else the owner's images lack that are there already, by Region
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) settings: BTreeMap<Region, Vec<CopySetting>>,
    /// The owner's parameters that do not hold images that are there already, by Region
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) parameters: BTreeMap<Region, Vec<String>>,
}

/// The versions of the JSON form that this release reads
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum DistributionPlanVersion {
    #[default]
    #[serde(rename = "ami-share/distribution-plan/1")]
    One,
}

impl DistributionPlan {
    /// What is distributed how
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }

    /// The account that calls, and owns the image
    pub fn caller(&self) -> AccountId {
        self.caller
    }

    /// The image that is distributed
    pub fn image(&self) -> &ImageId {
        &self.image
    }

    /// The recipient accounts, where they had to be known one by one
    pub fn accounts(&self) -> &BTreeSet<AccountId> {
        &self.accounts
    }

    /// The parts, in the order of their stages: those of one stage may run side by side, anywhere
    ///
    /// What the last stage closes is known when the first one has run: see
    /// [`finishing`](Self::finishing).
    pub fn shards(&self) -> &[Shard] {
        &self.shards
    }

    /// The copies that the owner makes in other Regions, if any
    pub fn owner_copies(&self) -> Option<&CopyPlan> {
        self.owner_copies.as_ref()
    }

    /// How images that are there already are shared, or opened to those who are to copy them, by Region
    pub fn shares(&self) -> &BTreeMap<Region, Plan> {
        &self.shares
    }

    /// How keys are opened to services of accounts that belong to groups, by Region
    pub fn services(&self) -> &BTreeMap<Region, Plan> {
        &self.services
    }

    /// The copies that recipients make of images that are there already, by Region
    pub fn recipient_copies(&self) -> &BTreeMap<Region, CopyPlan> {
        &self.recipient_copies
    }

    /// What else the owner's images lack that are there already, by Region: tags, protection, deprecation
    pub fn settings(&self) -> &BTreeMap<Region, Vec<CopySetting>> {
        &self.settings
    }

    /// The owner's parameters that do not hold images that are there already, by Region
    pub fn parameters(&self) -> &BTreeMap<Region, Vec<String>> {
        &self.parameters
    }

    /// The Regions whose image has [tags](crate::plan::LEASE_TAG) that tell what a run for the same
    /// recipients opened for copies, and did not come to close: the last stage closes it
    pub fn left_open(&self) -> impl Iterator<Item = &Region> {
        let of_stage = |shard: &&Shard| shard.stage == Stage::Owner;
        let owners = self.shards.iter().filter(of_stage);
        let left_open = owners.filter(|owner| {
            let copies = self.recipient_copies.get(&owner.region);
            let lease = owner.lease().zip(copies);
            lease.is_some_and(|(lease, copies)| {
                !lease.recorded(&copies.source().image.tags).is_empty()
            })
        });
        left_open.map(|owner| &owner.region)
    }

    /// Whether there is nothing to copy, to share, to close, to set or to put into the owner's parameters
    ///
    /// What recipients' shards do beside copying (tags of theirs, parameters, grants for services) is
    /// seen when they run.
    pub fn is_empty(&self) -> bool {
        self.owner_copies.as_ref().is_none_or(CopyPlan::is_empty)
            && self.shares.values().all(Plan::is_empty)
            && self.services.values().all(Plan::is_empty)
            && self.recipient_copies.values().all(CopyPlan::is_empty)
            && self.settings.values().all(Vec::is_empty)
            && self.parameters.values().all(Vec::is_empty)
            && self.left_open().next().is_none()
    }

    /// The shards of the last stage, when those before have run: for the Regions whose shards were all
    /// done, and for all where what is opened for copies is to be closed
    ///
    /// Reports may come in any order, several of one shard among them: of these, the one counts that
    /// [`merge`](DistributionReport::merge) takes. What is closed is what any of the reports, or
    /// [tags](crate::plan::LEASE_TAG) of the image, say was opened: so nothing stays open when a worker
    /// dies before it could tell.
    pub fn finishing(&self, reports: &[ShardReport]) -> Vec<Shard> {
        let merged = DistributionReport::merge(reports.iter().cloned());
        let of_stage = |shard: &&Shard| shard.stage == Stage::Owner;
        let owners = self.shards.iter().filter(of_stage);
        let finishing = owners.filter_map(|owner| {
            let its = |shard: &&Shard| shard.region == owner.region;
            let is_done = |shard: &Shard| {
                let mut merged = merged.shards().iter();
                merged.any(|report| report.shard.is_same_as(shard) && report.is_complete())
            };
            let deprecates = self.distribution.predecessors().is_some()
                && self.shards.iter().filter(its).all(is_done);
            let closes = owner.lease().is_some();
            (closes || deprecates).then(|| Shard {
                stage: Stage::Finish,
                close: told_of(owner, reports),
                deprecates,
                ..owner.clone()
            })
        });
        finishing.collect()
    }

    /// The report of the whole plan, from those of its shards, which may come as
    /// [`merge`](DistributionReport::merge) takes them
    ///
    /// A shard of the plan, or of its last stage, that has no report is told of as one that was not run:
    /// so nothing is complete where a part is missing.
    pub fn report(&self, reports: impl IntoIterator<Item = ShardReport>) -> DistributionReport {
        let mut reports: Vec<ShardReport> = reports.into_iter().collect();
        let finishing = self.finishing(&reports);
        let is_missing = |shard: &&Shard| {
            let mut reports = reports.iter();
            !reports.any(|report| report.shard.is_same_as(shard))
        };
        let shards = self.shards.iter().chain(&finishing);
        let missing: Vec<ShardReport> = shards
            .filter(is_missing)
            .map(ShardReport::not_run)
            .collect();
        reports.extend(missing);
        DistributionReport::merge(reports)
    }

    /// What is another one in a plan that was made later
    pub(crate) fn changes_until(&self, now: &Self) -> Vec<Change> {
        let mut changes = Vec::new();
        for (region, was) in &self.shares {
            if let Some(is) = now.shares.get(region) {
                let tags = was.request().tags();
                changes.extend(Change::between(was.seen(), is.seen(), tags));
            }
        }
        let pairs = self.recipient_copies.iter().filter_map(|(region, was)| {
            let is = now.recipient_copies.get(region)?;
            Some((was, is))
        });
        let of_owner = self.owner_copies.iter().zip(&now.owner_copies);
        for (was, is) in pairs.chain(of_owner) {
            changes.extend(Change::between_copies(was, is));
        }
        let steps = |plan: &Self| {
            let shares = plan.shares.iter().chain(&plan.services);
            let steps = shares.map(|(region, plan)| (region.clone(), plan.steps().to_vec()));
            let copies = plan.recipient_copies.keys().cloned();
            (
                plan.image.clone(),
                plan.accounts.clone(),
                steps.collect::<Vec<_>>(),
                copies.collect::<Vec<_>>(),
                plan.settings.clone(),
                plan.parameters.clone(),
            )
        };
        if steps(self) != steps(now) {
            changes.push(Change::Steps);
        }
        changes
    }
}

/// What reports of an owner's shard say was opened for copies alone
fn told_of(owner: &Shard, reports: &[ShardReport]) -> Opened {
    let its = reports.iter();
    let its = its.filter(|report| owner.lease().is_some() && report.shard.is_same_as(owner));
    let steps = its
        .flat_map(|report| &report.shared)
        .flat_map(Report::steps);
    Opened::by(steps.map(|step| &step.step))
}
