use std::collections::BTreeMap;

use super::super::call::Caller;
use super::super::refusal::Refusal;
use super::super::state::State;
use crate::id::{AccountId, ResourceId};
use crate::resource::Tags;

/// Tags of an image's owner with this prefix are shown to all that the image is shared with
const SHARED: &str = "ec2:SharedTag/";
const RESOURCES_IN_CALL: usize = 1_000;
const TAGS_ON_RESOURCE: usize = 50;
const KEY_CHARACTERS: usize = 127;
const VALUE_CHARACTERS: usize = 256;

/// The tags of one resource, which every account has its own of
#[derive(Debug, Default)]
pub(crate) struct TagSets(BTreeMap<AccountId, Tags>);

impl TagSets {
    pub(crate) fn with(account: AccountId, tags: Tags) -> Self {
        Self(BTreeMap::from([(account, tags)]))
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

    fn remove(&mut self, account: AccountId, old: &Tags) {
        if let Some(tags) = self.0.get_mut(&account) {
            tags.retain(|key, value| old.get(key) != Some(value));
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
        resources: &[ResourceId],
        tags: &Tags,
    ) -> Result<(), Refusal> {
        check_request(resources, tags)?;
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
                return Err(Refusal::new(
                    "TagLimitExceeded",
                    "The maximum number of Tags for a resource has been reached.",
                ));
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
        resources: &[ResourceId],
        tags: &Tags,
    ) -> Result<(), Refusal> {
        check_request(resources, tags)?;
        for resource in resources {
            self.tags_of(caller, resource)?;
        }
        self.for_tags(caller, resources, |sets| sets.remove(caller.account, tags));
        Ok(())
    }

    /// The owner and the tags of a resource that the caller can see
    fn tags_of(
        &self,
        caller: Caller<'_>,
        resource: &ResourceId,
    ) -> Result<(AccountId, &TagSets), Refusal> {
        match resource {
            ResourceId::Image(id) => self
                .seen_image(caller, id)
                .map(|record| (record.owner, &record.tags))
                .ok_or_else(|| Refusal::images_not_found([id])),
            ResourceId::Snapshot(id) => self
                .seen_snapshot(caller, id)
                .map(|record| (record.owner, &record.tags)),
        }
    }

    fn for_tags(
        &mut self,
        caller: Caller<'_>,
        resources: &[ResourceId],
        change: impl Fn(&mut TagSets),
    ) {
        for resource in resources {
            let sets = match resource {
                ResourceId::Image(id) => self
                    .image_mut(caller.region, id)
                    .map(|record| &mut record.tags),
                ResourceId::Snapshot(id) => self
                    .snapshot_mut(caller.region, id)
                    .map(|record| &mut record.tags),
            };
            if let Some(sets) = sets {
                change(sets);
            }
        }
    }
}

/// What is wrong with a request by itself
fn check_request(resources: &[ResourceId], tags: &Tags) -> Result<(), Refusal> {
    if resources.is_empty() {
        return Err(Refusal::new(
            "MissingParameter",
            "The request must contain the parameter resourceIdSet",
        ));
    }
    if tags.is_empty() {
        return Err(Refusal::new(
            "MissingParameter",
            "The request must contain the parameter tagSet",
        ));
    }
    if resources.len() > RESOURCES_IN_CALL {
        return Err(invalid(format!(
            "{} resources in one request; the most is {RESOURCES_IN_CALL}",
            resources.len()
        )));
    }
    tags.iter()
        .try_for_each(|(key, value)| check_tag(key, value))
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

fn is_reserved(key: &str) -> bool {
    key.get(..4)
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"))
}
