use std::time::Duration;

use super::super::call::{Asked, Caller};
use super::super::clock::Moment;
use super::super::refusal::Refusal;
use super::bucket::Buckets;
use super::config::{Failure, Fault, Faults};

/// The faults that are set, and how far they have come
#[derive(Debug)]
pub(crate) struct Engine {
    faults: Faults,
    random: fastrand::Rng,
    buckets: Buckets,
    /// How many calls have fitted each of the faults
    fitted: Vec<u64>,
    copies: u64,
    reports: u64,
}

/// What the faults do to one call
#[derive(Debug)]
pub(crate) struct Meddling {
    /// How much later the answer comes
    pub(crate) delay: Duration,
    pub(crate) failure: Option<Meddled>,
}

/// How a call fails
#[derive(Debug)]
pub(crate) enum Meddled {
    /// This is answered, and nothing is done
    Refused(Refusal),
    AnswerLost,
    ConnectionCut,
}

impl Default for Engine {
    fn default() -> Self {
        Self::of(Faults::none())
    }
}

impl Engine {
    pub(crate) fn of(faults: Faults) -> Self {
        Self {
            random: fastrand::Rng::with_seed(faults.seed),
            buckets: Buckets::default(),
            fitted: vec![0; faults.calls.len()],
            copies: 0,
            reports: 0,
            faults,
        }
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }

    /// What happens to the next call
    pub(crate) fn meddle(&mut self, caller: Caller<'_>, asked: &Asked, now: Moment) -> Meddling {
        let latency = self.faults.latency;
        let delay = self.spread(latency.milliseconds, latency.spread);
        let Faults {
            buckets,
            throttling,
            ..
        } = &self.faults;
        let taken = self.buckets.take(caller, asked, now, buckets, *throttling);
        let failure = match taken {
            Err(throttled) => Some(Meddled::Refused(throttled)),
            Ok(()) => self.next_failure(caller, asked),
        };
        Meddling { delay, failure }
    }

    fn next_failure(&mut self, caller: Caller<'_>, asked: &Asked) -> Option<Meddled> {
        let mut decided = None;
        for (fault, fitted) in self.faults.calls.iter().zip(&mut self.fitted) {
            if !fits(fault, caller, asked) {
                continue;
            }
            *fitted += 1;
            let is_named = fault.call.is_empty() || fault.call.contains(fitted);
            if decided.is_none() && is_named && self.random.f64() < fault.chance {
                decided = Some(match &fault.failure {
                    Failure::Code { code, status } => {
                        let refusal = Refusal::new(code.clone(), "This call fails on purpose.");
                        Meddled::Refused(match status {
                            Some(status) => refusal.with_status(*status),
                            None => refusal,
                        })
                    }
                    Failure::AnswerLost => Meddled::AnswerLost,
                    Failure::ConnectionCut => Meddled::ConnectionCut,
                });
            }
        }
        decided
    }

    /// How long the next copy takes, and why it fails when it does
    pub(crate) fn next_copy(&mut self) -> (Duration, Option<String>) {
        self.copies += 1;
        let copies = &self.faults.copies;
        let fails = copies.failing.contains(&self.copies);
        let reason = fails.then(|| {
            let reason = copies.reason.as_deref();
            reason.unwrap_or("The copy fails on purpose").to_owned()
        });
        let (at_least, spread) = (copies.milliseconds, copies.spread);
        (self.spread(at_least, spread), reason)
    }

    /// How long the next usage report is pending, and why it fails when it does
    pub(crate) fn next_report(&mut self) -> (Duration, Option<String>) {
        self.reports += 1;
        let reports = &self.faults.reports;
        let fails = reports.failing.contains(&self.reports);
        let reason = fails.then(|| "The report fails on purpose".to_owned());
        (Duration::from_millis(reports.milliseconds), reason)
    }

    fn spread(&mut self, at_least: u64, spread: u64) -> Duration {
        let more = match spread {
            0 => 0,
            spread => self.random.u64(0..=spread),
        };
        Duration::from_millis(at_least.saturating_add(more))
    }
}

fn fits(fault: &Fault, caller: Caller<'_>, asked: &Asked) -> bool {
    (fault.operation == "*" || fault.operation == asked.operation)
        && fault.service.is_none_or(|service| service == asked.service)
        && fault
            .account
            .is_none_or(|account| account == caller.account)
        && fault
            .region
            .as_ref()
            .is_none_or(|region| region == caller.region)
}
