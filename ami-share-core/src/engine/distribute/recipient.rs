//! The work in recipient accounts of one Region: their copies, and what they are looked after with.

use std::collections::{BTreeMap, BTreeSet};

use super::requests::recipient_copies;
use super::run::Together;
use super::settings::tags_of;
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{RecipientsGet, Shard, ShardReport};
use crate::engine::{ApplyOptions, Engine};
use crate::error::Error;
use crate::id::{AccountId, ImageId};
use crate::outcome::CopyResult;

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    pub(super) async fn run_recipients(
        &self,
        together: &Together<'_>,
        options: &ApplyOptions,
    ) -> Vec<ShardReport> {
        let Some(first) = together.first() else {
            return Vec::new();
        };
        let image = match self.owner_s_image(first).await {
            Ok(image) => image,
            Err(error) => return together.failed(&error),
        };
        let mut reports = together.reports();
        match first.distribution.recipients_get() {
            RecipientsGet::Share => {
                for report in &mut reports {
                    report.image = Some(image.clone());
                }
            }
            RecipientsGet::Copy => {
                let mut copies = match self.copy_as_recipients(together, &image, options).await {
                    Ok(copies) => copies,
                    Err(error) => return together.failed(&error),
                };
                for report in &mut reports {
                    report.copy = copies.remove(&report.shard.account);
                    let made = report
                        .copy
                        .as_ref()
                        .filter(|copy| copy.outcome.is_available());
                    report.image = made.and_then(|copy| copy.image.clone());
                }
            }
        }
        reports
    }

    /// The owner's image in the Region of a shard, which an owner's shard made
    async fn owner_s_image(&self, shard: &Shard) -> Result<ImageId, Error> {
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
        options: &ApplyOptions,
    ) -> Result<BTreeMap<AccountId, CopyResult>, Error> {
        let Some(first) = together.first() else {
            return Ok(BTreeMap::new());
        };
        let accounts = together.shards.iter().map(|shard| shard.account);
        let request = recipient_copies(&first.distribution, &first.region, image, accounts)?;
        let report = self.copy_now(&request, options).await?;
        let copies = report.copies().iter();
        Ok(copies.map(|copy| (copy.account, copy.clone())).collect())
    }
}
