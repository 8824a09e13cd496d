//! Usage reports: which accounts use an image, and how much.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::super::call::Caller;
use super::super::clock::Moment;
use super::super::refusal::Refusal;
use super::super::state::State;
use super::progress::{Progress, Stage};
use super::tag::check_tags;
use crate::id::{AccountId, ImageId};
use crate::resource::Tags;

/// The most accounts of one report
const ACCOUNTS: usize = 200;
/// The most reports that an account has pending in a Region; of one image there is one
const PENDING: usize = 2_000;
/// The most characters of a client token
const TOKEN: usize = 128;
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A kind of resource that uses images, and how far to look for it
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct UsageKind {
    /// Such as `ec2:Instance`
    pub(crate) name: &'static str,
    /// How many versions of a launch template, the newest first
    pub(crate) version_depth: Option<u32>,
}

impl UsageKind {
    pub(crate) const INSTANCE: &str = "ec2:Instance";
    pub(crate) const TEMPLATE: &str = "ec2:LaunchTemplate";
    /// All of them; none but instances are in this world
    pub(crate) const ALL: [&str; 4] = [
        Self::INSTANCE,
        Self::TEMPLATE,
        "imagebuilder:ImageRecipe",
        "imagebuilder:ContainerRecipe",
    ];
}

/// What `CreateImageUsageReport` asks for
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct UsageRequest {
    pub(crate) image: ImageId,
    pub(crate) kinds: Vec<UsageKind>,
    /// Only these, if any are named
    pub(crate) accounts: BTreeSet<AccountId>,
    pub(crate) tags: Tags,
}

/// A report as its Region keeps it for the owner of the image
#[derive(Debug)]
pub(crate) struct UsageReport {
    pub(crate) id: String,
    pub(crate) owner: AccountId,
    pub(crate) request: UsageRequest,
    pub(crate) progress: Progress,
    token: Option<String>,
    entries: Vec<UsageEntry>,
}

/// How many resources of a kind use the image in an account
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct UsageEntry {
    pub(crate) account: AccountId,
    pub(crate) kind: &'static str,
    pub(crate) count: usize,
}

impl UsageReport {
    pub(crate) fn created(&self) -> Moment {
        self.progress.started
    }

    /// When it is deleted
    pub(crate) fn expires(&self) -> Moment {
        self.created().after(KEPT)
    }

    /// As EC2 writes it
    pub(crate) fn state(&self, now: Moment) -> &'static str {
        match self.progress.stage(now) {
            Stage::Pending { .. } => "pending",
            Stage::Done => "available",
            Stage::Failed { .. } => "error",
        }
    }

    /// What it says, once it is available
    pub(crate) fn entries(&self, now: Moment) -> &[UsageEntry] {
        match self.progress.stage(now) {
            Stage::Done => &self.entries,
            Stage::Pending { .. } | Stage::Failed { .. } => &[],
        }
    }
}

impl State {
    /// Starts a report about an image of the caller, and answers with its id
    ///
    /// It tells what there is when it is asked for. AWS may leave out what the instances of the last
    /// 24 hours did; here nothing is left out.
    pub(crate) fn create_usage_report(
        &mut self,
        caller: Caller<'_>,
        request: UsageRequest,
        token: Option<&str>,
    ) -> Result<String, Refusal> {
        check(&request, token)?;
        if let Some(token) = token
            && let Some(report) = self.report_of_token(caller, token, &request)?
        {
            return Ok(report);
        }
        self.own_image(caller, &request.image)?;
        self.check_pending_reports(caller, &request.image)?;
        let (time, failure) = self.faults.next_report();
        let mut progress = Progress::lasting(self.now(), time);
        progress.failure = failure;
        let entries = self.usage(caller, &request);
        let report = UsageReport {
            id: format!("amiur-{:017x}", self.next_number()),
            owner: caller.account,
            request,
            progress,
            token: token.map(str::to_owned),
            entries,
        };
        let id = report.id.clone();
        let of_region = self.usage_reports.entry(caller.region.clone()).or_default();
        of_region.insert(id.clone(), report);
        Ok(id)
    }

    fn report_of_token(
        &self,
        caller: Caller<'_>,
        token: &str,
        request: &UsageRequest,
    ) -> Result<Option<String>, Refusal> {
        let mut reports = self.usage_reports(caller);
        match reports.find(|report| report.token.as_deref() == Some(token)) {
            Some(report) if report.request == *request => Ok(Some(report.id.clone())),
            Some(_) => Err(Refusal::new(
                "IdempotentParameterMismatch",
                "The client token was used before with other parameters.",
            )),
            None => Ok(None),
        }
    }

    /// The quotas are documented, the texts are not
    fn check_pending_reports(&self, caller: Caller<'_>, image: &ImageId) -> Result<(), Refusal> {
        let now = self.now();
        let pending = || {
            self.usage_reports(caller)
                .filter(|report| matches!(report.progress.stage(now), Stage::Pending { .. }))
        };
        let message = if pending().any(|report| report.request.image == *image) {
            format!("A usage report of the image {image} is in progress.")
        } else if pending().count() >= PENDING {
            format!("Too many usage reports in progress. The limit is {PENDING}.")
        } else {
            return Ok(());
        };
        Err(Refusal::new("ResourceLimitExceeded", message))
    }

    /// Who uses the image, beside its owner
    ///
    /// A report is about "other AWS accounts". That a terminated instance does not count is not
    /// documented.
    fn usage(&self, caller: Caller<'_>, request: &UsageRequest) -> Vec<UsageEntry> {
        let mut instances: BTreeMap<AccountId, usize> = BTreeMap::new();
        let kind = UsageKind::INSTANCE;
        if request.kinds.iter().any(|asked| asked.name == kind) {
            let running = self
                .instances_in(caller.region)
                .filter(|instance| instance.image == request.image && instance.end.is_none());
            for instance in running {
                *instances.entry(instance.owner).or_default() += 1;
            }
        }
        let is_asked_for = |account: &AccountId| {
            *account != caller.account
                && (request.accounts.is_empty() || request.accounts.contains(account))
        };
        instances
            .into_iter()
            .filter(|(account, _)| is_asked_for(account))
            .map(|(account, count)| UsageEntry {
                account,
                kind,
                count,
            })
            .collect()
    }

    /// The caller's reports, in the order of their ids
    pub(crate) fn usage_reports(&self, caller: Caller<'_>) -> impl Iterator<Item = &UsageReport> {
        let now = self.now();
        self.usage_reports
            .get(caller.region)
            .into_iter()
            .flat_map(BTreeMap::values)
            .filter(move |report| report.owner == caller.account && now < report.expires())
    }

    pub(crate) fn usage_report(
        &self,
        caller: Caller<'_>,
        id: &str,
    ) -> Result<&UsageReport, Refusal> {
        let mut reports = self.usage_reports(caller);
        reports.find(|report| report.id == id).ok_or_else(|| {
            // Neither the code nor the text are documented.
            Refusal::new(
                "InvalidImageUsageReportId.NotFound",
                format!("The image usage report '{id}' does not exist"),
            )
        })
    }

    pub(crate) fn delete_usage_report(
        &mut self,
        caller: Caller<'_>,
        id: &str,
    ) -> Result<(), Refusal> {
        self.usage_report(caller, id)?;
        if let Some(reports) = self.usage_reports.get_mut(caller.region) {
            reports.remove(id);
        }
        Ok(())
    }
}

/// The bounds are documented; the codes and the texts are not
fn check(request: &UsageRequest, token: Option<&str>) -> Result<(), Refusal> {
    let invalid = |message: String| Err(Refusal::new("InvalidParameterValue", message));
    if request.kinds.is_empty() {
        return Err(Refusal::new(
            "MissingParameter",
            "The request must contain the parameter ResourceTypes",
        ));
    }
    let mut names = BTreeSet::new();
    if let Some(twice) = request.kinds.iter().find(|kind| !names.insert(kind.name)) {
        return invalid(format!("The resource type {} is there twice.", twice.name));
    }
    if request.accounts.len() > ACCOUNTS {
        return invalid(format!("A report is about at most {ACCOUNTS} accounts."));
    }
    if token.is_some_and(|token| token.chars().count() > TOKEN) {
        return invalid(format!("A client token has at most {TOKEN} characters."));
    }
    check_tags(&request.tags)
}
