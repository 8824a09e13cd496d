//! From a text to a distribution.

use std::path::Path;

use super::check::Fault;
use super::document::Distribution;
use super::draft::DistributionDraft;
use super::error::{DistributionError, DistributionProblem};
use crate::document::{At, Format, Slip, SlipKind, SyntaxError, nearest, read};

impl Distribution {
    /// The distribution that a YAML text describes
    ///
    /// # Errors
    ///
    /// All that is wrong, with line and field; of what cannot be read at all the first 100.
    pub fn from_yaml(text: &str) -> Result<Self, DistributionError> {
        from_text(Format::Yaml, text)
    }

    /// The distribution that a JSON text describes
    ///
    /// # Errors
    ///
    /// As [`from_yaml`](Self::from_yaml).
    pub fn from_json(text: &str) -> Result<Self, DistributionError> {
        from_text(Format::Json, text)
    }

    /// The distribution that a TOML text describes
    ///
    /// # Errors
    ///
    /// As [`from_yaml`](Self::from_yaml).
    pub fn from_toml(text: &str) -> Result<Self, DistributionError> {
        from_text(Format::Toml, text)
    }

    /// The distribution that a file describes, in the format that its extension tells: `.yaml`, `.yml`,
    /// `.json` or `.toml`
    ///
    /// # Errors
    ///
    /// As [`from_yaml`](Self::from_yaml), and if the file cannot be read or has another extension.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, DistributionError> {
        let path = path.as_ref();
        let loaded = format_of(path).and_then(|format| {
            let text = std::fs::read_to_string(path)
                .map_err(|error| whole(format!("the file cannot be read: {error}"), None))?;
            from_text(format, &text)
        });
        loaded.map_err(|error| DistributionError {
            file: Some(path.to_owned()),
            ..error
        })
    }
}

fn format_of(path: &Path) -> Result<Format, DistributionError> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension.unwrap_or_default().to_ascii_lowercase().as_str() {
        "yaml" | "yml" => Ok(Format::Yaml),
        "json" => Ok(Format::Json),
        "toml" => Ok(Format::Toml),
        _ => Err(whole(
            "the file's name does not tell its format".to_owned(),
            Some("an extension of `.yaml`, `.yml`, `.json` or `.toml`"),
        )),
    }
}

/// A problem of the file as a whole
fn whole(problem: String, expected: Option<&str>) -> DistributionError {
    DistributionError {
        file: None,
        problems: vec![DistributionProblem {
            line: None,
            field: String::new(),
            problem,
            expected: expected.map(str::to_owned),
            nearest: None,
        }],
    }
}

fn from_text(format: Format, text: &str) -> Result<Distribution, DistributionError> {
    let reading = match read::<DistributionDraft>(format, text) {
        Ok(reading) => reading,
        Err(SyntaxError { line, problem }) => {
            let mut error = whole(problem, None);
            error
                .problems
                .iter_mut()
                .for_each(|problem| problem.line = line);
            return Err(error);
        }
    };
    let mut faults: Vec<Fault> = reading.slips.into_iter().map(Fault::from).collect();
    if let Some(draft) = reading.value {
        let lost = reading.repairs.lost();
        let is_missing = draft.version.is_none();
        let version = At::TOP.field("version").path();
        if is_missing && !lost.contains(&version) {
            faults.push(Fault {
                path: Vec::new(),
                problem: "the version of the form is missing".to_owned(),
                expected: Some("`version: ami-share/distribution/1`".to_owned()),
                nearest: None,
            });
        }
        match draft.build_without(&lost) {
            Ok(distribution) if faults.is_empty() => return Ok(distribution),
            Ok(_) => {}
            Err(found) => faults.extend(found.into_iter().map(|fault| Fault {
                path: reading.repairs.as_written(&fault.path),
                ..fault
            })),
        }
    }
    let mut problems: Vec<DistributionProblem> = faults
        .into_iter()
        .map(|fault| {
            let line = format.line_of_key(text, &fault.path);
            fault.on_line(line)
        })
        .collect();
    problems.sort_by_key(|problem| problem.line);
    Err(DistributionError {
        file: None,
        problems,
    })
}

impl From<Slip> for Fault {
    fn from(slip: Slip) -> Self {
        let mut nearest_word = None;
        let (problem, expected) = match slip.kind {
            SlipKind::UnknownKey { key, known } => {
                nearest_word = nearest(&key, known.iter().copied());
                (format!("there is no key `{key}` here"), one_of(known))
            }
            SlipKind::UnknownWord { word, known } => {
                nearest_word = nearest(&word, known.iter().copied());
                (format!("`{word}` stands for nothing here"), one_of(known))
            }
            SlipKind::Missing { key } => (
                format!("`{key}` is missing"),
                "it cannot be left out".to_owned(),
            ),
            SlipKind::Twice { key } => (
                format!("`{key}` is there twice"),
                "keep one of them".to_owned(),
            ),
            SlipKind::Type { found, expected } => {
                (format!("it is {found}"), format!("give {expected}"))
            }
            SlipKind::Value { problem, expected } => (problem, format!("give {expected}")),
            SlipKind::Other(text) => in_two(&text),
        };
        Self {
            path: slip.path,
            problem,
            expected: Some(expected).filter(|expected| !expected.is_empty()),
            nearest: nearest_word.map(str::to_owned),
        }
    }
}

fn one_of(known: &[&str]) -> String {
    match known {
        [] => "nothing stands here".to_owned(),
        [only] => format!("give `{only}`"),
        _ => format!("give one of `{}`", known.join("`, `")),
    }
}

/// What is wrong and what to write instead, of an id's error: the input in front may have colons of its own
fn in_two(text: &str) -> (String, String) {
    let behind_input = text
        .rfind("` is not ")
        .or_else(|| text.rfind("` "))
        .unwrap_or(0);
    let colon = text.get(behind_input..).and_then(|rest| rest.find(": "));
    let parts = colon.and_then(|colon| {
        let colon = behind_input + colon;
        Some((text.get(..colon)?, text.get(colon + 2..)?))
    });
    let (problem, expected) = parts.unwrap_or((text, ""));
    (problem.to_owned(), expected.to_owned())
}
