//! Copies: made once, under the keys that are given, for the accounts that are named.

use super::ground::{Ground, Spec};
use super::working::{Failure, Scene, account, holds, same};
use crate::access::Answer;
use crate::error::Error;
use crate::id::{AccountId, ImageId, Region};
use crate::outcome::{CopyOutcome, CopyReport};
use crate::plan::CopyRefusal;
use crate::request::{
    CopyRequest, CopyRequestBuilder, ShareRequest, SharingKey, SnapshotSharing, SourceAccess,
};
use crate::sharer::Sharer;

const OTHER_REGION: &str = "eu-west-1";
const ALIAS: &str = "alias/conformance-copies";

impl Scene<'_> {
    /// Copies of the image in its Region and in another one, under a name of their own
    fn copies(&self) -> Result<CopyRequestBuilder, Failure> {
        let elsewhere: Region = OTHER_REGION.parse()?;
        Ok(CopyRequest::builder()
            .source(self.ground.region(), &self.image)
            .to_regions([self.ground.region(), elsewhere])
            .name(format!("{} in {{region}}", self.image)))
    }

    async fn owner_account(&self) -> Result<AccountId, Failure> {
        let plan = self
            .owner
            .plan(&self.request().account(account(1)?).build()?)
            .await?;
        let seen = plan.seen().image(&self.ground.region(), &self.image);
        let owner = seen.map(|seen| seen.image.owner);
        owner.ok_or_else(|| "the image was not read".into())
    }
}

pub(super) async fn an_image_is_copied_to_another_region_and_only_once(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    let request = scene.copies()?.build()?;
    let first = scene.owner.copy(&request).await?;
    came_to(&first, &CopyOutcome::Copied)?;
    let plan = scene.owner.plan_copies(&request).await?;
    holds(plan.is_empty(), "a second plan is not empty")?;
    let second = scene.owner.copy(&request).await?;
    came_to(&second, &CopyOutcome::Found)?;
    same(&images(&second), &images(&first))
}

pub(super) async fn a_copy_gets_the_tags_that_it_lacks(ground: &dyn Ground) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    scene.owner.copy(&scene.copies()?.build()?).await?;
    let request = scene.copies()?.image_tag("stage", "live").build()?;
    let report = scene.owner.copy(&request).await?;
    came_to(&report, &CopyOutcome::Found)?;
    let set = report.copies().iter().flat_map(|copy| &copy.settings);
    let operations: Vec<&str> = set.map(|report| report.setting.operation()).collect();
    same(&operations, &vec!["CreateTags"; 2])?;
    let plan = scene.owner.plan_copies(&request).await?;
    holds(plan.is_empty(), "a tag is set a second time")
}

pub(super) async fn a_copy_is_shared_with_whom_the_request_names(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    let named = [account(1)?, account(2)?];
    let request = scene.copies()?.share_with(named).build()?;
    let report = scene.owner.copy(&request).await?;
    for (image, copy) in images(&report).into_iter().zip(report.copies()) {
        let shared = ShareRequest::builder()
            .image_in(&copy.destination.region, image)
            .accounts(named)
            .build()?;
        let verification = scene.owner.verify(&shared).await?;
        same(&verification.as_desired(), &Answer::Yes)?;
    }
    scene.shared_with([]).await?;
    let plan = scene.owner.plan_copies(&request).await?;
    holds(plan.is_empty(), "a copy is shared a second time")
}

pub(super) async fn an_account_that_no_role_is_given_for_is_refused(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::new(ground).await;
    let request = scene.copies()?.to_account(account(1)?).build()?;
    match scene.owner.copy(&request).await {
        Err(Error::CopyRefused(refusals)) => same(
            &refusals.as_slice(),
            &&[CopyRefusal::NoRole {
                account: account(1)?,
            }][..],
        )?,
        other => return Err(format!("not refused: {other:?}").into()),
    }
    scene.shared_with([]).await
}

pub(super) async fn an_encrypted_image_is_not_copied_under_a_default_key(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::with(ground, Spec::Encrypted).await;
    match scene.owner.copy(&scene.copies()?.build()?).await {
        Err(Error::CopyRefused(refusals)) => holds(
            matches!(refusals.as_slice(), [CopyRefusal::KeyMissing(to)] if to.region.as_str() == OTHER_REGION),
            "it is not refused for the key that is missing",
        ),
        other => Err(format!("not refused: {other:?}").into()),
    }
}

pub(super) async fn an_encrypted_image_is_copied_under_another_key_and_shared_with_it(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::with(ground, Spec::Encrypted).await;
    make_keys(&*scene.owner, scene.owner_account().await?, ground).await?;
    let request = scene.copies()?.key(ALIAS).share_with([account(1)?]);
    let report = scene.owner.copy(&request.build()?).await?;
    came_to(&report, &CopyOutcome::Copied)?;
    for (image, copy) in images(&report).into_iter().zip(report.copies()) {
        let region = copy.destination.region.clone();
        same(&copy.key.as_ref().map(|key| key.region()), &Some(region))?;
        let shared = ShareRequest::builder()
            .image_in(&copy.destination.region, image)
            .account(account(1)?)
            .build()?;
        let verification = scene.owner.verify(&shared).await?;
        same(&verification.as_desired(), &Answer::Yes)?;
    }
    Ok(())
}

pub(super) async fn a_recipient_copies_for_itself_what_is_opened_for_it(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::with(ground, Spec::Encrypted).await;
    let recipient = ground.recipient(account(1)?).await;
    make_keys(&*recipient, account(1)?, ground).await?;
    let request = scene.copies()?.key(ALIAS).build()?;
    holds(
        recipient.plan_copies(&request).await.is_err(),
        "it copies what nobody opened for it",
    )?;
    let share = scene.request().account(account(1)?);
    let share = share.snapshots(SnapshotSharing::ForCopy).build()?;
    scene.share(&share).await?;
    let report = recipient.copy(&request).await?;
    came_to(&report, &CopyOutcome::Copied)?;
    same(
        &report.copies().first().map(|copy| copy.account),
        &Some(account(1)?),
    )
}

pub(super) async fn accounts_get_copies_of_their_own_and_the_source_is_closed_again(
    ground: &dyn Ground,
) -> Result<(), Failure> {
    let scene = Scene::with(ground, Spec::Encrypted).await;
    let accounts = [account(1)?, account(2)?];
    for account in accounts {
        let recipient = ground.recipient(account).await;
        make_keys(&*recipient, account, ground).await?;
    }
    let owner = ground.owner_with_roles(&accounts).await;
    let request = scene
        .copies()?
        .to_accounts(accounts)
        .key(ALIAS)
        .source_access(SourceAccess::Close)
        .build()?;
    let report = owner.copy(&request).await?;
    came_to(&report, &CopyOutcome::Copied)?;
    same(&report.copies().len(), &4)?;
    for copy in report.copies() {
        same(&Some(copy.account), &copy.destination.account)?;
        let of_key = copy.key.as_ref().map(|key| key.account());
        same(&of_key, &Some(copy.account))?;
    }
    scene.shared_with([]).await?;
    let share = scene.request().accounts(accounts);
    let share = share.snapshots(SnapshotSharing::ForCopy).revoke().build()?;
    scene.verified(&share).await?;
    let plan = owner.plan_copies(&request).await?;
    holds(plan.is_empty(), "a second run opens or copies something")
}

/// A key of the account in each Region, with the same alias
async fn make_keys(
    sharer: &dyn Sharer,
    account: AccountId,
    ground: &dyn Ground,
) -> Result<(), Failure> {
    for region in [ground.region(), OTHER_REGION.parse()?] {
        let key = SharingKey::new(region, account, ALIAS)?;
        sharer.create_key_for_sharing(&key).await?;
    }
    Ok(())
}

fn came_to(report: &CopyReport, outcome: &CopyOutcome) -> Result<(), Failure> {
    for copy in report.copies() {
        same(&copy.outcome, outcome)?;
    }
    Ok(())
}

fn images(report: &CopyReport) -> Vec<&ImageId> {
    let copies = report.copies().iter();
    copies.filter_map(|copy| copy.image.as_ref()).collect()
}
