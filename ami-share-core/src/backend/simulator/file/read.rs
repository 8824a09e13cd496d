//! The text of a file: from JSON or YAML, and back to the line that something stands on.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_path_to_error::{Path, Segment, Track};

use super::WorldFile;
use super::at::{Part, Wrong, written};
use super::error::WorldFileError;

/// A file starts with `{` if it is JSON; otherwise it is YAML
fn is_json(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// How deep YAML may nest, since the stack has an end; JSON has a bound of `serde_json`'s own
const DEPTH: usize = 64;

/// No other bounds beside the memory: a file is its user's own
fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: DEPTH,
            max_reader_input_bytes: None,
            max_events: usize::MAX,
            max_nodes: usize::MAX,
            max_aliases: usize::MAX,
            max_anchors: usize::MAX,
            max_recorded_anchor_events: usize::MAX,
            max_recorded_anchor_bytes: usize::MAX,
            max_total_scalar_bytes: usize::MAX,
            max_merge_keys: usize::MAX,
            enforce_alias_anchor_ratio: false,
        },
    }
}

pub(super) fn read(text: &str) -> Result<WorldFile, WorldFileError> {
    let mut track = Track::new();
    let read = if is_json(text) {
        let mut json = serde_json::Deserializer::from_str(text);
        let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
        WorldFile::deserialize(tracked)
            .and_then(|file| json.end().map(|()| file))
            .map_err(|error| (Some(error.line() as u64), of_json(&error)))
    } else {
        serde_saphyr::with_deserializer_from_str_with_options(text, options(), |yaml| {
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
///
/// The file is read once more up to the place, and stopped there.
pub(super) fn located(text: &str, wrong: Wrong) -> WorldFileError {
    let place = Place(&wrong.path);
    let line = if is_json(text) {
        let mut json = serde_json::Deserializer::from_str(text);
        let stopped = place.deserialize(&mut json);
        stopped.err().map(|error| error.line() as u64)
    } else {
        let stopped =
            serde_saphyr::with_deserializer_from_str_with_options(text, options(), |yaml| {
                place.deserialize(yaml)
            });
        let location = stopped.err().and_then(|error| error.location());
        location.map(|location| location.line())
    };
    WorldFileError {
        line,
        field: written(&wrong.path),
        problem: wrong.problem,
    }
}

/// Fails where the path ends, so that the parser tells the line
#[derive(Clone, Copy)]
struct Place<'a>(&'a [Part]);

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// A value that is no map and no list is where the path ends; the default is to fail
impl<'de> Visitor<'de> for Place<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if let [Part::Field(name), rest @ ..] = self.0 {
            while let Some(key) = map.next_key::<String>()? {
                if key == *name {
                    return map.next_value_seed(Place(rest));
                }
                map.next_value::<IgnoredAny>()?;
            }
        }
        Err(A::Error::custom("it is here"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        if let [Part::Item(index), rest @ ..] = self.0 {
            for _ in 0..*index {
                items.next_element::<IgnoredAny>()?;
            }
            items.next_element_seed(Place(rest))?;
        }
        Err(A::Error::custom("it is here"))
    }
}
