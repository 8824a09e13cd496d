use std::fmt;

use super::plan::counted;
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
        rows: report.steps().iter().map(row).collect(),
    }
}

fn row(report: &StepReport) -> [String; 5] {
    let StepReport { step, outcome } = report;
    let action = &step.action;
    let on = match (action.permission_of(), action.tagged()) {
        (Some(resource), _) => resource.to_string(),
        (None, Some((resources, _))) => counted(resources.len(), "resource"),
        (None, None) => String::new(),
    };
    let (word, detail) = match outcome {
        StepOutcome::Done { .. } => ("done", String::new()),
        StepOutcome::Failed { error } => ("failed", error.to_string()),
        StepOutcome::NotAttempted { because } => ("not attempted", because.clone()),
        StepOutcome::Unconfirmed { because, .. } => ("unconfirmed", because.clone()),
    };
    let mut details = Vec::new();
    if action.tagged().is_none() {
        details.push(format!(
            "+{} -{}",
            action.added().len(),
            action.removed().len()
        ));
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
