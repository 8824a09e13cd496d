use std::fmt;

/// Why a world file cannot be loaded
///
/// It says what is wrong, and on which line and in which field, as far as that is known.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct WorldFileError {
    /// The line, counted from 1
    pub line: Option<u64>,
    /// The way to the field, such as `regions.eu-central-1.images[3].owner`; empty for the file as a
    /// whole
    pub field: String,
    /// What is wrong with it, and what was expected
    pub problem: String,
}

impl fmt::Display for WorldFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.field.is_empty() {
            write!(f, "`{}`: ", self.field)?;
        }
        f.write_str(&self.problem)
    }
}

impl std::error::Error for WorldFileError {}
