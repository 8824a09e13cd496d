//! What a step changes in a key policy: only the statements that change, long lists cut.

use super::list::LISTED;

/// The lines of a policy diff, each with its mark first, without statements that stay as they are
pub(super) fn changed_lines(diff: &str) -> Vec<String> {
    let mut shown = Vec::new();
    let mut run: Option<Run<'_>> = None;
    for line in diff.lines().filter(|line| !is_unchanged_statement(line)) {
        let list = List::of(line);
        let count = match &mut run {
            Some(run) if run.list == list => {
                run.count += 1;
                run.count
            }
            _ => {
                shown.extend(run.take().and_then(|run| run.rest()));
                run = Some(Run { list, count: 1 });
                1
            }
        };
        if count <= LISTED {
            shown.push(line.to_owned());
        }
    }
    shown.extend(run.and_then(|run| run.rest()));
    shown
}

/// What the lines of one list have in common: the values of an array, or those at one place
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct List<'a> {
    mark: &'a str,
    indent: usize,
    place: &'a str,
}

#[derive(Debug)]
struct Run<'a> {
    list: List<'a>,
    count: usize,
}

impl<'a> List<'a> {
    fn of(line: &'a str) -> Self {
        let (mark, text) = line.split_at_checked(1).unwrap_or((line, ""));
        let trimmed = text.trim_start();
        Self {
            mark,
            indent: text.len() - trimmed.len(),
            place: trimmed.split_once(": ").map_or("", |(place, _)| place),
        }
    }
}

impl Run<'_> {
    fn rest(&self) -> Option<String> {
        let List { mark, indent, .. } = self.list;
        let more = self.count.checked_sub(LISTED).filter(|more| *more > 0)?;
        Some(format!("{mark}{:indent$}… and {more} more", ""))
    }
}

/// The line of a whole statement that stays; one inside a statement is indented further
fn is_unchanged_statement(line: &str) -> bool {
    let is_head = line.starts_with("  ") && !line.starts_with("   ");
    is_head && line.ends_with(": unchanged")
}
