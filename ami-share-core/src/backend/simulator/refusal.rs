use crate::api_error::ApiError;
use crate::id::{ImageId, SnapshotId};

/// Why a rule says no, before it is known which operation asked
#[derive(Debug)]
pub(super) struct Refusal {
    code: &'static str,
    message: String,
}

impl Refusal {
    pub(super) const IMAGE_NOT_FOUND: &'static str = "InvalidAMIID.NotFound";

    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    pub(super) fn images_not_found<'a>(images: impl IntoIterator<Item = &'a ImageId>) -> Self {
        let ids: Vec<&str> = images.into_iter().map(ImageId::as_str).collect();
        let (noun, verb) = match ids.len() {
            1 => ("id", "does"),
            _ => ("ids", "do"),
        };
        let message = format!("The image {noun} '[{}]' {verb} not exist", ids.join(", "));
        Self::new(Self::IMAGE_NOT_FOUND, message)
    }

    pub(super) fn snapshot_not_found(snapshot: &SnapshotId) -> Self {
        Self::new(
            "InvalidSnapshot.NotFound",
            format!("The snapshot '{snapshot}' does not exist."),
        )
    }

    /// As the error of an AWS operation
    pub(super) fn of(self, operation: &str) -> ApiError {
        ApiError::from_code(operation, self.code, self.message)
    }
}
