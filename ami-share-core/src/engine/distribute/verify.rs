//! Compares a distribution with what is there.

use super::settings::tags_of;
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{CopyCheck, Distribution, DistributionVerification, RecipientsGet};
use crate::engine::Engine;
use crate::error::Error;
use crate::plan::{CopyPlan, FoundCopy, PlannedCopy};
use crate::resource::Timestamp;

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    pub(crate) async fn verify_distribution(
        &self,
        distribution: &Distribution,
    ) -> Result<DistributionVerification, Error> {
        let engine = self.with_roles_of(distribution)?;
        engine.verify_with_roles(distribution).await
    }

    async fn verify_with_roles(
        &self,
        distribution: &Distribution,
    ) -> Result<DistributionVerification, Error> {
        let own = &distribution.image().region;
        let image = self.resolve(distribution).await?;
        let caller = self.caller(own).await?;
        let accounts = self.accounts_of(distribution, caller).await?;
        let tags = tags_of(distribution);
        let (images, owner_copies) = self
            .images_by_region(distribution, &image, distribution.regions(), &tags)
            .await?;
        let recipient_copies = self
            .plan_recipients(distribution, &accounts, &image, &images)
            .await?;
        let mut verification = DistributionVerification::default();
        let owner = owner_copies.iter().flat_map(CopyPlan::copies);
        let recipients = recipient_copies.values().flat_map(CopyPlan::copies);
        verification
            .copies
            .extend(owner.chain(recipients).map(check));
        if distribution.recipients_get() == RecipientsGet::Copy {
            // Where the owner has no image yet, the recipients cannot have a copy of it.
            let regions = distribution.regions().iter();
            for region in regions.filter(|region| !images.contains_key(*region)) {
                let none = accounts.iter().map(|account| CopyCheck {
                    account: *account,
                    region: region.clone(),
                    image: None,
                    missing: Vec::new(),
                });
                verification.copies.extend(none);
            }
        } else {
            let shares = images.iter().map(|(region, image)| async move {
                let request = super::requests::share(distribution, region, image)?;
                Ok::<_, Error>((region.clone(), self.verify(&request).await?))
            });
            for share in self.side_by_side(shares).await {
                verification.shares.push(share?);
            }
        }
        let date = Timestamp::now().date();
        let settings = self
            .missing_settings(distribution, &date, &images, &Default::default())
            .await?;
        for (region, missing) in settings {
            let image = images.get(&region).map(ToString::to_string);
            let image = image.unwrap_or_default();
            let calls = missing.iter().map(|setting| setting.operation());
            let calls = calls.map(|call| format!("{call} for `{image}` in `{region}`"));
            verification.missing.extend(calls);
        }
        Ok(verification)
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
