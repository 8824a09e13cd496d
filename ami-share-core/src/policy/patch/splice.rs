//! The text of a policy with other statements of ours in it: everything else is copied.

use std::collections::BTreeMap;

use crate::id::Partition;
use crate::policy::KeyPolicy;
use crate::policy::document::{Canonical, Node, StatementText, Style, is_list};

/// Between a statement that stood alone, without a list, and ours behind it
///
/// Nobody else puts a space before a comma there, so when ours go, it is known that there was no list.
const BEHIND_A_LONE_STATEMENT: &str = " , ";

/// What a patch makes of a policy
#[derive(Debug, Default)]
pub(super) struct Spliced {
    /// The new text, if it is another one
    pub(super) text: Option<String>,
    pub(super) added: Vec<String>,
    pub(super) changed: Vec<String>,
    pub(super) removed: Vec<String>,
}

/// Each wanted statement takes the place of the one with its Sid, or is put behind the others
pub(super) fn splice(policy: &KeyPolicy, wanted: &[Canonical], partition: &Partition) -> Spliced {
    let mut spliced = Spliced::default();
    let mut waiting: BTreeMap<&str, &Canonical> = wanted
        .iter()
        .filter_map(|statement| Some((statement.sid()?, statement)))
        .collect();
    let mut layout = Layout::of(policy);
    for statement in policy.statements() {
        let sid = statement.sid().filter(|_| statement.is_ours());
        let Some(sid) = sid else {
            layout.keep(statement, None);
            continue;
        };
        // Of two statements with the same Sid, the second goes.
        match waiting.remove(&*sid) {
            Some(wanted) if *wanted == statement.canonical() => layout.keep(statement, None),
            Some(wanted) => {
                let style = Style::of(policy.as_str(), statement.node());
                layout.keep(statement, Some(wanted.print(&style, Some(partition))));
                spliced.changed.push(sid.into_owned());
            }
            None => spliced.removed.push(sid.into_owned()),
        }
    }
    let style = layout.style();
    for statement in wanted {
        if let Some(sid) = statement.sid().filter(|sid| waiting.contains_key(sid)) {
            layout.append(statement.print(&style, Some(partition)));
            spliced.added.push(sid.to_owned());
        }
    }
    let is_same =
        spliced.added.is_empty() && spliced.changed.is_empty() && spliced.removed.is_empty();
    spliced.text = (!is_same).then(|| layout.print());
    spliced
}

/// The statements of the new text, each with what stands before it
struct Layout<'a> {
    text: &'a str,
    list: Option<&'a Node>,
    items: &'a [Node],
    /// Between the bracket and the first statement
    lead: &'a str,
    printed: String,
    count: usize,
    /// Whether the only statement of somebody else once stood without a list
    lone: bool,
    foreign: usize,
}

impl<'a> Layout<'a> {
    fn of(policy: &'a KeyPolicy) -> Self {
        let text = policy.as_str();
        let list = policy.list();
        let items = list.map_or(&[] as &[Node], Node::items);
        let mut layout = Self {
            text,
            list,
            items,
            lead: "",
            printed: String::with_capacity(text.len() + 1_024),
            count: 0,
            lone: false,
            foreign: 0,
        };
        let (Some(list), Some(first), Some(last)) = (list, items.first(), items.last()) else {
            return layout;
        };
        if is_list(list) {
            layout.lead = layout.slice(list.range.start + 1, first.range.start);
            let tail = layout.slice(last.range.end, list.range.end - 1);
            let behind = layout.gap(1) == Some(BEHIND_A_LONE_STATEMENT);
            layout.lone = behind && layout.lead.is_empty() && tail.is_empty();
        } else {
            layout.lone = true;
        }
        layout
    }

    fn keep(&mut self, statement: StatementText<'a>, printed: Option<String>) {
        if !statement.is_ours() {
            self.foreign += 1;
            self.lone &= statement.index() == 0;
        }
        let before = match self.count {
            0 => self.lead,
            _ => self.gap(statement.index()).unwrap_or(","),
        };
        self.printed.push_str(before);
        self.printed
            .push_str(printed.as_deref().unwrap_or(statement.as_str()));
        self.count += 1;
    }

    fn append(&mut self, printed: String) {
        let gap = match (self.count, self.items.len()) {
            (0, _) => self.lead.to_owned(),
            (_, 1) if self.is_bare() => BEHIND_A_LONE_STATEMENT.to_owned(),
            (_, 0 | 1) if self.lead.is_empty() => ",".to_owned(),
            (_, 0 | 1) => format!(",{}", self.lead),
            (_, length) => self.gap(length - 1).unwrap_or(",").to_owned(),
        };
        self.printed.push_str(&gap);
        self.printed.push_str(&printed);
        self.count += 1;
    }

    /// The layout of what is put behind the last statement
    fn style(&self) -> Style {
        match self.items.last() {
            Some(last) => Style::of(self.text, last),
            None => Style::line(),
        }
    }

    fn print(self) -> String {
        let Some(list) = self.list else {
            return self.text.to_owned();
        };
        let start = self.slice(0, list.range.start);
        let end = self.slice(list.range.end, self.text.len());
        let tail = match (self.items.last(), self.is_bare()) {
            (Some(last), false) => self.slice(last.range.end, list.range.end - 1),
            (None, false) => self.slice(list.range.start + 1, list.range.end - 1),
            (_, true) => "",
        };
        let statements = &self.printed;
        if self.lone && self.foreign == 1 && self.count == 1 {
            return format!("{start}{statements}{end}");
        }
        format!("{start}[{statements}{tail}]{end}")
    }

    /// Whether `Statement` is one statement, without a list
    fn is_bare(&self) -> bool {
        self.list.is_some_and(|list| !is_list(list))
    }

    /// What stands between the statement with this index and the one before it
    fn gap(&self, index: usize) -> Option<&'a str> {
        let before = self.items.get(index.checked_sub(1)?)?;
        Some(self.slice(before.range.end, self.items.get(index)?.range.start))
    }

    fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }
}
