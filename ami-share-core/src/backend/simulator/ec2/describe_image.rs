use std::collections::BTreeSet;
use std::ops::{Bound, RangeBounds};

use super::super::call::{Asked, Caller};
use super::super::page::{BadToken, Place};
use super::super::refusal::Refusal;
use super::super::state::State;
use super::allowed::AllowedImage;
use super::filter::Filter;
use super::image::ImageRecord;
use crate::api_error::ApiError;
use crate::backend::Page;
use crate::id::{AccountId, ImageId};
use crate::principal::Principal;
use crate::resource::{Image, ImageState, SharedImage};

pub(super) const OPERATION: &str = "DescribeImages";
/// The ids that one call asks for
const IDS_IN_CALL: usize = 1_000;
/// The most values that a filter takes
const IDS_IN_FILTER: usize = 200;

/// What `DescribeImages` is asked for
#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct ImageQuery {
    /// Only these, all of which the caller has to see; all that it sees, if empty
    pub(crate) ids: Vec<ImageId>,
    /// Only those of these owners, if any are named
    pub(crate) owners: Vec<ImageOwner>,
    /// Only those that these may launch, if any are named
    pub(crate) executable_by: Vec<ExecutableBy>,
    /// Only those that all of these match
    pub(crate) filters: Vec<Filter>,
    pub(crate) include_deprecated: bool,
    pub(crate) include_disabled: bool,
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum ImageOwner {
    Account(AccountId),
    /// One of AWS's own, such as `amazon`; nobody in this world is
    Alias,
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum ExecutableBy {
    /// Those of others that the caller may launch, also through its organization
    Caller,
    /// The caller's own that this account may launch by its own entry
    Account(AccountId),
    /// The public ones
    All,
}

impl ImageQuery {
    /// All that is there for a caller who asks for everything
    pub(super) fn whole() -> Self {
        Self {
            include_deprecated: true,
            include_disabled: true,
            ..Self::default()
        }
    }

    fn of(ids: &[&ImageId]) -> Self {
        Self {
            ids: ids.iter().copied().cloned().collect(),
            ..Self::whole()
        }
    }

    fn filtered(name: &str, values: Vec<String>) -> Self {
        Self {
            filters: vec![Filter::new(name, values)],
            ..Self::whole()
        }
    }

    /// The only ids that can be found, where the query says so
    fn candidates(&self) -> Option<BTreeSet<ImageId>> {
        if !self.ids.is_empty() {
            return Some(self.ids.iter().cloned().collect());
        }
        let by_id = self.filters.iter().find(|filter| filter.name == "image-id");
        let ids = by_id.and_then(Filter::exact_values)?;
        Some(ids.iter().filter_map(|id| id.parse().ok()).collect())
    }
}

impl State {
    pub(crate) fn describe_images(
        &mut self,
        caller: Caller<'_>,
        images: &[ImageId],
    ) -> Result<Vec<Image>, ApiError> {
        self.images_by_id(caller, images, |image| image.told_to(caller.account))
    }

    /// By id; what the caller cannot see is left out
    ///
    /// AWS answers `InvalidAMIID.NotFound` for the whole call when one id is unknown. The ids are
    /// then asked for again by the filter `image-id`, which leaves the unknown ones out; the calls
    /// that this takes are logged as the real backend makes them.
    pub(super) fn images_by_id<T>(
        &mut self,
        caller: Caller<'_>,
        images: &[ImageId],
        tell: impl Fn(&ImageRecord) -> T,
    ) -> Result<Vec<T>, ApiError> {
        let images: BTreeSet<&ImageId> = images.iter().collect();
        let images: Vec<&ImageId> = images.into_iter().collect();
        let mut found = Vec::with_capacity(images.len());
        for images in images.chunks(IDS_IN_CALL) {
            match self.tell_of_images(caller, &ImageQuery::of(images), &tell) {
                Ok(all) => found.extend(all),
                Err(error) if error.code() == Some(Refusal::IMAGE_NOT_FOUND) => {
                    for images in images.chunks(IDS_IN_FILTER) {
                        let ids = images.iter().map(ToString::to_string).collect();
                        let query = ImageQuery::filtered("image-id", ids);
                        found.extend(self.tell_of_images(caller, &query, &tell)?);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// The caller's own images with an encrypted snapshot; where accounts are named, those that are
    /// shared with one of them by its own entry
    pub(crate) fn describe_encrypted_images(
        &mut self,
        caller: Caller<'_>,
        shared_with: &[AccountId],
    ) -> Result<Vec<Image>, ApiError> {
        let mut query =
            ImageQuery::filtered("block-device-mapping.encrypted", vec!["true".to_owned()]);
        query.owners = vec![ImageOwner::Account(caller.account)];
        query.executable_by = shared_with
            .iter()
            .map(|account| ExecutableBy::Account(*account))
            .collect();
        self.tell_of_images(caller, &query, |image| image.told_to(caller.account))
    }

    fn tell_of_images<T>(
        &mut self,
        caller: Caller<'_>,
        query: &ImageQuery,
        tell: impl Fn(&ImageRecord) -> T,
    ) -> Result<Vec<T>, ApiError> {
        self.read(caller, Asked::ec2(OPERATION), |state| {
            let images = state.select_images(caller, query, None)?;
            Ok(images.map(tell).collect())
        })
    }

    /// How many public images the caller has in the Region
    pub(crate) fn count_public_images(&self, caller: Caller<'_>) -> usize {
        let query = ImageQuery {
            owners: vec![ImageOwner::Account(caller.account)],
            ..ImageQuery::filtered("is-public", vec!["true".to_owned()])
        };
        // INVARIANT: the filter is one that there is, and no id is asked for.
        let images = self.select_images(caller, &query, None);
        images.map(Iterator::count).unwrap_or_default()
    }

    /// One page of what others share with the caller, in the order of the ids
    pub(crate) fn describe_shared_images(
        &self,
        caller: Caller<'_>,
        next_token: Option<&str>,
    ) -> Result<Page<SharedImage>, Refusal> {
        let query = ImageQuery {
            executable_by: vec![ExecutableBy::Caller],
            ..ImageQuery::whole()
        };
        let page = self.page_of_images(caller, &query, Some(State::PAGE_SIZE), next_token)?;
        let items = page.items.into_iter();
        Ok(Page {
            items: items
                .map(|image| image.told_to(caller.account).into())
                .collect(),
            next_token: page.next_token,
        })
    }

    /// One page of the images that a query finds, in the order of their ids
    ///
    /// Everything is on one page if no most is given, unless the world has smaller pages on purpose.
    pub(crate) fn page_of_images(
        &self,
        caller: Caller<'_>,
        query: &ImageQuery,
        most: Option<usize>,
        next_token: Option<&str>,
    ) -> Result<Page<&ImageRecord>, Refusal> {
        let asked = (caller.account, caller.region, OPERATION, query);
        let place = Place::of(&asked, next_token).map_err(unreadable)?;
        let after = place.after().map(str::parse).transpose();
        let after = after.map_err(|_| unreadable(BadToken))?;
        let most = most.unwrap_or(usize::MAX).min(self.page_limit());
        let found = self.select_images(caller, query, after)?;
        Ok(place.page(found.map(|image| (image.id.to_string(), image)), most))
    }

    /// The images that a query finds behind an id, in the order of their ids
    fn select_images<'a, 'q>(
        &'a self,
        caller: Caller<'q>,
        query: &'q ImageQuery,
        after: Option<ImageId>,
    ) -> Result<impl Iterator<Item = &'a ImageRecord> + use<'a, 'q>, Refusal> {
        let unseen: BTreeSet<&ImageId> = query
            .ids
            .iter()
            .filter(|id| !self.is_there_for(caller, id))
            .collect();
        if !unseen.is_empty() {
            return Err(Refusal::images_not_found(unseen));
        }
        let (few, all) = match query.candidates() {
            Some(ids) => (Some(ids), None),
            None => (None, self.images.get(caller.region)),
        };
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let behind = (from, Bound::Unbounded);
        let all = all
            .into_iter()
            .flat_map({
                let behind = behind.clone();
                move |images| images.range(behind.clone())
            })
            .map(|(_, image)| image);
        let few = few
            .into_iter()
            .flatten()
            .filter(move |id| behind.contains(id))
            .filter_map(move |id| self.image(caller.region, &id));
        Ok(few
            .chain(all)
            .filter(move |image| self.finds(caller, query, image)))
    }

    fn is_there_for(&self, caller: Caller<'_>, image: &ImageId) -> bool {
        self.seen_image(caller, image).is_some_and(|image| {
            self.is_allowed_image(caller.region, caller.account, image) != AllowedImage::Hidden
        })
    }

    fn finds(&self, caller: Caller<'_>, query: &ImageQuery, image: &ImageRecord) -> bool {
        let is_own = image.owner == caller.account;
        let hidden_as_deprecated = !query.include_deprecated
            && !is_own
            && query.ids.is_empty()
            && self.is_deprecated(image);
        // That a disabled image is left out when it is asked for by its id is not documented.
        let hidden_as_disabled = !query.include_disabled && image.state == ImageState::Disabled;
        !hidden_as_deprecated
            && !hidden_as_disabled
            && self.sees(caller.account, image)
            && self.is_allowed_image(caller.region, caller.account, image) != AllowedImage::Hidden
            && is_any(&query.owners, |owner| {
                *owner == ImageOwner::Account(image.owner)
            })
            && is_any(&query.executable_by, |by| match by {
                ExecutableBy::Caller => self.is_shared_with(caller, image),
                ExecutableBy::Account(account) => {
                    is_own && image.permissions.current().contains(&(*account).into())
                }
                ExecutableBy::All => image.is_public(),
            })
            && query
                .filters
                .iter()
                .all(|filter| self.is_match(caller, filter, image))
    }

    /// Whether it is shared with the caller by more than being public
    fn is_shared_with(&self, caller: Caller<'_>, image: &ImageRecord) -> bool {
        let permission = self.launch_permission_of(caller.account, image);
        image.owner != caller.account
            && self.sees(caller.account, image)
            && permission.is_some_and(|permission| permission != Principal::Public)
    }
}

/// Whether one of them is it, or there is nothing to choose from
fn is_any<T>(choices: &[T], is_it: impl Fn(&T) -> bool) -> bool {
    choices.is_empty() || choices.iter().any(is_it)
}

/// That AWS refuses the token of another query with this code too is not documented
pub(crate) fn unreadable(_: BadToken) -> Refusal {
    Refusal::new("InvalidParameterValue", "Unable to parse pagination token")
}
