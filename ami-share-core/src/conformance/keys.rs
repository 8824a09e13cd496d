//! The keys of encrypted images: opened with the share, closed with the revoke.

use super::ground::{Ground, Spec};
use super::working::{Failure, Scene, account, accounts, holds, same};
use crate::access::{AccessLayer, Answer};
use crate::plan::{Action, Refusal};
use crate::principal::Principal;
use crate::request::KeyAccess;

pub(super) async fn an_encrypted_image_is_shared_with_its_key_and_revoked(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::with(ground, Spec::Encrypted).await;
    let request = scene.request().accounts(accounts(3)?).build()?;
    let report = scene.share(&request).await?;
    let first = report.steps().first().map(|step| &step.step.action);
    holds(
        matches!(first, Some(Action::PutKeyPolicy { .. })),
        "the key is not opened first",
    )?;
    same(
        &report.verification().map(|found| found.as_desired()),
        &Some(Answer::Yes),
    )?;
    scene.verified(&request).await?;
    holds(
        scene.share(&request).await?.is_empty(),
        "a second share writes something",
    )?;
    let revoked = scene.share(&request.to_revoke()).await?;
    let last = revoked.steps().last().map(|step| &step.step.action);
    holds(
        matches!(last, Some(Action::PutKeyPolicy { .. })),
        "the key is not closed last",
    )?;
    scene.verified(&request.to_revoke()).await?;
    holds(
        scene.share(&request.to_revoke()).await?.is_empty(),
        "a second revoke writes something",
    )
}

pub(super) async fn a_key_is_opened_and_closed_by_grants(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::with(ground, Spec::Encrypted).await;
    let request = scene
        .request()
        .accounts(accounts(3)?)
        .key_access(KeyAccess::Grant)
        .build()?;
    let report = scene.share(&request).await?;
    let grants = report
        .steps()
        .iter()
        .filter(|step| matches!(step.step.action, Action::CreateGrant { .. }));
    same(&grants.count(), &3)?;
    scene.verified(&request).await?;
    holds(
        scene.share(&request).await?.is_empty(),
        "a second share makes other grants",
    )?;
    scene.share(&request.to_revoke()).await?;
    scene.verified(&request.to_revoke()).await?;
    // Were a grant left, the key would not have to be opened again.
    let plan = scene.owner.plan(&request).await?;
    let opens = plan
        .steps()
        .iter()
        .filter(|step| step.action.key().is_some());
    same(&opens.count(), &3)
}

pub(super) async fn an_encrypted_image_is_shared_with_an_organization_and_an_ou(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::with(ground, Spec::Encrypted).await;
    let (organization, unit, _) = ground.organization().await;
    for group in [organization, unit] {
        let request = scene.request().principal(group).build()?;
        scene.share(&request).await?;
        scene.verified(&request).await?;
        holds(
            scene.share(&request).await?.is_empty(),
            "a second share writes something",
        )?;
        scene.share(&request.to_revoke()).await?;
        scene.verified(&request.to_revoke()).await?;
    }
    Ok(())
}

pub(super) async fn a_key_that_another_image_needs_stays_open(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::with(ground, Spec::Encrypted).await;
    let other = Scene::with(ground, Spec::Encrypted).await;
    let both = [account(1)?, account(2)?];
    scene
        .share(&scene.request().accounts(both).build()?)
        .await?;
    other
        .share(&other.request().account(account(1)?).build()?)
        .await?;
    let revoke = scene.request().accounts(both).revoke().build()?;
    scene.share(&revoke).await?;
    scene.verified(&revoke).await?;
    other
        .verified(&other.request().account(account(1)?).build()?)
        .await?;
    // The second account needed the key for the one image alone.
    let request = other.request().account(account(2)?).build()?;
    let plan = other.owner.plan(&request).await?;
    holds(
        plan.steps().iter().any(|step| step.action.key().is_some()),
        "the key stayed open for an account that has no image under it",
    )?;
    other
        .share(&other.request().account(account(1)?).revoke().build()?)
        .await
        .map(|_| ())
}

pub(super) async fn an_image_under_an_aws_managed_key_is_refused(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::with(ground, Spec::EncryptedByAws).await;
    let refusals = scene
        .refused(&scene.request().account(account(1)?).build()?)
        .await?;
    holds(
        matches!(&refusals[..], [Refusal::KeyAwsManaged { .. }]),
        "it is not refused for its key",
    )
}

pub(super) async fn a_key_that_is_left_alone_is_told_as_missing(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::with(ground, Spec::Encrypted).await;
    let recipient: Principal = account(901)?.into();
    let request = scene
        .request()
        .principal(recipient.clone())
        .key_access(KeyAccess::Leave)
        .build()?;
    let report = scene.share(&request).await?;
    holds(
        report
            .steps()
            .iter()
            .all(|step| step.step.action.key().is_none()),
        "the key was touched",
    )?;
    let verification = scene.owner.verify(&request).await?;
    same(&verification.as_desired(), &Answer::No)?;
    let layers = verification
        .images()
        .iter()
        .flat_map(|image| &image.principals)
        .flat_map(|check| &check.layers);
    let missing: Vec<AccessLayer> = layers
        .filter(|layer| layer.finding.answer == Answer::No && layer.finding.mend.is_some())
        .map(|layer| layer.layer)
        .filter(|layer| *layer != AccessLayer::SnapshotPermission)
        .collect();
    same(&missing, &vec![AccessLayer::KeyPolicy])
}
