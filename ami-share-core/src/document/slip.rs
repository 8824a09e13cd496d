use std::fmt;

use serde::de::{Error, Expected, Unexpected};

use super::at::Part;
use super::place::in_words;

/// Something in a document that its type does not take
#[derive(Clone, Debug)]
pub(crate) struct Slip {
    /// The way to it, as the document has it
    pub(crate) path: Vec<Part>,
    pub(crate) kind: SlipKind,
}

#[derive(Clone, Debug)]
pub(crate) enum SlipKind {
    /// A key that there is none of
    UnknownKey {
        key: String,
        known: &'static [&'static str],
    },
    /// A word that is none of those that stand for something
    UnknownWord {
        word: String,
        known: &'static [&'static str],
    },
    /// A key that is not there
    Missing { key: &'static str },
    /// A key that is there twice
    Twice { key: String },
    /// A value of another type
    Type { found: String, expected: String },
    /// A value that the parser does not take for what is expected
    Value { problem: String, expected: String },
    /// A value that its type does not take
    Other(String),
}

/// A slip on its way out of a type's `Deserialize`
#[derive(Clone, Debug)]
pub(super) struct Raised {
    /// The way to it, once it is known
    pub(super) path: Option<Vec<Part>>,
    pub(super) kind: SlipKind,
}

impl Raised {
    fn new(kind: SlipKind) -> Self {
        Self { path: None, kind }
    }

    /// Where it was raised, unless that is known more closely
    pub(super) fn at(self, path: impl FnOnce() -> Vec<Part>) -> Self {
        Self {
            path: self.path.or_else(|| Some(path())),
            kind: self.kind,
        }
    }
}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)
    }
}

impl std::error::Error for Raised {}

impl Error for Raised {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(SlipKind::Other(message.to_string()))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(SlipKind::Type {
            found: in_words(found),
            expected: expectation(&expected.to_string()),
        })
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn unknown_variant(word: &str, known: &'static [&'static str]) -> Self {
        let word = word.to_owned();
        Self::new(SlipKind::UnknownWord { word, known })
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        let key = key.to_owned();
        Self::new(SlipKind::UnknownKey { key, known })
    }

    fn missing_field(key: &'static str) -> Self {
        Self::new(SlipKind::Missing { key })
    }

    fn duplicate_field(key: &'static str) -> Self {
        let key = key.to_owned();
        Self::new(SlipKind::Twice { key })
    }
}

/// What serde's derived code and its own types expect, in the words of one who writes a file
pub(super) fn expectation(serde: &str) -> String {
    match serde {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "a map of keys".to_owned(),
        "a string" | "string" | "variant identifier" => "a text, in quotes".to_owned(),
        text if text.starts_with("struct ") => "a map of keys".to_owned(),
        text => text.to_owned(),
    }
}
