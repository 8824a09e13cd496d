//! Copies images: opens the source, starts copies, waits for them, makes them what they are to be, and
//! closes the source again.

mod clean_up;
mod finish;
mod group;
mod job;
mod lease;
mod observe;
mod poll;
mod room;
mod start;

use std::collections::BTreeMap;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use self::group::Group;
use self::job::Job;
use super::run::Progress;
use super::{ApplyOptions, Cancel, Engine, OnChange};
use crate::api_error::ApiError;
use crate::backend::{CopyBackend, RoleBackend};
use crate::error::Error;
use crate::id::{AccountId, Region};
use crate::outcome::{CopyOutcome, CopyReport, CopyResult, Event, Report};
use crate::plan::{Change, CopyPlan};

/// What all copies of one run share
#[derive(Debug)]
pub(super) struct Run<'a> {
    plan: &'a CopyPlan,
    progress: Progress<'a>,
    cancel: Option<&'a Cancel>,
    deadline: Instant,
    /// How many calls are made at once, over all accounts and Regions
    calls: Semaphore,
}

impl Run<'_> {
    /// Makes a call when there is room for it
    async fn call<T>(&self, call: impl Future<Output = T>) -> T {
        // INVARIANT: nobody closes the semaphore.
        let _room = self.calls.acquire().await;
        call.await
    }

    fn is_cancelled(&self) -> bool {
        self.cancel.is_some_and(Cancel::is_cancelled)
    }

    /// Why no more time is spent, if so
    fn over(&self) -> Option<&'static str> {
        if self.is_cancelled() {
            return Some("the run was cancelled");
        }
        (Instant::now() >= self.deadline).then_some("the time limit was reached")
    }
}

impl<B: CopyBackend + RoleBackend> Engine<B> {
    pub(crate) async fn apply_copies(
        &self,
        plan: &CopyPlan,
        options: &ApplyOptions,
    ) -> Result<CopyReport, Error> {
        let again = match options.on_change {
            OnChange::DoNotLook => None,
            OnChange::PlanAgain | OnChange::Refuse => {
                let again = self.plan_copies(plan.request()).await?;
                let changes = Change::between_copies(plan, &again);
                if options.on_change == OnChange::Refuse && !changes.is_empty() {
                    return Err(Error::WorldChanged(changes));
                }
                Some(again)
            }
        };
        let report = self
            .carry_out_copies(again.as_ref().unwrap_or(plan), options)
            .await?;
        if report.is_complete() {
            Ok(report)
        } else {
            Err(Error::CopyIncomplete(Box::new(report)))
        }
    }

    async fn carry_out_copies(
        &self,
        plan: &CopyPlan,
        options: &ApplyOptions,
    ) -> Result<CopyReport, Error> {
        let run = Run {
            plan,
            progress: Progress(options.events.as_ref()),
            cancel: options.cancel.as_ref(),
            deadline: Instant::now() + plan.request().time_limit(),
            calls: Semaphore::new(self.options.concurrency),
        };
        run.progress.send(Event::CopiesStarted {
            copies: plan.copies().len(),
        });
        // Nothing that is open may be left behind because it is not known who calls.
        self.caller(plan.request().source_region()).await?;
        let opened = self.open_source(plan, options).await?;
        let is_open = opened.as_ref().is_none_or(Report::is_complete);
        let mut copies = self.run_groups(&run, is_open).await?;
        copies.sort_by_key(|(number, _)| *number);
        let copies: Vec<CopyResult> = copies.into_iter().map(|(_, result)| result).collect();
        let closed = self.close_source(plan, opened.as_ref()).await;
        let done = copies.iter().filter(|copy| copy.is_complete()).count();
        run.progress.send(Event::CopiesFinished {
            done,
            copies: copies.len(),
        });
        let others = plan.other_leases().into_iter().map(str::to_owned);
        Ok(CopyReport::new(plan.request().clone(), copies)
            .beside(others.collect())
            .opened_by(opened)
            .closed_by(closed.reports, closed.left_open))
    }

    /// Runs the copies of each account and Region beside those of the others
    async fn run_groups(
        &self,
        run: &Run<'_>,
        is_open: bool,
    ) -> Result<Vec<(usize, CopyResult)>, ApiError> {
        let mut groups: BTreeMap<(AccountId, Region), Vec<Job<'_>>> = BTreeMap::new();
        let mut ended = Vec::new();
        for (number, planned) in run.plan.copies().iter().enumerate() {
            let job = Job::new(number, planned);
            let reads_from_outside = planned.account != run.plan.source().image.owner;
            if !is_open && reads_from_outside && planned.found.image().is_none() {
                let because = "the source was not opened for the account".into();
                ended.push(job.end(CopyOutcome::NotAttempted { because }));
                continue;
            }
            let place = (planned.account, planned.destination.region.clone());
            groups.entry(place).or_default().push(job);
        }
        let running = FuturesUnordered::new();
        for ((account, region), jobs) in groups {
            match self.of(run.plan.request().source_region(), account).await? {
                Some(engine) => running.push(Group::new(engine, region, run).run(jobs)),
                None => ended.extend(jobs.into_iter().map(|job| {
                    let because = "no role is given to reach the account by".into();
                    job.end(CopyOutcome::NotAttempted { because })
                })),
            }
        }
        ended.extend(running.concat().await);
        Ok(ended)
    }
}
