use std::fmt::Display;

use serde::de::{DeserializeOwned, Deserializer, IgnoredAny};

use super::at::At;
use super::format::{Format, bounded_yaml_options, line_at};
use super::nearest::nearest;
use super::repair::Repairs;
use super::slip::{Raised, Slip, SlipKind};
use super::tracked::{Reader, Tracked};

/// A text that is no document of its format
#[derive(Clone, Debug)]
pub(crate) struct SyntaxError {
    pub(crate) line: Option<u64>,
    pub(crate) problem: String,
}

/// A document as far as it could be read
#[derive(Debug)]
pub(crate) struct Reading<T> {
    /// `None` if nothing can be told without what could not be read
    pub(crate) value: Option<T>,
    pub(crate) slips: Vec<Slip>,
    pub(crate) repairs: Repairs,
}

/// So many times a text is read at most, each time without what could not be read before
const ROUNDS: usize = 100;

/// Reads a document, and goes on after what cannot be read
///
/// An unknown key is taken for the nearest one where that is not there, so that a slip of the pen is
/// one problem instead of several.
pub(crate) fn read<T: DeserializeOwned>(
    format: Format,
    text: &str,
) -> Result<Reading<T>, SyntaxError> {
    check_syntax(format, text)?;
    let mut slips: Vec<Slip> = Vec::new();
    let mut repairs = Repairs::default();
    for _ in 0..ROUNDS {
        let raised = match attempt(format, text, &repairs) {
            Ok(value) => {
                return Ok(Reading {
                    value: Some(value),
                    slips,
                    repairs,
                });
            }
            Err(raised) => raised,
        };
        let path = raised.path.unwrap_or_default();
        let kind = match raised.kind {
            SlipKind::Value { problem, expected } => match format.found_at(text, &path) {
                Some(found) => SlipKind::Type { found, expected },
                None => SlipKind::Value { problem, expected },
            },
            other => other,
        };
        let slip = Slip { path, kind };
        if !settle(&mut slips, &mut repairs, slip) {
            break;
        }
    }
    Ok(Reading {
        value: None,
        slips,
        repairs,
    })
}

/// Whether it makes sense to read on
fn settle(slips: &mut Vec<Slip>, repairs: &mut Repairs, slip: Slip) -> bool {
    let path = slip.path.clone();
    let goes_on = match &slip.kind {
        SlipKind::UnknownKey { key, known } => match nearest(key, known.iter().copied()) {
            Some(near) => repairs.take_for(path, near),
            None => repairs.leave_out(path),
        },
        SlipKind::Twice { key } => {
            let above = path
                .split_last()
                .map_or(path.as_slice(), |(_, above)| above);
            // The nearest key is there itself.
            if let Some(taken) = repairs.taken_for(above, key) {
                return repairs.leave_out(taken);
            }
            repairs.leave_out(path)
        }
        // What could not be read may be what is missing.
        SlipKind::Missing { .. } if repairs.is_lost_below(&path) => {
            return !path.is_empty() && repairs.leave_out(path);
        }
        SlipKind::Missing { .. }
        | SlipKind::UnknownWord { .. }
        | SlipKind::Type { .. }
        | SlipKind::Value { .. }
        | SlipKind::Other(_) => !path.is_empty() && repairs.leave_out(path),
    };
    slips.push(slip);
    goes_on
}

fn attempt<T: DeserializeOwned>(
    format: Format,
    text: &str,
    repairs: &Repairs,
) -> Result<T, Raised> {
    let reader = Reader::new(repairs);
    let top = At::TOP;
    match format {
        Format::Json => tracked(&reader, &top, &mut serde_json::Deserializer::from_str(text)),
        Format::Yaml => {
            let mut raised = None;
            let value = serde_saphyr::with_deserializer_from_str_with_options(
                text,
                bounded_yaml_options(),
                |yaml| match tracked(&reader, &top, yaml) {
                    Ok(value) => Ok(Some(value)),
                    Err(error) => {
                        raised = Some(error);
                        Ok(None)
                    }
                },
            );
            match (value, raised) {
                (_, Some(raised)) => Err(raised),
                (Ok(Some(value)), None) => Ok(value),
                (Ok(None), None) => Err(unread("the document ends early")),
                (Err(error), None) => Err(unread(error)),
            }
        }
        Format::Toml => match toml::Deserializer::parse(text) {
            Ok(toml) => tracked(&reader, &top, toml),
            Err(error) => Err(unread(error.message())),
        },
    }
}

fn tracked<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    reader: &Reader<'_>,
    at: &At<'_>,
    inner: D,
) -> Result<T, Raised> {
    T::deserialize(Tracked { inner, reader, at })
}

/// The syntax was looked at before, so that this is a difference between two readings of one text
fn unread(problem: impl Display) -> Raised {
    Raised {
        path: Some(Vec::new()),
        kind: SlipKind::Other(problem.to_string()),
    }
}

fn check_syntax(format: Format, text: &str) -> Result<(), SyntaxError> {
    match format {
        Format::Json => match serde_json::from_str::<IgnoredAny>(text) {
            Ok(_) => Ok(()),
            Err(error) => Err(SyntaxError {
                line: Some(error.line() as u64),
                problem: without_place(&error.to_string()),
            }),
        },
        Format::Yaml => {
            let options = bounded_yaml_options();
            match serde_saphyr::from_str_with_options::<IgnoredAny>(text, options) {
                Ok(_) => Ok(()),
                Err(error) => Err(SyntaxError {
                    line: error.location().map(|location| location.line()),
                    problem: without_place(&error.without_snippet().to_string()),
                }),
            }
        }
        Format::Toml => match toml::Deserializer::parse(text) {
            Ok(_) => Ok(()),
            Err(error) => Err(SyntaxError {
                line: error.span().map(|span| line_at(text, span.start)),
                problem: without_place(error.message()),
            }),
        },
    }
}

/// The first line, without the place, which is told beside it
fn without_place(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let end = line.rfind(" at line ").unwrap_or(line.len());
    line.get(..end).unwrap_or(line).to_owned()
}
