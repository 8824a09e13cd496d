//! Looks at owner and recipients, and says what a distribution would do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::requests::{
    OwnerImage, open, parameter_names, recipient_check, recipient_copies, services, share,
};
use super::settings::tags_of;
use crate::backend::{CopyBackend, RecipientBackend, RoleBackend};
use crate::distribution::{
    Distribution, DistributionPlan, DistributionPlanVersion, RecipientsGet, Shard, ShardVersion,
    Stage,
};
use crate::engine::Engine;
use crate::error::Error;
use crate::id::{AccountId, Destination, ImageId, Region};
use crate::plan::{CopyPlan, CopyRefusal, CopySetting, Opened, Plan};
use crate::principal::Principal;
use crate::request::SourceAccess;
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
        let name = name_of_source(owner_copies.as_ref());
        let source = (&image, name.as_deref());
        let recipient_copies = self
            .plan_recipients(distribution, &accounts, source, &images)
            .await?;
        let shares = self
            .plan_shares_of(distribution, &images, &recipient_copies)
            .await?;
        let services = self
            .plan_services_of(distribution, &accounts, &images)
            .await?;
        let date = Timestamp::now().date();
        let settings = self
            .missing_settings(distribution, &date, &images, &shares)
            .await?;
        let seen = name.or_else(|| seen_name(&image, own, &shares, &recipient_copies));
        let name = self.name_of(distribution, &image, seen).await?;
        let places = images.iter();
        let parameters = places.map(|(region, image_there)| {
            let templates = &distribution.parameters().owner;
            let names = parameter_names(templates, region, caller, (&image, &name));
            self.missing_parameters(region, names, image_there)
        });
        let parameters = self.side_by_side(parameters).await.into_iter();
        let parameters = parameters.collect::<Result<_, Error>>()?;
        let shards = Sharding {
            distribution,
            caller,
            image: &image,
            name: &name,
            accounts: &accounts,
        }
        .shards(&date);
        Ok(DistributionPlan {
            version: DistributionPlanVersion::One,
            distribution: Arc::new(distribution.clone()),
            caller,
            image,
            accounts,
            shards,
            owner_copies,
            shares,
            services,
            recipient_copies,
            settings,
            parameters,
        })
    }

    /// The name of the distributed image: as it was seen, or else as EC2 has it; its id where it has none
    pub(super) async fn name_of(
        &self,
        distribution: &Distribution,
        image: &ImageId,
        seen: Option<String>,
    ) -> Result<String, Error> {
        if let Some(name) = seen {
            return Ok(name);
        }
        let (own, ids) = (&distribution.image().region, [image.clone()]);
        let found = self.backend.describe_image_details(own, &ids).await?;
        let name = found.into_iter().find_map(|found| found.image.name);
        Ok(name.unwrap_or_else(|| image.to_string()))
    }

    /// The recipient accounts one by one, where something is done in each of them
    pub(super) async fn accounts_of(
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

    /// How the images are shared; or opened, to those who have no copy yet
    async fn plan_shares_of(
        &self,
        distribution: &Distribution,
        images: &BTreeMap<Region, ImageId>,
        copies: &BTreeMap<Region, CopyPlan>,
    ) -> Result<BTreeMap<Region, Plan>, Error> {
        let mut requests = Vec::new();
        for (region, image) in images {
            let request = match distribution.recipients_get() {
                RecipientsGet::Share => share(distribution, region, image)?,
                RecipientsGet::Copy => {
                    let recipients = copies.get(region).map(CopyPlan::recipients);
                    let recipients = recipients.unwrap_or_default();
                    let opens = distribution.copies().source_access != SourceAccess::LeaveAsIs;
                    if recipients.is_empty() || !opens {
                        continue;
                    }
                    open(distribution, &recipients, region, image)?
                }
            };
            requests.push((region.clone(), request));
        }
        let plans = requests
            .into_iter()
            .map(|(region, request)| async move { Ok((region, self.plan(&request).await?)) });
        self.side_by_side(plans).await.into_iter().collect()
    }

    async fn plan_services_of(
        &self,
        distribution: &Distribution,
        accounts: &BTreeSet<AccountId>,
        images: &BTreeMap<Region, ImageId>,
    ) -> Result<BTreeMap<Region, Plan>, Error> {
        let plans = images.iter().map(|(region, image)| async move {
            let plan = self.plan_services(distribution, accounts, region, image);
            Ok(plan.await?.map(|plan| (region.clone(), plan)))
        });
        let plans = self.side_by_side(plans).await;
        let plans = plans.into_iter().collect::<Result<Vec<_>, Error>>()?;
        Ok(plans.into_iter().flatten().collect())
    }

    /// How keys are opened to services of accounts that belong to groups, if that is asked for
    pub(super) async fn plan_services(
        &self,
        distribution: &Distribution,
        accounts: &BTreeSet<AccountId>,
        region: &Region,
        image: &ImageId,
    ) -> Result<Option<Plan>, Error> {
        let Some(request) = services(distribution, accounts, region, image)? else {
            return Ok(None);
        };
        Ok(Some(at_keys(&self.plan(&request).await?)))
    }

    /// The copies of recipients in Regions that have the image; in the others their roles and keys are
    /// looked at, so that what would fail is refused now
    pub(super) async fn plan_recipients(
        &self,
        distribution: &Distribution,
        accounts: &BTreeSet<AccountId>,
        source: (&ImageId, Option<&str>),
        images: &BTreeMap<Region, ImageId>,
    ) -> Result<BTreeMap<Region, CopyPlan>, Error> {
        let planned = self.plan_recipients_of(distribution, accounts, source, images);
        let refusals = match planned.await {
            Err(Error::CopyRefused(refusals)) => refusals,
            planned => return planned,
        };
        let mut left_open = Vec::new();
        if let Some(lease) = distribution.lease(accounts) {
            for (region, image) in images {
                let ids = [image.clone()];
                let seen = self.backend.describe_image_details(region, &ids).await;
                // What cannot be looked at is not told of: the refusals are.
                let mut seen = seen.into_iter().flatten();
                if seen.any(|seen| !lease.recorded(&seen.image.tags).is_empty()) {
                    let image = image.clone();
                    left_open.push(CopyRefusal::SourceLeftOpen { image });
                }
            }
        }
        Err(Error::CopyRefused(refusals.and(left_open)))
    }

    async fn plan_recipients_of(
        &self,
        distribution: &Distribution,
        accounts: &BTreeSet<AccountId>,
        (source, name): (&ImageId, Option<&str>),
        images: &BTreeMap<Region, ImageId>,
    ) -> Result<BTreeMap<Region, CopyPlan>, Error> {
        if distribution.recipients_get() != RecipientsGet::Copy || accounts.is_empty() {
            return Ok(BTreeMap::new());
        }
        let is_unseen = |region: &&Region| !images.contains_key(*region);
        let unseen = distribution.regions().iter().filter(is_unseen);
        let unseen: BTreeSet<Destination> = unseen
            .flat_map(|region| {
                accounts.iter().map(|account| Destination {
                    account: Some(*account),
                    region: region.clone(),
                })
            })
            .collect();
        if !unseen.is_empty() {
            let request = recipient_check(distribution, source, &unseen)?;
            self.plan_copies(&request).await?;
        }
        let plans = images.iter().map(|(region, image)| async move {
            let deprecation = self.deprecation_of(distribution, region, image).await?;
            let accounts = accounts.iter().copied();
            let of = OwnerImage {
                region,
                image,
                name,
                source,
                deprecation,
            };
            let request = recipient_copies(distribution, of, accounts)?;
            Ok((region.clone(), self.plan_copies(&request).await?))
        });
        self.side_by_side(plans).await.into_iter().collect()
    }

    /// What each of the owner's images lacks
    pub(super) async fn missing_settings(
        &self,
        distribution: &Distribution,
        date: &str,
        images: &BTreeMap<Region, ImageId>,
        shares: &BTreeMap<Region, Plan>,
    ) -> Result<BTreeMap<Region, Vec<CopySetting>>, Error> {
        let missing = images.iter().map(|(region, image)| async move {
            let seen = shares.get(region);
            let missing = self.missing_in(distribution, date, (region, image), seen);
            Ok((region.clone(), missing.await?))
        });
        self.side_by_side(missing).await.into_iter().collect()
    }
}

/// What of a plan is done at keys
pub(super) fn at_keys(plan: &Plan) -> Plan {
    let steps = plan.steps().iter();
    let steps = steps.filter(|step| step.action.key().is_some());
    Plan::of_steps(
        plan.request().clone(),
        steps.cloned().collect(),
        plan.seen().clone(),
    )
}

/// The name of the distributed image, where copies of it were planned
pub(super) fn name_of_source(copies: Option<&CopyPlan>) -> Option<String> {
    copies?.source().image.name.clone()
}

/// The same where its own Region is the only one
pub(super) fn seen_name(
    image: &ImageId,
    own: &Region,
    shares: &BTreeMap<Region, Plan>,
    copies: &BTreeMap<Region, CopyPlan>,
) -> Option<String> {
    let shared = shares
        .get(own)
        .and_then(|plan| plan.seen().image(own, image));
    let shared = shared.and_then(|seen| seen.image.name.clone());
    shared.or_else(|| name_of_source(copies.get(own)))
}

/// What all shards have in common
#[derive(Clone, Copy, Debug)]
pub(super) struct Sharding<'a> {
    pub(super) distribution: &'a Distribution,
    pub(super) caller: AccountId,
    pub(super) image: &'a ImageId,
    pub(super) name: &'a str,
    pub(super) accounts: &'a BTreeSet<AccountId>,
}

impl Sharding<'_> {
    /// The shards of the owner and of the recipients
    pub(super) fn shards(self, date: &str) -> Vec<Shard> {
        let regions = self.distribution.regions();
        let distribution = Arc::new(self.distribution.clone());
        let shard = |stage, account, region: &Region| Shard {
            version: ShardVersion::One,
            stage,
            account,
            region: region.clone(),
            image: self.image.clone(),
            name: self.name.to_owned(),
            accounts: BTreeSet::new(),
            close: Opened::default(),
            deprecates: false,
            date: date.to_owned(),
            distribution: Arc::clone(&distribution),
        };
        let owners = regions.iter().map(|region| Shard {
            accounts: self.accounts.clone(),
            ..shard(Stage::Owner, self.caller, region)
        });
        let recipients = regions.iter().flat_map(|region| {
            let of_region = self.accounts.iter();
            of_region.map(|account| shard(Stage::Recipient, *account, region))
        });
        owners.chain(recipients).collect()
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
