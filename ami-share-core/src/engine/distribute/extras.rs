//! What is done in recipient accounts beside copying: grants for services, tags, rehearsals, parameters.

use std::collections::BTreeSet;

use super::requests::{
    parameter_names, parameters, recipient_tags, rehearsals, service_roles, share,
};
use crate::access::Answer;
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{Distribution, RecipientsGet, Shard, ShardReport, with_mend};
use crate::engine::Engine;
use crate::error::Error;
use crate::id::{AccountId, ImageId, Region};
use crate::outcome::{ImageRehearsal, RecipientReport, Rehearsal, ServiceLinkedRoleReport};
use crate::plan::{RecipientRefusal, Refusal, Refusals};

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    /// Looks after the recipients of one Region, whose images are in the reports
    pub(super) async fn look_after(&self, shard: &Shard, reports: &mut [ShardReport]) {
        let distribution = &shard.distribution;
        let has_extras = distribution.rehearse()
            || !distribution.service_linked_roles().is_empty()
            || !distribution.parameters().recipients.is_empty()
            || !distribution.tags().recipients.is_empty();
        if !has_extras {
            return;
        }
        match distribution.recipients_get() {
            RecipientsGet::Share => {
                let image = reports.iter().find_map(|report| report.image.clone());
                let Some(image) = image else { return };
                let place = (&shard.region, &image);
                self.open_to_services(distribution, place, reports).await;
                self.rehearse_for(distribution, place, reports).await;
                let not_verified = self.share_not_verified(distribution, place).await;
                let not_verified = not_verified.as_deref();
                let each = reports
                    .iter_mut()
                    .map(|report| self.tag_and_put(report, self.clone(), not_verified));
                self.side_by_side(each).await;
            }
            RecipientsGet::Copy => {
                let each = reports
                    .iter_mut()
                    .map(|report| self.look_after_copy(report));
                self.side_by_side(each).await;
            }
        }
    }

    /// The same for one account that owns its copy: all of it is its own work
    async fn look_after_copy(&self, report: &mut ShardReport) {
        let Some(image) = report.image.clone() else {
            return;
        };
        let shard = report.shard.clone();
        let engine = match self.of(&shard.region, shard.account).await {
            Ok(Some(engine)) => engine,
            // The copy was made by that role.
            Ok(None) => return,
            Err(error) => {
                report.problems.push(error.to_string());
                return;
            }
        };
        let reports = std::slice::from_mut(report);
        let (distribution, place) = (&shard.distribution, (&shard.region, &image));
        engine.open_to_services(distribution, place, reports).await;
        engine.rehearse_for(distribution, place, reports).await;
        self.tag_and_put(report, engine, None).await;
    }

    /// Why the share is not taken for as asked for, where recipients' parameters hang on it: one look for
    /// all accounts of the Region
    async fn share_not_verified(
        &self,
        distribution: &Distribution,
        (region, image): (&Region, &ImageId),
    ) -> Option<String> {
        if distribution.parameters().recipients.is_empty() {
            return None;
        }
        let verified = match share(distribution, region, image) {
            Ok(request) => self.verify(&request).await,
            Err(error) => Err(error.into()),
        };
        match verified {
            Ok(verified) if verified.as_desired() == Answer::Yes => None,
            Ok(verified) => Some(Error::NotVerified(Box::new(verified)).to_string()),
            Err(error) => Some(format!("the share could not be verified: {error}")),
        }
    }

    /// Makes the grants of all accounts together: the keys are the same
    async fn open_to_services(
        &self,
        distribution: &Distribution,
        place: (&Region, &ImageId),
        reports: &mut [ShardReport],
    ) {
        if distribution.service_linked_roles().is_empty() {
            return;
        }
        let granted = match service_roles(distribution, place, accounts_of(reports), false) {
            Ok(request) => self.grant_service_linked_roles(&request).await,
            Err(error) => Err(error.into()),
        };
        let granted = granted.or_else(|error| match error {
            Error::RecipientsIncomplete(report) => match *report {
                RecipientReport::ServiceLinkedRoles(report) => Ok(report),
                other => Err(Error::RecipientsIncomplete(Box::new(other))),
            },
            other => Err(other),
        });
        match granted {
            Ok(granted) => {
                for report in reports {
                    let its = granted.grants().iter();
                    let its = its.filter(|grant| grant.account == report.shard.account);
                    let its = ServiceLinkedRoleReport::new(its.cloned().collect());
                    report.written.push(its.into());
                }
            }
            // Without a key there is nothing to grant.
            Err(Error::Refused(refusals)) if is_not_encrypted(&refusals) => {}
            Err(error) => all_failed(reports, &error),
        }
    }

    /// Rehearses a launch in all accounts together
    async fn rehearse_for(
        &self,
        distribution: &Distribution,
        place: (&Region, &ImageId),
        reports: &mut [ShardReport],
    ) {
        if !distribution.rehearse() {
            return;
        }
        let accounts = accounts_of(reports);
        let rehearsed = self.rehearse_launches(distribution, place, accounts).await;
        match rehearsed {
            Ok(rehearsed) => {
                for report in reports {
                    let its = rehearsed.iter();
                    let its = its.filter(|image| image.account == report.shard.account);
                    report.rehearsal = Some(Rehearsal::new(its.cloned().collect()));
                }
            }
            Err(error) => all_failed(reports, &error),
        }
    }

    /// Lets accounts rehearse a launch, as the distribution asks for
    pub(super) async fn rehearse_launches(
        &self,
        distribution: &Distribution,
        place: (&Region, &ImageId),
        accounts: impl IntoIterator<Item = AccountId>,
    ) -> Result<Vec<ImageRehearsal>, Error> {
        let requests = rehearsals(distribution, place, accounts)?;
        let rehearsals = requests.iter().map(|request| self.rehearse(request));
        let mut images = Vec::new();
        for rehearsal in self.side_by_side(rehearsals).await {
            images.extend(rehearsal?.images().iter().cloned());
        }
        Ok(images)
    }

    /// Tags the image for one account, and puts it into parameters there, where all before it was done and
    /// the share was verified
    async fn tag_and_put(
        &self,
        report: &mut ShardReport,
        engine: Self,
        not_verified: Option<&str>,
    ) {
        let Some(image) = report.image.clone() else {
            return;
        };
        let shard = report.shard.clone();
        let (distribution, place) = (&shard.distribution, (&shard.region, &image));
        let is_shared = distribution.recipients_get() == RecipientsGet::Share;
        // A copy has its tags from the start.
        if is_shared && !distribution.tags().recipients.is_empty() {
            let request = recipient_tags(distribution, place, shard.account);
            let tagged = match request {
                Ok(request) => engine.tag_for_recipients(&request).await.map(Into::into),
                Err(error) => Err(error.into()),
            };
            write_down(report, tagged);
        }
        let templates = &distribution.parameters().recipients;
        if templates.is_empty() {
            return;
        }
        let source = (&shard.image, shard.name.as_str());
        let names = parameter_names(templates, &shard.region, shard.account, source);
        let not_verified = not_verified.map(str::to_owned);
        if let Some(because) = not_verified.or_else(|| not_done(report)) {
            let names = names.join("`, `");
            let problem = format!("not written to parameters `{names}`: {because}");
            report.problems.push(problem);
            return;
        }
        let role = is_shared.then_some(shard.account);
        engine.put_all(report, &names, &image, role).await;
    }

    /// Puts an image into parameters: of an account by its role, or the caller's own
    pub(super) async fn put_all(
        &self,
        report: &mut ShardReport,
        names: &[String],
        image: &ImageId,
        account: Option<AccountId>,
    ) {
        let region = report.shard.region.clone();
        let requests = match parameters(names, (&region, image), account) {
            Ok(requests) => requests,
            Err(error) => {
                report.problems.push(error.to_string());
                return;
            }
        };
        for request in requests {
            let put = self.put_image_parameters(&request).await;
            write_down(report, put.map(Into::into));
        }
    }

    /// Those of the caller's parameters that do not hold the image
    pub(super) async fn missing_parameters(
        &self,
        region: &Region,
        names: Vec<String>,
        image: &ImageId,
    ) -> Result<(Region, Vec<String>), Error> {
        let mut missing = Vec::new();
        for name in names {
            let parameter = self.backend.get_parameter(region, &name).await?;
            if parameter.is_none_or(|parameter| parameter.value != image.as_str()) {
                missing.push(name);
            }
        }
        Ok((region.clone(), missing))
    }
}

fn accounts_of(reports: &[ShardReport]) -> BTreeSet<AccountId> {
    reports.iter().map(|report| report.shard.account).collect()
}

/// Why an account's parameters do not get the image yet: what comes before them was not done, or not told
fn not_done(report: &ShardReport) -> Option<String> {
    let distribution = &report.shard.distribution;
    if distribution.rehearse() {
        let rehearsal = report.rehearsal.as_ref();
        let Some(image) = rehearsal.and_then(|rehearsal| rehearsal.images().first()) else {
            return Some("a launch could not be rehearsed".into());
        };
        // Whether a key is open by a policy cannot be rehearsed: the share tells of that.
        let launch = match distribution.recipients_get() {
            RecipientsGet::Share => image.launch_beside_keys(),
            RecipientsGet::Copy => image.launch.clone(),
        };
        if launch.answer != Answer::Yes {
            let said = format!(
                "the rehearsal of a launch does not say yes: {}",
                launch.reason
            );
            return Some(with_mend(said, launch.mend.as_deref()));
        }
    }
    (!report.is_complete()).then(|| "not all before them was done".into())
}

pub(super) fn is_not_encrypted(refusals: &Refusals) -> bool {
    let is_it = |refusal: &Refusal| {
        matches!(
            refusal,
            Refusal::Recipient(RecipientRefusal::NotEncrypted { .. })
        )
    };
    refusals.as_slice().iter().all(is_it)
}

fn all_failed(reports: &mut [ShardReport], error: &Error) {
    for report in reports {
        report.problems.push(error.to_string());
    }
}

/// Takes into the report what was written, or why nothing was
fn write_down(report: &mut ShardReport, written: Result<RecipientReport, Error>) {
    match written {
        Ok(written) => report.written.push(written),
        Err(Error::RecipientsIncomplete(written)) => report.written.push(*written),
        Err(error) => report.problems.push(error.to_string()),
    }
}
