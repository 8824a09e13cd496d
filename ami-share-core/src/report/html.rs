//! HTML for notebooks and pages: a heading line, a table, notes; everything from outside is escaped.

use super::table::{Table, escape};
use crate::outcome::{Report, Verification};
use crate::plan::Plan;
use crate::policy::evaluate::Decision;
use crate::policy::{DiffMark, KeyPolicy, PolicyDiff};

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

/// A key policy as HTML: how large it is, whose its statements are, and its text
pub fn key_policy(policy: &KeyPolicy) -> String {
    let statements = policy.statements();
    let count = statements.len();
    let ours = statements.filter(|statement| statement.is_ours()).count();
    let noun = if count == 1 {
        "statement"
    } else {
        "statements"
    };
    format!(
        "<div class=\"ami-share\"><p>{count} {noun}, {ours} of ours; {} of {} bytes</p>\
         <pre>{}</pre></div>",
        policy.size(),
        KeyPolicy::MOST_BYTES,
        escape(policy.as_str())
    )
}

/// A decision of policies as HTML: the verdict, and an item for each reason
pub fn decision(decision: &Decision) -> String {
    let verdict = decision.verdict.to_string();
    listing(&verdict, decision.reasons.iter().map(ToString::to_string))
}

/// A line and the items below it as HTML
pub fn listing(line: &str, items: impl IntoIterator<Item = String>) -> String {
    let empty = Table {
        head: [],
        rows: Vec::new(),
    };
    page::<0>(line, &empty, items.into_iter())
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
