//! What is to be done depends on what failed, not on where.

use crate::api_error::{ApiError, ApiErrorKind};
use crate::engine::recipient::mend_of;

#[test]
fn every_kind_of_error_that_can_be_mended_has_a_mend_of_its_own() {
    let mend = |operation: &str, code: &str| {
        let error = ApiError::from_code(operation, code, "on purpose");
        mend_of(&error, "allow it")
    };
    assert_eq!(
        mend("GetParameter", "AccessDeniedException").as_deref(),
        Some("allow it")
    );
    for (operation, code, expected) in [
        ("AssumeRole", "AccessDenied", "trust policy"),
        ("AssumeRole", "PackedPolicyTooLarge", "session tags"),
        ("AssumeRole", "ExpiredTokenException", "credentials"),
        ("GetParameter", "ExpiredTokenException", "credentials"),
        ("DescribeImages", "OptInRequired", "enable the Region"),
        ("GetParameter", "ThrottlingException", "again later"),
        ("AssumeRole", "Throttling", "again later"),
        ("DescribeImages", "InternalError", "run the request again"),
    ] {
        let mend = mend(operation, code).unwrap();
        assert!(mend.contains(expected), "{operation} {code}: {mend}");
    }
    assert_eq!(mend("GetParameter", "ValidationException"), None);
    let lost = ApiError::without_code("GetParameter", ApiErrorKind::Transient, "no answer");
    assert!(mend_of(&lost, "allow it").is_some());
}
