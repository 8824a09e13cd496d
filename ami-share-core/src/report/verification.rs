use std::fmt;

use super::list::{LISTED, counted};
use super::table::Table;
use crate::access::{AccessLayer, Answer, LayerFinding};
use crate::outcome::{ImageVerification, PrincipalCheck, Verification};
use crate::request::Direction;

pub(super) fn summary(verification: &Verification) -> String {
    if verification.explains() {
        return explained(verification);
    }
    match verification.as_desired() {
        Answer::Yes => "Verified: everything is as asked for.",
        Answer::No => "Not as asked for: see the rows marked `no`.",
        Answer::Unknown => "Not everything could be told: see the rows marked `unknown`.",
    }
    .into()
}

/// How many can launch, of those who were asked about
fn explained(verification: &Verification) -> String {
    let images = verification.images().iter();
    let answers: Vec<Answer> = images
        .flat_map(|image| &image.principals)
        .map(|check| check.launch.answer)
        .collect();
    let count = |answer| answers.iter().filter(|found| **found == answer).count();
    let asked = counted(answers.len(), "principal");
    let can = format!("{} of {asked} can launch", count(Answer::Yes));
    match count(Answer::Unknown) {
        0 => format!("{can}."),
        unknown => format!("{can}; of {unknown} it is not known."),
    }
}

pub(super) fn table(verification: &Verification) -> Table<6> {
    let images = verification.images().iter();
    Table {
        head: [
            "image",
            "principal",
            "can launch",
            "can copy",
            "as asked for",
            "why",
        ],
        rows: match verification.explains() {
            true => Vec::new(),
            false => images.flat_map(rows).collect(),
        },
    }
}

/// What each layer says to each principal
pub(super) fn layers(verification: &Verification) -> Table<6> {
    let told = told(verification);
    let rows = told.flat_map(|(image, check)| {
        layers_of(verification, check).map(|layer| {
            [
                image.image.to_string(),
                check.principal.to_string(),
                layer.layer.to_string(),
                layer.finding.answer.to_string(),
                layer.finding.reason.clone(),
                layer.finding.mend.clone().unwrap_or_default(),
            ]
        })
    });
    Table {
        head: ["image", "principal", "layer", "answer", "why", "mend"],
        rows: rows.collect(),
    }
}

/// The principals of which more is told than a row: all where an answer is explained, or else those
/// that lack what they are to have
fn told(
    verification: &Verification,
) -> impl Iterator<Item = (&ImageVerification, &PrincipalCheck)> {
    let images = verification.images().iter();
    let checks = images.flat_map(|image| image.principals.iter().map(move |check| (image, check)));
    let is_told =
        |check| verification.explains() || layers_of(verification, check).next().is_some();
    checks.filter(move |(_, check)| is_told(check))
}

/// All layers where an answer is explained, or else those that stand in the way of what is asked for
fn layers_of<'v>(
    verification: &'v Verification,
    check: &'v PrincipalCheck,
) -> impl Iterator<Item = &'v LayerFinding> {
    let revokes = verification.request().direction() == Direction::Revoke;
    let is_in_the_way = move |answer| match answer {
        Answer::Yes => false,
        Answer::No => !revokes,
        Answer::Unknown => true,
    };
    let lacks_launch = is_in_the_way(check.launch.answer);
    let copy = check.copy.as_ref();
    let lacks_copy = copy.is_some_and(|copy| is_in_the_way(copy.answer));
    check.layers.iter().filter(move |layer| {
        let is_lacking = match layer.layer {
            AccessLayer::SnapshotPermission => lacks_copy,
            _ => lacks_launch,
        };
        verification.explains() || is_lacking && is_in_the_way(layer.finding.answer)
    })
}

fn rows(image: &ImageVerification) -> impl Iterator<Item = [String; 6]> {
    let named = image.principals.iter().map(|check| row(image, check));
    let unexpected = image.unexpected.iter().map(|principal| {
        [
            image.image.to_string(),
            principal.to_string(),
            Answer::Yes.to_string(),
            String::new(),
            Answer::No.to_string(),
            "it is not named and has the launch permission".into(),
        ]
    });
    named.chain(unexpected)
}

fn row(image: &ImageVerification, check: &PrincipalCheck) -> [String; 6] {
    let mut why = check.launch.reason.clone();
    if let Some(copy) = check
        .copy
        .as_ref()
        .filter(|copy| copy.reason != check.launch.reason)
    {
        why = format!("{why}; {}", copy.reason);
    }
    [
        image.image.to_string(),
        check.principal.to_string(),
        check.launch.answer.to_string(),
        check
            .copy
            .as_ref()
            .map_or_else(|| "-".into(), |copy| copy.answer.to_string()),
        check.as_desired.to_string(),
        why,
    ]
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told: Vec<_> = told(self).collect();
        let most = if self.explains() { told.len() } else { LISTED };
        write!(f, "{}", table(self))?;
        for (number, (image, check)) in told.iter().take(most).enumerate() {
            if number > 0 || !self.explains() {
                writeln!(f)?;
            }
            write_layers(f, self, image, check)?;
        }
        if told.len() > most {
            writeln!(f, "\n… and {} more", told.len() - most)?;
        }
        if !told.is_empty() {
            writeln!(f)?;
        }
        write!(f, "{}", summary(self))?;
        for note in self.cannot_undo() {
            write!(f, "\nNote: {note}")?;
        }
        writeln!(f)
    }
}

/// Whether a principal can launch and copy an image, and a line for each layer and each mend
fn write_layers(
    f: &mut fmt::Formatter<'_>,
    verification: &Verification,
    image: &ImageVerification,
    check: &PrincipalCheck,
) -> fmt::Result {
    let can = |answer, verb: &str| match answer {
        Answer::Yes => format!("can {verb}"),
        Answer::No => format!("cannot {verb}"),
        Answer::Unknown => format!("may be able to {verb}"),
    };
    let launch = can(check.launch.answer, "launch");
    write!(f, "{} {launch} {}", check.principal, image.image)?;
    if let Some(copy) = &check.copy {
        write!(f, ", and {} it", can(copy.answer, "copy"))?;
    }
    writeln!(f, ":")?;
    if check.layers.is_empty() {
        writeln!(f, "  {}", check.launch.reason)?;
    }
    for layer in layers_of(verification, check) {
        let finding = &layer.finding;
        let (name, answer) = (layer.layer, finding.answer);
        writeln!(f, "  {name:19} {answer:7} {}", finding.reason)?;
        if let Some(mend) = &finding.mend {
            writeln!(f, "  {:27} mend: {mend}", "")?;
        }
    }
    Ok(())
}
