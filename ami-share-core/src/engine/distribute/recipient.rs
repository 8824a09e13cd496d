//! The work in recipient accounts of one Region: their copies, and what they are looked after with.

use std::collections::{BTreeMap, BTreeSet};

use super::requests::{OwnerImage, recipient_copies};
use super::run::Together;
use super::settings::tags_of;
use super::unrefused::Unrefused;
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{RecipientsGet, Shard, ShardReport};
use crate::engine::{ApplyOptions, Engine};
use crate::error::Error;
use crate::id::{AccountId, ImageId};
use crate::plan::CopyPlan;

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    pub(super) async fn run_recipients(
        &self,
        together: &Together<'_>,
        options: &ApplyOptions,
    ) -> Vec<ShardReport> {
        let Some(first) = together.first() else {
            return Vec::new();
        };
        let image = match &together.known.image {
            Some(image) => image.clone(),
            None => match self.owner_s_image(first).await {
                Ok(image) => image,
                Err(error) => return together.failed(&error),
            },
        };
        let mut reports = together.reports();
        match first.distribution.recipients_get() {
            RecipientsGet::Share => {
                for report in &mut reports {
                    report.image = Some(image.clone());
                }
            }
            RecipientsGet::Copy => {
                let copied = self.copy_as_recipients(together, &image, &mut reports, options);
                if let Err(error) = copied.await {
                    return together.failed(&error);
                }
            }
        }
        self.look_after(first, &mut reports).await;
        reports
    }

    /// The owner's image in the Region of a shard, which an owner's shard made
    pub(super) async fn owner_s_image(&self, shard: &Shard) -> Result<ImageId, Error> {
        let regions = BTreeSet::from([shard.region.clone()]);
        let tags = tags_of(&shard.distribution);
        let (images, _) = self
            .images_by_region(&shard.distribution, &shard.image, &regions, &tags)
            .await?;
        images
            .into_values()
            .next()
            .ok_or_else(|| Error::ImageNotResolved {
                region: shard.region.clone(),
                because: "the owner has no available copy there: run the shard of the owner first"
                    .into(),
            })
    }

    async fn copy_as_recipients(
        &self,
        together: &Together<'_>,
        image: &ImageId,
        reports: &mut [ShardReport],
        options: &ApplyOptions,
    ) -> Result<(), Error> {
        let Some(first) = together.first() else {
            return Ok(());
        };
        let accounts = together.shards.iter().map(|shard| shard.account);
        let accounts: BTreeSet<AccountId> = accounts.collect();
        let is_for_these = |plan: &&CopyPlan| {
            let copies = plan.copies().iter().map(|copy| copy.account);
            copies.collect::<BTreeSet<_>>() == accounts
        };
        let known = together
            .known
            .recipient_copies
            .as_ref()
            .filter(is_for_these);
        let planned = match known {
            Some(plan) => Some(plan.clone()).into(),
            None => self.plan_accounts(first, image, accounts).await?,
        };
        let mut copies = BTreeMap::new();
        if let Some(plan) = &planned.plan {
            let report = self.copy_as_planned(plan, options).await?;
            let made = report.copies().iter();
            copies.extend(made.map(|copy| (copy.account, copy.clone())));
        }
        for report in reports {
            let account = report.shard.account;
            if let Some(error) = planned.refused.get(&account) {
                report.problems.push(error.to_string());
            }
            report.copy = copies.remove(&account);
            let copy = report.copy.as_ref();
            let made = copy.filter(|copy| copy.outcome.is_available());
            report.image = made.and_then(|copy| copy.image.clone());
        }
        Ok(())
    }

    /// Plans the copies of accounts in the shard's Region; who is refused does not stop the others
    pub(super) async fn plan_accounts(
        &self,
        shard: &Shard,
        image: &ImageId,
        accounts: BTreeSet<AccountId>,
    ) -> Result<Unrefused<AccountId>, Error> {
        let (distribution, region) = (&shard.distribution, &shard.region);
        let deprecation = self.deprecation_of(distribution, region, image).await?;
        let of = OwnerImage {
            region,
            image,
            name: Some(&shard.name),
            source: &shard.image,
            deprecation,
        };
        self.plan_unrefused(accounts, |accounts| {
            recipient_copies(distribution, of, accounts.iter().copied()).map(Some)
        })
        .await
    }
}
