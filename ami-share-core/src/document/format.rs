use serde::de::DeserializeSeed;

use super::at::Part;
use super::place::Place;

/// The form that a document is written in
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Format {
    Json,
    Yaml,
}

impl Format {
    /// A text starts with `{` if it is JSON; otherwise it is YAML
    pub(crate) fn told_from(text: &str) -> Self {
        if text.trim_start().starts_with('{') {
            Self::Json
        } else {
            Self::Yaml
        }
    }

    /// The line, counted from 1, that the way leads to
    ///
    /// The text is read once more up to the place, and stopped there.
    pub(crate) fn line_of(self, text: &str, path: &[Part]) -> Option<u64> {
        let place = Place(path);
        match self {
            Self::Json => {
                let mut json = serde_json::Deserializer::from_str(text);
                let stopped = place.deserialize(&mut json);
                stopped.err().map(|error| error.line() as u64)
            }
            Self::Yaml => {
                let stopped = serde_saphyr::with_deserializer_from_str_with_options(
                    text,
                    yaml_options(),
                    |yaml| place.deserialize(yaml),
                );
                let location = stopped.err().and_then(|error| error.location());
                location.map(|location| location.line())
            }
        }
    }
}

/// How deep YAML may nest, since the stack has an end; JSON has a bound of `serde_json`'s own
const DEPTH: usize = 64;

/// No other bounds beside the memory: a file is its user's own
pub(crate) fn yaml_options() -> serde_saphyr::Options {
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
