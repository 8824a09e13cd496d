//! What AWS answered when it said no, and the one table that says what each code means.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What kind of no an AWS error code is
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ApiErrorKind {
    /// The caller's policies do not allow the operation
    AccessDenied,
    /// The request itself is wrong
    Invalid,
    /// The image, snapshot, organization or OU does not exist, or is not visible to the caller
    NotFound,
    /// The operation is not allowed on this resource, or blocked by an account setting
    NotPermitted,
    /// The image is in a state that does not allow the operation
    NotAvailable,
    /// A quota of the account is used up
    Quota,
    /// Too many calls; the SDK has given up retrying
    Throttled,
    /// The answer never came, or AWS failed: the operation may or may not have been done
    Transient,
    /// The credentials are missing or wrong, or the caller does not own the resource
    Unauthenticated,
    /// Any other code
    Other,
}

impl ApiErrorKind {
    /// The kind and the retryability of an AWS error code
    ///
    /// From EC2's error codes, Organizations' exceptions and the SDKs' list of throttling codes.
    /// A code that is not in the table is [`Other`](Self::Other) and not retried.
    pub fn of_code(code: &str) -> (Self, bool) {
        match code {
            "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => {
                (Self::AccessDenied, false)
            }
            "AuthFailure"
            | "ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidClientTokenId"
            | "MissingAuthenticationToken"
            | "OptInRequired"
            | "RegionDisabledException"
            | "RequestExpired"
            | "SignatureDoesNotMatch"
            | "UnrecognizedClientException" => (Self::Unauthenticated, false),
            "AWSOrganizationsNotInUseException"
            | "InvalidAMIID.NotFound"
            | "InvalidSnapshot.NotFound"
            | "NotFoundException"
            | "OrganizationalUnitNotFoundException"
            | "ParameterNotFound"
            | "ParentNotFoundException" => (Self::NotFound, false),
            "DisabledException"
            | "IncorrectState"
            | "InvalidAMIID.Unavailable"
            | "KMSInvalidStateException" => (Self::NotAvailable, false),
            "InvalidRequest"
            | "InvalidSnapshot.InUse"
            | "OperationNotPermitted"
            | "UnsupportedOperation" => (Self::NotPermitted, false),
            "AlreadyExistsException"
            | "InvalidAMIID.Malformed"
            | "InvalidAMIAttributeItemValue"
            | "IdempotentParameterMismatch"
            | "InvalidArnException"
            | "InvalidGrantIdException"
            | "InvalidInputException"
            | "InvalidParameter"
            | "InvalidParameterCombination"
            | "InvalidParameterValue"
            | "InvalidSnapshotID.Malformed"
            | "MalformedPolicyDocumentException"
            | "MissingParameter"
            | "PackedPolicyTooLarge"
            | "TagPolicyViolation"
            | "ValidationError"
            | "ValidationException" => (Self::Invalid, false),
            // `LimitExceededException` is KMS's for its hard quotas.
            "AttributeLimitExceeded"
            | "LimitExceededException"
            | "ParameterLimitExceeded"
            | "ResourceCountExceeded"
            | "ResourceLimitExceeded"
            | "TagLimitExceeded" => (Self::Quota, false),
            "BandwidthLimitExceeded"
            | "ConcurrentTagAccess"
            | "EC2ThrottledException"
            | "PriorRequestNotComplete"
            | "RequestLimitExceeded"
            | "RequestThrottled"
            | "RequestThrottledException"
            | "SlowDown"
            | "Throttling"
            | "ThrottledException"
            | "ThrottlingException"
            | "TooManyRequestsException"
            | "TooManyUpdates" => (Self::Throttled, true),
            "DependencyTimeoutException"
            | "InternalError"
            | "InternalFailure"
            | "KMSInternalException"
            | "RequestTimeout"
            | "RetryableError"
            | "ServiceException"
            | "ServiceUnavailable"
            | "Unavailable" => (Self::Transient, true),
            _ => (Self::Other, false),
        }
    }
}

/// An AWS operation that failed
///
/// Carries the operation, AWS's own code and message, and the request id that AWS support asks
/// for; never credentials or headers.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ApiError {
    kind: ApiErrorKind,
    retryable: bool,
    operation: String,
    code: Option<String>,
    message: String,
    request_id: Option<String>,
}

impl ApiError {
    /// An error that AWS answered with a code
    pub fn from_code(operation: &str, code: &str, message: impl Into<String>) -> Self {
        let (kind, retryable) = ApiErrorKind::of_code(code);
        Self {
            kind,
            retryable,
            operation: operation.to_owned(),
            code: Some(code.to_owned()),
            message: message.into(),
            request_id: None,
        }
    }

    /// An error without a code of AWS: no answer, or one that could not be read
    pub fn without_code(operation: &str, kind: ApiErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            retryable: matches!(kind, ApiErrorKind::Transient | ApiErrorKind::Throttled),
            operation: operation.to_owned(),
            code: None,
            message: message.into(),
            request_id: None,
        }
    }

    /// The same error, answered with this HTTP status
    ///
    /// From 500 on, a code that is not in the table tells of a failure of AWS, so the operation may
    /// have been done.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        if self.kind == ApiErrorKind::Other && status >= 500 {
            self.kind = ApiErrorKind::Transient;
            self.retryable = true;
        }
        self
    }

    /// The same error with the request id that AWS gave it
    #[must_use]
    pub fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.request_id = request_id;
        self
    }

    /// What kind of no it is
    pub fn kind(&self) -> ApiErrorKind {
        self.kind
    }

    /// Whether the same call may succeed later without any change
    pub fn is_retryable(&self) -> bool {
        self.retryable
    }

    /// Whether the operation may have been done although it failed
    pub fn is_ambiguous(&self) -> bool {
        self.kind == ApiErrorKind::Transient
    }

    /// Whether it is the account's role that could not be assumed, so that nothing was called as it
    pub(crate) fn is_of_role(&self) -> bool {
        self.operation == "AssumeRole"
    }

    /// The AWS operation, such as `ModifyImageAttribute`
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// AWS's error code, such as `InvalidAMIID.NotFound`
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// AWS's own words
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The id that AWS gave the failed request
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed", self.operation)?;
        if let Some(code) = &self.code {
            write!(f, " with `{code}`")?;
        }
        if !self.message.is_empty() {
            write!(f, ": {}", self.message.trim_end_matches('.'))?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promise_8_an_unknown_code_with_a_server_error_may_have_been_done() {
        let error = |code, status| ApiError::from_code("CreateTags", code, "").with_status(status);
        assert!(error("SomethingNew", 500).is_ambiguous());
        assert!(error("SomethingNew", 503).is_retryable());
        assert!(!error("SomethingNew", 400).is_ambiguous());
        assert_eq!(
            error("RequestLimitExceeded", 503).kind(),
            ApiErrorKind::Throttled
        );
        assert_eq!(
            error("UnauthorizedOperation", 403).kind(),
            ApiErrorKind::AccessDenied
        );
    }

    #[test]
    fn an_error_of_a_role_is_told_from_those_of_calls_as_it() {
        let denied = |operation| ApiError::from_code(operation, "AccessDenied", "");
        assert!(denied("AssumeRole").is_of_role());
        assert!(!denied("DescribeImages").is_of_role());
    }

    #[test]
    fn an_error_is_one_line_with_operation_and_code() {
        let error =
            ApiError::from_code("ModifyImageAttribute", "InvalidAMIID.NotFound", "no image.");
        assert_eq!(
            error.to_string(),
            "ModifyImageAttribute failed with `InvalidAMIID.NotFound`: no image"
        );
    }
}
