use std::collections::BTreeMap;

use super::super::call::Caller;
use super::super::refusal::Refusal;
use super::super::state::State;
#[cfg(feature = "simulator-server")]
use super::volume::check_id;
use crate::id::{AccountId, ImageId, ResourceId, SnapshotId};
use crate::resource::Tags;

/// Tags of an image's owner with this prefix are shown to all that the image is shared with
const SHARED: &str = "ec2:SharedTag/";
const RESOURCES_IN_CALL: usize = 1_000;
/// What one `DeleteTags` takes off
const TAGS_TO_DELETE: usize = 1_000;
const TAGS_ON_RESOURCE: usize = 50;
const KEY_CHARACTERS: usize = 127;
const VALUE_CHARACTERS: usize = 256;

/// What tags are put on
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Taggable {
    Image(ImageId),
    Snapshot(SnapshotId),
    Volume(String),
    Instance(String),
}

/// Which tags are taken off: by key, whatever their value or with one value alone
pub(crate) type TagsToDelete = BTreeMap<String, Option<String>>;

impl Taggable {
    /// From an id of any of the kinds
    #[cfg(feature = "simulator-server")]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Ok(resource) = text.parse::<ResourceId>() {
            return Some((&resource).into());
        }
        if check_id("vol-", text).is_ok() {
            return Some(Self::Volume(text.to_owned()));
        }
        check_id("i-", text)
            .is_ok()
            .then(|| Self::Instance(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Image(id) => id.as_str(),
            Self::Snapshot(id) => id.as_str(),
            Self::Volume(id) | Self::Instance(id) => id,
        }
    }
}

impl From<&ResourceId> for Taggable {
    fn from(id: &ResourceId) -> Self {
        match id {
            ResourceId::Image(id) => Self::Image(id.clone()),
            ResourceId::Snapshot(id) => Self::Snapshot(id.clone()),
        }
    }
}

/// The tags of one resource, which every account has its own of
#[derive(Debug, Default)]
pub(crate) struct TagSets(BTreeMap<AccountId, Tags>);

impl TagSets {
    pub(crate) fn with(account: AccountId, tags: Tags) -> Self {
        Self(BTreeMap::from([(account, tags)]))
    }

    #[cfg(feature = "simulator-server")]
    pub(crate) fn of(all: BTreeMap<AccountId, Tags>) -> Self {
        Self(all)
    }

    /// Those of each account
    #[cfg(feature = "simulator-server")]
    pub(crate) fn all(&self) -> &BTreeMap<AccountId, Tags> {
        &self.0
    }

    /// Those that the account put on itself
    pub(crate) fn by(&self, account: AccountId) -> Tags {
        self.0.get(&account).cloned().unwrap_or_default()
    }

    /// Those of an image that the account can see: its own, and the owner's shared ones
    pub(crate) fn of_image(&self, owner: AccountId, account: AccountId) -> Tags {
        let mut tags = self.by(account);
        if let Some(of_owner) = self.0.get(&owner) {
            let shared = of_owner.iter().filter(|(key, _)| key.starts_with(SHARED));
            tags.extend(shared.map(|(key, value)| (key.clone(), value.clone())));
        }
        tags
    }

    /// How many user tags the account would have with these
    fn count_with(&self, account: AccountId, new: &Tags) -> usize {
        let none = Tags::new();
        let old = self.0.get(&account).unwrap_or(&none);
        let kept = old
            .keys()
            .filter(|&key| !is_reserved(key) && !new.contains_key(key));
        kept.count() + new.len()
    }

    fn add(&mut self, account: AccountId, new: &Tags) {
        let tags = self.0.entry(account).or_default();
        tags.extend(new.iter().map(|(key, value)| (key.clone(), value.clone())));
    }

    /// Nothing that is AWS's own is taken off
    fn remove(&mut self, account: AccountId, old: &TagsToDelete) {
        if let Some(tags) = self.0.get_mut(&account) {
            tags.retain(|key, value| match old.get(key) {
                _ if is_reserved(key) => true,
                None => !old.is_empty(),
                Some(None) => false,
                Some(Some(old)) => old != value,
            });
        }
    }
}

impl State {
    /// Puts the tags on all the resources, or on none
    ///
    /// An account can tag what others share with it; only it sees these tags.
    pub(crate) fn create_tags(
        &mut self,
        caller: Caller<'_>,
        resources: &[Taggable],
        tags: &Tags,
    ) -> Result<(), Refusal> {
        check_resources(resources)?;
        if tags.is_empty() {
            return Err(no_tags());
        }
        tags.iter()
            .try_for_each(|(key, value)| check_tag(key, value))?;
        for resource in resources {
            let (owner, sets) = self.tags_of(caller, resource)?;
            // That shared tags are read-only for recipients is documented, the code is not.
            let is_owner = owner == caller.account;
            if !is_owner && let Some(key) = tags.keys().find(|key| key.starts_with(SHARED)) {
                return Err(Refusal::new(
                    "OperationNotPermitted",
                    format!(
                        "Only the owner of {} can write the tag '{key}'",
                        resource.as_str()
                    ),
                ));
            }
            if sets.count_with(caller.account, tags) > TAGS_ON_RESOURCE {
                return Err(too_many());
            }
        }
        self.for_tags(caller, resources, |sets| sets.add(caller.account, tags));
        Ok(())
    }

    /// Takes the tags off that have the given value; another value stays
    ///
    /// AWS deletes all user tags of the resources when it is given none. No backend may let such a
    /// request through, so here it is refused.
    pub(crate) fn delete_tags(
        &mut self,
        caller: Caller<'_>,
        resources: &[Taggable],
        tags: &Tags,
    ) -> Result<(), Refusal> {
        if tags.is_empty() {
            return Err(no_tags());
        }
        let tags = tags
            .iter()
            .map(|(key, value)| (key.clone(), Some(value.clone())));
        self.delete_tags_by_key(caller, resources, &tags.collect())
    }

    /// Takes tags off as `DeleteTags` does: without any named, all user tags
    pub(crate) fn delete_tags_by_key(
        &mut self,
        caller: Caller<'_>,
        resources: &[Taggable],
        tags: &TagsToDelete,
    ) -> Result<(), Refusal> {
        check_resources(resources)?;
        if tags.len() > TAGS_TO_DELETE {
            return Err(invalid(format!(
                "{} tags in one request; the most is {TAGS_TO_DELETE}",
                tags.len()
            )));
        }
        tags.iter()
            .try_for_each(|(key, value)| check_tag(key, value.as_deref().unwrap_or_default()))?;
        for resource in resources {
            self.tags_of(caller, resource)?;
        }
        self.for_tags(caller, resources, |sets| sets.remove(caller.account, tags));
        Ok(())
    }

    /// Every tag that the caller sees on something: the resource's id, its kind, and its tags
    #[cfg(feature = "simulator-server")]
    pub(crate) fn all_tags<'a>(
        &'a self,
        caller: Caller<'a>,
    ) -> impl Iterator<Item = (&'a str, &'static str, Tags)> {
        let account = caller.account;
        let region = caller.region;
        // Tags are few among many images: those are looked at first.
        let images = self
            .images
            .get(region)
            .into_iter()
            .flat_map(BTreeMap::values);
        let images = images
            .map(move |image| (image, image.tags.of_image(image.owner, account)))
            .filter(move |(image, tags)| {
                !tags.is_empty() && self.seen_image(caller, &image.id).is_some()
            })
            .map(|(image, tags)| (image.id.as_str(), "image", tags));
        let instances = self
            .instances_in(region)
            .map(move |instance| (instance.id.as_str(), "instance", instance.tags.by(account)));
        let snapshots = self
            .snapshots_in(region)
            .map(move |snapshot| (snapshot, snapshot.tags.by(account)))
            .filter(move |(snapshot, tags)| {
                !tags.is_empty() && self.seen_snapshot(caller, &snapshot.id).is_ok()
            })
            .map(|(snapshot, tags)| (snapshot.id.as_str(), "snapshot", tags));
        let volumes = self
            .volumes_in(region)
            .map(move |volume| (volume.id.as_str(), "volume", volume.tags.by(account)));
        images
            .chain(instances)
            .chain(snapshots)
            .chain(volumes)
            .filter(|(_, _, tags)| !tags.is_empty())
    }

    /// The owner and the tags of a resource that the caller can see
    fn tags_of(
        &self,
        caller: Caller<'_>,
        resource: &Taggable,
    ) -> Result<(AccountId, &TagSets), Refusal> {
        match resource {
            Taggable::Image(id) => self
                .seen_image(caller, id)
                .map(|record| (record.owner, &record.tags))
                .ok_or_else(|| Refusal::images_not_found([id])),
            Taggable::Snapshot(id) => self
                .seen_snapshot(caller, id)
                .map(|record| (record.owner, &record.tags)),
            Taggable::Volume(id) => self
                .own_volume(caller, id)
                .map(|record| (record.owner, &record.tags)),
            Taggable::Instance(id) => self
                .own_instance(caller, id)
                .map(|record| (record.owner, &record.tags)),
        }
    }

    fn for_tags(
        &mut self,
        caller: Caller<'_>,
        resources: &[Taggable],
        change: impl Fn(&mut TagSets),
    ) {
        for resource in resources {
            let sets = match resource {
                Taggable::Image(id) => self
                    .image_mut(caller.region, id)
                    .map(|record| &mut record.tags),
                Taggable::Snapshot(id) => self
                    .snapshot_mut(caller.region, id)
                    .map(|record| &mut record.tags),
                Taggable::Volume(id) => self
                    .volumes
                    .get_mut(caller.region)
                    .and_then(|volumes| volumes.get_mut(id))
                    .map(|record| &mut record.tags),
                Taggable::Instance(id) => self
                    .instances
                    .get_mut(caller.region)
                    .and_then(|instances| instances.get_mut(id))
                    .map(|record| &mut record.tags),
            };
            if let Some(sets) = sets {
                change(sets);
            }
        }
    }
}

/// What is wrong with a request by itself
fn check_resources(resources: &[Taggable]) -> Result<(), Refusal> {
    if resources.is_empty() {
        return Err(Refusal::new(
            "MissingParameter",
            "The request must contain the parameter resourceIdSet",
        ));
    }
    if resources.len() > RESOURCES_IN_CALL {
        return Err(invalid(format!(
            "{} resources in one request; the most is {RESOURCES_IN_CALL}",
            resources.len()
        )));
    }
    Ok(())
}

fn no_tags() -> Refusal {
    Refusal::new(
        "MissingParameter",
        "The request must contain the parameter tagSet",
    )
}

/// What is wrong with tags that a new resource is to have
pub(crate) fn check_tags(tags: &Tags) -> Result<(), Refusal> {
    tags.iter()
        .try_for_each(|(key, value)| check_tag(key, value))?;
    if tags.len() > TAGS_ON_RESOURCE {
        return Err(too_many());
    }
    Ok(())
}

fn too_many() -> Refusal {
    Refusal::new(
        "TagLimitExceeded",
        "The maximum number of Tags for a resource has been reached.",
    )
}

/// The bounds are documented, their code is not for all of them
fn check_tag(key: &str, value: &str) -> Result<(), Refusal> {
    if is_reserved(key) {
        return Err(invalid(
            "Tag keys starting with 'aws:' are reserved for internal use",
        ));
    }
    if key.is_empty() || key.chars().count() > KEY_CHARACTERS {
        return Err(invalid(format!(
            "Tag key '{key}' must have 1 to {KEY_CHARACTERS} characters"
        )));
    }
    if value.chars().count() > VALUE_CHARACTERS {
        return Err(invalid(format!(
            "The value of tag '{key}' must have at most {VALUE_CHARACTERS} characters"
        )));
    }
    Ok(())
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidParameterValue", message)
}

pub(crate) fn is_reserved(key: &str) -> bool {
    key.get(..4)
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"))
}
