use std::fmt;

use super::list::{LISTED, counted};
use super::table::Table;
use crate::access::Answer;
use crate::outcome::{CallFinding, ImageRehearsal, Rehearsal};

/// What nobody should take a rehearsal for
pub(super) const PROVES: &str = "RunInstances with DryRun proves that the role may call it and sees the image; \
     it does not look at keys, quotas or subnets.";

pub(super) fn summary(rehearsal: &Rehearsal) -> String {
    let images = rehearsal.images().iter();
    let answers: Vec<Answer> = images.map(|image| image.launch.answer).collect();
    let count = |answer| answers.iter().filter(|found| **found == answer).count();
    let asked = counted(answers.len(), "launch").replace("launchs", "launches");
    let passed = format!("{} of {asked} rehearsed would pass", count(Answer::Yes));
    match count(Answer::Unknown) {
        0 => format!("{passed}."),
        unknown => format!("{passed}; of {unknown} it is not known."),
    }
}

pub(super) fn table(rehearsal: &Rehearsal) -> Table<6> {
    let images = rehearsal.images().iter();
    let row = |image: &ImageRehearsal| {
        let copy = image.copy.as_ref();
        [
            image.region.to_string(),
            image.image.to_string(),
            image.account.to_string(),
            image.launch.answer.to_string(),
            copy.map_or_else(|| "-".into(), |copy| copy.answer.to_string()),
            image.launch.reason.clone(),
        ]
    };
    Table {
        head: [
            "Region",
            "image",
            "account",
            "can launch",
            "can copy",
            "why",
        ],
        rows: images.map(row).collect(),
    }
}

/// The calls that did not say yes
pub(super) fn calls(rehearsal: &Rehearsal) -> Table<6> {
    let images = rehearsal.images().iter();
    let rows = images.flat_map(|image| {
        in_the_way(image).map(|call| {
            [
                image.image.to_string(),
                image.account.to_string(),
                call.call.to_string(),
                call.finding.answer.to_string(),
                call.finding.reason.clone(),
                call.finding.mend.clone().unwrap_or_default(),
            ]
        })
    });
    Table {
        head: ["image", "account", "call", "answer", "why", "mend"],
        rows: rows.collect(),
    }
}

fn in_the_way(image: &ImageRehearsal) -> impl Iterator<Item = &CallFinding> {
    let calls = image.calls.iter();
    calls.filter(|call| call.finding.answer != Answer::Yes)
}

impl fmt::Display for Rehearsal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", table(self))?;
        let images = self.images().iter();
        let told: Vec<_> = images
            .filter(|image| in_the_way(image).next().is_some())
            .collect();
        for image in told.iter().take(LISTED) {
            writeln!(f, "\n{} at {}:", image.account, image.image)?;
            for call in in_the_way(image) {
                let finding = &call.finding;
                let (name, answer) = (call.call, finding.answer);
                writeln!(f, "  {name:17} {answer:7} {}", finding.reason)?;
                if let Some(mend) = &finding.mend {
                    writeln!(f, "  {:25} mend: {mend}", "")?;
                }
            }
        }
        if told.len() > LISTED {
            writeln!(f, "\n… and {} more", told.len() - LISTED)?;
        }
        if !told.is_empty() {
            writeln!(f)?;
        }
        writeln!(f, "{}\nNote: {PROVES}", summary(self))
    }
}
