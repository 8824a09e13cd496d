//! Takes the shares of a distribution back.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::plan::{Sharding, at_keys};
use super::requests::{services, take_back, take_tags};
use crate::backend::{CopyBackend, ImageQuery, RecipientBackend, RoleBackend};
use crate::distribution::{
    Distribution, DistributionReport, DistributionTags, Shard, ShardReport, Stage,
};
use crate::engine::Engine;
use crate::error::Error;
use crate::id::{AccountId, ImageId, Region};
use crate::outcome::Report;
use crate::plan::{Action, Plan, Step, provenance};
use crate::resource::{ImageDetails, ImageState, Tags, Timestamp};

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    pub(crate) async fn destroy_shares(
        &self,
        distribution: &Distribution,
    ) -> Result<DistributionReport, Error> {
        let own = &distribution.image().region;
        let image = self.resolve(distribution).await?;
        let caller = self.caller(own).await?;
        let accounts = self.accounts_of(distribution, caller).await?;
        let date = Timestamp::now().date();
        let sharding = Sharding {
            distribution,
            caller,
            image: &image,
            name: image.as_str(),
            accounts: &accounts,
        };
        let shards = sharding.shards(&date);
        let owners = shards.iter().filter(|shard| shard.stage == Stage::Owner);
        let work = owners.map(|shard| {
            let mut report = ShardReport::new(shard, Timestamp::now());
            let accounts = &accounts;
            async move {
                let taken = self.take_back_in(&mut report, accounts).await;
                let problem = taken.err().map(|error| error.to_string());
                report.problems.extend(problem);
                report.ended = Timestamp::now();
                report
            }
        });
        let report = DistributionReport::merge(self.side_by_side(work).await);
        if report.is_complete() {
            Ok(report)
        } else {
            Err(Error::DistributionIncomplete(Box::new(report)))
        }
    }

    async fn take_back_in(
        &self,
        report: &mut ShardReport,
        accounts: &BTreeSet<AccountId>,
    ) -> Result<(), Error> {
        let shard = report.shard.clone();
        let distribution = &shard.distribution;
        let found = self.distributed_in(distribution, &shard.image, &shard.region);
        let found = found.await?;
        report.image = found.first().map(|image| image.image.id.clone());
        for image in &found {
            let image = &image.image;
            self.close_copied(report, &image.id, &image.tags).await;
        }
        // Tags are taken away with the values that they have: images that have the same go together.
        let mut alike: BTreeMap<Tags, Vec<ImageId>> = BTreeMap::new();
        for image in found {
            let tells = image.image.tags.iter().filter(|(key, _)| {
                let key = key.as_str();
                distribution.distributed_tags()
                    && [Distribution::DISTRIBUTED, Distribution::DISTRIBUTED_DATE].contains(&key)
                    || shared_key(key)
                        .is_some_and(|key| distribution.tags().shared.contains_key(key))
            });
            let tells = tells.map(|(key, value)| (key.clone(), value.clone()));
            alike
                .entry(tells.collect())
                .or_default()
                .push(image.image.id);
        }
        let mut closed = Vec::new();
        let mut left: VecDeque<(Tags, Vec<ImageId>)> = alike.into_iter().collect();
        while let Some((tags, images)) = left.pop_front() {
            let place = (&shard.region, images.as_slice());
            match self
                .take_images_back(distribution, accounts, place, &tags)
                .await
            {
                Ok(taken) => {
                    if taken.as_ref().is_none_or(Report::is_complete) {
                        closed.extend(images);
                    }
                    report.shared.extend(taken);
                }
                // One that is refused does not stop the others.
                Err(_) if images.len() > 1 => {
                    left.extend(images.into_iter().map(|image| (tags.clone(), vec![image])));
                }
                Err(error) => report.problems.push(error.to_string()),
            }
        }
        // Launch first, and then the keys: where launch stays open, they do.
        for image in closed {
            match self.close_services(&shard, accounts, &image).await {
                Ok(closed) => report.shared.extend(closed),
                Err(error) => report.problems.push(error.to_string()),
            }
        }
        Ok(())
    }

    /// Takes back what was given of images whose tags are alike; nothing where nothing was
    async fn take_images_back(
        &self,
        distribution: &Distribution,
        accounts: &BTreeSet<AccountId>,
        place: (&Region, &[ImageId]),
        tags: &Tags,
    ) -> Result<Option<Report>, Error> {
        let taken = match take_back(distribution, accounts, place, tags)? {
            Some(request) => self.share_now(&request).await?,
            None if tags.is_empty() => return Ok(None),
            None => self.take_tags(distribution, place, tags.clone()).await?,
        };
        Ok(Some(taken))
    }

    /// Closes the keys of an image to services of accounts that belong to groups
    async fn close_services(
        &self,
        shard: &Shard,
        accounts: &BTreeSet<AccountId>,
        image: &ImageId,
    ) -> Result<Option<Report>, Error> {
        let request = services(&shard.distribution, accounts, &shard.region, image)?;
        let Some(request) = request else {
            return Ok(None);
        };
        let plan = at_keys(&self.plan(&request.to_revoke()).await?);
        self.share_as_planned(&plan).await.map(Some)
    }

    async fn take_tags(
        &self,
        distribution: &Distribution,
        (region, images): (&Region, &[ImageId]),
        tags: Tags,
    ) -> Result<Report, Error> {
        let step = Step {
            region: region.clone(),
            image: None,
            action: Action::DeleteTags {
                resources: images.iter().cloned().map(Into::into).collect(),
                tags,
            },
            reason: "they tell of the distribution".into(),
        };
        let request = take_tags(distribution, region, images)?;
        let plan = Plan::of_steps(request, vec![step], Default::default());
        self.share_as_planned(&plan).await
    }

    /// The image in its own Region, and all copies of it that the owner has in another one, whatever
    /// their key
    async fn distributed_in(
        &self,
        distribution: &Distribution,
        image: &ImageId,
        region: &Region,
    ) -> Result<Vec<ImageDetails>, Error> {
        let own = &distribution.image().region;
        let mut found = if region == own {
            let ids = [image.clone()];
            self.backend.describe_image_details(region, &ids).await?
        } else {
            let query = ImageQuery {
                name: None,
                tags: provenance(own, image, None),
            };
            self.backend.find_own_images(region, &query).await?
        };
        found.retain(|image| image.image.state == ImageState::Available);
        Ok(found)
    }
}

fn shared_key(key: &str) -> Option<&str> {
    key.strip_prefix(DistributionTags::SHARED_PREFIX)
}
