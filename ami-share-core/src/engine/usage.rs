//! Asks EC2 which accounts use images.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::Engine;
use super::recipient::mend_of;
use super::wait::Pauses;
use crate::api_error::{ApiError, ApiErrorKind};
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::error::Error;
use crate::id::{AccountId, ImageId, Region};
use crate::outcome::{ImageUsageReport, UsedImage};
use crate::plan::{Refusal, Refusals};
use crate::request::UsageRequest;
use crate::resource::{ImageDetails, ImageUsage, Reading, UsageReportState};

/// The longest pause between two looks at a report
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// What mends that reports may not be looked at
const LOOK: &str = "allow ec2:DescribeImageUsageReports";

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    pub(crate) async fn usage(&self, request: &UsageRequest) -> Result<ImageUsageReport, Error> {
        let reads = request.images().iter().map(|(region, ids)| async move {
            let wanted: Vec<ImageId> = ids.iter().cloned().collect();
            let details = self.backend.describe_image_details(region, &wanted).await?;
            let caller = self.caller(region).await?;
            Ok::<_, ApiError>((region, wanted, details, caller))
        });
        let mut refusals = Vec::new();
        let mut images = Vec::new();
        for read in self.side_by_side(reads).await {
            let (region, wanted, details, caller) = read?;
            let mut details: BTreeMap<ImageId, ImageDetails> = details
                .into_iter()
                .map(|details| (details.image.id.clone(), details))
                .collect();
            for id in wanted {
                match details.remove(&id) {
                    Some(details) => {
                        refusals.extend(not_own(&details, caller));
                        images.push((region.clone(), details));
                    }
                    None => refusals.push(Refusal::ImageNotFound {
                        region: region.clone(),
                        image: id,
                    }),
                }
            }
        }
        if !refusals.is_empty() {
            return Err(Refusals::new(refusals).into());
        }
        let reports = images
            .into_iter()
            .map(|(region, details)| self.usage_of(request, region, details));
        Ok(ImageUsageReport::new(self.side_by_side(reports).await))
    }

    async fn usage_of(
        &self,
        request: &UsageRequest,
        region: Region,
        details: ImageDetails,
    ) -> UsedImage {
        let image = details.image.id.clone();
        let mut asked = request.accounts().clone();
        let (report, usage) = match self.report_of(&region, &image, &asked).await {
            Ok((report, about)) => {
                asked = about;
                let usage = self.read_usage(request, &region, &report).await;
                (Some(report), usage)
            }
            Err(because) => (None, Err(because)),
        };
        UsedImage {
            region,
            image,
            owner: details.image.owner,
            last_launched: details.last_launched,
            report,
            asked,
            usage: usage.map_or_else(|because| Reading::Unknown { because }, Reading::Known),
        }
    }

    /// Makes a report, or finds the one that is pending: EC2 makes one of an image at a time
    ///
    /// With the accounts that it is about, which may be more than were asked for.
    async fn report_of(
        &self,
        region: &Region,
        image: &ImageId,
        accounts: &BTreeSet<AccountId>,
    ) -> Result<(String, BTreeSet<AccountId>), String> {
        let backend = &self.backend;
        let wanted: Vec<AccountId> = accounts.iter().copied().collect();
        let made = backend.create_image_usage_report(region, image, &wanted);
        let refused = match made.await {
            Ok(report) => return Ok((report, accounts.clone())),
            Err(error) if error.kind() == ApiErrorKind::Quota => error,
            Err(error) => return Err(told(&error, "allow ec2:CreateImageUsageReport")),
        };
        match backend.find_pending_image_usage_report(region, image).await {
            Ok(Some(pending)) if pending.covers(accounts) => Ok((pending.id, pending.accounts)),
            Ok(Some(pending)) => Err(format!(
                "{refused}; report `{}` is pending, and does not tell all that is asked: ask again \
                 when it is there",
                pending.id
            )),
            Ok(None) => Err(refused.to_string()),
            Err(error) => Err(format!(
                "{refused}; whether a report is pending is not known: {}",
                told(&error, LOOK)
            )),
        }
    }

    /// Looks at the report until it is there, or the time is up
    ///
    /// A look that fails shows nothing, and the next one may, unless the caller may not look.
    async fn read_usage(
        &self,
        request: &UsageRequest,
        region: &Region,
        report: &str,
    ) -> Result<Vec<ImageUsage>, String> {
        let limit = request.time_limit();
        let mut pauses = Pauses::new(limit).up_to(LONGEST_PAUSE);
        loop {
            let state = self.backend.describe_image_usage_report(region, report);
            let because = match state.await {
                Ok(UsageReportState::Available) => break,
                Ok(UsageReportState::Failed(because)) => {
                    return Err(format!("EC2 could not make report `{report}`: {because}"));
                }
                Ok(UsageReportState::Pending) => "EC2 still counts".to_owned(),
                Err(error) => match error.kind() {
                    ApiErrorKind::AccessDenied | ApiErrorKind::Unauthenticated => {
                        return Err(told(&error, LOOK));
                    }
                    _ => error.to_string(),
                },
            };
            if !pauses.rest().await {
                let waited = limit.as_secs();
                return Err(format!(
                    "after {waited} seconds report `{report}` is not there: {because}; ask again later"
                ));
            }
        }
        let entries = self
            .backend
            .describe_image_usage_report_entries(region, report);
        let permission = "allow ec2:DescribeImageUsageReportEntries";
        entries.await.map_err(|error| told(&error, permission))
    }
}

/// An error with its mend, where that is known
fn told(error: &ApiError, permission: &str) -> String {
    match mend_of(error, permission) {
        Some(mend) => format!("{error}; {mend}"),
        None => error.to_string(),
    }
}

fn not_own(details: &ImageDetails, caller: AccountId) -> Option<Refusal> {
    let image = &details.image;
    (image.owner != caller).then(|| Refusal::NotOwner {
        image: image.id.clone(),
        owner: image.owner,
    })
}
