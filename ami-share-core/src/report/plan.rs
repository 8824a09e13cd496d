use std::fmt;

use super::table::Table;
use crate::id::{ImageId, Region};
use crate::plan::{Action, Plan, Step};
use crate::principal::Principal;
use crate::request::Direction;

/// Principals that are listed one by one before the rest is counted
const LISTED: usize = 20;

pub(super) fn summary(plan: &Plan) -> String {
    if plan.is_empty() {
        return "Nothing to do: everything is as asked for.".into();
    }
    let steps = plan.steps();
    let added: usize = steps.iter().map(|step| step.action.added().len()).sum();
    let removed: usize = steps.iter().map(|step| step.action.removed().len()).sum();
    format!(
        "Plan: {added} to add, {removed} to remove, in {}.",
        counted(steps.len(), "call")
    )
}

pub(super) fn table(plan: &Plan) -> Table<5> {
    let rows = plan.steps().iter().map(|step| {
        [
            step.region.to_string(),
            step.image
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            step.action.operation().to_owned(),
            changes(&step.action).join(", "),
            step.reason.clone(),
        ]
    });
    Table {
        head: ["Region", "image", "call", "change", "why"],
        rows: rows.collect(),
    }
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
        for step in self.steps() {
            let about = (&step.region, step.image.as_ref());
            if heading != Some(about) {
                heading = Some(about);
                writeln!(f, "\n  {}", heading_of(self, about))?;
            }
            write_step(f, step)?;
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

fn write_step(f: &mut fmt::Formatter<'_>, step: &Step) -> fmt::Result {
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
        Action::CreateGrant { key, .. } => (format!("grant of {key}"), '+'),
        Action::RevokeGrant { key, .. } => (format!("grant of {key}"), '-'),
        Action::PutKeyPolicy { key, .. } => {
            let sign = if step.action.opens_key() { '+' } else { '-' };
            (format!("policy of {key}"), sign)
        }
        Action::CreateTags { resources, .. } => {
            (format!("on {}", counted(resources.len(), "resource")), '+')
        }
        Action::DeleteTags { resources, .. } => {
            (format!("off {}", counted(resources.len(), "resource")), '-')
        }
    };
    writeln!(f, "    {sign} {subject}  # {}", step.reason)?;
    for change in changes(&step.action) {
        writeln!(f, "        {change}")?;
    }
    Ok(())
}

/// What a call changes, one line each, long lists cut
fn changes(action: &Action) -> Vec<String> {
    let mut lines = Vec::new();
    for (sign, principals) in [('+', action.added()), ('-', action.removed())] {
        let listed = principals.iter().take(LISTED);
        lines.extend(listed.map(|principal| format!("{sign} {}", described(principal))));
        if principals.len() > LISTED {
            lines.push(format!("{sign} … and {} more", principals.len() - LISTED));
        }
    }
    let sign = if matches!(action, Action::DeleteTags { .. }) {
        '-'
    } else {
        '+'
    };
    match action {
        Action::CreateGrant { grantee, .. } => lines.push(format!("+ {grantee}")),
        Action::RevokeGrant { grantee, .. } => lines.push(format!("- {grantee}")),
        Action::PutKeyPolicy { diff, .. } => lines.extend(diff.lines().map(str::to_owned)),
        _ => {}
    }
    if let Some((_, tags)) = action.tagged() {
        lines.extend(
            tags.iter()
                .map(|(key, value)| format!("{sign} {key} = {value}")),
        );
    }
    lines
}

fn described(principal: &Principal) -> String {
    match principal {
        Principal::Public => "the public (every AWS account)".into(),
        other => other.to_string(),
    }
}

pub(super) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
