//! Finds the image that is distributed, and what there is of it in each Region.

use std::collections::{BTreeMap, BTreeSet};

use super::requests::owner_copies;
use crate::backend::{CopyBackend, ImageQuery, RecipientBackend, RoleBackend};
use crate::distribution::{Distribution, ImageFilter, ImageSource};
use crate::engine::Engine;
use crate::error::Error;
use crate::id::{ImageId, Region};
use crate::plan::{CopyPlan, FoundCopy};
use crate::resource::{ImageDetails, ImageState, Tags};

impl<B: CopyBackend + RecipientBackend + RoleBackend> Engine<B> {
    /// The id of the image that is distributed
    pub(super) async fn resolve(&self, distribution: &Distribution) -> Result<ImageId, Error> {
        let region = &distribution.image().region;
        let not_resolved = |because: String| Error::ImageNotResolved {
            region: region.clone(),
            because,
        };
        match &distribution.image().by {
            ImageSource::Id(image) => Ok(image.clone()),
            ImageSource::Parameter(name) => {
                let parameter = self.backend.get_parameter(region, name.as_str()).await?;
                let parameter = parameter
                    .ok_or_else(|| not_resolved(format!("there is no parameter `{name}`")))?;
                let image = parameter.value.parse();
                image.map_err(|error| {
                    not_resolved(format!("the parameter `{name}` holds no image: {error}"))
                })
            }
            ImageSource::Newest(filter) => {
                let mut found = self.own_images(region, filter).await?;
                found.retain(|image| image.image.state == ImageState::Available);
                let newest = found.into_iter().next();
                newest.map(|image| image.image.id).ok_or_else(|| {
                    not_resolved("no available image of the account fits name and tags".into())
                })
            }
        }
    }

    /// The caller's own images that a filter takes, the newest first
    pub(super) async fn own_images(
        &self,
        region: &Region,
        filter: &ImageFilter,
    ) -> Result<Vec<ImageDetails>, Error> {
        let query = ImageQuery {
            name: filter.name.clone(),
            tags: filter.tags.clone(),
        };
        let mut found = self.backend.find_own_images(region, &query).await?;
        newest_first(&mut found);
        Ok(found)
    }

    /// The owner's image in each Region, as far as there is one; and the plan for those that are not
    pub(super) async fn images_by_region(
        &self,
        distribution: &Distribution,
        image: &ImageId,
        regions: &BTreeSet<Region>,
        tags: &Tags,
    ) -> Result<(BTreeMap<Region, ImageId>, Option<CopyPlan>), Error> {
        let mut images = BTreeMap::new();
        let own = &distribution.image().region;
        if regions.contains(own) {
            images.insert(own.clone(), image.clone());
        }
        let Some(request) = owner_copies(distribution, image, regions, tags)? else {
            return Ok((images, None));
        };
        let plan = self.plan_copies(&request).await?;
        for copy in plan.copies() {
            if let FoundCopy::Available { image, .. } = &copy.found {
                images.insert(copy.destination.region.clone(), image.clone());
            }
        }
        Ok((images, Some(plan)))
    }
}

pub(super) fn newest_first(images: &mut [ImageDetails]) {
    images.sort_by(|one, other| {
        let newest_first = other.created.cmp(&one.created);
        newest_first.then_with(|| one.image.id.cmp(&other.image.id))
    });
}
