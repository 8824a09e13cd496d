//! Calls with `DryRun`, which AWS answers with an error in any case.

use std::error::Error;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ec2::types::InstanceType;

use super::copies;
use super::error::{api_error, unreadable};
use crate::api_error::ApiError;
use crate::backend::NewCopy;
use crate::id::{ImageId, SubnetId};

/// What the answer to a rehearsal says: yes is an error too, with a code of its own
pub(super) fn rehearsed<T, E>(
    operation: &str,
    answer: Result<T, SdkError<E, HttpResponse>>,
) -> Result<(), ApiError>
where
    E: Error + ProvideErrorMetadata + 'static,
{
    let error = match answer {
        Ok(_) => {
            return Err(unreadable(
                operation,
                "it was to be rehearsed only, but the answer is that it was done",
            ));
        }
        Err(error) => api_error(operation, error),
    };
    match error.code() {
        // EC2's and KMS's.
        Some("DryRunOperation" | "DryRunOperationException") => Ok(()),
        _ => Err(error),
    }
}

pub(super) async fn rehearse_launch(
    ec2: &Client,
    image: &ImageId,
    instance_type: &str,
    subnet: Option<&SubnetId>,
) -> Result<(), ApiError> {
    let call = ec2
        .run_instances()
        .dry_run(true)
        .image_id(image.as_str())
        .instance_type(InstanceType::from(instance_type))
        .set_subnet_id(subnet.map(ToString::to_string))
        .min_count(1)
        .max_count(1);
    rehearsed("RunInstances", call.send().await)
}

pub(super) async fn rehearse_copy(ec2: &Client, copy: &NewCopy<'_>) -> Result<(), ApiError> {
    let call = copies::new_copy(ec2, copy).dry_run(true);
    rehearsed(copies::COPY_IMAGE, call.send().await)
}
