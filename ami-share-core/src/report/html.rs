//! HTML for notebooks and pages: a heading line, a table, notes; everything from outside is escaped.

use super::table::{Table, escape};
use crate::outcome::{Report, Verification};
use crate::plan::Plan;
use crate::policy::{DiffMark, PolicyDiff};

/// A plan as HTML
pub fn plan(plan: &Plan) -> String {
    let notes = plan.notices().iter().map(ToString::to_string);
    page(
        &super::plan::summary(plan),
        &super::plan::table(plan),
        notes,
    )
}

/// A report as HTML
pub fn report(report: &Report) -> String {
    let notes = report.notices().iter().map(ToString::to_string);
    page(
        &super::apply::summary(report),
        &super::apply::table(report),
        notes,
    )
}

/// A verification as HTML
pub fn verification(verification: &Verification) -> String {
    page(
        &super::verification::summary(verification),
        &super::verification::table(verification),
        verification.cannot_undo().iter().cloned(),
    )
}

/// What differs between two key policies as HTML
pub fn policy_diff(diff: &PolicyDiff) -> String {
    let mut html = format!(
        "<div class=\"ami-share\"><p>{}</p><pre>",
        escape(&diff.summary())
    );
    for line in diff.lines() {
        let text = escape(&line.text);
        let symbol = line.mark.symbol();
        html.push_str(&match line.mark {
            DiffMark::Add => format!("<ins>{symbol} {text}</ins>\n"),
            DiffMark::Remove => format!("<del>{symbol} {text}</del>\n"),
            DiffMark::Change | DiffMark::Keep => format!("{symbol} {text}\n"),
        });
    }
    html.push_str("</pre></div>");
    html
}

fn page<const N: usize>(
    summary: &str,
    table: &Table<N>,
    notes: impl Iterator<Item = String>,
) -> String {
    let mut html = format!("<div class=\"ami-share\"><p>{}</p>", escape(summary));
    if !table.rows.is_empty() {
        html.push_str(&table.to_html());
    }
    let notes: String = notes
        .map(|note| format!("<li>{}</li>", escape(&note)))
        .collect();
    if !notes.is_empty() {
        html.push_str(&format!("<ul>{notes}</ul>"));
    }
    html.push_str("</div>");
    html
}
