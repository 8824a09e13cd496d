use std::collections::{BTreeMap, BTreeSet};

use super::at::Part;

/// How a document is read on after a slip: without what cannot be read, and with keys for which the nearest
/// one is taken
///
/// All ways are those of the document as it is written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Repairs {
    left_out: BTreeSet<Vec<Part>>,
    taken_for: BTreeMap<Vec<Part>, String>,
}

impl Repairs {
    /// `false` if it was left out already
    pub(super) fn leave_out(&mut self, path: Vec<Part>) -> bool {
        self.taken_for.remove(&path);
        self.left_out.insert(path)
    }

    pub(super) fn take_for(&mut self, path: Vec<Part>, key: &str) -> bool {
        self.taken_for.insert(path, key.to_owned()).is_none()
    }

    /// The key beside this place that is taken for another one, if there is one
    pub(super) fn taken_for(&self, above: &[Part], key: &str) -> Option<Vec<Part>> {
        let found = self.taken_for.iter().find(|(path, taken)| {
            taken.as_str() == key && path.split_last().is_some_and(|(_, parent)| parent == above)
        });
        found.map(|(path, _)| path.clone())
    }

    /// Whether something below this place is left out
    pub(super) fn is_lost_below(&self, path: &[Part]) -> bool {
        self.left_out.iter().any(|lost| lost.starts_with(path))
    }

    pub(super) fn is_left_out(&self, path: &[Part]) -> bool {
        self.left_out.contains(path)
    }

    /// The key as which one is read
    pub(super) fn name_of<'k>(&'k self, path: &[Part], key: &'k str) -> &'k str {
        self.taken_for.get(path).map_or(key, String::as_str)
    }

    /// Where the value lacks something that the document may have
    pub(crate) fn lost(&self) -> Vec<Vec<Part>> {
        let as_read = |path: &Vec<Part>| {
            (1..=path.len())
                .filter_map(|parts| match path.get(..parts)? {
                    [.., Part::Item(index)] => Some(Part::Item(*index)),
                    way @ [.., Part::Field(key)] => {
                        Some(Part::Field(self.name_of(way, key).to_owned()))
                    }
                    [] => None,
                })
                .collect()
        };
        self.left_out.iter().map(as_read).collect()
    }

    /// The way in the document to what stands in the value at this one
    pub(crate) fn as_written(&self, path: &[Part]) -> Vec<Part> {
        let mut written: Vec<Part> = Vec::new();
        for part in path {
            match part {
                Part::Field(key) => match self.taken_for(&written, key) {
                    Some(path) => written = path,
                    None => written.push(part.clone()),
                },
                Part::Item(index) => {
                    let is_there = |item: &usize| {
                        let mut way = written.clone();
                        way.push(Part::Item(*item));
                        !self.left_out.contains(&way)
                    };
                    let item = (0..).filter(is_there).nth(*index);
                    written.push(Part::Item(item.unwrap_or(*index)));
                }
            }
        }
        written
    }
}
