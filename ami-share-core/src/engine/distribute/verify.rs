//! Compares a distribution with what is there.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::{name_of_source, seen_name};
use super::requests::{OwnerImage, parameter_names, recipient_copies};
use super::settings::tags_of;
use super::unrefused::Unrefused;
use super::verify_extras::{Lack, Subject};
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{
    CopyCheck, Distribution, DistributionVerification, RecipientsGet, Template,
};
use crate::engine::Engine;
use crate::error::Error;
use crate::id::{AccountId, ImageId, Region};
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
        let name = name_of_source(owner_copies.as_ref());
        let source = (&image, name.as_deref());
        let found = self
            .find_recipients(distribution, &accounts, source, &images)
            .await?;
        let mut verification = DistributionVerification::default();
        let mut copies_of_recipients = BTreeMap::new();
        let mut unread = BTreeSet::new();
        for (region, Unrefused { plan, refused }) in found {
            for (account, error) in refused {
                let unknown = format!("the copy of `{account}` in `{region}`: {error}");
                verification.unknown.push(unknown);
                unread.insert((account, region.clone()));
            }
            copies_of_recipients.extend(plan.map(|plan| (region, plan)));
        }
        let owner = owner_copies.iter().flat_map(CopyPlan::copies);
        let recipients = copies_of_recipients.values().flat_map(CopyPlan::copies);
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
        let parameters = distribution.parameters();
        if !(parameters.owner.is_empty() && parameters.recipients.is_empty()) {
            let seen =
                name.or_else(|| seen_name(&image, own, &BTreeMap::new(), &copies_of_recipients));
            let name = self.name_of(distribution, &image, seen).await?;
            let of_owner = (&parameters.owner, &BTreeSet::from([caller]));
            let of_recipients = (&parameters.recipients, &accounts);
            for (templates, accounts) in [of_owner, of_recipients] {
                let source = (&image, name.as_str());
                // An account whose copy is not known is told of already.
                let is_read = |account: AccountId, region: &Region| {
                    !unread.contains(&(account, region.clone()))
                };
                let copies = &verification.copies;
                let lacks = self
                    .look_into_parameters(templates, accounts, source, (copies, &images), is_read)
                    .await;
                for lack in lacks {
                    lack.tell(&mut verification);
                }
            }
        }
        let subject = Subject {
            distribution,
            accounts: &accounts,
            images: &images,
        };
        self.verify_extras(subject, &mut verification).await?;
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

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    /// The copies of recipients in Regions that have the image, and of whom they cannot be told
    async fn find_recipients(
        &self,
        distribution: &Distribution,
        accounts: &BTreeSet<AccountId>,
        (source, name): (&ImageId, Option<&str>),
        images: &BTreeMap<Region, ImageId>,
    ) -> Result<BTreeMap<Region, Unrefused<AccountId>>, Error> {
        if distribution.recipients_get() != RecipientsGet::Copy || accounts.is_empty() {
            return Ok(BTreeMap::new());
        }
        let looks = images.iter().map(|(region, image)| async move {
            let of = OwnerImage {
                region,
                image,
                name,
                source,
                deprecation: self.deprecation_of(distribution, region, image).await?,
            };
            let found = self.plan_unrefused(accounts.clone(), |accounts| {
                recipient_copies(distribution, of, accounts.iter().copied()).map(Some)
            });
            Ok((region.clone(), found.await?))
        });
        self.side_by_side(looks).await.into_iter().collect()
    }

    /// Whether parameters of accounts hold their image, which is its copy or else the owner's
    async fn look_into_parameters(
        &self,
        templates: &[Template],
        accounts: &BTreeSet<AccountId>,
        source: (&ImageId, &str),
        (copies, images): (&[CopyCheck], &BTreeMap<Region, ImageId>),
        is_read: impl Fn(AccountId, &Region) -> bool,
    ) -> Vec<Lack> {
        let mut looks = Vec::new();
        for (region, shared) in images.iter().filter(|_| !templates.is_empty()) {
            for account in accounts.iter().filter(|account| is_read(**account, region)) {
                let is_its = |copy: &&CopyCheck| copy.account == *account && copy.region == *region;
                let copy = copies.iter().find(is_its);
                let image = copy.map_or(Some(shared), |copy| copy.image.as_ref());
                let Some(image) = image else { continue };
                let names = parameter_names(templates, region, *account, source);
                looks.push(self.look_into_parameters_of(*account, (region, image), names));
            }
        }
        self.side_by_side(looks).await
    }

    async fn look_into_parameters_of(
        &self,
        account: AccountId,
        (region, image): (&Region, &ImageId),
        names: Vec<String>,
    ) -> Lack {
        let engine = self.of(region, account).await;
        let mut lack = Lack::default();
        for name in names {
            let put = format!("PutParameter `{name}` with `{image}` in `{region}` of `{account}`");
            let engine = match &engine {
                Ok(Some(engine)) => engine,
                Ok(None) => {
                    lack.unknown.push(format!("{put}, which has no role"));
                    continue;
                }
                Err(error) => {
                    lack.unknown.push(format!("{put}: {error}"));
                    continue;
                }
            };
            match engine.missing_parameters(region, vec![name], image).await {
                Ok((_, missing)) if missing.is_empty() => {}
                Ok(_) => lack.missing.push(put),
                Err(error) => lack.unknown.push(format!("{put}: {error}")),
            }
        }
        lack
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
