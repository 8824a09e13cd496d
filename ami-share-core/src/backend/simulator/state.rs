use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use super::call::{Asked, Authority, Call, Caller, Outcome};
use super::clock::{Clock, Moment};
use super::ec2::{
    Copies, ImageRecord, InstanceRecord, Quotas, Settings, SnapshotRecord, UsageReport,
    VolumeRecord,
};
use super::fault::{Engine, Faults, Meddled, Meddling, Staleness};
use super::iam::Identities;
use super::kms::Keys;
use super::organizations::Organizations;
use super::refusal::{NoAnswer, Refusal};
use super::ssm::Parameters;
use crate::api_error::ApiError;
use crate::backend::RequestId;
use crate::id::{AccountId, ImageId, Region, SnapshotId};

/// Everything there is in a world; the rules are its methods, spread over the folders of the services
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) identities: Identities,
    pub(crate) keys: Keys,
    pub(crate) organizations: Organizations,
    pub(crate) parameters: Parameters,
    pub(crate) images: BTreeMap<Region, BTreeMap<ImageId, ImageRecord>>,
    pub(crate) copies: Copies,
    pub(crate) snapshots: BTreeMap<Region, BTreeMap<SnapshotId, SnapshotRecord>>,
    pub(crate) volumes: BTreeMap<Region, BTreeMap<String, VolumeRecord>>,
    pub(crate) instances: BTreeMap<Region, BTreeMap<String, InstanceRecord>>,
    pub(crate) usage_reports: BTreeMap<Region, BTreeMap<String, UsageReport>>,
    pub(crate) settings: BTreeMap<Region, BTreeMap<AccountId, Settings>>,
    pub(crate) quotas: BTreeMap<AccountId, Quotas>,
    pub(crate) denied: BTreeSet<(AccountId, String)>,
    pub(crate) faults: Engine,
    /// The most items of one page
    pub(crate) page_size: usize,
    /// How long a write stays unseen
    pub(crate) staleness: Staleness,
    pub(crate) calls: Vec<Call>,
    /// How much later the caller gets the answers that were made since this was last taken
    delay: Duration,
    requests: u64,
    minted: u64,
    /// The file that the world was loaded from
    #[cfg(feature = "simulator-server")]
    pub(crate) origin: Option<std::sync::Arc<str>>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            clock: Clock::default(),
            identities: Identities::default(),
            keys: Keys::default(),
            organizations: Organizations::default(),
            parameters: Parameters::default(),
            images: BTreeMap::new(),
            copies: Copies::default(),
            snapshots: BTreeMap::new(),
            volumes: BTreeMap::new(),
            instances: BTreeMap::new(),
            usage_reports: BTreeMap::new(),
            settings: BTreeMap::new(),
            quotas: BTreeMap::new(),
            denied: BTreeSet::new(),
            faults: Engine::default(),
            page_size: Self::PAGE_SIZE,
            staleness: Staleness::default(),
            calls: Vec::new(),
            delay: Duration::ZERO,
            requests: 0,
            minted: 0,
            #[cfg(feature = "simulator-server")]
            origin: None,
        }
    }
}

impl State {
    /// EC2's most for `DescribeImages`
    pub(crate) const PAGE_SIZE: usize = 1_000;

    /// The most items that a page has whatever is asked for, where the world has small pages
    pub(crate) fn page_limit(&self) -> usize {
        if self.page_size < Self::PAGE_SIZE {
            self.page_size
        } else {
            usize::MAX
        }
    }

    pub(crate) fn now(&self) -> Moment {
        self.clock.now()
    }

    pub(crate) fn set_faults(&mut self, faults: Faults) {
        self.staleness = faults.staleness;
        self.faults = Engine::of(faults);
    }

    /// Answers one call that reads, and logs it
    pub(crate) fn read<T>(
        &mut self,
        caller: Caller<'_>,
        asked: Asked,
        rule: impl FnOnce(&mut Self) -> Result<T, Refusal>,
    ) -> Result<T, ApiError> {
        let operation = asked.operation;
        match self.answer(caller, asked, rule) {
            Ok((answer, _)) => Ok(answer),
            Err(none) => Err(none.of(operation)),
        }
    }

    /// Answers one call that writes, and logs it
    ///
    /// A rule that refuses has stored nothing.
    pub(crate) fn write(
        &mut self,
        caller: Caller<'_>,
        asked: Asked,
        rule: impl FnOnce(&mut Self) -> Result<(), Refusal>,
    ) -> Result<RequestId, ApiError> {
        let operation = asked.operation;
        match self.answer(caller, asked, rule) {
            Ok(((), request_id)) => Ok(Some(request_id)),
            Err(none) => Err(none.of(operation)),
        }
    }

    /// Answers one call with its request id, and logs it
    ///
    /// First come the faults that are set, then the caller's permissions, then a rehearsal ends, and
    /// then the rule itself speaks. AWS documents no order.
    pub(crate) fn answer<T>(
        &mut self,
        caller: Caller<'_>,
        asked: Asked,
        rule: impl FnOnce(&mut Self) -> Result<T, Refusal>,
    ) -> Result<(T, String), NoAnswer> {
        let request_id = self.mint_request_id();
        let now = self.now();
        let Meddling { delay, failure } = self.faults.meddle(caller, &asked, now);
        self.delay += delay;
        let answer_lost = matches!(failure, Some(Meddled::AnswerLost));
        let result = match failure {
            Some(Meddled::ConnectionCut) => {
                self.log(caller, &asked, request_id, Outcome::Cut);
                return Err(NoAnswer::Lost);
            }
            Some(Meddled::Refused(refusal)) => Err(refusal),
            Some(Meddled::AnswerLost) | None => self
                .admit(caller, &asked)
                .and_then(|()| self.rehearse_or(&asked, rule)),
        };
        let refused = result.as_ref().err().map(|no| no.code.to_string());
        let outcome = match (refused, answer_lost) {
            (code, true) => Outcome::Lost(code),
            (Some(code), false) => Outcome::Refused(code),
            (None, false) => Outcome::Done,
        };
        self.log(caller, &asked, request_id.clone(), outcome);
        match result {
            _ if answer_lost => Err(NoAnswer::Lost),
            Ok(answer) => Ok((answer, request_id)),
            Err(refusal) => Err(NoAnswer::Refused {
                refusal,
                request_id,
            }),
        }
    }

    fn log(&mut self, caller: Caller<'_>, asked: &Asked, request_id: String, outcome: Outcome) {
        self.calls.push(Call {
            request_id,
            account: caller.account,
            region: caller.region.clone(),
            service: asked.service,
            operation: asked.operation,
            outcome,
            write: asked.is_write(),
        });
    }

    /// Refuses what is no call of any operation, and is therefore not logged
    #[cfg(feature = "simulator-server")]
    pub(crate) fn refuse(&mut self, refusal: Refusal) -> NoAnswer {
        NoAnswer::Refused {
            refusal,
            request_id: self.mint_request_id(),
        }
    }

    /// How much later the caller gets the answers that were made since this was last asked
    pub(crate) fn take_delay(&mut self) -> Duration {
        std::mem::take(&mut self.delay)
    }

    fn admit(&self, caller: Caller<'_>, asked: &Asked) -> Result<(), Refusal> {
        self.identities
            .check_term(caller.identity, self.now())
            .map_err(|bad| bad.refusal(asked.service))?;
        let denied = (caller.account, asked.operation.to_owned());
        if self.denied.contains(&denied) {
            return Err(Refusal::not_authorized(
                asked.service,
                "You are not authorized to perform this operation.",
            ));
        }
        match &asked.authority {
            Authority::Identity(arns) => arns
                .iter()
                .try_for_each(|arn| self.authorize(caller, &asked.action(), arn, &[])),
            Authority::Rule => Ok(()),
        }
    }

    /// A rehearsal of EC2 looks at permissions alone, whatever there is; `RunInstances` looks at
    /// [more](Self::check_launch)
    ///
    /// "Checks whether you have the required permissions": that it looks at nothing else is not
    /// documented.
    fn rehearse_or<T>(
        &mut self,
        asked: &Asked,
        rule: impl FnOnce(&mut Self) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        if asked.dry_run {
            Err(Refusal::dry_run())
        } else {
            rule(self)
        }
    }

    pub(crate) fn mint_request_id(&mut self) -> String {
        self.requests += 1;
        format!("sim-{:06}", self.requests)
    }

    pub(crate) fn mint_image_id(&mut self) -> ImageId {
        minted(format_args!("ami-{:017x}", self.next_number()))
    }

    pub(crate) fn mint_snapshot_id(&mut self) -> SnapshotId {
        minted(format_args!("snap-{:017x}", self.next_number()))
    }

    /// A number that was not given out before
    pub(crate) fn next_number(&mut self) -> u64 {
        self.minted += 1;
        self.minted
    }
}

#[cfg(feature = "simulator-server")]
impl State {
    /// How many numbers were given out
    pub(crate) fn counted(&self) -> u64 {
        self.minted
    }

    /// No number up to this one is given out
    pub(crate) fn count_from(&mut self, number: u64) {
        self.minted = self.minted.max(number);
    }
}

/// An id whose text the simulator made itself
pub(crate) fn minted<T: FromStr>(text: impl Display) -> T {
    let text = text.to_string();
    // INVARIANT: every format that is passed here is one that its type parses; the tests mint each.
    text.parse()
        .unwrap_or_else(|_| unreachable!("`{text}` was minted in its type's own form"))
}
