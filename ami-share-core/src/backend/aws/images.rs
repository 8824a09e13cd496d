use std::collections::BTreeSet;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::operation::RequestId as _;
use aws_sdk_ec2::operation::describe_images::DescribeImagesOutput;
use aws_sdk_ec2::operation::describe_images::builders::DescribeImagesFluentBuilder;
use aws_sdk_ec2::types::{self, Filter, ImageAttributeName, LaunchPermissionModifications};

use super::convert;
use super::error::{api_error, unreadable};
use crate::api_error::ApiError;
use crate::backend::{ImageQuery, Page, RequestId};
use crate::id::{AccountId, ImageId};
use crate::principal::{Principal, PrincipalSet};
use crate::resource::{Image, ImageDetails, SharedImage};

const DESCRIBE_IMAGES: &str = "DescribeImages";
/// The most ids that one call takes
const MOST_IDS: usize = 1_000;
/// The most values that one filter takes
const MOST_FILTER_VALUES: usize = 200;
const PAGE: i32 = 1_000;

pub(super) async fn describe_images(
    ec2: &Client,
    images: &[ImageId],
) -> Result<Vec<Image>, ApiError> {
    describe(ec2, images, convert::image).await
}

pub(super) async fn describe_image_details(
    ec2: &Client,
    images: &[ImageId],
) -> Result<Vec<ImageDetails>, ApiError> {
    describe(ec2, images, convert::image_details).await
}

pub(super) async fn find_own_images(
    ec2: &Client,
    query: &ImageQuery,
) -> Result<Vec<ImageDetails>, ApiError> {
    let filter = |name: &str, value: &str| Filter::builder().name(name).values(value).build();
    let mut filters: Vec<Filter> = query.name.iter().map(|n| filter("name", n)).collect();
    for (key, value) in &query.tags {
        filters.push(filter(&format!("tag:{key}"), &literal(value)));
    }
    let call = ec2
        .describe_images()
        .owners("self")
        .set_filters((!filters.is_empty()).then_some(filters));
    read_pages(call.max_results(PAGE), convert::image_details).await
}

/// A value of a filter that stands for itself alone: EC2 reads `*` and `?` as wildcards
fn literal(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('*', "\\*")
        .replace('?', "\\?")
}

type Convert<T> = fn(&types::Image) -> Result<T, ApiError>;

async fn describe<T>(
    ec2: &Client,
    images: &[ImageId],
    convert: Convert<T>,
) -> Result<Vec<T>, ApiError> {
    // EC2 takes no ids at all for all images there are, and may count a repeated one twice.
    let ids: Vec<&ImageId> = BTreeSet::from_iter(images).into_iter().collect();
    let mut found = Vec::with_capacity(ids.len());
    for batch in ids.chunks(MOST_IDS) {
        match describe_by_id(ec2, batch, convert).await {
            Ok(images) => found.extend(images),
            Err(error) if error.code() == Some("InvalidAMIID.NotFound") => {
                for batch in batch.chunks(MOST_FILTER_VALUES) {
                    found.extend(describe_by_filter(ec2, batch, convert).await?);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// All of these images, or `InvalidAMIID.NotFound` if a single one is missing
async fn describe_by_id<T>(
    ec2: &Client,
    ids: &[&ImageId],
    convert: Convert<T>,
) -> Result<Vec<T>, ApiError> {
    // EC2 refuses MaxResults next to ids, but may answer with a next token all the same.
    let ids = ids.iter().map(ToString::to_string).collect();
    read_pages(ec2.describe_images().set_image_ids(Some(ids)), convert).await
}

/// Those of these images that there are
async fn describe_by_filter<T>(
    ec2: &Client,
    ids: &[&ImageId],
    convert: Convert<T>,
) -> Result<Vec<T>, ApiError> {
    let filter = Filter::builder()
        .name("image-id")
        .set_values(Some(ids.iter().map(ToString::to_string).collect()));
    let call = ec2.describe_images().filters(filter.build());
    read_pages(call.max_results(PAGE), convert).await
}

async fn read_pages<T>(
    call: DescribeImagesFluentBuilder,
    convert: Convert<T>,
) -> Result<Vec<T>, ApiError> {
    let mut pages = call
        .include_deprecated(true)
        .include_disabled(true)
        .into_paginator()
        .send();
    let mut images = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| api_error(DESCRIBE_IMAGES, error))?;
        for image in listed(&page)? {
            images.push(convert(image)?);
        }
    }
    Ok(images)
}

pub(super) async fn count_public_images(ec2: &Client) -> Result<usize, ApiError> {
    let mut pages = ec2
        .describe_images()
        .owners("self")
        .filters(Filter::builder().name("is-public").values("true").build())
        .include_deprecated(true)
        .into_paginator()
        .page_size(PAGE)
        .send();
    let mut count = 0;
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| api_error(DESCRIBE_IMAGES, error))?;
        count += listed(&page)?.len();
    }
    Ok(count)
}

pub(super) async fn describe_shared_images(
    ec2: &Client,
    next_token: Option<String>,
) -> Result<Page<SharedImage>, ApiError> {
    let answer = ec2
        .describe_images()
        .executable_users("self")
        .include_deprecated(true)
        .max_results(PAGE)
        .set_next_token(next_token)
        .send()
        .await
        .map_err(|error| api_error(DESCRIBE_IMAGES, error))?;
    let items = listed(&answer)?.iter().map(convert::shared_image);
    Ok(Page {
        items: items.collect::<Result<_, _>>()?,
        next_token: answer.next_token.filter(|token| !token.is_empty()),
    })
}

/// The images of an answer; an answer without a list, not even an empty one, is not one of EC2
fn listed(answer: &DescribeImagesOutput) -> Result<&[types::Image], ApiError> {
    let images = answer.images.as_deref();
    images.ok_or_else(|| unreadable(DESCRIBE_IMAGES, "the list of images is missing"))
}

pub(super) async fn describe_launch_permissions(
    ec2: &Client,
    image: &ImageId,
) -> Result<PrincipalSet, ApiError> {
    let answer = ec2
        .describe_image_attribute()
        .image_id(image.as_str())
        .attribute(ImageAttributeName::LaunchPermission)
        .send()
        .await
        .map_err(|error| api_error("DescribeImageAttribute", error))?;
    convert::launch_permissions(answer.launch_permissions.as_deref())
}

pub(super) async fn modify_launch_permissions(
    ec2: &Client,
    image: &ImageId,
    add: &[Principal],
    remove: &[Principal],
) -> Result<RequestId, ApiError> {
    if add.is_empty() && remove.is_empty() {
        return Ok(None);
    }
    // The older form of this call, with OperationType and UserIds, is refused by EC2.
    let entries = |principals: &[Principal]| {
        let entries = principals.iter().map(convert::launch_permission).collect();
        Some(entries).filter(|entries: &Vec<_>| !entries.is_empty())
    };
    let changes = LaunchPermissionModifications::builder()
        .set_add(entries(add))
        .set_remove(entries(remove));
    let answer = ec2
        .modify_image_attribute()
        .image_id(image.as_str())
        .launch_permission(changes.build())
        .send()
        .await
        .map_err(|error| api_error("ModifyImageAttribute", error))?;
    Ok(answer.request_id().map(str::to_owned))
}

pub(super) async fn cancel_image_launch_permission(
    ec2: &Client,
    image: &ImageId,
) -> Result<RequestId, ApiError> {
    const OPERATION: &str = "CancelImageLaunchPermission";
    let answer = ec2
        .cancel_image_launch_permission()
        .image_id(image.as_str())
        .send()
        .await
        .map_err(|error| api_error(OPERATION, error))?;
    let request_id = answer.request_id().map(str::to_owned);
    if answer.r#return() == Some(false) {
        let error = unreadable(OPERATION, "it says `false`, so nothing was cancelled");
        return Err(error.with_request_id(request_id));
    }
    Ok(request_id)
}

pub(super) async fn describe_encrypted_images(
    ec2: &Client,
    shared_with: &[AccountId],
) -> Result<Vec<Image>, ApiError> {
    let encrypted = Filter::builder()
        .name("block-device-mapping.encrypted")
        .values("true")
        .build();
    let accounts: Vec<String> = shared_with.iter().map(ToString::to_string).collect();
    let call = ec2
        .describe_images()
        .owners("self")
        .set_executable_users((!accounts.is_empty()).then_some(accounts))
        .filters(encrypted);
    read_pages(call.max_results(PAGE), convert::image).await
}
