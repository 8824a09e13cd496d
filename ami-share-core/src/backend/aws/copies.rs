use aws_sdk_ec2::Client;
use aws_sdk_ec2::operation::RequestId as _;
use aws_sdk_ec2::operation::copy_image::builders::CopyImageFluentBuilder;
use aws_sdk_ec2::primitives::DateTime;
use aws_sdk_ec2::types::{AttributeValue, ResourceType, TagSpecification};

use super::convert::parse;
use super::error::{api_error, unreadable};
use super::tags::tags_of;
use crate::api_error::ApiError;
use crate::backend::{NewCopy, RequestId};
use crate::id::ImageId;
use crate::resource::Timestamp;

pub(super) const COPY_IMAGE: &str = "CopyImage";

pub(super) async fn copy_image(
    ec2: &Client,
    copy: &NewCopy<'_>,
) -> Result<(ImageId, RequestId), ApiError> {
    let answer = new_copy(ec2, copy)
        .send()
        .await
        .map_err(|error| api_error(COPY_IMAGE, error))?;
    let request_id = answer.request_id().map(str::to_owned);
    match parse(COPY_IMAGE, "the id of the copy", answer.image_id()) {
        Ok(image) => Ok((image, request_id)),
        Err(error) => Err(error.with_request_id(request_id)),
    }
}

/// A call that is not sent yet
///
/// Without a client token the SDK makes one up, the same for all attempts of the call: one whose answer
/// was lost makes no second copy.
pub(super) fn new_copy(ec2: &Client, copy: &NewCopy<'_>) -> CopyImageFluentBuilder {
    let tags = [
        (ResourceType::Image, copy.image_tags),
        (ResourceType::Snapshot, copy.snapshot_tags),
    ];
    // EC2 refuses an entry without tags.
    let tags: Vec<TagSpecification> = tags
        .into_iter()
        .filter(|(_, tags)| !tags.is_empty())
        .map(|(resource, tags)| {
            let entry = TagSpecification::builder().resource_type(resource);
            entry.set_tags(Some(tags_of(tags))).build()
        })
        .collect();
    ec2.copy_image()
        .source_region(copy.source_region.as_str())
        .source_image_id(copy.source.as_str())
        .name(copy.name)
        .set_description(copy.description.map(str::to_owned))
        // `false` asks for a copy in the clear: either both are sent or none.
        .set_encrypted(copy.key.map(|_| true))
        .set_kms_key_id(copy.key.map(ToString::to_string))
        .set_copy_image_tags(copy.copy_tags.then_some(true))
        .set_tag_specifications((!tags.is_empty()).then_some(tags))
        .set_client_token(copy.client_token.map(str::to_owned))
        .set_snapshot_copy_completion_duration_minutes(copy.completion_minutes.map(i64::from))
}

pub(super) async fn deregister_image(ec2: &Client, image: &ImageId) -> Result<RequestId, ApiError> {
    const OPERATION: &str = "DeregisterImage";
    let answer = ec2
        .deregister_image()
        .image_id(image.as_str())
        .send()
        .await
        .map_err(|error| api_error(OPERATION, error))?;
    let request_id = answer.request_id().map(str::to_owned);
    done(OPERATION, answer.r#return(), request_id)
}

pub(super) async fn modify_image_description(
    ec2: &Client,
    image: &ImageId,
    description: &str,
) -> Result<RequestId, ApiError> {
    let answer = ec2
        .modify_image_attribute()
        .image_id(image.as_str())
        .description(AttributeValue::builder().value(description).build())
        .send()
        .await
        .map_err(|error| api_error("ModifyImageAttribute", error))?;
    Ok(answer.request_id().map(str::to_owned))
}

pub(super) async fn enable_image_deregistration_protection(
    ec2: &Client,
    image: &ImageId,
    with_cooldown: bool,
) -> Result<RequestId, ApiError> {
    let answer = ec2
        .enable_image_deregistration_protection()
        .image_id(image.as_str())
        .with_cooldown(with_cooldown)
        .send()
        .await
        .map_err(|error| api_error("EnableImageDeregistrationProtection", error))?;
    Ok(answer.request_id().map(str::to_owned))
}

pub(super) async fn enable_image_deprecation(
    ec2: &Client,
    image: &ImageId,
    at: Timestamp,
) -> Result<RequestId, ApiError> {
    const OPERATION: &str = "EnableImageDeprecation";
    let answer = ec2
        .enable_image_deprecation()
        .image_id(image.as_str())
        .deprecate_at(DateTime::from_secs(at.unix_seconds()))
        .send()
        .await
        .map_err(|error| api_error(OPERATION, error))?;
    let request_id = answer.request_id().map(str::to_owned);
    done(OPERATION, answer.r#return(), request_id)
}

fn done(
    operation: &str,
    answer: Option<bool>,
    request_id: RequestId,
) -> Result<RequestId, ApiError> {
    if answer == Some(false) {
        let error = unreadable(operation, "it says `false`, so nothing was done");
        return Err(error.with_request_id(request_id));
    }
    Ok(request_id)
}
