//! Carries a plan out: images side by side, the steps of each image in order.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};

use super::after::After;
use super::run::{NumberedStep, Progress};
use super::{ApplyOptions, Engine, OnChange};
use crate::backend::Backend;
use crate::error::Error;
use crate::id::{ImageId, KeyArn, Region, ResourceId};
use crate::outcome::{Event, EventSink, Report, StepOutcome, StepReport};
use crate::plan::{Action, Change, Plan, Step, plan};
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
        let after = After::new(plan.seen());
        let phases = Phases::of(plan.steps());
        let mut outcomes: BTreeMap<usize, StepOutcome> = BTreeMap::new();
        outcomes.extend(self.run_keys(phases.opening, &after, progress).await);
        let instead = self.open_by_grants_instead(plan, &outcomes, &after).await;
        for (number, grants) in &instead {
            // Where a grant is missing, the key is still shut, and the step that failed says why.
            if grants.iter().all(|report| report.outcome.is_done()) {
                outcomes.remove(number);
            }
        }
        let shut = keys_not_done(plan, &outcomes);
        let runs: Vec<_> = phases
            .by_image
            .into_iter()
            .map(|steps| {
                self.run_image(
                    steps.clone(),
                    blocked_by(plan, &steps, &shut),
                    &after,
                    progress,
                )
            })
            .collect();
        let runs = stream::iter(runs).buffer_unordered(self.options.concurrency);
        outcomes.extend(runs.concat().await);
        let not_done = not_done(plan, &outcomes);
        let (closing, kept) = split_by_images(plan, phases.closing, &not_done);
        outcomes.extend(kept);
        outcomes.extend(self.run_keys(closing, &after, progress).await);
        let runs: Vec<_> = phases
            .tags
            .into_iter()
            .map(|step| self.run_tags(step, &not_done, progress))
            .collect();
        let runs = stream::iter(runs).buffer_unordered(self.options.concurrency);
        let mut reports: BTreeMap<usize, Vec<StepReport>> = runs.collect().await;
        reports.extend(instead);
        let written = policies_written(plan, &outcomes);
        outcomes.extend(self.confirm_keys(written, &after).await);
        for (number, outcome) in outcomes {
            let step = plan.steps().get(number).cloned();
            let report = step.map(|step| StepReport { step, outcome });
            reports.entry(number).or_default().extend(report);
        }
        let steps: Vec<StepReport> = reports.into_values().flatten().collect();
        let done = steps.iter().filter(|step| step.outcome.is_done()).count();
        progress.send(Event::Finished { done, steps: total });
        let report = Report::new(plan.request().clone(), steps, plan.notices().to_vec())
            .seen_after(after.into_observed());
        if report.is_complete() {
            Ok(report)
        } else {
            Err(Error::Incomplete(Box::new(report)))
        }
    }
}

/// The steps of a plan in the order in which they may run
#[derive(Debug, Default)]
struct Phases<'a> {
    /// What opens keys, by key
    opening: Vec<Vec<NumberedStep<'a>>>,
    /// The steps of each image in order
    by_image: Vec<Vec<NumberedStep<'a>>>,
    /// What closes keys, by key
    closing: Vec<Vec<NumberedStep<'a>>>,
    /// Tags of many resources at once
    tags: Vec<NumberedStep<'a>>,
}

impl<'a> Phases<'a> {
    fn of(steps: &'a [Step]) -> Self {
        type Grouped<'a, K> = BTreeMap<K, Vec<NumberedStep<'a>>>;
        let mut by_image: Grouped<'a, (&Region, &ImageId)> = BTreeMap::new();
        let mut opening: Grouped<'a, &KeyArn> = BTreeMap::new();
        let mut closing: Grouped<'a, &KeyArn> = BTreeMap::new();
        let mut tags = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            let numbered = NumberedStep { number, step };
            match (&step.image, step.action.key()) {
                (Some(image), _) => by_image
                    .entry((&step.region, image))
                    .or_default()
                    .push(numbered),
                (None, Some(key)) if step.action.opens_key() => {
                    opening.entry(key).or_default().push(numbered);
                }
                (None, Some(key)) => closing.entry(key).or_default().push(numbered),
                (None, None) => tags.push(numbered),
            }
        }
        Self {
            opening: opening.into_values().collect(),
            by_image: by_image.into_values().collect(),
            closing: closing.into_values().collect(),
            tags,
        }
    }
}

/// The keys with a step that was not done, and that step
fn keys_not_done(plan: &Plan, outcomes: &BTreeMap<usize, StepOutcome>) -> BTreeMap<KeyArn, usize> {
    outcomes
        .iter()
        .filter(|(_, outcome)| !outcome.is_done())
        .filter_map(|(number, _)| {
            let key = plan.steps().get(*number)?.action.key()?;
            Some((key.clone(), *number))
        })
        .collect()
}

/// The step at a key of the image that was not done
fn blocked_by(
    plan: &Plan,
    steps: &[NumberedStep<'_>],
    shut: &BTreeMap<KeyArn, usize>,
) -> Option<usize> {
    let step = steps.first()?.step;
    let image = plan.seen().image(&step.region, step.image.as_ref()?)?;
    let keys = image
        .snapshots
        .values()
        .filter_map(|snapshot| snapshot.key.as_ref());
    keys.filter_map(|key| shut.get(key)).copied().next()
}

/// The keys that may be closed, and what becomes of the steps at the others: a key stays open for as
/// long as one of its images is
fn split_by_images<'a>(
    plan: &Plan,
    closing: Vec<Vec<NumberedStep<'a>>>,
    not_done: &BTreeSet<ResourceId>,
) -> (Vec<Vec<NumberedStep<'a>>>, Vec<(usize, StepOutcome)>) {
    let is_still_open = |steps: &Vec<NumberedStep<'_>>| {
        let Some(step) = steps.first().map(|first| first.step) else {
            return false;
        };
        let found = plan.seen().regions.get(&step.region);
        let mut images = found.into_iter().flat_map(|found| found.images.values());
        images.any(|image| {
            not_done.contains(&image.image.id.clone().into())
                && image
                    .snapshots
                    .values()
                    .any(|snapshot| snapshot.key.as_ref() == step.action.key())
        })
    };
    let (kept, closing): (Vec<_>, Vec<_>) = closing.into_iter().partition(is_still_open);
    let because = "an image under the key was not closed";
    let outcome = |numbered: NumberedStep<'_>| {
        let because = because.to_owned();
        (numbered.number, StepOutcome::NotAttempted { because })
    };
    (closing, kept.into_iter().flatten().map(outcome).collect())
}

/// The steps that wrote key policies
fn policies_written<'a>(
    plan: &'a Plan,
    outcomes: &BTreeMap<usize, StepOutcome>,
) -> Vec<NumberedStep<'a>> {
    plan.steps()
        .iter()
        .enumerate()
        .filter(|(_, step)| matches!(step.action, Action::PutKeyPolicy { .. }))
        .filter(|(number, _)| outcomes.get(number).is_some_and(StepOutcome::is_done))
        .map(|(number, step)| NumberedStep { number, step })
        .collect()
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
