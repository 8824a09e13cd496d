//! What differs between two key policies, for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::KeyPolicy;
use super::document::{Canonical, Element, Style, rank};

/// What differs between two key policies, by statement and line
///
/// Compared is what the statements mean, so that KMS's own rendering makes no difference. Printed as
/// text, each line has its mark first: `+` added, `-` removed, `~` changed, a space for the rest.
/// [`report::html::policy_diff`](crate::report::html::policy_diff) makes HTML of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicyDiff {
    lines: Vec<DiffLine>,
    counts: Counts,
    is_same_text: bool,
}

/// A line of a [`PolicyDiff`]
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct DiffLine {
    /// What became of the line
    pub mark: DiffMark,
    /// The line, without its mark
    pub text: String,
}

/// What became of a line
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[allow(clippy::exhaustive_enums)]
pub enum DiffMark {
    /// It is new
    Add,
    /// It heads a statement that is another one now
    Change,
    /// It is as it was
    Keep,
    /// It is gone
    Remove,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Counts {
    added: usize,
    changed: usize,
    removed: usize,
    kept: usize,
    /// Whether `Version` or `Id` differ
    head: bool,
}

impl KeyPolicy {
    /// What differs in `after`
    pub fn diff(&self, after: &Self) -> PolicyDiff {
        let mut diff = PolicyDiff {
            lines: Vec::new(),
            counts: Counts::default(),
            is_same_text: self == after,
        };
        diff.head(self, after);
        let before = statements(self);
        let mut after: Vec<Option<Shown>> = statements(after).into_iter().map(Some).collect();
        let partners: Vec<Option<Shown>> = before
            .iter()
            .map(|shown| take(&mut after, |other| other.statement == shown.statement))
            .collect();
        for (shown, same) in before.iter().zip(partners) {
            if same.is_some() {
                diff.counts.kept += 1;
                diff.push(DiffMark::Keep, format!("{}: unchanged", shown.name));
                continue;
            }
            let has_sid = |other: &Shown| {
                shown.statement.sid().is_some() && other.statement.sid() == shown.statement.sid()
            };
            match take(&mut after, has_sid) {
                Some(other) => {
                    diff.counts.changed += 1;
                    diff.push(DiffMark::Change, format!("{}:", shown.name));
                    diff.lines.extend(changed_lines(shown, &other));
                }
                None => {
                    diff.counts.removed += 1;
                    diff.whole(DiffMark::Remove, shown);
                }
            }
        }
        for shown in after.iter().flatten() {
            diff.counts.added += 1;
            diff.whole(DiffMark::Add, shown);
        }
        diff
    }
}

impl PolicyDiff {
    /// The lines in their order
    pub fn lines(&self) -> &[DiffLine] {
        &self.lines
    }

    /// Whether both policies mean the same
    pub fn is_empty(&self) -> bool {
        let counts = self.counts;
        counts.added + counts.changed + counts.removed == 0 && !counts.head
    }

    /// One line that says how many statements differ
    pub fn summary(&self) -> String {
        let counts = self.counts;
        match (self.is_empty(), self.is_same_text) {
            (true, true) => "no change".into(),
            (true, false) => "no change in meaning; the texts differ".into(),
            (false, _) => format!(
                "statements: {} added, {} changed, {} removed, {} unchanged",
                counts.added, counts.changed, counts.removed, counts.kept
            ),
        }
    }

    fn head(&mut self, before: &KeyPolicy, after: &KeyPolicy) {
        let version = |policy: &KeyPolicy| match policy.version() {
            super::Version::V2008 => "2008-10-17",
            super::Version::V2012 => "2012-10-17",
        };
        let id = |policy: &KeyPolicy| policy.id().map_or("none".into(), |id| format!("`{id}`"));
        let pairs = [
            ("Version", version(before).into(), version(after).into()),
            ("Id", id(before), id(after)),
        ];
        for (name, before, after) in pairs {
            let (before, after): (String, String) = (before, after);
            if before != after {
                self.counts.head = true;
                self.push(DiffMark::Remove, format!("{name}: {before}"));
                self.push(DiffMark::Add, format!("{name}: {after}"));
            }
        }
    }

    fn whole(&mut self, mark: DiffMark, shown: &Shown) {
        self.push(mark, format!("{}:", shown.name));
        for line in &shown.lines {
            self.push(mark, line.clone());
        }
    }

    fn push(&mut self, mark: DiffMark, text: String) {
        self.lines.push(DiffLine { mark, text });
    }
}

impl DiffMark {
    /// The character in front of a line of text
    pub fn symbol(self) -> char {
        match self {
            Self::Add => '+',
            Self::Change => '~',
            Self::Keep => ' ',
            Self::Remove => '-',
        }
    }
}

impl fmt::Display for PolicyDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary())?;
        for line in &self.lines {
            write!(f, "\n{} {}", line.mark.symbol(), line.text)?;
        }
        Ok(())
    }
}

/// A statement as it is shown
struct Shown {
    name: String,
    statement: Canonical,
    lines: Vec<String>,
}

fn statements(policy: &KeyPolicy) -> Vec<Shown> {
    let style = Style::pretty("  ");
    let show = |statement: super::StatementText<'_>| {
        let canonical = statement.canonical();
        let text = canonical.print(&style, None);
        Shown {
            name: statement.name().to_string(),
            lines: format!("  {text}").lines().map(str::to_owned).collect(),
            statement: canonical,
        }
    };
    policy.statements().map(show).collect()
}

fn take(statements: &mut [Option<Shown>], is_it: impl Fn(&Shown) -> bool) -> Option<Shown> {
    let found = statements
        .iter_mut()
        .find(|shown| shown.as_ref().is_some_and(&is_it))?;
    found.take()
}

/// What a statement says, one value a line, without what stays
fn changed_lines(before: &Shown, after: &Shown) -> Vec<DiffLine> {
    let before = before.statement.values();
    let after = after.statement.values();
    let line = |mark, place: &str, value: &str| DiffLine {
        mark,
        text: format!("  {place}: {value}"),
    };
    let places: BTreeSet<&(usize, String)> = before.keys().chain(after.keys()).collect();
    let none = BTreeSet::new();
    let mut lines = Vec::new();
    for place in places {
        let old = before.get(place).unwrap_or(&none);
        let new = after.get(place).unwrap_or(&none);
        let (_, name) = place;
        let removed = old.difference(new);
        let added = new.difference(old);
        lines.extend(removed.map(|value| line(DiffMark::Remove, name, value)));
        lines.extend(added.map(|value| line(DiffMark::Add, name, value)));
        let kept = old.intersection(new).count();
        if old != new && kept > 0 {
            lines.push(line(DiffMark::Keep, name, &format!("{kept} unchanged")));
        }
    }
    lines
}

type Values = BTreeMap<(usize, String), BTreeSet<String>>;

impl Canonical {
    /// The values at each place such as `Principal.AWS`, in the order of the members
    fn values(&self) -> Values {
        fn gather(rank: usize, place: &str, element: &Element, values: &mut Values) {
            let place_of_values = values.entry((rank, place.to_owned())).or_default();
            match element {
                Element::Text(text) => {
                    place_of_values.insert(text.clone());
                }
                Element::Texts(texts) if texts.is_empty() => {
                    place_of_values.insert("(none)".into());
                }
                Element::Texts(texts) => place_of_values.extend(texts.iter().cloned()),
                Element::Members(members) => {
                    for (name, element) in members {
                        gather(rank, &format!("{place}.{name}"), element, values);
                    }
                }
            }
        }
        let mut values = Values::new();
        for (name, element) in self.members() {
            gather(rank(name), name, element, &mut values);
        }
        values
    }
}

#[cfg(test)]
#[allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
mod tests;
