//! The copies of images that run, and those that were asked for with a client token.

use std::collections::{BTreeMap, BTreeSet};

use super::super::call::Caller;
use super::super::clock::Moment;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::super::world::World;
use super::copy_image::CopyRequest;
use super::image::{ImageRecord, StateReason};
use super::progress::{Progress, Stage};
use crate::id::{AccountId, ImageId, Region};
use crate::resource::ImageState;

/// The copies of images in all Regions
#[derive(Debug, Default)]
pub(crate) struct Copies {
    /// Those that were not seen to end yet, by when they do
    running: BTreeSet<(Moment, Region, ImageId)>,
    /// What was asked with a client token, and what came of it
    asked: BTreeMap<(AccountId, Region, String), (CopyRequest, ImageId)>,
}

impl Copies {
    /// Has a copy end when its time has come
    pub(super) fn start(&mut self, region: &Region, image: &ImageId, progress: &Progress) {
        let copy = (progress.ends, region.clone(), image.clone());
        self.running.insert(copy);
    }

    /// Forgets a copy; whether it was running
    pub(super) fn stop(&mut self, region: &Region, image: &ImageId) -> bool {
        let before = self.running.len();
        self.running
            .retain(|(_, of, id)| !(of == region && id == image));
        self.running.len() < before
    }

    /// The one that ended first, if its time has come
    fn next_ended(&mut self, now: Moment) -> Option<(Region, ImageId)> {
        let (ends, ..) = self.running.first()?;
        if now < *ends {
            return None;
        }
        let (_, region, image) = self.running.pop_first()?;
        Some((region, image))
    }

    /// Answers the same request by the same image from now on
    pub(super) fn remember(&mut self, caller: Caller<'_>, request: CopyRequest, image: &ImageId) {
        if let Some(token) = &request.token {
            let asked = (caller.account, caller.region.clone(), token.clone());
            self.asked.insert(asked, (request, image.clone()));
        }
    }
}

impl State {
    /// What the client token of a request has brought about already
    ///
    /// It is the same image also if that has failed or was deregistered since, and for as long as the
    /// world is there: whether AWS answers so, and for how long, is not documented for images.
    pub(super) fn copied_before(
        &self,
        caller: Caller<'_>,
        request: &CopyRequest,
    ) -> Result<Option<ImageId>, Refusal> {
        let Some(token) = &request.token else {
            return Ok(None);
        };
        let asked = (caller.account, caller.region.clone(), token.clone());
        match self.copies.asked.get(&asked) {
            Some((before, image)) if before == request => Ok(Some(image.clone())),
            Some(_) => Err(Refusal::new(
                "IdempotentParameterMismatch",
                "The client token was used before with other parameters.",
            )),
            None => Ok(None),
        }
    }

    /// The caller's copies of images that run into its Region
    pub(super) fn running_copies(&self, caller: Caller<'_>) -> impl Iterator<Item = &ImageRecord> {
        let running = self.copies.running.iter();
        running
            .filter(move |(_, region, _)| region == caller.region)
            .filter_map(|(_, region, image)| self.image(region, image))
            .filter(move |image| image.owner == caller.account)
    }

    pub(super) fn check_running_copies(&self, caller: Caller<'_>) -> Result<(), Refusal> {
        let limit = self.quotas(caller.account).image_copies;
        if self.running_copies(caller).count() < limit {
            return Ok(());
        }
        // The limit is documented; the text is that of copies of snapshots.
        Err(Refusal::new(
            "ResourceLimitExceeded",
            format!(
                "Too many AMI copies in progress. The limit is {limit} for this destination region."
            ),
        ))
    }

    /// Ends the copies whose time has come
    pub(crate) fn settle_copies(&mut self) {
        let now = self.now();
        while let Some((region, image)) = self.copies.next_ended(now) {
            let Some(record) = self.image_mut(&region, &image) else {
                continue;
            };
            match record.copying.as_ref().map(|progress| progress.stage(now)) {
                Some(Stage::Failed { reason }) => {
                    record.state_reason = Some(StateReason {
                        code: StateReason::FAILED,
                        message: reason.to_owned(),
                    });
                    record.state = ImageState::Failed;
                }
                Some(Stage::Pending { .. } | Stage::Done) | None => {
                    record.state = ImageState::Available;
                }
            }
        }
    }
}

/// How many copies there can be; how long they take, and whether they fail, is for the
/// [faults](World::set_faults) to say
impl World {
    /// Sets how many copies of images can run at the same time into a Region for an account; 300
    /// until it is set
    pub fn set_image_copy_quota(&self, account: AccountId, quota: usize) {
        let mut state = self.state();
        state.quotas.entry(account).or_default().image_copies = quota;
    }
}
