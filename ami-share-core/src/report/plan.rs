use std::fmt;

use super::list::{are_alike, counted, cut};
use super::policy_change::changed_lines;
use super::table::Table;
use crate::id::{ImageId, KeyArn, Region};
use crate::plan::{Action, Plan, Step};
use crate::principal::Principal;
use crate::request::Direction;

pub(super) fn summary(plan: &Plan) -> String {
    if plan.is_empty() {
        return "Nothing to do: everything is as asked for.".into();
    }
    let steps = plan.steps();
    let added: usize = steps.iter().map(|step| step.action.added().len()).sum();
    let removed: usize = steps.iter().map(|step| step.action.removed().len()).sum();
    let mut parts = vec![format!("{added} to add, {removed} to remove")];
    let count = |operation: &str| {
        let of_operation = steps.iter().map(|step| step.action.operation());
        of_operation.filter(|name| *name == operation).count()
    };
    for (operation, noun, verb) in [
        ("PutKeyPolicy", "key policy", "to change"),
        ("CreateGrant", "grant", "to make"),
        ("RevokeGrant", "grant", "to revoke"),
    ] {
        match count(operation) {
            0 => {}
            many if many > 1 && noun == "key policy" => {
                parts.push(format!("{many} key policies {verb}"));
            }
            many => parts.push(format!("{} {verb}", counted(many, noun))),
        }
    }
    let calls = counted(steps.len(), "call");
    format!("Plan: {}, in {calls}.", parts.join(", "))
}

pub(super) fn table(plan: &Plan) -> Table<5> {
    let rows = plan.steps().chunk_by(are_alike).filter_map(|alike| {
        let step = alike.first()?;
        let change = match &step.action {
            Action::PutKeyPolicy { key, .. } => format!("{} of {key}", of_key(&step.action)),
            action => changes(action, alike).join(", "),
        };
        let image = step.image.as_ref();
        Some([
            step.region.to_string(),
            image.map(ToString::to_string).unwrap_or_default(),
            step.action.operation().to_owned(),
            change,
            step.reason.clone(),
        ])
    });
    Table {
        head: ["Region", "image", "call", "change", "why"],
        rows: rows.collect(),
    }
}

/// The key policies that change, each with the lines that do
pub(super) fn policy_changes(plan: &Plan) -> impl Iterator<Item = (&KeyArn, Vec<String>)> {
    plan.steps().iter().filter_map(|step| match &step.action {
        Action::PutKeyPolicy { key, diff, .. } => Some((key, changed_lines(diff))),
        _ => None,
    })
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let images: usize = self.request().images().values().map(|ids| ids.len()).sum();
        let verb = match self.request().direction() {
            Direction::Share => "Share",
            Direction::Revoke => "Revoke",
            Direction::Exactly { .. } => "Share exactly",
        };
        let principals = self.request().principals().len();
        writeln!(
            f,
            "{verb}: {}, {}",
            counted(images, "image"),
            counted(principals, "principal")
        )?;
        let mut heading = None;
        for alike in self.steps().chunk_by(are_alike) {
            let Some(step) = alike.first() else {
                continue;
            };
            let about = (&step.region, step.image.as_ref());
            if heading != Some(about) {
                heading = Some(about);
                writeln!(f, "\n  {}", heading_of(self, about))?;
            }
            write_steps(f, step, alike)?;
        }
        writeln!(f, "\n{}", summary(self))?;
        // What to know about doing it is noise where nothing is done.
        for notice in self.notices().iter().filter(|_| !self.is_empty()) {
            writeln!(f, "Note: {notice}")?;
        }
        Ok(())
    }
}

fn heading_of(plan: &Plan, (region, image): (&Region, Option<&ImageId>)) -> String {
    let Some(image) = image else {
        return format!("keys and tags in {region}");
    };
    let name = plan
        .seen()
        .image(region, image)
        .and_then(|seen| seen.image.name.as_ref());
    match name {
        Some(name) => format!("{image} \"{name}\" in {region}"),
        None => format!("{image} in {region}"),
    }
}

/// A step, or several grants of one key
fn write_steps(f: &mut fmt::Formatter<'_>, step: &Step, alike: &[Step]) -> fmt::Result {
    let (subject, sign) = match &step.action {
        Action::ModifyImageAttribute { add, remove, .. } => {
            let sign = match (add.is_empty(), remove.is_empty()) {
                (false, true) => '+',
                (true, false) => '-',
                _ => '~',
            };
            ("launch permission".to_owned(), sign)
        }
        Action::ModifySnapshotAttribute { snapshot, .. } => {
            let sign = if step.action.removed().is_empty() {
                '+'
            } else {
                '-'
            };
            (format!("create-volume permission of {snapshot}"), sign)
        }
        Action::CreateGrant { key, .. } => {
            (format!("{} of {key}", counted(alike.len(), "grant")), '+')
        }
        Action::RevokeGrant { key, .. } => {
            (format!("{} of {key}", counted(alike.len(), "grant")), '-')
        }
        Action::PutKeyPolicy { key, .. } => (format!("policy of {key}"), '~'),
        Action::CreateTags { resources, .. } => {
            (format!("on {}", counted(resources.len(), "resource")), '+')
        }
        Action::DeleteTags { resources, .. } => {
            (format!("off {}", counted(resources.len(), "resource")), '-')
        }
    };
    writeln!(f, "    {sign} {subject}  # {}", step.reason)?;
    for change in changes(&step.action, alike) {
        writeln!(f, "        {change}")?;
    }
    Ok(())
}

/// What a call, or several calls for grants of one key, change: one line each, long lists cut
fn changes(action: &Action, alike: &[Step]) -> Vec<String> {
    let mut lines = cut('+', action.added().iter().map(described));
    lines.extend(cut('-', action.removed().iter().map(described)));
    let sign = match action {
        Action::DeleteTags { .. } | Action::RevokeGrant { .. } => '-',
        _ => '+',
    };
    let grantees = alike.iter().filter_map(|step| step.action.grantee());
    lines.extend(cut(sign, grantees));
    if let Action::PutKeyPolicy { diff, .. } = action {
        lines.extend(changed_lines(diff));
    }
    if let Some((_, tags)) = action.tagged() {
        let tags = tags.iter();
        lines.extend(tags.map(|(key, value)| format!("{sign} {key} = {value}")));
    }
    lines
}

/// How many a call lets into a key, and out of it
pub(super) fn of_key(action: &Action) -> String {
    match action {
        Action::PutKeyPolicy { add, remove, .. } => format!("+{} -{}", add.len(), remove.len()),
        Action::RevokeGrant { .. } => "+0 -1".to_owned(),
        _ => "+1 -0".to_owned(),
    }
}

fn described(principal: &Principal) -> String {
    match principal {
        Principal::Public => "the public (every AWS account)".into(),
        other => other.to_string(),
    }
}
