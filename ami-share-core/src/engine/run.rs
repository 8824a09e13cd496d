//! Runs steps: writes, reads back, and says what became of each.

use std::collections::BTreeSet;

use super::Engine;
use super::after::After;
use super::wait::{Expected, ReadBack};
use crate::api_error::{ApiError, ApiErrorKind};
use crate::backend::{Backend, RequestId, SnapshotChange};
use crate::id::ResourceId;
use crate::outcome::{Event, EventSink, StepOutcome, StepReport};
use crate::plan::{Action, PermissionChange, Step};

/// A step and its place in the plan
#[derive(Clone, Copy, Debug)]
pub(super) struct NumberedStep<'a> {
    pub(super) number: usize,
    pub(super) step: &'a Step,
}

/// Tells whoever looks how far it is
#[derive(Clone, Copy, Debug)]
pub(super) struct Progress<'a>(pub(super) Option<&'a EventSink>);

impl Progress<'_> {
    pub(super) fn send(self, event: Event) {
        if let Some(sink) = self.0 {
            sink.send(event);
        }
    }

    pub(super) fn started(self, NumberedStep { number, step }: NumberedStep<'_>) {
        self.send(Event::StepStarted {
            step: number,
            region: step.region.clone(),
            image: step.image.clone(),
            operation: step.action.operation().to_owned(),
        });
    }

    pub(super) fn finished(self, step: usize, outcome: &StepOutcome) {
        self.send(Event::StepFinished {
            step,
            outcome: outcome.clone(),
        });
    }
}

/// A call that was made
struct Written {
    step: usize,
    request_id: RequestId,
    /// Set when the answer was lost, so that only reading back tells whether it took effect
    lost: Option<ApiError>,
}

impl Written {
    fn outcome(self, read_back: &ReadBack) -> (usize, StepOutcome) {
        let because = match read_back {
            ReadBack::Shown(_) => {
                let request_id = self.request_id;
                return (self.step, StepOutcome::Done { request_id });
            }
            ReadBack::NotShown { because } => because.clone(),
            ReadBack::Failed(error) => format!("it could not be read back: {error}"),
        };
        let because = match self.lost {
            Some(error) => format!("{error}; {because}"),
            None => because,
        };
        let outcome = StepOutcome::Unconfirmed {
            because,
            request_id: self.request_id,
        };
        (self.step, outcome)
    }
}

impl<B: Backend> Engine<B> {
    /// Runs the steps of one image, layer by layer, and stops after a layer that was not all done
    ///
    /// Where a step before them, at a key, was not done, none is tried.
    pub(super) async fn run_image(
        &self,
        steps: Vec<NumberedStep<'_>>,
        blocked_by: Option<usize>,
        after: &After,
        progress: Progress<'_>,
    ) -> Vec<(usize, StepOutcome)> {
        if let Some(failed) = blocked_by {
            return not_attempted(&steps, failed);
        }
        let mut outcomes = Vec::new();
        let layers =
            steps.chunk_by(|a, b| a.step.action.permission_of() == b.step.action.permission_of());
        for layer in layers {
            let failed = outcomes
                .iter()
                .find(|(_, outcome): &&(usize, StepOutcome)| !outcome.is_done());
            let done = match failed {
                Some((step, _)) => not_attempted(layer, *step),
                None => self.run_layer(layer, after, progress).await,
            };
            for (step, outcome) in &done {
                progress.finished(*step, outcome);
            }
            outcomes.extend(done);
        }
        outcomes
    }

    /// Runs the steps that change one permission, then reads it back once
    async fn run_layer(
        &self,
        layer: &[NumberedStep<'_>],
        after: &After,
        progress: Progress<'_>,
    ) -> Vec<(usize, StepOutcome)> {
        let mut outcomes = Vec::new();
        let mut written: Vec<Written> = Vec::new();
        let mut expected = Expected::default();
        for (place, numbered) in layer.iter().enumerate() {
            let NumberedStep { number, step } = *numbered;
            progress.started(*numbered);
            let (request_id, lost) = match self.write(step).await {
                Ok(request_id) => (request_id, None),
                Err(error) if error.is_ambiguous() => (None, Some(error)),
                Err(error) => {
                    outcomes.push((number, StepOutcome::Failed { error }));
                    outcomes.extend(rest(layer, place, number));
                    break;
                }
            };
            expected.after(step.action.added(), step.action.removed());
            let is_lost = lost.is_some();
            written.push(Written {
                step: number,
                request_id,
                lost,
            });
            if is_lost {
                outcomes.extend(rest(layer, place, number));
                break;
            }
        }
        let resource = layer.first().and_then(|first| {
            let resource = first.step.action.permission_of()?;
            (!written.is_empty()).then_some((&first.step.region, resource))
        });
        if let Some((region, resource)) = resource {
            let read_back = self
                .read_back(region, &resource, &expected, progress.0)
                .await;
            if let ReadBack::Shown(Some(shown)) = &read_back {
                after.permissions(region, &resource, shown.clone());
            }
            outcomes.extend(
                written
                    .into_iter()
                    .map(|written| written.outcome(&read_back)),
            );
        }
        outcomes
    }

    /// Runs one step on tags, for the resources whose image came through
    ///
    /// Gives a report for these, and one for the others: what was not done is never told as done.
    pub(super) async fn run_tags(
        &self,
        NumberedStep { number, step }: NumberedStep<'_>,
        not_done: &BTreeSet<ResourceId>,
        progress: Progress<'_>,
    ) -> (usize, Vec<StepReport>) {
        let part = |keep: &dyn Fn(&ResourceId) -> bool| {
            let action = step.action.only_for(keep)?;
            let step = step.clone();
            Some(Step { action, ..step })
        };
        let mut reports = Vec::new();
        if let Some(step) = part(&|resource| !not_done.contains(resource)) {
            progress.started(NumberedStep {
                number,
                step: &step,
            });
            let outcome = self.write_tags(&step, progress).await;
            progress.finished(number, &outcome);
            reports.push(StepReport { step, outcome });
        }
        if let Some(step) = part(&|resource| not_done.contains(resource)) {
            let outcome = StepOutcome::NotAttempted {
                because: "the permissions of its images were not all changed".into(),
            };
            progress.finished(number, &outcome);
            reports.push(StepReport { step, outcome });
        }
        (number, reports)
    }

    async fn write_tags(&self, step: &Step, progress: Progress<'_>) -> StepOutcome {
        let (request_id, lost) = match self.write(step).await {
            Ok(request_id) => (request_id, None),
            Err(error) if error.is_ambiguous() => (None, Some(error)),
            Err(error) => return StepOutcome::Failed { error },
        };
        let read_back = self.read_back_tags(step, progress.0).await;
        let written = Written {
            step: 0,
            request_id,
            lost,
        };
        written.outcome(&read_back).1
    }

    async fn write(&self, step: &Step) -> Result<RequestId, ApiError> {
        let region = &step.region;
        match &step.action {
            Action::ModifyImageAttribute { image, add, remove } => {
                self.backend
                    .modify_launch_permissions(region, image, add, remove)
                    .await
            }
            Action::ModifySnapshotAttribute { snapshot, change } => {
                let change = match change {
                    PermissionChange::Add(principals) => SnapshotChange::Add(principals),
                    PermissionChange::Remove(principals) => SnapshotChange::Remove(principals),
                };
                self.backend
                    .modify_create_volume_permissions(region, snapshot, change)
                    .await
            }
            // Keys are written one at a time, by themselves.
            Action::CreateGrant { .. }
            | Action::PutKeyPolicy { .. }
            | Action::RevokeGrant { .. } => Err(ApiError::without_code(
                step.action.operation(),
                ApiErrorKind::Other,
                "this is a step at a key, not at an image",
            )),
            Action::CreateTags {
                resources, tags, ..
            } => self.backend.create_tags(region, resources, tags).await,
            Action::DeleteTags { resources, tags } => {
                self.backend.delete_tags(region, resources, tags).await
            }
        }
    }
}

/// The outcome of steps that come after one that was not done
pub(super) fn not_attempted(
    steps: &[NumberedStep<'_>],
    failed: usize,
) -> Vec<(usize, StepOutcome)> {
    let because = format!("step {} was not done", failed + 1);
    steps
        .iter()
        .map(|step| {
            let because = because.clone();
            (step.number, StepOutcome::NotAttempted { because })
        })
        .collect()
}

/// What becomes of the steps of a layer behind one that was not done
fn rest(layer: &[NumberedStep<'_>], place: usize, failed: usize) -> Vec<(usize, StepOutcome)> {
    not_attempted(layer.get(place + 1..).unwrap_or_default(), failed)
}
