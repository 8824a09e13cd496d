use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;

use super::call::{Call, Caller, Outcome, is_of_organizations, is_write};
use super::image::ImageRecord;
use super::organization::Organizations;
use super::refusal::Refusal;
use super::setting::{Quotas, Settings};
use super::snapshot::SnapshotRecord;
use crate::api_error::ApiError;
use crate::backend::RequestId;
use crate::id::{AccountId, ImageId, Region, SnapshotId};

/// Everything there is in a world; the rules are its methods, spread over the files of this folder
#[derive(Debug)]
pub(super) struct State {
    pub(super) organizations: Organizations,
    pub(super) images: BTreeMap<Region, BTreeMap<ImageId, ImageRecord>>,
    pub(super) snapshots: BTreeMap<Region, BTreeMap<SnapshotId, SnapshotRecord>>,
    pub(super) settings: BTreeMap<Region, BTreeMap<AccountId, Settings>>,
    pub(super) quotas: BTreeMap<AccountId, Quotas>,
    pub(super) denied: BTreeSet<(AccountId, String)>,
    /// The most items of one page
    pub(super) page_size: usize,
    /// How many reads a write of a permission attribute stays unseen
    pub(super) stale_reads: usize,
    pub(super) calls: Vec<Call>,
    requests: u64,
    minted: u64,
}

impl Default for State {
    fn default() -> Self {
        Self {
            organizations: Organizations::default(),
            images: BTreeMap::new(),
            snapshots: BTreeMap::new(),
            settings: BTreeMap::new(),
            quotas: BTreeMap::new(),
            denied: BTreeSet::new(),
            page_size: Self::PAGE_SIZE,
            stale_reads: 0,
            calls: Vec::new(),
            requests: 0,
            minted: 0,
        }
    }
}

impl State {
    /// EC2's most for `DescribeImages`
    const PAGE_SIZE: usize = 1_000;

    /// Answers one call that reads, and logs it
    pub(super) fn read<T>(
        &mut self,
        caller: Caller<'_>,
        operation: &'static str,
        rule: impl FnOnce(&mut Self) -> Result<T, Refusal>,
    ) -> Result<T, ApiError> {
        let (answer, _) = self.answer(caller, operation, rule)?;
        Ok(answer)
    }

    /// Answers one call that writes, and logs it
    ///
    /// A rule that refuses has stored nothing.
    pub(super) fn write(
        &mut self,
        caller: Caller<'_>,
        operation: &'static str,
        rule: impl FnOnce(&mut Self) -> Result<(), Refusal>,
    ) -> Result<RequestId, ApiError> {
        let ((), request_id) = self.answer(caller, operation, rule)?;
        Ok(Some(request_id))
    }

    fn answer<T>(
        &mut self,
        caller: Caller<'_>,
        operation: &'static str,
        rule: impl FnOnce(&mut Self) -> Result<T, Refusal>,
    ) -> Result<(T, String), ApiError> {
        self.requests += 1;
        let request_id = format!("sim-{:06}", self.requests);
        let result = match self.denial(caller, operation) {
            Some(denial) => Err(denial),
            None => rule(self),
        };
        let result = result.map_err(|refusal| refusal.of(operation));
        self.calls.push(Call {
            request_id: request_id.clone(),
            account: caller.account,
            region: caller.region.clone(),
            operation,
            outcome: match &result {
                Ok(_) => Outcome::Done,
                Err(error) => Outcome::Refused(error.code().unwrap_or_default().to_owned()),
            },
            write: is_write(operation),
        });
        match result {
            Ok(answer) => Ok((answer, request_id)),
            Err(error) => Err(error.with_request_id(Some(request_id))),
        }
    }

    fn denial(&self, caller: Caller<'_>, operation: &str) -> Option<Refusal> {
        let is_denied = self
            .denied
            .contains(&(caller.account, operation.to_owned()));
        is_denied.then(|| {
            if is_of_organizations(operation) {
                Refusal::new(
                    "AccessDeniedException",
                    "You don't have permissions to access this resource.",
                )
            } else {
                Refusal::new(
                    "UnauthorizedOperation",
                    "You are not authorized to perform this operation.",
                )
            }
        })
    }

    pub(super) fn mint_image_id(&mut self) -> ImageId {
        minted(format_args!("ami-{:017x}", self.next_number()))
    }

    pub(super) fn mint_snapshot_id(&mut self) -> SnapshotId {
        minted(format_args!("snap-{:017x}", self.next_number()))
    }

    fn next_number(&mut self) -> u64 {
        self.minted += 1;
        self.minted
    }
}

/// An id whose text the simulator made itself
pub(super) fn minted<T: FromStr>(text: impl Display) -> T {
    let text = text.to_string();
    // INVARIANT: every format that is passed here is one that its type parses; the tests mint each.
    text.parse()
        .unwrap_or_else(|_| unreachable!("`{text}` was minted in its type's own form"))
}
