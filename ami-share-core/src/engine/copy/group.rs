//! The copies into one Region of one account: started as far as there is room, looked at together.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use super::Run;
use super::job::{Job, UnderWay};
use super::poll::Seen;
use super::room::Room;
use super::start::Started;
use crate::backend::{CopyBackend, RoleBackend};
use crate::engine::{Cancel, Engine};
use crate::id::Region;
use crate::outcome::{CopyOutcome, CopyResult, Event};

/// The least time between two looks at the copies of a Region
const SHORTEST: Duration = Duration::from_secs(1);
/// The most time between two looks, so that a failure is seen soon
const LONGEST: Duration = Duration::from_secs(60);

pub(super) struct Group<'r, B> {
    pub(super) engine: Engine<B>,
    pub(super) region: Region,
    pub(super) run: &'r Run<'r>,
}

impl<'r, B: CopyBackend + RoleBackend> Group<'r, B> {
    pub(super) fn new(engine: Engine<B>, region: Region, run: &'r Run<'r>) -> Self {
        Self {
            engine,
            region,
            run,
        }
    }

    /// Runs all copies to their end
    pub(super) async fn run(self, jobs: Vec<Job<'r>>) -> Vec<(usize, CopyResult)> {
        let mut room = Room::of(self.run.plan);
        let mut waiting = VecDeque::new();
        let mut under_way: Vec<UnderWay<'r>> = Vec::new();
        let mut available = Vec::new();
        let mut ended = Vec::new();
        for job in jobs {
            match job.planned.found.clone().into_image() {
                None => waiting.push_back(job),
                Some(image) => under_way.push(job.under_way(image)),
            }
        }
        loop {
            let over = self.run.over();
            if over.is_none() {
                self.start(&mut room, &mut waiting, &mut under_way, &mut ended)
                    .await;
                if under_way.is_empty() && waiting.is_empty() {
                    break;
                }
                self.pause(&room, &waiting, &under_way).await;
            }
            let before = under_way.len();
            for (copy, seen) in self.look(std::mem::take(&mut under_way)).await {
                match seen {
                    Seen::Pending => under_way.push(copy),
                    Seen::Available(details) => available.push((copy, details)),
                    Seen::Failed(details) => ended.push(self.failed(copy, &details).await),
                    Seen::Dead if copy.was_seen => ended.push(self.vanished(copy).await),
                    Seen::Dead => match self.end_dead(copy).await {
                        Ok(job) => waiting.push_back(job),
                        Err(end) => ended.push(end),
                    },
                }
            }
            if under_way.len() < before {
                room.frees();
            }
            if let Some(because) = over {
                ended.extend(self.give_up(because, waiting, under_way).await);
                break;
            }
        }
        let finished = self.finish(available).await;
        for (_, result) in ended.iter().chain(&finished) {
            self.run.progress.send(Event::CopyFinished {
                destination: result.destination.clone(),
                account: result.account,
                image: result.image.clone(),
                outcome: result.outcome.clone(),
            });
        }
        ended.extend(finished);
        ended
    }

    /// Starts what there is room for; what EC2 has no room for waits until another copy has ended, or for
    /// a while
    async fn start(
        &self,
        room: &mut Room,
        waiting: &mut VecDeque<Job<'r>>,
        under_way: &mut Vec<UnderWay<'r>>,
        ended: &mut Vec<(usize, CopyResult)>,
    ) {
        loop {
            let free = room.free(under_way.len()).min(waiting.len());
            if free == 0 || self.run.over().is_some() {
                return;
            }
            let is_full = AtomicBool::new(false);
            let starts: Vec<_> = waiting
                .drain(..free)
                .map(|job| self.start_one(job, &is_full))
                .collect();
            let mut starts = stream::iter(starts).buffered(self.engine.options.concurrency);
            while let Some(started) = starts.next().await {
                match started {
                    Started::UnderWay(copy) => under_way.push(copy),
                    Started::NoRoom(job) => waiting.push_back(job),
                    Started::Refused(job, outcome) => ended.push(job.end(outcome)),
                }
            }
            if is_full.load(Ordering::Relaxed) {
                room.is_full(under_way.len());
            } else {
                room.had_room(free);
            }
        }
    }

    /// Waits until the copies are worth another look, there may be room, the time is up or the run is
    /// cancelled
    async fn pause(&self, room: &Room, waiting: &VecDeque<Job<'r>>, under_way: &[UnderWay<'r>]) {
        let now = Instant::now();
        let looks = under_way.iter().map(|copy| now + copy.next_look(now));
        let again = room.again().filter(|_| !waiting.is_empty());
        let next = looks.chain(again).min().unwrap_or(now + SHORTEST);
        let at = next.min(self.run.deadline);
        match self.run.cancel {
            Some(cancel) => tokio::select! {
                () = tokio::time::sleep_until(at) => {}
                () = Cancel::cancelled(cancel) => {}
            },
            None => tokio::time::sleep_until(at).await,
        }
    }

    /// Ends what has not ended
    async fn give_up(
        &self,
        because: &str,
        waiting: VecDeque<Job<'r>>,
        under_way: Vec<UnderWay<'r>>,
    ) -> Vec<(usize, CopyResult)> {
        let not_tried = |job: Job<'r>| {
            let because = because.to_owned();
            job.end(CopyOutcome::NotAttempted { because })
        };
        let mut ended: Vec<_> = waiting.into_iter().map(not_tried).collect();
        for copy in under_way {
            ended.push(self.unfinished(copy, because).await);
        }
        ended
    }
}

/// How often a copy is started anew where EC2 answers with one that is dead
pub(super) const ATTEMPTS: usize = 3;

impl UnderWay<'_> {
    /// In how long it is worth a look: when it is expected to end, by what it has done so far
    fn next_look(&self, now: Instant) -> Duration {
        if let Some((times, _)) = &self.blind {
            let later = 2u32.saturating_pow(times.saturating_sub(1));
            return SHORTEST.saturating_mul(later).min(LONGEST);
        }
        let elapsed = now.duration_since(self.since);
        if !self.was_seen {
            return SHORTEST;
        }
        let expected = match self.percent {
            Some(percent @ 1..) => {
                elapsed.mul_f64(f64::from(100 - percent.min(99)) / f64::from(percent))
            }
            _ => elapsed / 4,
        };
        expected.clamp(SHORTEST, LONGEST)
    }
}
