//! HTML for notebooks and pages: a heading line, a table, notes; everything from outside is escaped.

use super::table::{Table, escape};
use crate::outcome::{Report, Verification};
use crate::plan::Plan;

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
