use aws_sdk_ec2::Client;
use aws_sdk_ec2::operation::RequestId as _;
use aws_sdk_ec2::types::Tag;

use super::error::api_error;
use crate::api_error::ApiError;
use crate::backend::RequestId;
use crate::id::ResourceId;
use crate::resource::Tags;

pub(super) async fn create_tags(
    ec2: &Client,
    resources: &[ResourceId],
    tags: &Tags,
) -> Result<RequestId, ApiError> {
    if resources.is_empty() || tags.is_empty() {
        return Ok(None);
    }
    let answer = ec2
        .create_tags()
        .set_resources(Some(resources.iter().map(ToString::to_string).collect()))
        .set_tags(Some(tags_of(tags)))
        .send()
        .await
        .map_err(|error| api_error("CreateTags", error))?;
    Ok(answer.request_id().map(str::to_owned))
}

pub(super) async fn delete_tags(
    ec2: &Client,
    resources: &[ResourceId],
    tags: &Tags,
) -> Result<RequestId, ApiError> {
    // Without tags, EC2 would delete all tags that the resources have.
    if resources.is_empty() || tags.is_empty() {
        return Ok(None);
    }
    let answer = ec2
        .delete_tags()
        .set_resources(Some(resources.iter().map(ToString::to_string).collect()))
        .set_tags(Some(tags_of(tags)))
        .send()
        .await
        .map_err(|error| api_error("DeleteTags", error))?;
    Ok(answer.request_id().map(str::to_owned))
}

/// Each with its value, an empty one too: a tag without a value would be deleted whatever it says
pub(super) fn tags_of(tags: &Tags) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}
