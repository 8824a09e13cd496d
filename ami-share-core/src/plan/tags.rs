//! Which tags are missing where, in as few calls as EC2 allows.

use std::collections::BTreeMap;

use super::{Action, Refusal};
use crate::id::ResourceId;
use crate::request::Direction;
use crate::resource::{TagProblem, Tags};

/// Resources that one `CreateTags` or `DeleteTags` takes
const RESOURCES_PER_CALL: usize = 1_000;

/// Gathers the resources of one Region that need the same change
#[derive(Debug)]
pub(super) struct TagDiff<'a> {
    wanted: &'a Tags,
    direction: Direction,
    groups: BTreeMap<Tags, Group>,
}

#[derive(Debug, Default)]
struct Group {
    resources: Vec<ResourceId>,
    replaced: BTreeMap<ResourceId, Tags>,
}

impl<'a> TagDiff<'a> {
    pub(super) fn new(wanted: &'a Tags, direction: Direction) -> Self {
        Self {
            wanted,
            direction,
            groups: BTreeMap::new(),
        }
    }

    /// Takes a resource in, or refuses it when it would have too many tags
    pub(super) fn visit(&mut self, resource: ResourceId, present: &Tags) -> Result<(), Refusal> {
        let revokes = self.direction == Direction::Revoke;
        let change: Tags = self
            .wanted
            .iter()
            .filter(|(key, value)| (present.get(*key) == Some(value)) == revokes)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        if change.is_empty() {
            return Ok(());
        }
        let replaced: Tags = present
            .iter()
            .filter(|(key, _)| !revokes && change.contains_key(*key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let own = present
            .keys()
            .filter(|key| !TagProblem::is_reserved(key))
            .count();
        let count = own + change.len() - replaced.len();
        if !revokes && count > TagProblem::MOST {
            return Err(Refusal::TooManyTags { resource, count });
        }
        let group = self.groups.entry(change).or_default();
        if !replaced.is_empty() {
            group.replaced.insert(resource.clone(), replaced);
        }
        group.resources.push(resource);
        Ok(())
    }

    pub(super) fn into_actions(self) -> impl Iterator<Item = Action> {
        let revokes = self.direction == Direction::Revoke;
        self.groups.into_iter().flat_map(move |(tags, mut group)| {
            let calls: Vec<Action> = group
                .resources
                .chunks(RESOURCES_PER_CALL)
                .map(|resources| {
                    let resources = resources.to_vec();
                    let tags = tags.clone();
                    if revokes {
                        return Action::DeleteTags { resources, tags };
                    }
                    let replaced = resources
                        .iter()
                        .filter_map(|resource| group.replaced.remove_entry(resource))
                        .collect();
                    Action::CreateTags {
                        resources,
                        tags,
                        replaced,
                    }
                })
                .collect();
            calls
        })
    }
}
