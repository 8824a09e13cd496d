//! What is to be added and removed at one image or snapshot.

use crate::principal::{Principal, PrincipalSet};
use crate::request::Direction;

/// The difference between who has a permission and who should
#[derive(Debug, Default)]
pub(super) struct Diff {
    pub(super) add: Vec<Principal>,
    pub(super) remove: Vec<Principal>,
}

impl Diff {
    /// What takes `present` to what `named` and the direction ask for
    pub(super) fn between(
        present: &PrincipalSet,
        named: &PrincipalSet,
        direction: Direction,
    ) -> Self {
        let missing = || {
            named
                .iter()
                .filter(|p| !present.contains(p))
                .cloned()
                .collect()
        };
        match direction {
            Direction::Share => Self {
                add: missing(),
                remove: Vec::new(),
            },
            Direction::Revoke => Self {
                add: Vec::new(),
                remove: named
                    .iter()
                    .filter(|p| present.contains(p))
                    .cloned()
                    .collect(),
            },
            Direction::Exactly { .. } => Self {
                add: missing(),
                remove: present
                    .iter()
                    .filter(|p| !named.contains(p))
                    .cloned()
                    .collect(),
            },
        }
    }

    /// How many accounts, organizations and OUs have the permission afterwards
    pub(super) fn entities_after(&self, present: &PrincipalSet) -> usize {
        let is_entity = |p: &&Principal| **p != Principal::Public;
        let before = present.iter().filter(is_entity).count();
        let added = self.add.iter().filter(is_entity).count();
        let removed = self.remove.iter().filter(is_entity).count();
        before + added - removed
    }

    pub(super) fn makes_public(&self) -> bool {
        self.add.contains(&Principal::Public)
    }

    /// The difference cut into calls of at most `size` entries each
    ///
    /// Additions come first, so that a principal whose account entry gives way to its organization
    /// keeps access throughout; only where that would pass the quota on the way, removals do.
    pub(super) fn chunks(
        self,
        size: usize,
        order: ChunkOrder,
    ) -> impl Iterator<Item = (Vec<Principal>, Vec<Principal>)> {
        let mut add = self.add.into_iter();
        let mut remove = self.remove.into_iter();
        std::iter::from_fn(move || {
            let (added, removed): (Vec<_>, Vec<_>);
            match order {
                ChunkOrder::AdditionsFirst => {
                    added = add.by_ref().take(size).collect();
                    removed = remove.by_ref().take(size - added.len()).collect();
                }
                ChunkOrder::RemovalsFirst => {
                    removed = remove.by_ref().take(size).collect();
                    added = add.by_ref().take(size - removed.len()).collect();
                }
            }
            (!added.is_empty() || !removed.is_empty()).then_some((added, removed))
        })
    }
}

/// Which half of a difference goes into the first calls
#[derive(Clone, Copy, Debug)]
pub(super) enum ChunkOrder {
    AdditionsFirst,
    RemovalsFirst,
}
