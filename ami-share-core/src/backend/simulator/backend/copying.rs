use async_trait::async_trait;

use super::super::call::{Asked, Caller};
use super::super::clock::Moment;
use super::super::ec2::{
    Completion, CopyRequest, Encryption, NewValue, arn, image_arn, snapshot_arn,
};
use super::super::refusal::Refusal;
use super::super::state::State;
use super::SimulatedBackend;
use crate::api_error::ApiError;
use crate::backend::{CopyBackend, ImageQuery, NewCopy, RequestId};
use crate::id::{ImageId, KeyRef, Region, SnapshotId};
use crate::resource::{ImageDetails, Key, SnapshotProgress, Timestamp};

const COPY_IMAGE: &str = "CopyImage";
const COMPLETION: &str = "SnapshotCopyCompletionDurationMinutes";

#[async_trait]
impl CopyBackend for SimulatedBackend {
    async fn describe_image_details(
        &self,
        region: &Region,
        images: &[ImageId],
    ) -> Result<Vec<ImageDetails>, ApiError> {
        self.call(region, |state, caller| {
            state.describe_image_details(caller, images)
        })
        .await
    }

    async fn find_own_images(
        &self,
        region: &Region,
        query: &ImageQuery,
    ) -> Result<Vec<ImageDetails>, ApiError> {
        self.call(region, |state, caller| state.find_own_images(caller, query))
            .await
    }

    async fn copy_image(
        &self,
        region: &Region,
        copy: &NewCopy<'_>,
    ) -> Result<(ImageId, RequestId), ApiError> {
        self.call(region, |state, caller| {
            let asked = to_copy(caller, copy);
            let started = state.answer(caller, asked, |state| {
                may_tag_copy(state, caller, copy)?;
                state.copy_image(caller, request_of(copy)?)
            });
            match started {
                Ok((image, request_id)) => Ok((image, Some(request_id))),
                Err(none) => Err(none.of(COPY_IMAGE)),
            }
        })
        .await
    }

    async fn describe_snapshot_progress(
        &self,
        region: &Region,
        snapshots: &[SnapshotId],
    ) -> Result<Vec<SnapshotProgress>, ApiError> {
        self.call(region, |state, caller| {
            state.describe_snapshot_progress(caller, snapshots)
        })
        .await
    }

    async fn deregister_image(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> Result<RequestId, ApiError> {
        self.call(region, |state, caller| {
            state.write_image(caller, "DeregisterImage", image, |state| {
                state.own_image(caller, image)?;
                state.deregister_image(caller.region, image)
            })
        })
        .await
    }

    async fn delete_snapshot(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
    ) -> Result<RequestId, ApiError> {
        self.call(region, |state, caller| {
            state.write(
                caller,
                Asked::ec2("DeleteSnapshot").on([snapshot_arn(caller.region, snapshot)]),
                |state| state.delete_snapshot(caller, snapshot),
            )
        })
        .await
    }

    async fn modify_image_description(
        &self,
        region: &Region,
        image: &ImageId,
        description: &str,
    ) -> Result<RequestId, ApiError> {
        let value = NewValue::Description(description.to_owned());
        self.call(region, |state, caller| {
            state.write_image(caller, "ModifyImageAttribute", image, |state| {
                state.modify_image_attribute(caller, image, value)
            })
        })
        .await
    }

    async fn enable_image_deregistration_protection(
        &self,
        region: &Region,
        image: &ImageId,
        with_cooldown: bool,
    ) -> Result<RequestId, ApiError> {
        const OPERATION: &str = "EnableImageDeregistrationProtection";
        self.call(region, |state, caller| {
            state.write_image(caller, OPERATION, image, |state| {
                state.own_image(caller, image)?;
                state.enable_deregistration_protection(caller.region, image, with_cooldown)
            })
        })
        .await
    }

    async fn enable_image_deprecation(
        &self,
        region: &Region,
        image: &ImageId,
        at: Timestamp,
    ) -> Result<RequestId, ApiError> {
        let at = Moment::of_milliseconds(at.unix_seconds().saturating_mul(1_000));
        self.call(region, |state, caller| {
            state.write_image(caller, "EnableImageDeprecation", image, |state| {
                state.own_image(caller, image)?;
                state.enable_image_deprecation(caller.region, image, at)
            })
        })
        .await
    }

    async fn find_key(&self, region: &Region, key: &KeyRef) -> Result<Key, ApiError> {
        self.call(region, |state, caller| state.read_key(caller, key.as_str()))
            .await
    }
}

impl State {
    /// A write to one image, which the caller's policies have to allow on it
    fn write_image(
        &mut self,
        caller: Caller<'_>,
        operation: &'static str,
        image: &ImageId,
        rule: impl FnOnce(&mut Self) -> Result<(), Refusal>,
    ) -> Result<RequestId, ApiError> {
        let asked = Asked::ec2(operation).on([image_arn(caller.region, image)]);
        self.write(caller, asked, rule)
    }
}

/// On the source, the new image and the new snapshots
pub(super) fn to_copy(caller: Caller<'_>, copy: &NewCopy<'_>) -> Asked {
    let source = image_arn(copy.source_region, copy.source);
    let new = ["image", "snapshot"].map(|kind| arn(caller.region, None, kind, "*"));
    Asked::ec2(COPY_IMAGE).on(std::iter::once(source).chain(new))
}

/// Whether the caller's policies allow it to tag what the copy makes
pub(super) fn may_tag_copy(
    state: &State,
    caller: Caller<'_>,
    copy: &NewCopy<'_>,
) -> Result<(), Refusal> {
    let kinds = [
        ("image", copy.copy_tags || !copy.image_tags.is_empty()),
        ("snapshot", !copy.snapshot_tags.is_empty()),
    ];
    kinds
        .iter()
        .filter(|(_, is_tagged)| *is_tagged)
        .try_for_each(|(kind, _)| {
            let arn = arn(caller.region, None, kind, "*");
            let keys = [("ec2:CreateAction", COPY_IMAGE)];
            state.authorize(caller, "ec2:CreateTags", &arn, &keys)
        })
}

fn request_of(copy: &NewCopy<'_>) -> Result<CopyRequest, Refusal> {
    let minutes = copy.completion_minutes.map(|minutes| minutes.to_string());
    let completion = minutes.map(|minutes| Completion::parse(COMPLETION, &minutes));
    Ok(CopyRequest {
        source: copy.source.clone(),
        source_region: copy.source_region.clone(),
        name: copy.name.to_owned(),
        description: copy.description.unwrap_or_default().to_owned(),
        encryption: Encryption {
            encrypted: copy.key.map(|_| true),
            key: copy.key.map(ToString::to_string),
        },
        copy_tags: copy.copy_tags,
        image_tags: copy.image_tags.clone(),
        snapshot_tags: copy.snapshot_tags.clone(),
        completion: completion.transpose()?,
        token: copy.client_token.map(str::to_owned),
    })
}
