//! The owner's work in its Regions: copies, makes the images what they are to be, shares them.

use std::collections::BTreeMap;

use super::known::{Known, KnownRegion};
use super::requests::{open, owner_copies, parameter_names, share};
use super::run::{failed, reports_of};
use super::settings::{is_tags, tags_of};
use crate::access::Answer;
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{RecipientsGet, Shard, ShardReport};
use crate::engine::lease::Leased;
use crate::engine::{ApplyOptions, Engine};
use crate::error::Error;
use crate::id::{ImageId, Region};
use crate::outcome::{CopyReport, CopyResult, Report};
use crate::plan::{CopyPlan, Opened, Plan};
use crate::request::{ShareRequest, SourceAccess};
use crate::resource::Timestamp;

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    pub(super) async fn run_owner(
        &self,
        shards: &[&Shard],
        known: &mut Known,
        options: &ApplyOptions,
    ) -> Vec<ShardReport> {
        let started = Timestamp::now();
        let Some(first) = shards.first() else {
            return Vec::new();
        };
        let planned = known.owner_copies.take();
        let (mut copies, mut refused) = match self.copy_as_owner(shards, planned, options).await {
            Ok(copies) => copies,
            Err(error) => return failed(shards, started, &error),
        };
        let own = &first.distribution.image().region;
        let mut work = Vec::new();
        for mut report in reports_of(shards, started) {
            let region = report.shard.region.clone();
            if region == *own {
                report.image = Some(report.shard.image.clone());
            } else {
                let error = refused.remove(&region);
                report.problems.extend(error.map(|error| error.to_string()));
                report.copy = copies.remove(&region);
                let copy = report.copy.as_ref();
                let made = copy.filter(|copy| copy.outcome.is_available());
                report.image = made.and_then(|copy| copy.image.clone());
            }
            let known = known.regions.remove(&region).unwrap_or_default();
            work.push(async move {
                let known = self.work_in_region(&mut report, known).await;
                (report, known)
            });
        }
        let done = self.side_by_side(work).await;
        let mut reports = Vec::new();
        for (report, of_region) in done {
            known.regions.insert(report.shard.region.clone(), of_region);
            reports.push(report);
        }
        reports
    }

    /// The copies in all Regions but the image's own, by Region; and why those are refused that are
    async fn copy_as_owner(
        &self,
        shards: &[&Shard],
        planned: Option<CopyPlan>,
        options: &ApplyOptions,
    ) -> Result<(BTreeMap<Region, CopyResult>, BTreeMap<Region, Error>), Error> {
        let Some(first) = shards.first() else {
            return Ok(Default::default());
        };
        let planned = match planned {
            Some(plan) => Some(plan).into(),
            None => {
                let (distribution, image) = (&first.distribution, &first.image);
                let own = &distribution.image().region;
                let elsewhere = shards.iter().map(|shard| &shard.region);
                let elsewhere = elsewhere.filter(|region| *region != own).cloned().collect();
                let tags = tags_of(distribution);
                self.plan_unrefused(elsewhere, |regions| {
                    owner_copies(distribution, image, regions, &tags)
                })
                .await?
            }
        };
        let Some(plan) = planned.plan else {
            return Ok((BTreeMap::new(), planned.refused));
        };
        let report = self.copy_as_planned(&plan, options).await?;
        let copies = report.copies().iter();
        let copies = copies.map(|copy| (copy.destination.region.clone(), copy.clone()));
        Ok((copies.collect(), planned.refused))
    }

    /// Makes copies that were just planned; what failed stands in the report
    pub(super) async fn copy_as_planned(
        &self,
        plan: &CopyPlan,
        options: &ApplyOptions,
    ) -> Result<CopyReport, Error> {
        let mut just_planned = ApplyOptions::just_planned();
        just_planned.events = options.events.clone();
        just_planned.cancel = options.cancel.clone();
        match self.apply_copies(plan, &just_planned).await {
            Ok(report) => Ok(report),
            Err(Error::CopyIncomplete(report)) => Ok(*report),
            Err(error) => Err(error),
        }
    }

    /// What is done with the image of one Region, and what was learned of it
    async fn work_in_region(&self, report: &mut ShardReport, known: KnownRegion) -> KnownRegion {
        let Some(image) = report.image.clone() else {
            return KnownRegion::default();
        };
        let worked = match report.shard.distribution.recipients_get() {
            RecipientsGet::Share => self.share_as_owner(report, &image, known).await,
            RecipientsGet::Copy => self.open_as_owner(report, &image, known).await,
        };
        let recipient_copies = worked.unwrap_or_else(|error| {
            report.problems.push(error.to_string());
            None
        });
        KnownRegion {
            image: Some(image),
            recipient_copies,
            ..KnownRegion::default()
        }
    }

    /// Protects and shares the image; tags tell of a share that is done
    async fn share_as_owner(
        &self,
        report: &mut ShardReport,
        image: &ImageId,
        known: KnownRegion,
    ) -> Result<Option<CopyPlan>, Error> {
        let shard = report.shard.clone();
        let plan = match known.share {
            Some(plan) => plan,
            None => {
                let request = share(&shard.distribution, &shard.region, image)?;
                self.plan(&request).await?
            }
        };
        let missing = match known.settings {
            Some(missing) => missing,
            None => self.missing_of(&shard, image, Some(&plan)).await?,
        };
        let services = match known.services {
            Some(services) => Some(services),
            None => {
                let (distribution, accounts) = (&shard.distribution, &shard.accounts);
                let planned = self.plan_services(distribution, accounts, &shard.region, image);
                planned.await?
            }
        };
        if let Some(services) = services.filter(|services| !services.is_empty()) {
            report.shared.push(self.share_as_planned(&services).await?);
        }
        let (tags, before): (Vec<_>, Vec<_>) = missing.into_iter().partition(is_tags);
        self.set_all(report, image, before).await;
        let shared = self.share_as_planned(&plan).await?;
        let is_shared = shared.is_complete();
        let verified = shared.verification();
        report.shared.push(shared);
        if !is_shared {
            return Ok(None);
        }
        self.set_all(report, image, tags).await;
        match verified.map(|verified| verified.as_desired()) {
            Some(Answer::Yes) => self.put_own(report, image, known.parameters).await,
            _ if shard.distribution.parameters().owner.is_empty() => {}
            _ => {
                let problem = "the parameters were not written: whether the share is as asked for is not known";
                report.problems.push(problem.into());
            }
        }
        Ok(None)
    }

    /// Puts the image into the owner's parameters
    async fn put_own(
        &self,
        report: &mut ShardReport,
        image: &ImageId,
        missing: Option<Vec<String>>,
    ) {
        let shard = report.shard.clone();
        let names = missing.unwrap_or_else(|| {
            let templates = &shard.distribution.parameters().owner;
            let source = (&shard.image, shard.name.as_str());
            parameter_names(templates, &shard.region, shard.account, source)
        });
        self.put_all(report, &names, image, None).await;
    }

    /// Makes the image what copies of it are to be, and opens it to those who have none yet
    async fn open_as_owner(
        &self,
        report: &mut ShardReport,
        image: &ImageId,
        known: KnownRegion,
    ) -> Result<Option<CopyPlan>, Error> {
        let shard = report.shard.clone();
        let distribution = &shard.distribution;
        let missing = match known.settings {
            Some(missing) => missing,
            None => self.missing_of(&shard, image, None).await?,
        };
        self.set_all(report, image, missing).await;
        self.put_own(report, image, known.parameters).await;
        if shard.accounts.is_empty() {
            return Ok(None);
        }
        let copies = match known.recipient_copies {
            Some(copies) => copies,
            None => {
                let accounts = shard.accounts.clone();
                let planned = self.plan_accounts(&shard, image, accounts).await?;
                // Each recipient's own shard tells why it is refused.
                let Some(copies) = planned.plan else {
                    return Ok(None);
                };
                copies
            }
        };
        let recipients = copies.recipients();
        let opens = distribution.copies().source_access != SourceAccess::LeaveAsIs;
        if opens && !recipients.is_empty() {
            let request = open(distribution, &recipients, &shard.region, image)?;
            let is_it = |plan: &Plan| *plan.request() == request;
            let plan = match known.share.filter(is_it) {
                Some(plan) => plan,
                None => self.plan(&request).await?,
            };
            if let Some(lease) = shard.lease() {
                let leased = Leased {
                    lease: &lease,
                    region: &shard.region,
                    image,
                    tags: &copies.source().image.tags,
                };
                let opened = Opened::by(plan.steps());
                report.tagged.extend(self.record(leased, &opened).await?);
            }
            report.shared.push(self.share_as_planned(&plan).await?);
        }
        Ok(Some(copies))
    }

    /// Carries out a share that was just planned; what was not done stands in the report
    pub(super) async fn share_as_planned(&self, plan: &Plan) -> Result<Report, Error> {
        match self.apply(plan, &ApplyOptions::just_planned()).await {
            Ok(report) => Ok(report),
            Err(Error::Incomplete(report)) => Ok(*report),
            Err(error) => Err(error),
        }
    }

    /// The same for a request
    pub(super) async fn share_now(&self, request: &ShareRequest) -> Result<Report, Error> {
        let plan = self.plan(request).await?;
        self.share_as_planned(&plan).await
    }
}
