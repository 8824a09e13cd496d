//! The text of a file: from JSON or YAML, and back to the line that something stands on.

use serde::Deserialize;
use serde_path_to_error::{Path, Segment, Track};

use super::WorldFile;
use super::error::WorldFileError;
use super::wrong::Wrong;
use crate::document::{Format, Part, written, yaml_options};

pub(super) fn read(text: &str) -> Result<WorldFile, WorldFileError> {
    let mut track = Track::new();
    let read = if Format::told_from(text) == Format::Json {
        let mut json = serde_json::Deserializer::from_str(text);
        let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
        WorldFile::deserialize(tracked)
            .and_then(|file| json.end().map(|()| file))
            .map_err(|error| (Some(error.line() as u64), of_json(&error)))
    } else {
        serde_saphyr::with_deserializer_from_str_with_options(text, yaml_options(), |yaml| {
            WorldFile::deserialize(serde_path_to_error::Deserializer::new(yaml, &mut track))
        })
        .map_err(|error| {
            let line = error.location().map(|location| location.line());
            (line, of_yaml(error))
        })
    };
    read.map_err(|(line, problem)| WorldFileError {
        line,
        field: shown(&track.path()),
        problem,
    })
}

/// The line is told beside the problem
fn of_json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    text.get(..end).unwrap_or(&text).to_owned()
}

fn of_yaml(error: serde_saphyr::Error) -> String {
    let text = error.without_snippet().to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    text.get(..end).unwrap_or(&text).to_owned()
}

fn shown(path: &Path) -> String {
    let parts: Vec<Part> = path
        .iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(Part::Item(*index)),
            Segment::Map { key } => Some(Part::Field(key.clone())),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect();
    written(&parts)
}

/// What is wrong with a file, together with the line
pub(super) fn located(text: &str, wrong: Wrong) -> WorldFileError {
    let line = Format::told_from(text).line_of(text, &wrong.path);
    WorldFileError {
        line,
        field: written(&wrong.path),
        problem: wrong.problem,
    }
}
