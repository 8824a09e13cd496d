//! Waits until a write shows, for a bounded time.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::Engine;
use crate::api_error::ApiError;
use crate::backend::Backend;
use crate::id::{Region, ResourceId};
use crate::outcome::{Event, EventSink};
use crate::plan::{Action, Step};
use crate::principal::{Principal, PrincipalSet};
use crate::resource::Tags;

pub(super) const FIRST_DELAY: Duration = Duration::from_millis(250);
pub(super) const LONGEST_DELAY: Duration = Duration::from_secs(5);

/// Who must and who must not have a permission once the writes of a plan show
#[derive(Debug, Default)]
pub(super) struct Expected {
    present: PrincipalSet,
    absent: PrincipalSet,
}

/// What reading back showed
#[derive(Debug)]
pub(super) enum ReadBack {
    /// The writes show, in this set where they are permissions
    Shown(Option<PrincipalSet>),
    /// They did not show in time
    NotShown {
        /// Who was still missing, and who was still there
        because: String,
    },
    /// It could not be read
    Failed(ApiError),
}

impl Expected {
    /// Takes one call in; a later one overrules an earlier one
    pub(super) fn after(&mut self, added: &[Principal], removed: &[Principal]) {
        for principal in added {
            self.absent.remove(principal);
            self.present.insert(principal.clone());
        }
        for principal in removed {
            self.present.remove(principal);
            self.absent.insert(principal.clone());
        }
    }

    fn difference(&self, actual: &PrincipalSet) -> Option<String> {
        if self.present.is_subset(actual) && self.absent.is_disjoint(actual) {
            return None;
        }
        let missing = self.present.difference(actual).len();
        let left = self.absent.intersection(actual).len();
        Some(format!(
            "{missing} added principals do not show and {left} removed ones still do"
        ))
    }
}

/// The pauses between readings: longer each time, until the time is up
#[derive(Debug)]
pub(super) struct Pauses {
    deadline: Instant,
    next: Duration,
    longest: Duration,
}

impl Pauses {
    pub(super) fn new(timeout: Duration) -> Self {
        Self {
            deadline: Instant::now() + timeout,
            next: FIRST_DELAY,
            longest: LONGEST_DELAY,
        }
    }

    /// The pauses with another longest one
    pub(super) fn up_to(self, longest: Duration) -> Self {
        Self { longest, ..self }
    }

    /// How long the next pause is, or none when the time is up
    fn next_delay(&mut self) -> Option<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        let delay = self.next.min(left);
        self.next = (self.next * 2).min(self.longest);
        (!left.is_zero()).then_some(delay)
    }

    /// Pauses and gives `true`, or gives `false` at once when the time is up
    pub(super) async fn rest(&mut self) -> bool {
        let Some(delay) = self.next_delay() else {
            return false;
        };
        tokio::time::sleep(delay).await;
        true
    }

    /// Pauses and gives `true`, or gives `false` at once when the time is up
    async fn pause(&mut self, resource: &ResourceId, events: Option<&EventSink>) -> bool {
        let Some(delay) = self.next_delay() else {
            return false;
        };
        if let Some(events) = events {
            let resource = resource.clone();
            events.send(Event::Waiting { resource, delay });
        }
        tokio::time::sleep(delay).await;
        true
    }
}

impl<B: Backend> Engine<B> {
    /// Reads a permission until it is as expected, or the time is up
    pub(super) async fn read_back(
        &self,
        region: &Region,
        resource: &ResourceId,
        expected: &Expected,
        events: Option<&EventSink>,
    ) -> ReadBack {
        let mut pauses = Pauses::new(self.options.consistency_timeout);
        loop {
            let because = match self.read_permissions(region, resource).await {
                Ok(actual) => match expected.difference(&actual) {
                    None => return ReadBack::Shown(Some(actual)),
                    Some(because) => because,
                },
                Err(error) => return ReadBack::Failed(error),
            };
            if !pauses.pause(resource, events).await {
                return self.not_shown(&because);
            }
        }
    }

    /// Reads tags until they are as the step leaves them, or the time is up
    pub(super) async fn read_back_tags(&self, step: &Step, events: Option<&EventSink>) -> ReadBack {
        let Some((resources, tags)) = step.action.tagged() else {
            return ReadBack::Shown(None);
        };
        let wanted = matches!(step.action, Action::CreateTags { .. });
        let mut pauses = Pauses::new(self.options.consistency_timeout);
        loop {
            let actual = match self.read_tags(&step.region, resources).await {
                Ok(actual) => actual,
                Err(error) => return ReadBack::Failed(error),
            };
            let differs = |resource: &&ResourceId| {
                let actual = actual.get(*resource);
                tags.iter().any(|(key, value)| {
                    (actual.and_then(|tags| tags.get(key)) == Some(value)) != wanted
                })
            };
            let Some(resource) = resources.iter().find(differs) else {
                return ReadBack::Shown(None);
            };
            if !pauses.pause(resource, events).await {
                return self.not_shown(&format!("the tags of `{resource}` are not as written"));
            }
        }
    }

    fn not_shown(&self, because: &str) -> ReadBack {
        let waited = self.options.consistency_timeout.as_secs();
        ReadBack::NotShown {
            because: format!("after {waited} seconds {because}"),
        }
    }

    async fn read_permissions(
        &self,
        region: &Region,
        resource: &ResourceId,
    ) -> Result<PrincipalSet, ApiError> {
        let backend = &self.backend;
        match resource {
            ResourceId::Image(image) => backend.describe_launch_permissions(region, image).await,
            ResourceId::Snapshot(snapshot) => {
                backend
                    .describe_create_volume_permissions(region, snapshot)
                    .await
            }
        }
    }

    async fn read_tags(
        &self,
        region: &Region,
        resources: &[ResourceId],
    ) -> Result<BTreeMap<ResourceId, Tags>, ApiError> {
        let mut images = Vec::new();
        let mut snapshots = Vec::new();
        for resource in resources {
            match resource {
                ResourceId::Image(image) => images.push(image.clone()),
                ResourceId::Snapshot(snapshot) => snapshots.push(snapshot.clone()),
            }
        }
        let mut tags = BTreeMap::new();
        if !images.is_empty() {
            let images = self.backend.describe_images(region, &images).await?;
            tags.extend(
                images
                    .into_iter()
                    .map(|image| (image.id.into(), image.tags)),
            );
        }
        if !snapshots.is_empty() {
            let snapshots = self.backend.describe_snapshots(region, &snapshots).await?;
            tags.extend(
                snapshots
                    .into_iter()
                    .map(|snap| (snap.id.into(), snap.tags)),
            );
        }
        Ok(tags)
    }
}
