//! Tags images so that recipients see it: as the owner for all, or as each recipient for itself.

use std::collections::{BTreeMap, BTreeSet};

use super::Engine;
use super::recipient::{SeenImages, failed, mend_of, not_usable, written};
use super::wait::Pauses;
use crate::backend::{RecipientBackend, RequestId, RoleBackend};
use crate::error::Error;
use crate::id::{AccountId, ImageId, Region, ResourceId};
use crate::outcome::{RecipientOutcome, RecipientTagReport, WrittenTags};
use crate::plan::{Refusal, Refusals};
use crate::request::RecipientTagRequest;
use crate::resource::{Image, TagProblem, Tags};

/// The images of one account in one Region, with the tags that they lack
#[derive(Debug)]
struct Place<B> {
    engine: Engine<B>,
    region: Region,
    account: AccountId,
    images: Vec<(Image, Tags)>,
}

impl<B: RecipientBackend + RoleBackend> Engine<B> {
    pub(crate) async fn tag_for_recipients(
        &self,
        request: &RecipientTagRequest,
    ) -> Result<RecipientTagReport, Error> {
        let places = self.look_at_tags(request).await?;
        let writes = places.into_iter().map(Place::write);
        let rows = self.side_by_side(writes).await;
        let mut rows: Vec<WrittenTags> = rows.into_iter().flatten().collect();
        rows.sort_by(|one, other| {
            let key = |of: &WrittenTags| (of.region.clone(), of.account, of.image.clone());
            key(one).cmp(&key(other))
        });
        let report = RecipientTagReport::new(rows);
        match report.is_complete() {
            true => Ok(report),
            false => Err(Error::RecipientsIncomplete(Box::new(report.into()))),
        }
    }

    /// The tags that each image lacks, image by image
    #[cfg(feature = "distribution")]
    pub(super) async fn missing_tags(
        &self,
        request: &RecipientTagRequest,
    ) -> Result<Vec<Tags>, Error> {
        let places = self.look_at_tags(request).await?.into_iter();
        let images = places.flat_map(|place| place.images);
        Ok(images.map(|(_, missing)| missing).collect())
    }

    async fn look_at_tags(&self, request: &RecipientTagRequest) -> Result<Vec<Place<B>>, Error> {
        let Some(region) = request.images().keys().next() else {
            return Ok(Vec::new());
        };
        let mut accounts = request.accounts().clone();
        self.refuse_without_role(region, accounts.iter().copied())
            .await?;
        let owner = match accounts.is_empty() {
            true => Some(self.caller(region).await?),
            false => None,
        };
        accounts.extend(owner);
        let looks = request.images().iter().flat_map(|(region, ids)| {
            let look = move |account: &AccountId| self.look_in(region, *account, ids);
            accounts.iter().map(look)
        });
        let mut places = Vec::new();
        let mut refusals = Vec::new();
        for look in self.side_by_side(looks).await {
            let (mut place, refused) = match look {
                Ok(looked) => looked,
                Err(refused) => {
                    refusals.extend(refused);
                    continue;
                }
            };
            refusals.extend(refused);
            for (image, missing) in &mut place.images {
                *missing = difference(request.tags(), &image.tags);
                refusals.extend(why_not_tagged(image, missing, owner));
            }
            places.push(place);
        }
        match refusals.is_empty() {
            true => Ok(places),
            false => Err(Refusals::new(refusals).into()),
        }
    }

    /// The images that the account sees, and a refusal for each other one; refusals of all of them where
    /// it is not reached
    async fn look_in(
        &self,
        region: &Region,
        account: AccountId,
        ids: &BTreeSet<ImageId>,
    ) -> Result<(Place<B>, Vec<Refusal>), Vec<Refusal>> {
        let engine = self.reach(region, account).await.map_err(|finding| {
            let each = ids.iter().map(|id| (id.clone(), Err(finding.clone())));
            let seen: SeenImages = each.collect();
            not_usable(region, account, &seen).collect::<Vec<_>>()
        })?;
        let seen = engine.look_for(region, account, ids).await;
        let refusals: Vec<Refusal> = not_usable(region, account, &seen).collect();
        let images = seen.into_values().filter_map(Result::ok);
        let place = Place {
            engine,
            region: region.clone(),
            account,
            images: images.map(|image| (image, Tags::new())).collect(),
        };
        Ok((place, refusals))
    }
}

/// The tags that are not there, or have another value
fn difference(wanted: &Tags, actual: &Tags) -> Tags {
    let wanted = wanted.iter();
    wanted
        .filter(|(key, value)| actual.get(*key) != Some(*value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// Only the owner may share tags, and nobody may have more than EC2 allows; the owner where it tags
fn why_not_tagged(image: &Image, missing: &Tags, owner: Option<AccountId>) -> Option<Refusal> {
    if owner.is_some_and(|owner| owner != image.owner) {
        return Some(Refusal::NotOwner {
            image: image.id.clone(),
            owner: image.owner,
        });
    }
    // What the owner shares does not count for a recipient.
    let is_shared = |key: &str| key.starts_with(RecipientTagRequest::PREFIX);
    let counts =
        |key: &&String| !TagProblem::is_reserved(key) && (owner.is_some() || !is_shared(key));
    let keys: BTreeSet<&String> = image.tags.keys().chain(missing.keys()).collect();
    let count = keys.into_iter().filter(counts).count();
    (!missing.is_empty() && count > TagProblem::MOST).then(|| Refusal::TooManyTags {
        resource: image.id.clone().into(),
        count,
    })
}

impl<B: RecipientBackend + RoleBackend> Place<B> {
    /// One call for all images that lack the same tags, each read back
    async fn write(self) -> Vec<WrittenTags> {
        let mut alike: BTreeMap<Tags, Vec<&Image>> = BTreeMap::new();
        for (image, missing) in &self.images {
            alike.entry(missing.clone()).or_default().push(image);
        }
        let mut rows = Vec::new();
        for (tags, images) in alike {
            if tags.is_empty() {
                let row = |image: &&Image| self.row(image, &tags, RecipientOutcome::AsAsked);
                rows.extend(images.iter().map(row));
                continue;
            }
            let resources: Vec<ResourceId> =
                images.iter().map(|image| image.id.clone().into()).collect();
            let backend = &self.engine.backend;
            let written = written(backend.create_tags(&self.region, &resources, &tags).await);
            match written {
                Ok(request_id) => rows.extend(self.read_back(&images, &tags, request_id).await),
                Err(error) => {
                    let permission = "allow ec2:CreateTags on the images to the account's role";
                    let mend = mend_of(&error, permission);
                    let outcome = failed(*error, mend);
                    let row = |image: &&Image| self.row(image, &tags, outcome.clone());
                    rows.extend(images.iter().map(row));
                }
            }
        }
        rows
    }

    async fn read_back(
        &self,
        images: &[&Image],
        tags: &Tags,
        request_id: RequestId,
    ) -> Vec<WrittenTags> {
        let ids: Vec<ImageId> = images.iter().map(|image| image.id.clone()).collect();
        let mut pauses = Pauses::new(self.engine.options.consistency_timeout);
        loop {
            let read = self
                .engine
                .backend
                .describe_images(&self.region, &ids)
                .await;
            let shows = |image: &Image| {
                let read = read.as_ref().ok()?;
                let now = read.iter().find(|now| now.id == image.id)?;
                difference(tags, &now.tags).is_empty().then_some(())
            };
            if images.iter().all(|image| shows(image).is_some()) || !pauses.rest().await {
                let because = match &read {
                    Ok(_) => "the tags are not as written".to_owned(),
                    Err(error) => format!("they could not be read back: {error}"),
                };
                let outcome = |image: &Image| match shows(image) {
                    Some(()) => RecipientOutcome::Done {
                        request_id: request_id.clone(),
                    },
                    None => RecipientOutcome::Unconfirmed {
                        because: because.clone(),
                        request_id: request_id.clone(),
                    },
                };
                let row = |image: &&Image| self.row(image, tags, outcome(image));
                return images.iter().map(row).collect();
            }
        }
    }

    fn row(&self, image: &Image, tags: &Tags, outcome: RecipientOutcome) -> WrittenTags {
        let replaced = tags.keys().filter_map(|key| image.tags.get_key_value(key));
        WrittenTags {
            region: self.region.clone(),
            account: self.account,
            image: image.id.clone(),
            written: tags.clone(),
            replaced: replaced.map(|(k, v)| (k.clone(), v.clone())).collect(),
            outcome,
        }
    }
}
