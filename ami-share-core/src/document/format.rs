use std::cell::RefCell;

use serde::de::DeserializeSeed;

use super::at::Part;
use super::place::Place;

/// The form that a document is written in
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Format {
    Json,
    Yaml,
    #[cfg(feature = "distribution")]
    Toml,
}

impl Format {
    /// A text starts with `{` if it is JSON; otherwise it is YAML
    #[cfg(feature = "simulator-server")]
    pub(crate) fn told_from(text: &str) -> Self {
        if text.trim_start().starts_with('{') {
            Self::Json
        } else {
            Self::Yaml
        }
    }

    /// The line, counted from 1, of the value that the way leads to
    ///
    /// The text is read once more up to the place, and stopped there.
    #[cfg(feature = "simulator-server")]
    pub(crate) fn line_of(self, text: &str, path: &[Part]) -> Option<u64> {
        let found = RefCell::new(None);
        let place = Place {
            path,
            at_key: false,
            found: &found,
        };
        self.stopped_at(text, place)
    }

    /// The line of the key or the item that the way leads to, or else of the last on the way that is
    /// there
    #[cfg(feature = "distribution")]
    pub(crate) fn line_of_key(self, text: &str, path: &[Part]) -> Option<u64> {
        (1..=path.len()).rev().find_map(|parts| {
            let found = RefCell::new(None);
            let place = Place {
                path: path.get(..parts)?,
                at_key: true,
                found: &found,
            };
            let line = self.stopped_at(text, place);
            line.filter(|_| found.borrow().is_some())
        })
    }

    /// What stands where the way leads to, in words
    #[cfg(feature = "distribution")]
    pub(super) fn found_at(self, text: &str, path: &[Part]) -> Option<String> {
        let found = RefCell::new(None);
        let place = Place {
            path,
            at_key: false,
            found: &found,
        };
        self.stopped_at(text, place);
        found.into_inner()
    }

    fn stopped_at(self, text: &str, place: Place<'_>) -> Option<u64> {
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
            #[cfg(feature = "distribution")]
            Self::Toml => {
                let toml = toml::Deserializer::parse(text).ok()?;
                let stopped = place.deserialize(toml);
                Some(line_at(text, stopped.err()?.span()?.start))
            }
        }
    }
}

/// The line of a byte, counted from 1
#[cfg(feature = "distribution")]
pub(super) fn line_at(text: &str, byte: usize) -> u64 {
    let before = text.as_bytes().get(..byte).unwrap_or_default();
    before.iter().filter(|&&byte| byte == b'\n').count() as u64 + 1
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

/// The bounds of `serde_saphyr`, which refuse aliases that grow without end
#[cfg(feature = "distribution")]
pub(super) fn bounded_yaml_options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_depth: DEPTH },
    }
}
