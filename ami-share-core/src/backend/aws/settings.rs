use std::time::Duration;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::config::retry::RetryConfig;
use aws_sdk_ec2::config::{Builder, Config};
use aws_sdk_ec2::types::SnapshotBlockPublicAccessState;

use super::error::{api_error, unreadable};
use crate::api_error::ApiError;
use crate::resource::{AllowedImagesSettings, BlockPublicAccess, SnapshotBlockPublicAccess};

pub(super) async fn get_image_block_public_access_state(
    ec2: &Client,
) -> Result<BlockPublicAccess, ApiError> {
    const OPERATION: &str = "GetImageBlockPublicAccessState";
    let answer = ec2
        .get_image_block_public_access_state()
        .customize()
        .config_override(few_attempts(ec2))
        .send()
        .await
        .map_err(|error| api_error(OPERATION, error))?;
    match answer.image_block_public_access_state() {
        Some("block-new-sharing") => Ok(BlockPublicAccess::BlockNewSharing),
        Some("unblocked") => Ok(BlockPublicAccess::Unblocked),
        other => Err(unknown_state(OPERATION, other)),
    }
}

pub(super) async fn get_snapshot_block_public_access_state(
    ec2: &Client,
) -> Result<SnapshotBlockPublicAccess, ApiError> {
    const OPERATION: &str = "GetSnapshotBlockPublicAccessState";
    let answer = ec2
        .get_snapshot_block_public_access_state()
        .customize()
        .config_override(few_attempts(ec2))
        .send()
        .await
        .map_err(|error| api_error(OPERATION, error))?;
    match answer.state().map(SnapshotBlockPublicAccessState::as_str) {
        Some("block-all-sharing") => Ok(SnapshotBlockPublicAccess::BlockAllSharing),
        Some("block-new-sharing") => Ok(SnapshotBlockPublicAccess::BlockNewSharing),
        Some("unblocked") => Ok(SnapshotBlockPublicAccess::Unblocked),
        other => Err(unknown_state(OPERATION, other)),
    }
}

pub(super) async fn get_allowed_images_settings(
    ec2: &Client,
) -> Result<AllowedImagesSettings, ApiError> {
    const OPERATION: &str = "GetAllowedImagesSettings";
    let answer = ec2
        .get_allowed_images_settings()
        .customize()
        .config_override(few_attempts(ec2))
        .send()
        .await
        .map_err(|error| api_error(OPERATION, error))?;
    match answer.state() {
        Some("audit-mode") => Ok(AllowedImagesSettings::AuditMode),
        Some("disabled") => Ok(AllowedImagesSettings::Disabled),
        Some("enabled") => Ok(AllowedImagesSettings::Enabled),
        other => Err(unknown_state(OPERATION, other)),
    }
}

/// At most two attempts: a setting that cannot be read is `unknown` to the engine, which is no
/// reason to keep anyone waiting
fn few_attempts(ec2: &Client) -> Builder {
    const MOST: u32 = 2;
    let attempts = ec2
        .config()
        .retry_config()
        .map_or(MOST, |config| config.max_attempts().min(MOST));
    Config::builder().retry_config(
        RetryConfig::standard()
            .with_max_attempts(attempts)
            .with_initial_backoff(Duration::from_millis(200)),
    )
}

pub(super) fn unknown_state(operation: &str, state: Option<&str>) -> ApiError {
    match state {
        Some(state) => unreadable(
            operation,
            format_args!("`{state}` is no state that is known"),
        ),
        None => unreadable(operation, "the state is missing"),
    }
}
