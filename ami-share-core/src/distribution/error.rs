use std::fmt;
use std::path::{Path, PathBuf};

/// Why there is no distribution: all that is wrong with a file or a draft
///
/// Printed, each problem is a line of its own, as in
/// ``golden.yaml:7: `recipients.acounts`: there is no such key; the nearest one is `accounts` ``.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DistributionError {
    pub(super) file: Option<PathBuf>,
    pub(super) problems: Vec<DistributionProblem>,
}

/// One thing that is wrong, and where
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct DistributionProblem {
    /// The line, counted from 1, if there is a text
    pub line: Option<u64>,
    /// The way to the field, such as `recipients.accounts[3]`; empty for the document as a whole
    pub field: String,
    /// What is wrong with it
    pub problem: String,
    /// What was expected instead
    pub expected: Option<String>,
    /// The valid key, or word, that is nearest to what was written
    pub nearest: Option<String>,
}

impl DistributionError {
    /// The file, if it was read from one
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// All that is wrong, in the order of the file; never empty
    pub fn problems(&self) -> &[DistributionProblem] {
        &self.problems
    }
}

impl fmt::Display for DistributionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.problems.iter().enumerate() {
            if number > 0 {
                f.write_str("; ")?;
            }
            match (&self.file, problem.line) {
                (Some(file), Some(line)) => write!(f, "{}:{line}: ", file.display())?,
                (Some(file), None) => write!(f, "{}: ", file.display())?,
                (None, Some(line)) => write!(f, "line {line}: ")?,
                (None, None) => {}
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for DistributionError {}

/// Without the line
impl fmt::Display for DistributionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.field.is_empty() {
            write!(f, "`{}`: ", self.field)?;
        }
        f.write_str(&self.problem)?;
        if let Some(expected) = &self.expected {
            write!(f, ": {expected}")?;
        }
        if let Some(nearest) = &self.nearest {
            write!(f, "; did you mean `{nearest}`?")?;
        }
        Ok(())
    }
}
