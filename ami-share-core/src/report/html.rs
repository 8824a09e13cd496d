//! HTML for notebooks and pages: a heading line, a table, notes; everything from outside is escaped.

use super::recipient;
use super::table::escape;
#[cfg(feature = "distribution")]
use crate::distribution::{
    DistributionPlan, DistributionReport, DistributionVerification, ShardReport,
};
use crate::outcome::{
    CopyReport, ImageUsageReport, ParameterReport, RecipientTagReport, Rehearsal, Report,
    ServiceLinkedRoleReport, Verification,
};
use crate::plan::{CopyPlan, Plan};
use crate::policy::evaluate::Decision;
use crate::policy::{KeyPolicy, PolicyDiff};

/// A plan as HTML
pub fn plan(plan: &Plan) -> String {
    let policies = super::plan::policy_changes(plan).map(|(key, lines)| {
        let lines = lines.iter().map(|line| {
            let mark = line.chars().next().unwrap_or(' ');
            (mark, line.clone())
        });
        let key = escape(key.as_str());
        format!("<p>policy of {key}</p>{}", marked(lines))
    });
    page(
        &super::plan::summary(plan),
        &[super::plan::table(plan).to_html(), policies.collect()],
        plan.notices().iter().map(ToString::to_string),
    )
}

/// A report as HTML
pub fn report(report: &Report) -> String {
    let notes = report.notices().iter().map(ToString::to_string);
    page(
        &super::apply::summary(report),
        &[super::apply::table(report).to_html()],
        notes,
    )
}

/// A plan of copies as HTML, with the plans that open the source and share copies
pub fn copy_plan(plan: &CopyPlan) -> String {
    let parts = super::copies::plan_parts(plan).into_iter();
    let parts = parts.map(|(line, part)| format!("<p>{}</p>{}", escape(&line), self::plan(part)));
    page(
        &super::copies::plan_summary(plan),
        &[super::copies::plan_table(plan).to_html(), parts.collect()],
        super::copies::plan_notes(plan).into_iter(),
    )
}

/// A report of copies as HTML, with the reports of how the source was opened and closed
pub fn copy_report(report: &CopyReport) -> String {
    let parts = super::copies::report_parts(report).into_iter();
    let parts = parts.map(|(line, part)| format!("<p>{line}</p>{}", self::report(part)));
    page(
        &super::copies::report_summary(report),
        &[
            super::copies::report_table(report).to_html(),
            parts.collect(),
        ],
        super::copies::report_notes(report).into_iter(),
    )
}

/// A verification as HTML
pub fn verification(verification: &Verification) -> String {
    page(
        &super::verification::summary(verification),
        &[
            super::verification::table(verification).to_html(),
            super::verification::layers(verification).to_html(),
        ],
        verification.cannot_undo().iter().cloned(),
    )
}

/// A rehearsal as HTML
pub fn rehearsal(rehearsal: &Rehearsal) -> String {
    page(
        &super::rehearsal::summary(rehearsal),
        &[
            super::rehearsal::table(rehearsal).to_html(),
            super::rehearsal::calls(rehearsal).to_html(),
        ],
        std::iter::once(super::rehearsal::PROVES.to_owned()),
    )
}

/// What became of a parameter as HTML, with its name
pub fn parameters(report: &ParameterReport) -> String {
    let table = recipient::parameters(report).to_html();
    let summary = recipient::parameters_summary(report);
    page(
        &format!("parameter {}: {summary}", report.name()),
        &[table],
        std::iter::empty(),
    )
}

/// What became of the grants for roles of services as HTML
pub fn service_linked_roles(report: &ServiceLinkedRoleReport) -> String {
    let table = recipient::grants(report).to_html();
    let statements = recipient::statements(report).into_iter();
    page(&recipient::grants_summary(report), &[table], statements)
}

/// What became of tags for recipients as HTML
pub fn recipient_tags(report: &RecipientTagReport) -> String {
    let table = recipient::tags(report).to_html();
    page(
        &recipient::tags_summary(report),
        &[table],
        std::iter::empty(),
    )
}

/// Who uses images as HTML
pub fn usage(report: &ImageUsageReport) -> String {
    let table = recipient::usage(report).to_html();
    page(
        &recipient::usage_summary(report),
        &[table],
        std::iter::empty(),
    )
}

/// The plan of a distribution as HTML
#[cfg(feature = "distribution")]
pub fn distribution_plan(plan: &DistributionPlan) -> String {
    page(
        &super::distribution::plan_summary(plan),
        &[super::distribution::plan_table(plan).to_html()],
        super::distribution::plan_notes(plan).into_iter(),
    )
}

/// The report of a distribution as HTML
#[cfg(feature = "distribution")]
pub fn distribution_report(report: &DistributionReport) -> String {
    page(
        &super::distribution::report_summary(report),
        &[super::distribution::report_table(report.shards()).to_html()],
        std::iter::empty(),
    )
}

/// The report of one shard as HTML
#[cfg(feature = "distribution")]
pub fn shard_report(report: &ShardReport) -> String {
    page(
        &super::distribution::shard_summary(report),
        &[super::distribution::report_table([report]).to_html()],
        std::iter::empty(),
    )
}

/// The verification of a distribution as HTML
#[cfg(feature = "distribution")]
pub fn distribution_verification(verification: &DistributionVerification) -> String {
    page(
        &super::distribution::verification_summary(verification),
        &[super::distribution::verification_table(verification).to_html()],
        std::iter::empty(),
    )
}

/// What differs between two key policies as HTML
pub fn policy_diff(diff: &PolicyDiff) -> String {
    let lines = diff.lines().iter().map(|line| {
        let symbol = line.mark.symbol();
        (symbol, format!("{symbol} {}", line.text))
    });
    page(&diff.summary(), &[marked(lines)], std::iter::empty())
}

/// Lines with their marks, those that come and go as such
fn marked(lines: impl Iterator<Item = (char, String)>) -> String {
    let lines: String = lines
        .map(|(mark, line)| {
            let line = escape(&line);
            match mark {
                '+' => format!("<ins>{line}</ins>\n"),
                '-' => format!("<del>{line}</del>\n"),
                _ => format!("{line}\n"),
            }
        })
        .collect();
    format!("<pre>{lines}</pre>")
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
    page(line, &[], items.into_iter())
}

fn page(summary: &str, parts: &[String], notes: impl Iterator<Item = String>) -> String {
    let mut html = format!("<div class=\"ami-share\"><p>{}</p>", escape(summary));
    html.push_str(&parts.concat());
    let notes: String = notes
        .map(|note| format!("<li>{}</li>", escape(&note)))
        .collect();
    if !notes.is_empty() {
        html.push_str(&format!("<ul>{notes}</ul>"));
    }
    html.push_str("</div>");
    html
}
