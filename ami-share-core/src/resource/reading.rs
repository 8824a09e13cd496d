use serde::{Deserialize, Serialize};

/// Something that was asked for and either read, or not, with the reason
///
/// What could not be read is never taken for a good answer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading<T> {
    /// It was read
    Known(T),
    /// It could not be read
    Unknown {
        /// Why not, in one line
        because: String,
    },
}

impl<T> Reading<T> {
    /// What was read, if it was
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown { .. } => None,
        }
    }
}

impl<T, E: std::fmt::Display> From<Result<T, E>> for Reading<T> {
    fn from(result: Result<T, E>) -> Self {
        match result {
            Ok(value) => Self::Known(value),
            Err(error) => Self::Unknown {
                because: error.to_string(),
            },
        }
    }
}
