//! Distributions that were written for other tools.

mod field;
mod image_builder;
mod packer;
mod packer_hcl;
mod packer_json;
mod take;

use std::fmt;

use serde::Serialize;

use super::draft::DistributionDraft;
use super::error::{DistributionError, DistributionProblem};

/// What could be taken over from another tool's file, and what could not
///
/// Nothing is made up: where the file does not say which image it is about, or by which role recipients
/// are reached, the draft lacks it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Imported {
    /// What was taken over; the image may be missing
    pub distribution: DistributionDraft,
    /// What was not
    pub not_taken: Vec<NotTaken>,
}

/// A field of another tool's file that was not taken over
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NotTaken {
    /// The way to the field in that file, such as `builders[0].ami_groups`
    pub field: String,
    /// Why not, and what could be done instead
    pub why: String,
}

impl fmt::Display for NotTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.field, self.why)
    }
}

/// Why a text is not that of the other tool
fn refuse(line: Option<u64>, problem: impl Into<String>, expected: &str) -> DistributionError {
    DistributionError {
        file: None,
        problems: vec![DistributionProblem {
            line,
            field: String::new(),
            problem: problem.into(),
            expected: Some(expected.to_owned()),
            nearest: None,
        }],
    }
}

fn json(text: &str, expected: &str) -> Result<serde_json::Value, DistributionError> {
    serde_json::from_str(text).map_err(|error| {
        let problem = error.to_string();
        let end = problem.rfind(" at line ").unwrap_or(problem.len());
        let problem = problem.get(..end).unwrap_or(&problem);
        refuse(Some(error.line() as u64), problem, expected)
    })
}
