//! Plans and reports of copies.

use std::fmt;

use super::list::{LISTED, counted};
use super::table::Table;
use crate::outcome::{CopyOutcome, CopyReport, CopyResult, Remains, Report, Shared};
use crate::plan::{CopyPlan, CopySetting, FoundCopy, Plan, PlannedCopy};
use crate::request::SourceAccess;
use crate::resource::ImageDetails;

pub(super) fn plan_summary(plan: &CopyPlan) -> String {
    if plan.is_empty() {
        return "Nothing to do: every copy is there, as asked for.".into();
    }
    let count = |is_it: fn(&FoundCopy) -> bool| {
        let found = plan.copies().iter().map(|copy| &copy.found);
        found.filter(|found| is_it(found)).count()
    };
    let new = count(|found| matches!(found, FoundCopy::Nothing));
    let pending = count(|found| matches!(found, FoundCopy::Pending { .. }));
    let there = count(|found| matches!(found, FoundCopy::Available { .. }));
    let settings: usize = plan.copies().iter().map(|copy| lacks(copy).len()).sum();
    let mut parts = vec![format!("{} to make", counted_copies(new))];
    for (count, what) in [
        (pending, "under way already"),
        (there, "there already"),
        (settings, "to set on those"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    format!("Plan: {}.", parts.join(", "))
}

pub(super) fn report_summary(report: &CopyReport) -> String {
    let copies = report.copies();
    let complete = copies.iter().filter(|copy| copy.is_complete()).count();
    let made = |outcome: &CopyOutcome| {
        let outcomes = copies.iter().map(|copy| &copy.outcome);
        outcomes.filter(|is| *is == outcome).count()
    };
    let (copied, found) = (made(&CopyOutcome::Copied), made(&CopyOutcome::Found));
    if report.is_complete() {
        return format!("Done: {copied} copied, {found} there already.");
    }
    let all = counted_copies(copies.len());
    let mut text = format!("Incomplete: {complete} of {all} as asked for");
    if is_left_open(report) {
        text.push_str("; the source was not closed again");
    }
    text.push('.');
    text
}

pub(super) fn plan_table(plan: &CopyPlan) -> Table<6> {
    let is_listed = |copy: &PlannedCopy| !matches!(copy.found, FoundCopy::Nothing);
    Table {
        head: ["destination", "account", "copy", "key", "state", "detail"],
        rows: cut(plan.copies(), is_listed, planned_row),
    }
}

pub(super) fn report_table(report: &CopyReport) -> Table<6> {
    Table {
        head: ["destination", "account", "copy", "key", "outcome", "detail"],
        rows: cut(report.copies(), |copy| !copy.is_complete(), result_row),
    }
}

/// A row for each copy, those that are listed in any case and the first of the others
fn cut<T>(
    copies: &[T],
    is_listed: impl Fn(&T) -> bool,
    row: impl Fn(&T) -> [String; 6],
) -> Vec<[String; 6]> {
    let (mut rows, mut plain, mut more) = (Vec::new(), 0, 0);
    for copy in copies {
        if !is_listed(copy) {
            plain += 1;
            if plain > LISTED {
                more += 1;
                continue;
            }
        }
        rows.push(row(copy));
    }
    if more > 0 {
        let mut last = <[String; 6]>::default();
        last[0] = format!("… and {more} more");
        rows.push(last);
    }
    rows
}

fn planned_row(copy: &PlannedCopy) -> [String; 6] {
    let (state, image) = match &copy.found {
        FoundCopy::Nothing => ("to make", None),
        FoundCopy::Pending { image } => ("pending", Some(image)),
        FoundCopy::Available { image, .. } => ("available", Some(image)),
    };
    let mut details = vec![format!("\"{}\"", copy.name)];
    if copy.failed_before > 0 {
        details.push(format!("{} failed before", copy.failed_before));
    }
    let operations = lacks(copy).iter().map(CopySetting::operation);
    details.extend(operations.map(|operation| format!("lacks {operation}")));
    if !copy.share_with.is_empty() {
        details.push(format!(
            "for {}",
            counted(copy.share_with.len(), "principal")
        ));
    }
    [
        copy.destination.to_string(),
        copy.account.to_string(),
        image.map(ToString::to_string).unwrap_or_default(),
        key_text(copy.key.as_ref()),
        state.into(),
        details.join(", "),
    ]
}

fn result_row(copy: &CopyResult) -> [String; 6] {
    let mut details = Vec::new();
    let word = match &copy.outcome {
        CopyOutcome::Copied => "copied",
        CopyOutcome::Found => "found",
        CopyOutcome::Failed { failure, remains } => {
            details.push(failure.to_string());
            details.push(remains_text(remains));
            "failed"
        }
        CopyOutcome::Unfinished { because, remains } => {
            details.push(because.clone());
            details.push(remains_text(remains));
            "unfinished"
        }
        CopyOutcome::NotAttempted { because } => {
            details.push(because.clone());
            "not attempted"
        }
    };
    details.extend(copy.differences.iter().map(|difference| {
        let (field, wanted) = (&difference.field, &difference.wanted);
        format!(
            "{field} was to be `{wanted}` and is `{}`",
            difference.actual
        )
    }));
    details.extend(copy.settings.iter().filter_map(|report| {
        let error = report.error.as_ref()?;
        Some(format!(
            "{} was not done: {error}",
            report.setting.operation()
        ))
    }));
    details.extend(copy.shared.as_ref().and_then(not_shared));
    let request_id = copy.request_id.as_ref();
    details.extend(request_id.map(|id| format!("request {id}")));
    details.retain(|detail| !detail.is_empty());
    [
        copy.destination.to_string(),
        copy.account.to_string(),
        copy.image
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        key_text(copy.key.as_ref()),
        word.into(),
        details.join(", "),
    ]
}

fn not_shared(shared: &Shared) -> Option<String> {
    match shared {
        Shared::By(report) if report.is_complete() => None,
        Shared::By(report) => Some(format!(
            "not all shared: {}",
            super::apply::summary(report).trim_end_matches('.')
        )),
        Shared::Not { because } => Some(format!("not shared: {because}")),
    }
}

fn remains_text(remains: &Remains) -> String {
    match remains {
        Remains::Nothing => String::new(),
        Remains::Unknown => "whether something is left behind is not known".into(),
        Remains::CleanedUp => "cleaned up".into(),
        Remains::Kept => "kept".into(),
        Remains::Left { resources, error } => {
            let ids: Vec<String> = resources.iter().map(ToString::to_string).collect();
            format!("left behind: {} ({error})", ids.join(" "))
        }
    }
}

fn lacks(copy: &PlannedCopy) -> &[CopySetting] {
    match &copy.found {
        FoundCopy::Available { settings, .. } => settings,
        FoundCopy::Nothing | FoundCopy::Pending { .. } => &[],
    }
}

fn key_text(key: Option<&crate::id::KeyArn>) -> String {
    key.map_or_else(|| "as the source".into(), ToString::to_string)
}

fn counted_copies(count: usize) -> String {
    match count {
        1 => "1 copy".into(),
        many => format!("{many} copies"),
    }
}

fn source_text(source: &ImageDetails) -> String {
    match &source.image.name {
        Some(name) => format!("{} \"{name}\"", source.image.id),
        None => source.image.id.to_string(),
    }
}

fn is_left_open(report: &CopyReport) -> bool {
    !report.left_open().is_empty() || report.closed().iter().any(|of| !of.is_complete())
}

/// What is done beside the copies: a line for each plan that is carried out, and the plan
pub(super) fn plan_parts(plan: &CopyPlan) -> Vec<(String, &Plan)> {
    let open = plan.open().filter(|open| !open.is_empty());
    let open = open.map(|open| {
        let then = match plan.request().source_access() {
            SourceAccess::Keep | SourceAccess::LeaveAsIs => "",
            SourceAccess::Close => ", and closed again when the copies have ended",
        };
        let line = format!("The source is opened for the accounts that copy it{then}:");
        (line, open)
    });
    let shares = plan.shares().iter();
    let shares = shares.filter(|(_, share)| !share.is_empty());
    let shares = shares.map(|(account, share)| {
        let line = format!("Copies of {account} that are there are shared:");
        (line, share)
    });
    open.into_iter().chain(shares).collect()
}

/// What was done beside the copies
pub(super) fn report_parts(report: &CopyReport) -> Vec<(&'static str, &Report)> {
    let opened = report.opened().filter(|opened| !opened.is_empty());
    let opened = opened.map(|opened| ("The source was opened:", opened));
    let closed = report.closed().iter().filter(|closed| !closed.is_empty());
    let closed = closed.map(|closed| ("The source was closed again:", closed));
    opened.into_iter().chain(closed).collect()
}

/// What the reader of a plan should know of leases on the source
pub(super) fn plan_notes(plan: &CopyPlan) -> Vec<String> {
    let is_open = !plan.left_open().is_empty();
    let open = is_open.then(|| {
        "an earlier run left the source open; it is closed when the copies have ended".to_owned()
    });
    open.into_iter()
        .chain(of_others(&plan.other_leases()))
        .collect()
}

/// What stays open, and what the reader of a report should know of leases on the source
pub(super) fn report_notes(report: &CopyReport) -> Vec<String> {
    let left = report.left_open().iter().cloned();
    left.chain(of_others(report.other_leases())).collect()
}

fn of_others(leases: &[impl AsRef<str>]) -> Option<String> {
    let keys: Vec<&str> = leases.iter().map(AsRef::as_ref).collect();
    (!keys.is_empty()).then(|| {
        format!(
            "the tags `{}` of the source tell that it is open for copies of other accounts: their run is \
             under way, or is to be run again",
            keys.join("`, `")
        )
    })
}

fn write_notes(f: &mut fmt::Formatter<'_>, notes: &[String]) -> fmt::Result {
    notes
        .iter()
        .try_for_each(|note| writeln!(f, "Note: {note}"))
}

impl fmt::Display for CopyPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Copy {} of {}: {}\n",
            source_text(self.source()),
            self.request().source_region(),
            counted_copies(self.copies().len())
        )?;
        write!(f, "{}", plan_table(self))?;
        for (line, plan) in plan_parts(self) {
            write!(f, "\n{line}\n\n{plan}")?;
        }
        writeln!(f, "\n{}", plan_summary(self))?;
        write_notes(f, &plan_notes(self))
    }
}

impl fmt::Display for CopyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", report_table(self))?;
        for (line, report) in report_parts(self) {
            write!(f, "\n{line}\n\n{report}")?;
        }
        writeln!(f, "\n{}", report_summary(self))?;
        write_notes(f, &report_notes(self))
    }
}
