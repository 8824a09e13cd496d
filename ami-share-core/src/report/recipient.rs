//! What was written for recipients, and who uses images.

use std::fmt;

use super::list::counted;
use super::table::Table;
use crate::access::Answer;
use crate::outcome::{
    ImageUsageReport, ParameterReport, RecipientOutcome, RecipientTagReport,
    ServiceLinkedRoleReport,
};
use crate::resource::Reading;

/// The word for an outcome, and what more there is to say
fn told(outcome: &RecipientOutcome) -> (&'static str, String) {
    let with_mend = |text: String, mend: Option<&String>| match mend {
        Some(mend) => format!("{text}; mend: {mend}"),
        None => text,
    };
    match outcome {
        RecipientOutcome::AsAsked => ("as asked for", String::new()),
        RecipientOutcome::Done { request_id } => {
            let request = request_id.as_ref().map(|id| format!("request {id}"));
            ("done", request.unwrap_or_default())
        }
        RecipientOutcome::Missing { finding } => {
            let answer = match finding.answer {
                Answer::No => "missing, refused",
                Answer::Unknown | Answer::Yes => "missing",
            };
            (
                answer,
                with_mend(finding.reason.clone(), finding.mend.as_ref()),
            )
        }
        RecipientOutcome::Failed { error, mend } => {
            ("failed", with_mend(error.to_string(), mend.as_ref()))
        }
        RecipientOutcome::Unconfirmed { because, .. } => ("unconfirmed", because.clone()),
    }
}

fn summary<'o>(outcomes: impl Iterator<Item = &'o RecipientOutcome>, noun: &str) -> String {
    let outcomes: Vec<&RecipientOutcome> = outcomes.collect();
    let good = outcomes.iter().filter(|outcome| outcome.is_good()).count();
    let done = outcomes
        .iter()
        .filter(|outcome| outcome.is_written())
        .count();
    let asked = counted(outcomes.len(), noun);
    match (done, good == outcomes.len()) {
        (0, true) => format!("Nothing was done: {asked}, all as asked for."),
        (_, true) => {
            format!("Done: {done} of {asked} written, read back; the rest was as asked for.")
        }
        _ => format!("Incomplete: {good} of {asked} as asked for."),
    }
}

pub(super) fn parameters_summary(report: &ParameterReport) -> String {
    let parameters = report.parameters().iter();
    summary(parameters.map(|parameter| &parameter.outcome), "parameter")
}

pub(super) fn parameters(report: &ParameterReport) -> Table<7> {
    let rows = report.parameters().iter().map(|parameter| {
        let (word, detail) = told(&parameter.outcome);
        let before = parameter.before.as_ref();
        [
            word.to_owned(),
            parameter.region.to_string(),
            parameter.account.to_string(),
            parameter.image.to_string(),
            before.map_or_else(|| "-".into(), |before| before.value.clone()),
            parameter
                .version
                .map_or_else(|| "-".into(), |v| v.to_string()),
            detail,
        ]
    });
    Table {
        head: [
            "outcome", "Region", "account", "image", "before", "version", "detail",
        ],
        rows: rows.collect(),
    }
}

pub(super) fn grants_summary(report: &ServiceLinkedRoleReport) -> String {
    summary(report.grants().iter().map(|grant| &grant.outcome), "grant")
}

pub(super) fn grants(report: &ServiceLinkedRoleReport) -> Table<5> {
    let rows = report.grants().iter().map(|grant| {
        let (word, detail) = told(&grant.outcome);
        [
            word.to_owned(),
            grant.account.to_string(),
            grant.role.to_string(),
            grant.key.to_string(),
            detail,
        ]
    });
    Table {
        head: ["outcome", "account", "role", "key", "detail"],
        rows: rows.collect(),
    }
}

/// The statements that owners of keys may have to add, each once
pub(super) fn statements(report: &ServiceLinkedRoleReport) -> Vec<String> {
    let grants = report.grants().iter();
    let statements = grants.filter_map(|grant| {
        let statement = grant.statement.as_ref()?;
        Some(format!("statement for {}: {statement}", grant.key))
    });
    let mut statements: Vec<String> = statements.collect();
    statements.dedup();
    statements
}

pub(super) fn tags_summary(report: &RecipientTagReport) -> String {
    summary(report.tags().iter().map(|tags| &tags.outcome), "image")
}

pub(super) fn tags(report: &RecipientTagReport) -> Table<6> {
    let rows = report.tags().iter().map(|tags| {
        let (word, detail) = told(&tags.outcome);
        let written = tags.written.iter();
        let written: Vec<String> = written
            .map(|(key, value)| format!("{key} = {value}"))
            .collect();
        [
            word.to_owned(),
            tags.region.to_string(),
            tags.account.to_string(),
            tags.image.to_string(),
            written.join(", "),
            detail,
        ]
    });
    Table {
        head: ["outcome", "Region", "account", "image", "tags", "detail"],
        rows: rows.collect(),
    }
}

pub(super) fn usage_summary(report: &ImageUsageReport) -> String {
    let images = report.images();
    let unread = images
        .iter()
        .filter(|image| image.usage.known().is_none())
        .count();
    let users = images
        .iter()
        .filter_map(|image| image.usage.known())
        .flatten();
    let users: std::collections::BTreeSet<_> = users.map(|usage| usage.account).collect();
    let used = format!(
        "{} use {}",
        counted(users.len(), "account"),
        counted(images.len(), "image")
    );
    match unread {
        0 => format!("{used}."),
        _ => format!("{used}; of {unread} it is not known."),
    }
}

pub(super) fn usage(report: &ImageUsageReport) -> Table<6> {
    let mut rows = Vec::new();
    for image in report.images() {
        let launched = image.last_launched;
        let launched = launched.map_or_else(|| "-".into(), |time| time.date());
        let mut push = |account: String, with: String, count: String| {
            rows.push([
                image.region.to_string(),
                image.image.to_string(),
                account,
                with,
                count,
                launched.clone(),
            ]);
        };
        match &image.usage {
            Reading::Known(usage) if usage.is_empty() => {
                push("nobody".into(), "-".into(), "0".into());
            }
            Reading::Known(usage) => {
                for usage in usage {
                    let (with, count) = (usage.resource_type.clone(), usage.count.to_string());
                    push(usage.account.to_string(), with, count);
                }
            }
            Reading::Unknown { because } => push("unknown".into(), because.clone(), "-".into()),
        }
    }
    Table {
        head: [
            "Region",
            "image",
            "account",
            "with",
            "count",
            "last launched",
        ],
        rows,
    }
}

impl fmt::Display for ParameterReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "parameter {}", self.name())?;
        writeln!(f, "{}{}", parameters(self), parameters_summary(self))
    }
}

impl fmt::Display for ServiceLinkedRoleReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}{}", grants(self), grants_summary(self))?;
        for statement in statements(self) {
            writeln!(f, "\n{statement}")?;
        }
        Ok(())
    }
}

impl fmt::Display for RecipientTagReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}{}", tags(self), tags_summary(self))
    }
}

impl fmt::Display for ImageUsageReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}{}", usage(self), usage_summary(self))
    }
}
