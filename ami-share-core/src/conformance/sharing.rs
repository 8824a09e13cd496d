//! Sharing and revoking, by every kind of principal and in every direction.

use super::ground::Ground;
use super::working::{Failure, Scene, account, accounts, holds, same};
use crate::engine::{ApplyOptions, OnChange};
use crate::error::Error;
use crate::plan::Plan;
use crate::principal::Principal;
use crate::request::{PublicConsent, RemovalLimit};

pub(super) async fn accounts_are_shared_and_revoked(ground: &dyn Ground) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    let request = scene.request().accounts(accounts(3)?).build()?;
    let report = scene.share(&request).await?;
    same(&report.steps().len(), &1)?;
    scene.verified(&request).await?;
    scene
        .shared_with(accounts(3)?.into_iter().map(Principal::from))
        .await?;
    scene.owner.revoke(&request).await?;
    scene.verified(&request.to_revoke()).await?;
    scene.shared_with([]).await
}

pub(super) async fn a_thousand_accounts_are_one_write(ground: &dyn Ground) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    let request = scene.request().accounts(accounts(1_000)?).build()?;
    let report = scene.share(&request).await?;
    same(&report.steps().len(), &1)?;
    same(&scene.permissions().await?.len(), &1_000)
}

pub(super) async fn organizations_and_ous_are_shared_and_revoked(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    let (organization, unit, _) = ground.organization().await;
    let request = scene.request().principals([&organization, &unit]).build()?;
    scene.share(&request).await?;
    scene.verified(&request).await?;
    scene.shared_with([organization, unit]).await?;
    scene.owner.revoke(&request).await?;
    scene.shared_with([]).await
}

pub(super) async fn the_public_is_shared_and_revoked(ground: &dyn Ground) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    ground.unblock_public_access().await;
    let consent = PublicConsent::GivenEvenIfBlockPublicAccessIsUnknown;
    let request = scene.request().public(consent).build()?;
    scene.share(&request).await?;
    scene.verified(&request).await?;
    scene.shared_with([Principal::Public]).await?;
    scene.owner.revoke(&request).await?;
    scene.shared_with([]).await
}

pub(super) async fn a_revoke_keeps_others(ground: &dyn Ground) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    let (organization, ..) = ground.organization().await;
    let both = scene
        .request()
        .accounts(accounts(2)?)
        .principal(&organization)
        .build()?;
    scene.share(&both).await?;
    let one = scene.request().account(account(1)?).revoke().build()?;
    scene.share(&one).await?;
    scene.shared_with([account(2)?.into(), organization]).await
}

pub(super) async fn exact_adds_and_removes_in_one_write(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    scene
        .share(&scene.request().accounts(accounts(2)?).build()?)
        .await?;
    let exact = scene
        .request()
        .accounts([account(2)?, account(3)?])
        .exactly(RemovalLimit::Principals(1))
        .build()?;
    let report = scene.share(&exact).await?;
    same(&report.steps().len(), &1)?;
    scene.verified(&exact).await?;
    scene
        .shared_with([account(2)?.into(), account(3)?.into()])
        .await
}

pub(super) async fn a_repeated_share_writes_nothing(ground: &dyn Ground) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    let request = scene
        .request()
        .accounts(accounts(2)?)
        .tag("purpose", "golden")
        .build()?;
    scene.share(&request).await?;
    let again = scene.share(&request).await?;
    holds(again.is_empty(), "the second run had steps")?;
    holds(
        scene.owner.plan(&request).await?.is_empty(),
        "the second plan is not empty",
    )
}

pub(super) async fn a_saved_plan_refuses_a_changed_world(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    let request = scene.request().account(account(1)?).build()?;
    let plan = scene.owner.plan(&request).await?;
    let plan: Plan = serde_json::from_str(&serde_json::to_string(&plan)?)?;
    scene
        .share(&scene.request().account(account(2)?).build()?)
        .await?;
    match scene.owner.apply(&plan, &ApplyOptions::default()).await {
        Err(Error::WorldChanged(changes)) => same(&changes.len(), &1)?,
        other => return Err(format!("not refused: {other:?}").into()),
    }
    scene.shared_with([account(2)?.into()]).await?;
    let again = ApplyOptions::default().with_on_change(OnChange::PlanAgain);
    scene.owner.apply(&plan, &again).await?;
    scene
        .shared_with([account(1)?.into(), account(2)?.into()])
        .await
}

pub(super) async fn tags_come_and_go_with_the_share(ground: &dyn Ground) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    let request = scene
        .request()
        .account(account(1)?)
        .tag("purpose", "golden")
        .build()?;
    let tags = async || -> Result<Option<String>, Failure> {
        let plan = scene.owner.plan(&request).await?;
        let seen = plan.seen().image(&ground.region(), &scene.image);
        Ok(seen.and_then(|seen| seen.image.tags.get("purpose").cloned()))
    };
    scene.share(&request).await?;
    same(&tags().await?.as_deref(), &Some("golden"))?;
    scene.owner.revoke(&request).await?;
    same(&tags().await?.as_deref(), &None)
}

pub(super) async fn a_recipient_sees_it_and_gives_it_up(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    let recipient = ground.recipient(account(1)?).await;
    scene
        .share(&scene.request().account(account(1)?).build()?)
        .await?;
    holds(
        listed(&scene, &*recipient).await?,
        "the recipient does not see the image",
    )?;
    recipient.give_up(&ground.region(), &scene.image).await?;
    holds(
        !listed(&scene, &*recipient).await?,
        "the recipient still sees the image",
    )?;
    scene.shared_with([]).await
}

pub(super) async fn shared_images_come_in_pages(ground: &dyn Ground) -> Result<(), Failure> {
    let recipient = ground.recipient(account(77)?).await;
    for _ in 0..5 {
        let scene = Scene::new(ground).await;
        scene
            .share(&scene.request().account(account(77)?).build()?)
            .await?;
    }
    let mut token = None;
    let (mut pages, mut images) = (0, 0);
    loop {
        let page = recipient.shared_with_me(&ground.region(), token).await?;
        pages += 1;
        images += page.items.len();
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    same(&images, &5)?;
    holds(pages > 1, "all came in one page")
}

async fn listed(scene: &Scene<'_>, recipient: &dyn crate::Sharer) -> Result<bool, Failure> {
    let mut token = None;
    loop {
        let page = recipient
            .shared_with_me(&scene.ground.region(), token)
            .await?;
        if page.items.iter().any(|image| image.id == scene.image) {
            return Ok(true);
        }
        token = page.next_token;
        if token.is_none() {
            return Ok(false);
        }
    }
}
