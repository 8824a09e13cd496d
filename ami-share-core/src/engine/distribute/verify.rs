//! Compares a distribution with what is there, and takes its shares back.

use std::collections::BTreeSet;

use super::requests::share;
use super::run::Together;
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{
    CopyCheck, Distribution, DistributionReport, DistributionVerification, RecipientsGet, Stage,
};
use crate::engine::Engine;
use crate::error::Error;
use crate::plan::{CopyPlan, FoundCopy, PlannedCopy};

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    pub(crate) async fn verify_distribution(
        &self,
        distribution: &Distribution,
    ) -> Result<DistributionVerification, Error> {
        let engine = self.with_roles_of(distribution)?;
        let plan = engine.plan_distribution(distribution).await?;
        let mut verification = DistributionVerification {
            missing: plan.settings.clone(),
            ..DistributionVerification::default()
        };
        let owner = plan.owner_copies().into_iter().flat_map(CopyPlan::copies);
        let recipients = plan.recipient_copies().iter();
        let recipients = recipients.flat_map(|(_, plan)| plan.copies());
        verification
            .copies
            .extend(owner.chain(recipients).map(check));
        // Where the owner has no image yet, the recipients cannot have a copy of it.
        if distribution.recipients_get() == RecipientsGet::Copy {
            for shard in plan
                .shards()
                .iter()
                .filter(|shard| shard.stage == Stage::Recipient)
            {
                let is_its =
                    |copy: &CopyCheck| copy.account == shard.account && copy.region == shard.region;
                if !verification.copies.iter().any(is_its) {
                    verification.copies.push(CopyCheck {
                        account: shard.account,
                        region: shard.region.clone(),
                        image: None,
                        missing: Vec::new(),
                    });
                }
            }
        } else {
            for (region, plan) in plan.shares() {
                let checked = engine.verify(plan.request()).await?;
                verification.shares.push((region.clone(), checked));
            }
        }
        Ok(verification)
    }

    pub(crate) async fn destroy_shares(
        &self,
        distribution: &Distribution,
    ) -> Result<DistributionReport, Error> {
        let engine = self.with_roles_of(distribution)?;
        let plan = engine.plan_distribution(distribution).await?;
        let owners: BTreeSet<_> = plan.shares().iter().map(|(region, _)| region).collect();
        let shards = plan
            .shards()
            .iter()
            .filter(|shard| shard.stage == Stage::Owner);
        let mut reports = Vec::new();
        for shard in shards.filter(|shard| owners.contains(&shard.region)) {
            let together = Together {
                shards: vec![shard],
                started: crate::resource::Timestamp::now(),
            };
            let share_plan = plan
                .shares()
                .iter()
                .find(|(region, _)| *region == shard.region);
            let image = share_plan.and_then(|(region, plan)| {
                let images = plan.request().images().get(region)?;
                images.first().cloned()
            });
            let Some(image) = image else { continue };
            for mut report in together.reports() {
                let request = share(distribution, plan.accounts(), &shard.region, &image)?;
                match engine.share_now(&request.to_revoke()).await {
                    Ok(revoked) => report.shared.push(revoked),
                    Err(error) => report.problems.push(error.to_string()),
                }
                report.image = Some(image.clone());
                report.ended = crate::resource::Timestamp::now();
                reports.push(report);
            }
        }
        let report = DistributionReport::merge(reports);
        if report.is_complete() {
            Ok(report)
        } else {
            Err(Error::DistributionIncomplete(Box::new(report)))
        }
    }
}

fn check(copy: &PlannedCopy) -> CopyCheck {
    let (image, missing) = match &copy.found {
        FoundCopy::Available { image, settings } => {
            let missing = settings
                .iter()
                .map(|setting| setting.operation().to_owned());
            (Some(image.clone()), missing.collect())
        }
        FoundCopy::Pending { image } => (None, vec![format!("`{image}` is still pending")]),
        FoundCopy::Nothing => (None, Vec::new()),
    };
    CopyCheck {
        account: copy.account,
        region: copy.destination.region.clone(),
        image,
        missing,
    }
}
