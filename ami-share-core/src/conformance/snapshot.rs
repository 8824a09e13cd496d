//! Snapshot permissions, which follow the launch permission where copying is wanted.

use super::ground::Ground;
use super::working::{Failure, Scene, accounts, holds, same};
use crate::id::AccountId;
use crate::plan::Refusal;
use crate::principal::PrincipalSet;
use crate::request::SnapshotSharing;
use crate::resource::Reading;

pub(super) async fn snapshots_are_shared_for_copying_and_revoked(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    let request = scene
        .request()
        .accounts(accounts(2)?)
        .snapshots(SnapshotSharing::ForCopy)
        .build()?;
    let report = scene.share(&request).await?;
    same(&report.steps().len(), &2)?;
    scene.verified(&request).await?;
    same(&snapshot_permissions(&scene).await?.len(), &2)?;
    scene.owner.revoke(&request).await?;
    scene.verified(&request.to_revoke()).await?;
    same(&snapshot_permissions(&scene).await?.len(), &0)
}

pub(super) async fn more_than_500_accounts_are_several_writes_per_snapshot(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    let request = scene
        .request()
        .accounts(accounts(600)?)
        .snapshots(SnapshotSharing::ForCopy)
        .build()?;
    let report = scene.share(&request).await?;
    same(&report.steps().len(), &3)?;
    same(&snapshot_permissions(&scene).await?.len(), &600)
}

pub(super) async fn snapshots_are_left_alone_unless_asked_for(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    scene
        .share(&scene.request().accounts(accounts(2)?).build()?)
        .await?;
    same(&snapshot_permissions(&scene).await?.len(), &0)
}

pub(super) async fn an_ou_with_snapshots_is_refused_and_its_accounts_are_named(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    let (_, unit, member) = ground.organization().await;
    let request = scene
        .request()
        .principal(&unit)
        .snapshots(SnapshotSharing::ForCopy)
        .build()?;
    let refusals = scene.refused(&request).await?;
    let names = |accounts: &Reading<Vec<AccountId>>| {
        accounts
            .known()
            .is_some_and(|accounts| accounts.contains(&member))
    };
    let named = refusals.iter().any(
        |refusal| matches!(refusal, Refusal::SnapshotPrincipal { accounts, .. } if names(accounts)),
    );
    holds(named, "the account in a nested OU is not named")
}

async fn snapshot_permissions(scene: &Scene<'_>) -> Result<PrincipalSet, Failure> {
    let probe = scene
        .request()
        .account("000000000001")
        .snapshots(SnapshotSharing::ForCopy)
        .build()?;
    let plan = scene.owner.plan(&probe).await?;
    let seen = plan.seen().image(&scene.ground.region(), &scene.image);
    let snapshot = seen.and_then(|seen| seen.snapshots.values().next());
    let permissions = snapshot.and_then(|snapshot| snapshot.create_volume_permissions.clone());
    permissions.ok_or_else(|| "the snapshot's permissions were not read".into())
}
