use std::time::Duration;

use aws_config::timeout::TimeoutConfig;

use super::super::config::Limits;
use super::super::{AwsBackend, AwsBackendError};
use super::fake::{Fake, images};
use super::{home, image_id};
use crate::backend::Backend;
use crate::id::Region;

#[tokio::test]
async fn settings_that_contradict_each_other_are_refused() {
    let config = Fake::always(200, "").config();
    let zero = Duration::ZERO;
    for (builder, expected) in [
        (
            AwsBackend::builder().retry_attempts(0),
            AwsBackendError::NoAttempts,
        ),
        (
            AwsBackend::builder().attempt_timeout(zero),
            AwsBackendError::ZeroTimeout {
                field: "attempt_timeout",
            },
        ),
        (
            AwsBackend::builder().endpoint_url("localhost:5000"),
            AwsBackendError::EndpointUrl,
        ),
        (
            AwsBackend::builder().profile("x").sdk_config(config),
            AwsBackendError::ProfileOfGivenConfig,
        ),
    ] {
        assert_eq!(builder.build().await.unwrap_err(), expected);
    }
}

#[tokio::test]
async fn each_region_has_a_client_of_its_own() {
    let fake = Fake::always(200, images(&[], None));
    let backend = fake.backend().await;
    let regions: Vec<Region> = ["eu-central-1", "us-east-1", "cn-north-1"]
        .iter()
        .map(|region| region.parse().unwrap())
        .collect();

    for region in regions.iter().chain(&regions) {
        backend
            .describe_images(region, &[image_id()])
            .await
            .unwrap();
    }

    let hosts: Vec<String> = fake.sent().into_iter().map(|sent| sent.uri).collect();
    assert_eq!(
        hosts[..3],
        [
            "https://ec2.eu-central-1.amazonaws.com/",
            "https://ec2.us-east-1.amazonaws.com/",
            "https://ec2.cn-north-1.amazonaws.com.cn/",
        ]
    );
    let shown = format!("{:?}", backend.clone());
    assert_eq!(shown.matches("Region(").count(), 3, "{shown}");
}

#[tokio::test]
async fn a_given_client_is_used_in_its_region_alone() {
    let base = Fake::always(200, images(&[], None));
    let given = Fake::always(200, images(&[], None));
    let config = aws_sdk_ec2::config::Builder::from(&given.config())
        .behavior_version_latest()
        .region(aws_config::Region::from_static("eu-central-1"))
        .credentials_provider(aws_credential_types::Credentials::new(
            "a", "b", None, None, "x",
        ))
        .build();
    let backend = base
        .builder()
        .ec2_client(home(), aws_sdk_ec2::Client::from_conf(config))
        .build()
        .await
        .unwrap();

    for region in [home(), "us-east-1".parse().unwrap()] {
        backend
            .describe_images(&region, &[image_id()])
            .await
            .unwrap();
    }

    assert_eq!((given.sent().len(), base.sent().len()), (1, 1));
}

#[test]
fn timeouts_come_from_the_builder_then_the_config_then_ourselves() {
    let limits = Limits {
        attempt: Some(Duration::from_secs(1)),
        ..Limits::default()
    };
    let given = TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(2))
        .operation_timeout(Duration::from_secs(2))
        .build();

    let timeouts = limits.timeouts(Some(&given));

    let seconds = |timeout: Option<Duration>| timeout.map(|t| t.as_secs());
    assert_eq!(seconds(timeouts.operation_attempt_timeout()), Some(1));
    assert_eq!(seconds(timeouts.operation_timeout()), Some(2));
    assert_eq!(seconds(timeouts.connect_timeout()), Some(5));
}

#[test]
fn a_backend_is_shared_between_threads() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    shared::<AwsBackend>();
}
