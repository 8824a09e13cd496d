use std::fmt;

use super::list::{LISTED, counted};
use super::table::Table;
use crate::access::Answer;
use crate::distribution::{
    CopyCheck, DistributionPlan, DistributionReport, DistributionVerification, RecipientsGet,
    ShardReport, Stage,
};
use crate::id::{AccountId, Region};
use crate::outcome::{CopyOutcome, RecipientReport};
use crate::plan::{CopyPlan, CopySetting, FoundCopy, Plan, PlannedCopy};

pub(super) fn plan_summary(plan: &DistributionPlan) -> String {
    if plan.is_empty() {
        return "Nothing to do: everything is as asked for.".into();
    }
    let copies = copies(plan).filter(|copy| copy.found.image().is_none());
    let later = accounts_later(plan);
    let parts = [
        (copies.count() + later, "copy", "to make"),
        (
            calls(plan.shares().values()) + calls(plan.services().values()),
            "call",
            "to share",
        ),
        (
            plan.settings().values().map(Vec::len).sum(),
            "setting",
            "to make",
        ),
        (
            plan.parameters().values().map(Vec::len).sum(),
            "parameter",
            "to put",
        ),
        (plan.left_open().count(), "Region", "to close"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, noun, verb)| format!("{} {verb}", plural(count, noun)))
        .collect();
    format!("Plan: {}.", parts.join(", "))
}

pub(super) fn plan_table(plan: &DistributionPlan) -> Table<4> {
    let mut rows = Vec::new();
    rows.extend(copies(plan).filter_map(row_of_copy));
    let verb = match plan.distribution().recipients_get() {
        RecipientsGet::Share => "share",
        RecipientsGet::Copy => "open for copies",
    };
    let shares = plan.shares().iter().map(|share| (verb, share));
    let services = plan.services().iter();
    let services = services.map(|share| ("open keys to services", share));
    for (what, (region, share)) in shares.chain(services) {
        if !share.is_empty() {
            let principals = counted(share.request().principals().len(), "principal");
            let calls = counted(share.steps().len(), "call");
            let detail = format!("with {principals}, in {calls}");
            rows.push(row(region, plan.caller(), what, detail));
        }
    }
    for (region, settings) in plan.settings() {
        let of_region = settings.iter();
        rows.extend(
            of_region.map(|setting| row(region, plan.caller(), setting.operation(), set(setting))),
        );
    }
    for (region, names) in plan.parameters() {
        let of_region = names.iter();
        rows.extend(of_region.map(|name| row(region, plan.caller(), "PutParameter", name.clone())));
    }
    rows.extend(plan.left_open().map(|region| {
        let detail = "what an earlier run opened for copies".into();
        row(region, plan.caller(), "close", detail)
    }));
    rows.sort();
    Table {
        head: ["Region", "account", "what", "detail"],
        rows,
    }
}

/// What is known when the owner's copies are there
pub(super) fn plan_notes(plan: &DistributionPlan) -> Vec<String> {
    let regions = regions_later(plan).map(ToString::to_string);
    let regions: Vec<String> = regions.collect();
    if regions.is_empty() {
        return Vec::new();
    }
    let first = match plan.distribution().recipients_get() {
        RecipientsGet::Share => "shared",
        RecipientsGet::Copy => "copied by recipients",
    };
    vec![format!(
        "In {} the image is {first} when the owner's copy is there.",
        regions.join(", ")
    )]
}

fn row(region: &Region, account: AccountId, what: &str, detail: String) -> [String; 4] {
    [
        region.to_string(),
        account.to_string(),
        what.to_owned(),
        detail,
    ]
}

fn row_of_copy(copy: &PlannedCopy) -> Option<[String; 4]> {
    let key = match &copy.key {
        Some(key) => format!("\"{}\" under {key}", copy.name),
        None => format!("\"{}\"", copy.name),
    };
    let (what, detail) = match &copy.found {
        FoundCopy::Nothing => ("copy", key),
        FoundCopy::Pending { image } => ("wait for copy", image.to_string()),
        FoundCopy::Available { settings, .. } if settings.is_empty() => return None,
        FoundCopy::Available { image, settings } => {
            let calls = settings.iter().map(CopySetting::operation);
            let calls: Vec<&str> = calls.collect();
            ("mend copy", format!("{image}: {}", calls.join(", ")))
        }
    };
    Some(row(&copy.destination.region, copy.account, what, detail))
}

fn copies(plan: &DistributionPlan) -> impl Iterator<Item = &PlannedCopy> {
    let of_owner = plan.owner_copies().into_iter();
    let plans = of_owner.chain(plan.recipient_copies().values());
    plans.flat_map(CopyPlan::copies)
}

/// The Regions where the owner's copy is still to be made
fn regions_later(plan: &DistributionPlan) -> impl Iterator<Item = &Region> {
    let of_owner = plan.owner_copies().into_iter().flat_map(CopyPlan::copies);
    let is_later = |copy: &&PlannedCopy| !matches!(copy.found, FoundCopy::Available { .. });
    of_owner
        .filter(is_later)
        .map(|copy| &copy.destination.region)
}

/// How many copies recipients make when the owner's are there
fn accounts_later(plan: &DistributionPlan) -> usize {
    match plan.distribution().recipients_get() {
        RecipientsGet::Share => 0,
        RecipientsGet::Copy => regions_later(plan).count() * plan.accounts().len(),
    }
}

fn calls<'a>(plans: impl Iterator<Item = &'a Plan>) -> usize {
    plans.map(|plan| plan.steps().len()).sum()
}

fn plural(count: usize, noun: &str) -> String {
    match (count, noun) {
        (1, _) => format!("1 {noun}"),
        (_, "copy") => format!("{count} copies"),
        _ => format!("{count} {noun}s"),
    }
}

fn set(setting: &CopySetting) -> String {
    match setting {
        CopySetting::CreateTags { tags, .. } => {
            let tags = tags.iter().map(|(key, value)| format!("{key} = {value}"));
            tags.collect::<Vec<_>>().join(", ")
        }
        CopySetting::EnableImageDeprecation { at } => format!("from {at} on"),
        _ => String::new(),
    }
}

impl fmt::Display for DistributionPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let regions = counted(self.distribution().regions().len(), "Region");
        let recipients = counted(self.distribution().recipients().len(), "principal");
        let verb = match self.distribution().recipients_get() {
            RecipientsGet::Share => "shared",
            RecipientsGet::Copy => "copied",
        };
        writeln!(
            f,
            "Distribute: {}, {verb} in {regions}, {recipients}\n",
            self.image()
        )?;
        write!(f, "{}", plan_table(self))?;
        for note in plan_notes(self) {
            writeln!(f, "Note: {note}")?;
        }
        writeln!(f, "{}", plan_summary(self))
    }
}

pub(super) fn report_summary(report: &DistributionReport) -> String {
    let shards = report.shards();
    let done = shards.iter().filter(|shard| shard.is_complete()).count();
    let writes: usize = shards.iter().map(ShardReport::writes).sum();
    let writes = counted(writes, "write");
    if report.is_complete() {
        format!("Done: {}, {writes}.", counted(done, "shard"))
    } else {
        let all = counted(shards.len(), "shard");
        format!("Incomplete: {done} of {all} done, {writes}.")
    }
}

/// A row for each shard; those of a stage and Region that are complete are one where they are many
pub(super) fn report_table<'a>(shards: impl IntoIterator<Item = &'a ShardReport>) -> Table<6> {
    let shards: Vec<&ShardReport> = shards.into_iter().collect();
    let alike = |one: &&ShardReport, other: &&ShardReport| {
        let of = |report: &ShardReport| (report.shard.stage, report.shard.region.clone());
        one.is_complete() && other.is_complete() && of(one) == of(other)
    };
    let mut rows = Vec::new();
    for alike in shards.chunk_by(alike) {
        match alike {
            [first, ..] if alike.len() > LISTED => {
                let [state, stage, region, ..] = row_of_shard(first);
                let accounts = counted(alike.len(), "account");
                let writes: usize = alike.iter().map(|report| report.writes()).sum();
                let detail = counted(writes, "write");
                rows.push([state, stage, region, accounts, String::new(), detail]);
            }
            few => rows.extend(few.iter().map(|report| row_of_shard(report))),
        }
    }
    Table {
        head: ["state", "stage", "Region", "account", "image", "detail"],
        rows,
    }
}

fn row_of_shard(report: &ShardReport) -> [String; 6] {
    let shard = &report.shard;
    let is_complete = report.is_complete();
    [
        if is_complete { "done" } else { "incomplete" }.to_owned(),
        shard.stage.to_string(),
        shard.region.to_string(),
        shard.account.to_string(),
        report
            .image
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        if is_complete {
            done(report)
        } else {
            report.all_problems().join("; ")
        },
    ]
}

/// What a shard did, in short
fn done(report: &ShardReport) -> String {
    let mut parts = Vec::new();
    match report.copy.as_ref().map(|copy| &copy.outcome) {
        Some(CopyOutcome::Copied) => parts.push("copied".to_owned()),
        Some(CopyOutcome::Found) => parts.push("found".to_owned()),
        _ => {}
    }
    let calls: usize = report
        .shared
        .iter()
        .map(|shared| shared.steps().len())
        .sum();
    if calls > 0 {
        let verb = match report.shard.stage {
            Stage::Finish => "closed",
            Stage::Owner | Stage::Recipient => "shared",
        };
        parts.push(format!("{verb} in {}", counted(calls, "call")));
    }
    let settings = report.settings.len();
    if settings > 0 {
        parts.push(format!("{} made", counted(settings, "setting")));
    }
    for written in &report.written {
        let outcomes = written.outcomes();
        let count = outcomes
            .iter()
            .filter(|outcome| outcome.is_written())
            .count();
        if count > 0 {
            let noun = match written {
                RecipientReport::Parameters(_) => "parameter",
                RecipientReport::ServiceLinkedRoles(_) => "grant",
                RecipientReport::Tags(_) => "image tagged",
            };
            parts.push(plural(count, noun));
        }
    }
    if let Some(rehearsal) = &report.rehearsal {
        parts.push(format!("can launch: {}", rehearsal.answer()));
    }
    let predecessors = report.predecessors.len();
    if predecessors > 0 {
        parts.push(counted(predecessors, "predecessor"));
    }
    match parts.is_empty() {
        true => "nothing to do".into(),
        false => parts.join(", "),
    }
}

impl fmt::Display for DistributionReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", report_table(self.shards()))?;
        writeln!(f, "{}", report_summary(self))
    }
}

pub(super) fn shard_summary(report: &ShardReport) -> String {
    let state = if report.is_complete() {
        "Done"
    } else {
        "Incomplete"
    };
    format!(
        "{state}: {}, {}.",
        report.shard,
        counted(report.writes(), "write")
    )
}

impl fmt::Display for ShardReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", report_table([self]))?;
        writeln!(f, "{}", shard_summary(self))
    }
}

pub(super) fn verification_summary(verification: &DistributionVerification) -> String {
    match verification.answer() {
        Answer::Yes => "Verified: everything is as asked for.",
        Answer::No => "Not as asked for: see the rows marked `no`.",
        Answer::Unknown => "Not everything could be told: see the rows marked `unknown`.",
    }
    .into()
}

/// What is not as asked for; what is, is counted
pub(super) fn verification_table(verification: &DistributionVerification) -> Table<4> {
    let mut rows = Vec::new();
    for (region, share) in &verification.shares {
        for image in share.images() {
            let checks = image.principals.iter();
            let others = checks.filter(|check| check.as_desired != Answer::Yes);
            let other_rows: Vec<[String; 4]> = others
                .map(|check| {
                    let what = format!("{} launches {}", check.principal, image.image);
                    let reason = check.launch.reason.clone();
                    [
                        region.to_string(),
                        what,
                        check.as_desired.to_string(),
                        reason,
                    ]
                })
                .collect();
            if other_rows.is_empty() {
                let principals = counted(image.principals.len(), "principal");
                let what = format!("{principals} launch {}", image.image);
                rows.push([
                    region.to_string(),
                    what,
                    Answer::Yes.to_string(),
                    String::new(),
                ]);
            }
            rows.extend(other_rows);
        }
    }
    rows.extend(verification.copies.iter().map(row_of_check));
    let rehearsed = verification.rehearsed();
    for (image, launch) in rehearsed.filter(|(_, launch)| launch.answer != Answer::Yes) {
        let what = format!("{} rehearses a launch of {}", image.account, image.image);
        let (region, answer) = (image.region.to_string(), launch.answer.to_string());
        rows.push([region, what, answer, launch.reason]);
    }
    let missing = verification.missing.iter().map(|what| (what, Answer::No));
    let unknown = verification
        .unknown
        .iter()
        .map(|what| (what, Answer::Unknown));
    for (what, answer) in missing.chain(unknown) {
        rows.push([
            String::new(),
            what.clone(),
            answer.to_string(),
            String::new(),
        ]);
    }
    Table {
        head: ["Region", "what", "as asked for", "why"],
        rows,
    }
}

fn row_of_check(copy: &CopyCheck) -> [String; 4] {
    let (what, why) = match &copy.image {
        Some(image) => (image.to_string(), copy.missing.join(", ")),
        None if copy.missing.is_empty() => ("copy".into(), "it is not there".into()),
        None => ("copy".into(), copy.missing.join(", ")),
    };
    let answer = if copy.is_ok() {
        Answer::Yes
    } else {
        Answer::No
    };
    [
        copy.region.to_string(),
        format!("{what} of {}", copy.account),
        answer.to_string(),
        why,
    ]
}

impl fmt::Display for DistributionVerification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", verification_table(self))?;
        writeln!(f, "{}", verification_summary(self))
    }
}
