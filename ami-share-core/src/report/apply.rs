use std::fmt;

use super::list::{LISTED, are_alike, counted};
use super::plan::of_key;
use super::table::Table;
use crate::outcome::{Report, StepOutcome, StepReport};

pub(super) fn summary(report: &Report) -> String {
    if report.is_empty() {
        return "Nothing was done: everything was as asked for.".into();
    }
    let steps = report.steps();
    let done = steps.iter().filter(|step| step.outcome.is_done()).count();
    if report.is_complete() {
        format!("Done: {}, read back.", counted(done, "call"))
    } else {
        format!(
            "Incomplete: {done} of {} done.",
            counted(steps.len(), "call")
        )
    }
}

pub(super) fn table(report: &Report) -> Table<5> {
    Table {
        head: ["outcome", "Region", "call", "on", "detail"],
        rows: rows(report),
    }
}

/// A row for each step; grants of one key that were all done are one where they are many
fn rows(report: &Report) -> Vec<[String; 5]> {
    let alike = |one: &StepReport, other: &StepReport| {
        one.outcome.is_done() && other.outcome.is_done() && are_alike(&one.step, &other.step)
    };
    let mut rows = Vec::new();
    for alike in report.steps().chunk_by(alike) {
        match alike {
            [first, ..] if alike.len() > LISTED => {
                let [word, region, call, on, _] = row(first);
                rows.push([word, region, call, on, counted(alike.len(), "grant")]);
            }
            few => rows.extend(few.iter().map(row)),
        }
    }
    rows
}

fn row(report: &StepReport) -> [String; 5] {
    let StepReport { step, outcome } = report;
    let action = &step.action;
    let on = match (action.permission_of(), action.key(), action.tagged()) {
        (Some(resource), ..) => resource.to_string(),
        (None, Some(key), _) => key.to_string(),
        (None, None, Some((resources, _))) => counted(resources.len(), "resource"),
        (None, None, None) => String::new(),
    };
    let (word, detail) = match outcome {
        StepOutcome::Done { .. } => ("done", String::new()),
        StepOutcome::Failed { error } => ("failed", error.to_string()),
        StepOutcome::NotAttempted { because } => ("not attempted", because.clone()),
        StepOutcome::Unconfirmed { because, .. } => ("unconfirmed", because.clone()),
    };
    let mut details = Vec::new();
    if action.key().is_some() {
        details.push(of_key(action));
        details.extend(action.grantee().map(str::to_owned));
    } else if action.tagged().is_none() {
        let (added, removed) = (action.added().len(), action.removed().len());
        details.push(format!("+{added} -{removed}"));
    }
    if !detail.is_empty() {
        details.push(detail);
    }
    let request_id = match outcome {
        StepOutcome::Done { request_id } | StepOutcome::Unconfirmed { request_id, .. } => {
            request_id.as_deref()
        }
        StepOutcome::Failed { error } => error.request_id(),
        StepOutcome::NotAttempted { .. } => None,
    };
    details.extend(request_id.map(|id| format!("request {id}")));
    [
        word.to_owned(),
        step.region.to_string(),
        action.operation().to_owned(),
        on,
        details.join(", "),
    ]
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_empty() {
            write!(f, "{}", table(self))?;
        }
        writeln!(f, "{}", summary(self))
    }
}
