use std::fmt;

use super::table::Table;
use crate::access::Answer;
use crate::outcome::{ImageVerification, PrincipalCheck, Verification};

pub(super) fn summary(verification: &Verification) -> String {
    match verification.as_desired() {
        Answer::Yes => "Verified: everything is as asked for.",
        Answer::No => "Not as asked for: see the rows marked `no`.",
        Answer::Unknown => "Not everything could be told: see the rows marked `unknown`.",
    }
    .into()
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
        rows: images.flat_map(rows).collect(),
    }
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
        write!(f, "{}{}", table(self), summary(self))?;
        for note in self.cannot_undo() {
            write!(f, "\nNote: {note}")?;
        }
        writeln!(f)
    }
}
