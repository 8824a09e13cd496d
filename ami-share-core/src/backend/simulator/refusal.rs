use std::borrow::Cow;

use super::call::Service;
use crate::api_error::ApiError;
use crate::id::{ImageId, SnapshotId};

/// Why a rule says no, before it is known which operation asked
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: String,
    /// The HTTP status, where it is not the one of the code
    status: Option<u16>,
}

/// A call that got no answer of its own
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum NoAnswer {
    Refused {
        refusal: Refusal,
        request_id: String,
    },
    /// The connection broke: nobody knows whether it was done
    Lost,
}

impl Refusal {
    pub(crate) const IMAGE_NOT_FOUND: &'static str = "InvalidAMIID.NotFound";
    pub(crate) const SNAPSHOT_NOT_FOUND: &'static str = "InvalidSnapshot.NotFound";
    pub(crate) const DRY_RUN: &'static str = "DryRunOperation";
    pub(crate) const DRY_RUN_OF_KMS: &'static str = "DryRunOperationException";

    pub(crate) fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            status: None,
        }
    }

    pub(crate) fn images_not_found<'a>(images: impl IntoIterator<Item = &'a ImageId>) -> Self {
        let ids: Vec<&str> = images.into_iter().map(ImageId::as_str).collect();
        let (noun, verb) = match ids.len() {
            1 => ("id", "does"),
            _ => ("ids", "do"),
        };
        let message = format!("The image {noun} '[{}]' {verb} not exist", ids.join(", "));
        Self::new(Self::IMAGE_NOT_FOUND, message)
    }

    pub(crate) fn snapshot_not_found(snapshot: &SnapshotId) -> Self {
        Self::new(
            Self::SNAPSHOT_NOT_FOUND,
            format!("The snapshot '{snapshot}' does not exist."),
        )
    }

    /// What a service says to a caller whose policies do not allow the action
    pub(crate) fn not_authorized(service: Service, message: impl Into<String>) -> Self {
        let code = match service {
            Service::Ec2 => "UnauthorizedOperation",
            Service::Iam | Service::Sts => "AccessDenied",
            Service::Kms | Service::Organizations | Service::Ssm => "AccessDeniedException",
        };
        Self::new(code, message)
    }

    /// A rehearsal that would have been allowed
    pub(crate) fn dry_run() -> Self {
        Self::new(
            Self::DRY_RUN,
            "Request would have succeeded, but DryRun flag is set.",
        )
    }

    /// With another HTTP status than that of the code
    pub(crate) fn with_status(self, status: u16) -> Self {
        Self {
            status: Some(status),
            ..self
        }
    }

    /// The HTTP status that AWS answers with
    pub(crate) fn status(&self) -> u16 {
        self.status.unwrap_or(match self.code.as_ref() {
            "AuthFailure" => 401,
            "AccessDenied"
            | "ExpiredToken"
            | "InvalidClientTokenId"
            | "MissingAuthenticationToken"
            | "UnauthorizedOperation" => 403,
            Self::DRY_RUN => 412,
            "InternalError" | "InternalFailure" | "KMSInternalException" | "ServiceException" => {
                500
            }
            "RequestLimitExceeded" | "ServiceUnavailable" | "Unavailable" => 503,
            _ => 400,
        })
    }

    /// As the error of an AWS operation
    pub(crate) fn of(self, operation: &str) -> ApiError {
        let status = self.status();
        ApiError::from_code(operation, &self.code, self.message).with_status(status)
    }
}

impl NoAnswer {
    /// As the error of an AWS operation
    pub(crate) fn of(self, operation: &str) -> ApiError {
        match self {
            Self::Refused {
                refusal,
                request_id,
            } => refusal.of(operation).with_request_id(Some(request_id)),
            Self::Lost => ApiError::without_code(
                operation,
                crate::api_error::ApiErrorKind::Transient,
                "the connection closed before an answer came",
            ),
        }
    }
}
