use std::fmt::Display;
use std::str::FromStr;

use super::super::draft::{DistributionDraft, Version};
use super::field::{Field, shortened};
use super::{Imported, NotTaken};
use crate::resource::Tags;

/// What was taken over so far
#[derive(Debug)]
pub(super) struct Take {
    pub(super) draft: DistributionDraft,
    not_taken: Vec<NotTaken>,
}

impl Take {
    pub(super) fn new() -> Self {
        let draft = DistributionDraft {
            version: Some(Version::One),
            ..DistributionDraft::default()
        };
        Self {
            draft,
            not_taken: Vec::new(),
        }
    }

    pub(super) fn done(self) -> Imported {
        Imported {
            distribution: self.draft,
            not_taken: self.not_taken,
        }
    }

    pub(super) fn leave(&mut self, field: impl Into<String>, why: impl Into<String>) {
        self.not_taken.push(NotTaken {
            field: field.into(),
            why: why.into(),
        });
    }

    pub(super) fn text(&mut self, at: &str, field: &Field) -> Option<String> {
        field.text().map_err(|why| self.leave(at, why)).ok()
    }

    /// One text as the type that it is
    pub(super) fn parsed<T>(&mut self, at: &str, field: &Field) -> Option<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        let text = self.text(at, field)?;
        text.parse()
            .map_err(|error: T::Err| self.leave(at, shortened(&error.to_string())))
            .ok()
    }

    /// A list of texts, each once
    pub(super) fn list<T>(&mut self, at: &str, field: &Field) -> Vec<T>
    where
        T: FromStr + PartialEq,
        T::Err: Display,
    {
        let mut values = Vec::new();
        match field {
            Field::Nothing => {}
            Field::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    let value = self.parsed(&format!("{at}[{index}]"), item);
                    values.extend(value.filter(|value| !values.contains(value)));
                }
            }
            Field::Unknown(why) => self.leave(at, why.as_str()),
            _ => self.leave(at, "it is no list"),
        }
        values
    }

    pub(super) fn tags(&mut self, at: &str, field: &Field) -> Tags {
        match field {
            Field::Map(entries) => entries
                .iter()
                .filter_map(|(key, value)| {
                    let value = self.text(&format!("{at}.{key}"), value)?;
                    Some((key.clone(), value))
                })
                .collect(),
            Field::Nothing => Tags::new(),
            Field::Unknown(why) => {
                self.leave(at, why.as_str());
                Tags::new()
            }
            _ => {
                self.leave(at, "it is no map of tags");
                Tags::new()
            }
        }
    }

    pub(super) fn number(&mut self, at: &str, field: &Field) -> Option<u32> {
        let text = self.text(at, field)?;
        let number = text.parse().ok();
        if number.is_none() {
            self.leave(at, format!("`{}` is no whole number", shortened(&text)));
        }
        number
    }

    pub(super) fn flag(&mut self, at: &str, field: &Field) -> Option<bool> {
        match self.text(at, field)?.as_str() {
            "true" => Some(true),
            "false" => Some(false),
            other => {
                self.leave(
                    at,
                    format!("`{}` is neither true nor false", shortened(other)),
                );
                None
            }
        }
    }
}
