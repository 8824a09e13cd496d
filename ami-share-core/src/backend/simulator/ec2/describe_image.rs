use std::collections::BTreeSet;
use std::ops::Bound;

use super::super::call::{Asked, Caller};
use super::super::refusal::Refusal;
use super::super::state::State;
use super::image::ImageRecord;
use crate::api_error::ApiError;
use crate::backend::Page;
use crate::id::ImageId;
use crate::principal::Principal;
use crate::resource::{Image, SharedImage};

const OPERATION: &str = "DescribeImages";
/// The ids that one call asks for
const IDS_IN_CALL: usize = 1_000;
/// The most values that a filter takes
const IDS_IN_FILTER: usize = 200;
/// How the tokens of this listing start
const TOKEN: &str = "after:";

impl State {
    /// By id; what the caller cannot see is left out
    ///
    /// AWS answers `InvalidAMIID.NotFound` for the whole call when one id is unknown. The ids are
    /// then asked for again by the filter `image-id`, which leaves the unknown ones out; the calls
    /// that this takes are logged as the real backend makes them.
    pub(crate) fn describe_images(
        &mut self,
        caller: Caller<'_>,
        images: &[ImageId],
    ) -> Result<Vec<Image>, ApiError> {
        let mut asked = BTreeSet::new();
        let images: Vec<&ImageId> = images.iter().filter(|&id| asked.insert(id)).collect();
        let mut found = Vec::with_capacity(images.len());
        for images in images.chunks(IDS_IN_CALL) {
            match self.read(caller, Asked::ec2(OPERATION), |state| {
                state.all_of(caller, images)
            }) {
                Ok(all) => found.extend(all),
                Err(error) if error.code() == Some(Refusal::IMAGE_NOT_FOUND) => {
                    for images in images.chunks(IDS_IN_FILTER) {
                        found.extend(self.read(caller, Asked::ec2(OPERATION), |state| {
                            Ok(state.those_seen(caller, images))
                        })?);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    fn all_of(&self, caller: Caller<'_>, images: &[&ImageId]) -> Result<Vec<Image>, Refusal> {
        let found = self.those_seen(caller, images);
        if found.len() == images.len() {
            return Ok(found);
        }
        let unseen = images
            .iter()
            .copied()
            .filter(|id| self.seen_image(caller, id).is_none());
        Err(Refusal::images_not_found(unseen))
    }

    fn those_seen(&self, caller: Caller<'_>, images: &[&ImageId]) -> Vec<Image> {
        images
            .iter()
            .filter_map(|id| self.seen_image(caller, id))
            .map(|image| image.told_to(caller.account))
            .collect()
    }

    /// How many public images the caller has in the Region
    pub(crate) fn count_public_images(&self, caller: Caller<'_>) -> usize {
        self.images
            .get(caller.region)
            .into_iter()
            .flatten()
            .filter(|(_, image)| image.owner == caller.account && image.is_public())
            .count()
    }

    /// One page of what others share with the caller, in the order of the ids
    pub(crate) fn describe_shared_images(
        &self,
        caller: Caller<'_>,
        next_token: Option<&str>,
    ) -> Result<Page<SharedImage>, Refusal> {
        let last = next_token.map(parse_token).transpose()?;
        let from = last.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut shared = self
            .images
            .get(caller.region)
            .into_iter()
            .flat_map(|images| images.range((from, Bound::Unbounded)))
            .map(|(_, image)| image)
            .filter(|image| self.is_shared_with(caller, image))
            .peekable();
        let on_page: Vec<&ImageRecord> = shared.by_ref().take(self.page_size).collect();
        let next_token = match (on_page.last(), shared.peek()) {
            (Some(last), Some(_)) => Some(format!("{TOKEN}{}", last.id)),
            _ => None,
        };
        let items = on_page
            .into_iter()
            .map(|image| image.told_to(caller.account).into())
            .collect();
        Ok(Page { items, next_token })
    }

    /// Whether it is shared with the caller by more than being public
    fn is_shared_with(&self, caller: Caller<'_>, image: &ImageRecord) -> bool {
        let permission = self.launch_permission_of(caller.account, image);
        image.owner != caller.account
            && self.sees(caller.account, image)
            && permission.is_some_and(|permission| permission != Principal::Public)
    }
}

fn parse_token(token: &str) -> Result<ImageId, Refusal> {
    token
        .strip_prefix(TOKEN)
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| Refusal::new("InvalidParameterValue", "The token is not valid"))
}
