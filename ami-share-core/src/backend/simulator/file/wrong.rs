use std::fmt;

use crate::document::{At, Part};

/// What is wrong with a file that could be read, and where
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Wrong {
    pub(super) path: Vec<Part>,
    pub(super) problem: String,
}

impl At<'_> {
    pub(super) fn wrong(&self, problem: impl fmt::Display) -> Wrong {
        Wrong {
            path: self.path(),
            problem: problem.to_string(),
        }
    }
}
