use super::*;
use crate::principal::Principal;
use crate::resource::TagProblem;

const IMAGE: &str = "ami-0123456789abcdef0";
const ORGANIZATION: &str = "arn:aws:organizations::123456789012:organization/o-exampleorg1";
const UNIT: &str = "arn:aws:organizations::123456789012:ou/o-exampleorg1/ou-ab12-11111111";

fn basic() -> ShareRequestBuilder {
    ShareRequest::builder()
        .region("us-east-1")
        .image(IMAGE)
        .account("111122223333")
}

fn problems(builder: ShareRequestBuilder) -> Vec<RequestProblem> {
    builder.build().unwrap_err().problems().to_vec()
}

#[test]
fn a_saved_request_reads_back_equal() {
    let request = basic()
        .image_in("eu-west-1", "ami-01234567")
        .organization(ORGANIZATION)
        .organizational_unit(UNIT)
        .public(PublicConsent::Given)
        .exactly(RemovalLimit::Percent(20))
        .snapshots(SnapshotSharing::LeaveAsIs)
        .tag("purpose", "golden")
        .limits(Limits {
            public_images: 7,
            ..Limits::default()
        })
        .build()
        .unwrap();
    let json = serde_json::to_string(&request).unwrap();
    assert_eq!(
        serde_json::from_str::<ShareRequest>(&json).unwrap(),
        request
    );
}

#[test]
fn a_saved_request_is_held_to_the_same_rules() {
    let json = r#"{"images":{"us-east-1":["ami-01234567"]},"principals":["all"]}"#;
    let error = serde_json::from_str::<ShareRequest>(json).unwrap_err();
    assert!(error.to_string().contains("public_consent"), "{error}");
    let json =
        r#"{"images":{"us-east-1":["ami-01234567"]},"principals":["123456789012"],"regoin":1}"#;
    let error = serde_json::from_str::<ShareRequest>(json).unwrap_err();
    assert!(error.to_string().contains("regoin"), "{error}");
}

#[test]
fn everything_wrong_is_named_at_once_with_its_field() {
    let problems = problems(
        ShareRequest::builder()
            .image("ami-nonsense")
            .account("123")
            .public(PublicConsent::Withheld)
            .tag("aws:mine", "no"),
    );
    let fields: Vec<_> = problems.iter().map(RequestProblem::field).collect();
    assert_eq!(fields, ["images", "principals", "public_consent", "tags"]);
}

#[test]
fn a_region_that_cannot_be_read_is_named_once() {
    let found = problems(
        ShareRequest::builder()
            .region("nowhere")
            .image(IMAGE)
            .account("111122223333"),
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].field(), "region");
}

#[test]
fn an_empty_request_names_what_is_missing() {
    assert_eq!(
        problems(ShareRequest::builder()),
        [RequestProblem::NoImages, RequestProblem::NoPrincipals]
    );
    assert_eq!(
        problems(ShareRequest::builder().image(IMAGE).account("111122223333")),
        [RequestProblem::NoRegion]
    );
}

#[test]
fn promise_1_public_needs_consent_unless_it_is_taken_away() {
    let public = |consent| basic().public(consent);
    assert_eq!(
        problems(public(PublicConsent::Withheld)),
        [RequestProblem::PublicWithoutConsent]
    );
    assert!(public(PublicConsent::Given).build().is_ok());
    assert!(public(PublicConsent::Withheld).revoke().build().is_ok());
}

#[test]
fn nothing_is_shared_across_partitions() {
    let problems = problems(
        basic()
            .image_in("cn-north-1", "ami-01234567")
            .organization(ORGANIZATION),
    );
    assert!(
        matches!(problems.as_slice(), [RequestProblem::OtherPartition { region, .. }] if region.as_str() == "cn-north-1"),
        "{problems:?}"
    );
}

#[test]
fn only_trusted_principals_pass_and_revoking_is_always_allowed() {
    let trusted = TrustedPrincipals {
        accounts: ["111122223333".parse().unwrap()].into(),
        organizations: [ORGANIZATION.parse().unwrap()].into(),
    };
    let wide = || {
        basic()
            .organization(ORGANIZATION)
            .organizational_unit(UNIT)
            .trusted(trusted.clone())
    };
    assert!(wide().build().is_ok());
    let stranger: Principal = "999999999999".parse().unwrap();
    assert_eq!(
        problems(wide().principal(&stranger)),
        [RequestProblem::NotTrusted {
            principal: stranger.clone()
        }]
    );
    let public = wide().public(PublicConsent::Given);
    assert!(matches!(
        problems(public)[..],
        [RequestProblem::NotTrusted { .. }]
    ));
    assert!(wide().principal(&stranger).revoke().build().is_ok());
}

#[test]
fn tags_are_held_to_the_rules_of_ec2() {
    let long = "ä".repeat(257);
    let found = problems(
        basic()
            .tag("AWS:x", "1")
            .tag("", "2")
            .tag("k".repeat(128), "3")
            .tag("v", &long),
    );
    assert_eq!(found.len(), 4, "{found:?}");
    let most = (0..51).fold(basic(), |builder, n| builder.tag(format!("k{n}"), ""));
    assert_eq!(
        problems(most),
        [RequestProblem::Tag(TagProblem::TooMany { count: 51 })]
    );
    assert!(
        basic()
            .tag("k".repeat(127), "ä".repeat(256))
            .build()
            .is_ok()
    );
}

#[test]
fn limits_have_bounds() {
    let limits = |launch_permissions_per_call| Limits {
        launch_permissions_per_call,
        ..Limits::default()
    };
    for bad in [0, 10_001] {
        let found = problems(basic().limits(limits(bad)));
        assert_eq!(found[0].field(), "launch_permissions_per_call");
    }
    let found = problems(basic().exactly(RemovalLimit::Percent(101)));
    assert_eq!(found[0].field(), "removal_limit");
}

#[test]
fn a_revoke_closes_snapshots_too_unless_told_otherwise() {
    let request = basic().build().unwrap();
    assert_eq!(request.snapshots(), SnapshotSharing::LeaveAsIs);
    assert_eq!(request.to_revoke().snapshots(), SnapshotSharing::ForCopy);
    let request = basic()
        .snapshots(SnapshotSharing::LeaveAsIs)
        .build()
        .unwrap();
    assert_eq!(request.to_revoke().snapshots(), SnapshotSharing::LeaveAsIs);
}

#[test]
fn a_removal_limit_counts_principals_or_percent() {
    assert!(RemovalLimit::Principals(3).allows(3, 3));
    assert!(!RemovalLimit::Principals(3).allows(4, 100));
    assert!(RemovalLimit::Percent(50).allows(5, 10));
    assert!(!RemovalLimit::Percent(50).allows(6, 10));
    assert!(!RemovalLimit::Percent(0).allows(1, 1_000_000));
    assert!(RemovalLimit::Percent(0).allows(0, 0));
    assert!(RemovalLimit::Unlimited.allows(usize::MAX, usize::MAX));
}
