//! Looks at owner and recipients, and says what a distribution would do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::requests::{recipient_check, recipient_copies, share};
use super::settings::tags_of;
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{
    Distribution, DistributionPlan, DistributionPlanVersion, RecipientsGet, Shard, ShardVersion,
    Stage,
};
use crate::engine::Engine;
use crate::error::Error;
use crate::id::{AccountId, Destination, ImageId, Region};
use crate::plan::{CopyPlan, Plan};
use crate::principal::{Principal, PrincipalSet};
use crate::resource::Timestamp;

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    pub(crate) async fn plan_distribution(
        &self,
        distribution: &Distribution,
    ) -> Result<DistributionPlan, Error> {
        let engine = self.with_roles_of(distribution)?;
        engine.plan_with_roles(distribution).await
    }

    async fn plan_with_roles(
        &self,
        distribution: &Distribution,
    ) -> Result<DistributionPlan, Error> {
        let own = &distribution.image().region;
        let image = self.resolve(distribution).await?;
        let caller = self.caller(own).await?;
        let accounts = self.accounts_of(distribution, caller).await?;
        let tags = tags_of(distribution);
        let (images, owner_copies) = self
            .images_by_region(distribution, &image, distribution.regions(), &tags)
            .await?;
        let shares = self
            .plan_shares_of(distribution, &accounts, &images)
            .await?;
        let recipient_copies = self
            .plan_recipients(distribution, &accounts, &image, &images)
            .await?;
        let date = Timestamp::now().date();
        let mut settings = Vec::new();
        for (region, image, missing) in self.missing_settings(distribution, &date, &images).await? {
            let calls = missing.iter().map(|setting| setting.operation());
            settings.extend(calls.map(|call| format!("{call} for `{image}` in `{region}`")));
        }
        let distribution = Arc::new(distribution.clone());
        let shard = |stage, account, region: &Region| Shard {
            version: ShardVersion::One,
            stage,
            account,
            region: region.clone(),
            image: image.clone(),
            accounts: match stage {
                Stage::Owner => accounts.clone(),
                Stage::Recipient | Stage::Finish => BTreeSet::new(),
            },
            close: PrincipalSet::new(),
            date: date.clone(),
            distribution: Arc::clone(&distribution),
        };
        let regions = distribution.regions();
        let owners = regions
            .iter()
            .map(|region| shard(Stage::Owner, caller, region));
        let of_recipients = regions.iter().flat_map(|region| {
            let shard = &shard;
            let accounts = accounts.iter();
            accounts.map(move |account| shard(Stage::Recipient, *account, region))
        });
        let shards = owners.chain(of_recipients).collect();
        Ok(DistributionPlan {
            version: DistributionPlanVersion::One,
            caller,
            image: image.clone(),
            shards,
            accounts,
            owner_copies,
            shares,
            recipient_copies,
            settings,
            distribution,
        })
    }

    /// The recipient accounts one by one, where something is done in each of them
    async fn accounts_of(
        &self,
        distribution: &Distribution,
        owner: AccountId,
    ) -> Result<BTreeSet<AccountId>, Error> {
        let mut accounts = BTreeSet::new();
        if !needs_accounts(distribution) {
            return Ok(accounts);
        }
        for principal in distribution.recipients().iter() {
            match principal {
                Principal::Account(account) => {
                    accounts.insert(*account);
                }
                group => {
                    let region = &distribution.image().region;
                    accounts.extend(self.backend.list_accounts_under(region, group).await?);
                }
            }
        }
        accounts.remove(&owner);
        Ok(accounts)
    }

    pub(super) async fn plan_shares_of(
        &self,
        distribution: &Distribution,
        accounts: &BTreeSet<AccountId>,
        images: &BTreeMap<Region, ImageId>,
    ) -> Result<Vec<(Region, Plan)>, Error> {
        if distribution.recipients_get() == RecipientsGet::Copy && accounts.is_empty() {
            return Ok(Vec::new());
        }
        stream::iter(images.clone())
            .map(|(region, image)| async move {
                let request = share(distribution, accounts, &region, &image)?;
                let plan = self.plan(&request).await?;
                Ok((region, plan))
            })
            .buffered(self.options.concurrency)
            .try_collect()
            .await
    }

    /// The copies of recipients in Regions that have the image; in the others their roles and keys are
    /// looked at, so that what would fail is refused now
    async fn plan_recipients(
        &self,
        distribution: &Distribution,
        accounts: &BTreeSet<AccountId>,
        image: &ImageId,
        images: &BTreeMap<Region, ImageId>,
    ) -> Result<Vec<(Region, CopyPlan)>, Error> {
        if distribution.recipients_get() != RecipientsGet::Copy || accounts.is_empty() {
            return Ok(Vec::new());
        }
        let mut plans = Vec::new();
        let mut unseen = BTreeSet::new();
        for region in distribution.regions() {
            let Some(image) = images.get(region) else {
                unseen.extend(accounts.iter().map(|account| Destination {
                    account: Some(*account),
                    region: region.clone(),
                }));
                continue;
            };
            let accounts = accounts.iter().copied();
            let request = recipient_copies(distribution, region, image, accounts)?;
            plans.push((region.clone(), self.plan_copies(&request).await?));
        }
        if !unseen.is_empty() {
            let request = recipient_check(distribution, image, &unseen)?;
            self.plan_copies(&request).await?;
        }
        Ok(plans)
    }
}

/// Whether something is done in each recipient account
fn needs_accounts(distribution: &Distribution) -> bool {
    distribution.recipients_get() == RecipientsGet::Copy
        || !distribution.tags().recipients.is_empty()
        || !distribution.parameters().recipients.is_empty()
        || !distribution.service_linked_roles().is_empty()
        || distribution.rehearse()
}
