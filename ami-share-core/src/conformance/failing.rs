//! What is refused before the first write.

use super::ground::{Ground, Spec};
use super::working::{Failure, Scene, account, holds};
use crate::error::Error;
use crate::plan::Refusal;
use crate::request::{PublicConsent, ShareRequest};
use crate::resource::ImageState;

pub(super) async fn an_unknown_image_is_refused_and_a_known_one_with_it_untouched(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    let request = scene
        .request()
        .image("ami-0fedcba9876543210")
        .account(account(1)?)
        .build()?;
    let refusals = scene.refused(&request).await?;
    holds(
        matches!(&refusals[..], [Refusal::ImageNotFound { image, .. }] if image.as_str() == "ami-0fedcba9876543210"),
        "the unknown image is not named",
    )?;
    scene.shared_with([]).await
}

pub(super) async fn a_disabled_image_is_refused(ground: &dyn Ground) -> Result<(), Failure> {
    let scene = Scene::with(ground, Spec::Disabled).await;
    let refusals = scene
        .refused(&scene.request().account(account(1)?).build()?)
        .await?;
    holds(
        matches!(
            &refusals[..],
            [Refusal::NotAvailable {
                state: ImageState::Disabled,
                ..
            }]
        ),
        "it is not refused for its state",
    )
}

pub(super) async fn an_image_of_somebody_else_is_refused(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    scene
        .share(&scene.request().account(account(1)?).build()?)
        .await?;
    let request: ShareRequest = scene.request().account(account(2)?).build()?;
    match ground.recipient(account(1)?).await.share(&request).await {
        Err(Error::Refused(refusals)) => holds(
            matches!(refusals.as_slice(), [Refusal::NotOwner { .. }]),
            "it is not refused for its owner",
        )?,
        other => return Err(format!("not refused: {other:?}").into()),
    }
    scene.shared_with([account(1)?.into()]).await
}

pub(super) async fn public_is_refused_where_the_setting_is_not_known_to_be_off(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    let request = scene.request().public(PublicConsent::Given).build()?;
    let refusals = scene.refused(&request).await?;
    holds(
        matches!(
            &refusals[..],
            [Refusal::BlockPublicAccess { .. } | Refusal::BlockPublicAccessUnknown { .. }]
        ),
        "it is not refused for block public access",
    )?;
    scene.shared_with([]).await
}
