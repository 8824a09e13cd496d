use std::cell::Cell;

use serde_json::Value;

/// A value of another tool's file, as far as it is known
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Field {
    Nothing,
    Bool(bool),
    Number(String),
    Text(Vec<Piece>),
    List(Vec<Field>),
    /// A key can be there several times, where blocks are repeated
    Map(Vec<(String, Field)>),
    /// With the reason
    Unknown(String),
}

/// A part of a text
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Literal(String),
    /// Something that only the other tool replaces
    Unknown(String),
}

/// How much may come from variables that are used many times over
#[derive(Debug)]
pub(super) struct Budget(Cell<usize>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(1 << 24))
    }
}

impl Budget {
    /// A copy, as long as not too much was copied
    pub(super) fn copy(&self, field: &Field) -> Field {
        let left = self.0.get();
        let weight = if left == 0 { 0 } else { field.weight() };
        if left == 0 || weight > left {
            self.0.set(0);
            return Field::Unknown("the variables of the file grow too large".to_owned());
        }
        self.0.set(left - weight);
        field.clone()
    }
}

impl Field {
    pub(super) fn literal(text: impl Into<String>) -> Self {
        Self::Text(vec![Piece::Literal(text.into())])
    }

    /// From JSON; `words` says what stands for `{{…}}` in a text
    pub(super) fn of_json(value: &Value, words: &dyn Fn(&str) -> Option<Field>) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number.to_string()),
            Value::String(text) => Self::of_text(text, words),
            Value::Array(items) => Self::List(
                items
                    .iter()
                    .map(|item| Self::of_json(item, words))
                    .collect(),
            ),
            Value::Object(fields) if is_function(fields) => Self::Unknown(
                "a function of CloudFormation stands here, which only that resolves".to_owned(),
            ),
            Value::Object(fields) => Self::Map(
                fields
                    .iter()
                    .map(|(key, value)| (key.clone(), Self::of_json(value, words)))
                    .collect(),
            ),
        }
    }

    /// A text with `{{…}}` in it; if there is nothing else, it is what that stands for
    pub(super) fn of_text(text: &str, words: &dyn Fn(&str) -> Option<Field>) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, (word, behind))) = rest
            .split_once("{{")
            .and_then(|(before, behind)| Some((before, behind.split_once("}}")?)))
        {
            if !before.is_empty() {
                pieces.push(Piece::Literal(before.to_owned()));
            }
            match words(word.trim()) {
                Some(Self::Text(known)) => pieces.extend(known),
                Some(Self::Number(known)) => pieces.push(Piece::Literal(known)),
                _ => pieces.push(Piece::Unknown(format!("{{{{{word}}}}}"))),
            }
            rest = behind;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.to_owned()));
        }
        Self::Text(pieces)
    }

    /// The text, or why it is not known
    pub(super) fn text(&self) -> Result<String, String> {
        match self {
            Self::Text(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Literal(text) => Ok(text.as_str()),
                    Piece::Unknown(word) => Err(format!(
                        "`{}` is known to the other tool alone",
                        shortened(word)
                    )),
                })
                .collect(),
            Self::Number(number) => Ok(number.clone()),
            Self::Bool(value) => Ok(value.to_string()),
            Self::Unknown(why) => Err(why.clone()),
            Self::Nothing | Self::List(_) | Self::Map(_) => Err("it is no text".to_owned()),
        }
    }

    /// The text with `*` where it is not known
    pub(super) fn pattern(&self) -> Result<String, String> {
        let Self::Text(pieces) = self else {
            return self.text();
        };
        let mut pattern = String::new();
        for piece in pieces {
            match piece {
                Piece::Literal(text) => pattern.push_str(text),
                Piece::Unknown(_) if pattern.ends_with('*') => {}
                Piece::Unknown(_) => pattern.push('*'),
            }
        }
        Ok(pattern)
    }

    /// The value of a key, and the key as it is written: CloudFormation has it with a capital letter
    pub(super) fn find(&self, key: &str) -> Option<(&str, &Field)> {
        let same = |written: &str| {
            let mut written = written.chars();
            let mut key = key.chars();
            let first = written.next().zip(key.next());
            first.is_some_and(|(written, key)| written.eq_ignore_ascii_case(&key))
                && written.as_str() == key.as_str()
        };
        let found = self.entries().iter().find(|(written, _)| same(written));
        found.map(|(written, value)| (written.as_str(), value))
    }

    pub(super) fn get(&self, key: &str) -> Option<&Field> {
        self.find(key).map(|(_, value)| value)
    }

    /// Nothing for what is no map
    pub(super) fn entries(&self) -> &[(String, Field)] {
        match self {
            Self::Map(entries) => entries,
            _ => &[],
        }
    }

    fn weight(&self) -> usize {
        let below = match self {
            Self::Nothing | Self::Bool(_) => 0,
            Self::Number(text) | Self::Unknown(text) => text.len(),
            Self::Text(pieces) => pieces
                .iter()
                .map(|(Piece::Literal(text) | Piece::Unknown(text))| 16 + text.len())
                .sum(),
            Self::List(items) => items.iter().map(Self::weight).sum(),
            Self::Map(entries) => entries
                .iter()
                .map(|(key, value)| key.len() + value.weight())
                .sum(),
        };
        16 + below
    }
}

/// `{"Ref": …}` or `{"Fn::…": …}`
fn is_function(fields: &serde_json::Map<String, Value>) -> bool {
    let is_name = |name: &String| name == "Ref" || name.starts_with("Fn::");
    fields.len() == 1 && fields.keys().all(is_name)
}

/// So much of another tool's text as is shown
pub(super) fn shortened(text: &str) -> String {
    const SHOWN: usize = 100;
    let line = text.replace(['\n', '\r'], " ");
    let mut shown: String = line.chars().take(SHOWN).collect();
    if shown.len() < line.len() {
        shown.push('…');
    }
    shown
}
