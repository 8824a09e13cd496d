use std::collections::{BTreeMap, BTreeSet};

use super::canonical::{Canonical, Element};
use super::node::{Member, Node};
use crate::id::{AccountId, Partition};

/// How a statement is laid out, so that a new one looks like its neighbours
#[derive(Clone, Debug)]
pub(in crate::policy) struct Style {
    /// Between two members on one line
    comma: String,
    /// Between a name and its value
    colon: String,
    /// Lists on one line, as KMS prints them
    flat_lists: bool,
    lines: Option<Lines>,
}

/// How lines are broken and indented
#[derive(Clone, Debug)]
struct Lines {
    newline: &'static str,
    base: String,
    unit: String,
}

impl Style {
    /// One member a line, indented by two spaces from `base`
    pub(in crate::policy) fn pretty(base: &str) -> Self {
        Self {
            comma: ", ".into(),
            colon: ": ".into(),
            flat_lists: false,
            lines: Some(Lines {
                newline: "\n",
                base: base.into(),
                unit: "  ".into(),
            }),
        }
    }

    /// All on one line
    pub(in crate::policy) fn line() -> Self {
        Self {
            lines: None,
            ..Self::pretty("")
        }
    }

    /// As the given statement is laid out
    pub(in crate::policy) fn of(text: &str, statement: &Node) -> Self {
        let between = |start: usize, end: usize, or: &str| match text.get(start..end) {
            Some(between) if !between.contains(['\n', '\r']) => between.to_owned(),
            _ => or.to_owned(),
        };
        let Some(first) = statement.members().first() else {
            return Self::line();
        };
        let colon = between(first.name.range.end, first.value.range.start, ": ");
        let comma = match statement.members().get(1) {
            Some(Member { name, .. }) => between(first.value.range.end, name.range.start, ", "),
            None => ", ".into(),
        };
        Self {
            comma,
            flat_lists: colon.starts_with(' '),
            colon,
            lines: Lines::of(statement.raw(text)),
        }
    }
}

impl Lines {
    fn of(statement: &str) -> Option<Self> {
        let (_, inner) = statement.split_once('\n')?;
        let (before, closing) = statement.rsplit_once('\n')?;
        let blank = |line: &str| -> String {
            let is_blank = |c: &char| matches!(c, ' ' | '\t');
            line.chars().take_while(is_blank).collect()
        };
        let base = blank(closing);
        let unit = match blank(inner).strip_prefix(&base) {
            Some(unit) if !unit.is_empty() => unit.to_owned(),
            _ => "  ".to_owned(),
        };
        let newline = if before.ends_with('\r') { "\r\n" } else { "\n" };
        Some(Self {
            newline,
            base,
            unit,
        })
    }
}

impl Canonical {
    /// The statement as text; with a partition, accounts are written as the ARNs that KMS stores
    pub(in crate::policy) fn print(&self, style: &Style, partition: Option<&Partition>) -> String {
        let mut printer = Printer {
            style,
            partition,
            text: String::new(),
            depth: 0,
        };
        printer.members(&self.members());
        printer.text
    }

    /// The members in the order in which AWS writes them
    pub(in crate::policy) fn members(&self) -> Vec<(&String, &Element)> {
        let mut members: Vec<(&String, &Element)> = self.0.iter().collect();
        members.sort_by_key(|(name, _)| rank(name));
        members
    }
}

/// Where a member of a statement is written
pub(in crate::policy) fn rank(name: &str) -> usize {
    const ORDER: [&str; 9] = [
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    ];
    ORDER
        .iter()
        .position(|known| *known == name)
        .unwrap_or(ORDER.len())
}

struct Printer<'a> {
    style: &'a Style,
    partition: Option<&'a Partition>,
    text: String,
    depth: usize,
}

impl Printer<'_> {
    fn members(&mut self, members: &[(&String, &Element)]) {
        self.text.push('{');
        self.depth += 1;
        for (index, (name, value)) in members.iter().enumerate() {
            self.separate(index);
            self.string(name);
            self.text.push_str(&self.style.colon);
            match (name.as_str(), value) {
                ("Principal" | "NotPrincipal", Element::Members(kinds)) if is_anyone(kinds) => {
                    self.string("*");
                }
                ("AWS", Element::Texts(principals)) => {
                    let printed = principals.iter().map(|text| self.principal(text)).collect();
                    self.texts(&printed);
                }
                (_, Element::Members(members)) => {
                    let members: Vec<_> = members.iter().collect();
                    self.members(&members);
                }
                (_, Element::Text(text)) => self.string(text),
                (_, Element::Texts(texts)) => self.texts(texts),
            }
        }
        self.depth -= 1;
        self.break_line();
        self.text.push('}');
    }

    fn texts(&mut self, texts: &BTreeSet<String>) {
        if let (Some(only), 1) = (texts.first(), texts.len()) {
            return self.string(only);
        }
        if self.style.flat_lists {
            let items: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
            self.text.push_str(&format!("[ {} ]", items.join(", ")));
            return;
        }
        self.text.push('[');
        self.depth += 1;
        for (index, text) in texts.iter().enumerate() {
            self.separate(index);
            self.string(text);
        }
        self.depth -= 1;
        self.break_line();
        self.text.push(']');
    }

    /// What stands before the member or item with this index
    fn separate(&mut self, index: usize) {
        if self.style.lines.is_some() {
            if index > 0 {
                self.text.push(',');
            }
            self.break_line();
        } else if index > 0 {
            self.text.push_str(&self.style.comma);
        }
    }

    fn break_line(&mut self) {
        if let Some(lines) = &self.style.lines {
            self.text.push_str(lines.newline);
            self.text.push_str(&lines.base);
            for _ in 0..self.depth {
                self.text.push_str(&lines.unit);
            }
        }
    }

    fn principal(&self, text: &str) -> String {
        match (self.partition, text.parse::<AccountId>()) {
            (Some(partition), Ok(account)) => account.root_arn(partition),
            _ => text.to_owned(),
        }
    }

    fn string(&mut self, text: &str) {
        self.text.push_str(&quoted(text));
    }
}

fn is_anyone(kinds: &BTreeMap<String, Element>) -> bool {
    let everybody = BTreeSet::from(["*".to_owned()]);
    kinds.len() == 1 && kinds.get("AWS") == Some(&Element::Texts(everybody))
}

fn quoted(text: &str) -> String {
    // INVARIANT: text always has a JSON form.
    serde_json::to_string(text).unwrap_or_default()
}
