//! Carries a plan out: images side by side, the steps of each image in order.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};

use super::run::{NumberedStep, Progress};
use super::{ApplyOptions, Engine, OnChange};
use crate::backend::Backend;
use crate::error::Error;
use crate::id::{ImageId, Region, ResourceId};
use crate::outcome::{Event, EventSink, Report, StepOutcome, StepReport};
use crate::plan::{Change, Plan, Step, plan};
use crate::request::ShareRequest;

impl<B: Backend> Engine<B> {
    pub(crate) async fn plan(&self, request: &ShareRequest) -> Result<Plan, Error> {
        let observed = self.observe(request).await?;
        Ok(plan(request, observed)?)
    }

    pub(crate) async fn apply(&self, plan: &Plan, options: &ApplyOptions) -> Result<Report, Error> {
        match options.on_change {
            OnChange::DoNotLook => self.carry_out(plan, options.events.as_ref()).await,
            OnChange::PlanAgain | OnChange::Refuse => {
                let now = self.observe(plan.request()).await?;
                let mut changes = Change::between(plan.seen(), &now, plan.request().tags());
                if options.on_change == OnChange::Refuse && !changes.is_empty() {
                    return Err(Error::WorldChanged(changes));
                }
                // What is carried out is always what the request makes of the world as it is.
                let again = crate::plan::plan(plan.request(), now)?;
                if options.on_change == OnChange::Refuse && again.steps() != plan.steps() {
                    changes.push(Change::Steps);
                    return Err(Error::WorldChanged(changes));
                }
                self.carry_out(&again, options.events.as_ref()).await
            }
        }
    }

    async fn carry_out(&self, plan: &Plan, events: Option<&EventSink>) -> Result<Report, Error> {
        let progress = Progress(events);
        let total = plan.steps().len();
        progress.send(Event::Started { steps: total });
        let (by_image, by_region) = group(plan.steps());
        let runs: Vec<_> = by_image
            .into_iter()
            .map(|steps| self.run_image(steps, progress))
            .collect();
        let runs = stream::iter(runs).buffer_unordered(self.options.concurrency);
        let outcomes: BTreeMap<usize, StepOutcome> = runs.concat().await.into_iter().collect();
        let not_done = not_done(plan, &outcomes);
        let runs: Vec<_> = by_region
            .into_iter()
            .map(|step| self.run_tags(step, &not_done, progress))
            .collect();
        let runs = stream::iter(runs).buffer_unordered(self.options.concurrency);
        let mut reports: BTreeMap<usize, Vec<StepReport>> = runs.collect().await;
        for (number, outcome) in outcomes {
            let step = plan.steps().get(number).cloned();
            let report = step.map(|step| StepReport { step, outcome });
            reports.entry(number).or_default().extend(report);
        }
        let steps: Vec<StepReport> = reports.into_values().flatten().collect();
        let done = steps.iter().filter(|step| step.outcome.is_done()).count();
        progress.send(Event::Finished { done, steps: total });
        let report = Report::new(plan.request().clone(), steps, plan.notices().to_vec());
        if report.is_complete() {
            Ok(report)
        } else {
            Err(Error::Incomplete(Box::new(report)))
        }
    }
}

/// The steps of each image in order, and the steps that belong to a whole Region
fn group(steps: &[Step]) -> (Vec<Vec<NumberedStep<'_>>>, Vec<NumberedStep<'_>>) {
    let mut by_image: BTreeMap<(&Region, &ImageId), Vec<NumberedStep<'_>>> = BTreeMap::new();
    let mut by_region = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        match &step.image {
            Some(image) => by_image
                .entry((&step.region, image))
                .or_default()
                .push(NumberedStep { number, step }),
            None => by_region.push(NumberedStep { number, step }),
        }
    }
    (by_image.into_values().collect(), by_region)
}

/// The images with a step that was not done, and their snapshots
fn not_done(plan: &Plan, outcomes: &BTreeMap<usize, StepOutcome>) -> BTreeSet<ResourceId> {
    let mut resources = BTreeSet::new();
    for (number, outcome) in outcomes {
        let step = plan.steps().get(*number).filter(|_| !outcome.is_done());
        let Some((step, image)) = step.and_then(|step| Some((step, step.image.as_ref()?))) else {
            continue;
        };
        resources.insert(image.clone().into());
        if let Some(seen) = plan.seen().image(&step.region, image) {
            resources.extend(seen.snapshots.keys().cloned().map(ResourceId::from));
        }
    }
    resources
}
