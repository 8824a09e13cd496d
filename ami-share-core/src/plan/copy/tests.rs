mod found;
mod like;
mod refusals;

use super::*;
use crate::id::{Region, SnapshotId};
use crate::policy::evaluate::KeyState;
use crate::principal::Principal;
use crate::request::{CopyMaker, CopyRequestBuilder, DeregistrationProtection};
use crate::resource::fixture::{self, OWNER, set};
use crate::resource::{
    BootSettings, ImageState, Key, KeyManager, ObservedCopies, ObservedDestination, Reading,
    RootDevice, Snapshot, Timestamp,
};

const IMAGE: &str = "ami-00000001";
const RECIPIENT: &str = "222222222222";
const ORGANIZATION: &str = "arn:aws:organizations::123456789012:organization/o-exampleorg1";

fn details(id: &str) -> ImageDetails {
    ImageDetails {
        image: fixture::image(id, &[], None).image,
        description: Some("as approved".into()),
        created: None,
        deprecation: None,
        deregistration_protection: Some("disabled".into()),
        last_launched: None,
        source: None,
        boot: BootSettings::default(),
    }
}

fn key(account: &str, region: &str) -> Key {
    let arn = format!("arn:aws:kms:{region}:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab");
    Key {
        arn: arn.parse().unwrap(),
        manager: KeyManager::Customer,
        state: KeyState::Enabled,
        spec: "SYMMETRIC_DEFAULT".into(),
        usage: "ENCRYPT_DECRYPT".into(),
    }
}

/// What there is for a request: a source of [`OWNER`], who calls, and each account with a role and a key
fn world(request: &CopyRequest) -> ObservedCopies {
    let owner: AccountId = OWNER.parse().unwrap();
    let destination = |destination: &Destination| {
        let account = match request.made_by() {
            CopyMaker::Recipient => destination.account.unwrap_or(owner),
            CopyMaker::Owner => owner,
        };
        ObservedDestination {
            destination: destination.clone(),
            account,
            has_role: true,
            key: request
                .key_for(destination, owner)
                .map(|_| Reading::Known(key(&account.to_string(), destination.region.as_str()))),
            copies: Reading::Known(Vec::new()),
            snapshots: Vec::new(),
        }
    };
    ObservedCopies {
        caller: owner,
        source: Some(details(IMAGE)),
        permissions: None,
        destinations: request.destinations().iter().map(destination).collect(),
    }
}

fn request() -> CopyRequestBuilder {
    CopyRequest::builder().source("us-east-1", IMAGE)
}

fn to_recipient() -> CopyRequestBuilder {
    request().to_account(RECIPIENT).key("alias/golden")
}

/// The plan of a request in a world that was changed
fn planned_in(
    builder: CopyRequestBuilder,
    change: impl FnOnce(&mut ObservedCopies),
) -> Result<CopyPlan, CopyRefusals> {
    let request = builder.build().unwrap();
    let mut observed = world(&request);
    change(&mut observed);
    plan_copies(&request, observed)
}

fn planned(builder: CopyRequestBuilder) -> CopyPlan {
    planned_in(builder, |_| {}).unwrap()
}

fn refused(
    builder: CopyRequestBuilder,
    change: impl FnOnce(&mut ObservedCopies),
) -> Vec<CopyRefusal> {
    let refusals = planned_in(builder, change).unwrap_err();
    let text = refusals.to_string();
    assert!(text.starts_with("refused before anything was written: "));
    for refusal in refusals.as_slice() {
        let mend = refusal.mend();
        assert!(!mend.is_empty() && text.contains(&mend), "{refusal}");
        for line in [refusal.to_string(), mend] {
            assert!(!line.contains('\n') && !line.ends_with('.'), "{line}");
        }
    }
    refusals.as_slice().to_vec()
}

fn source(observed: &mut ObservedCopies) -> &mut ImageDetails {
    observed.source.as_mut().unwrap()
}

fn encrypt(observed: &mut ObservedCopies) {
    source(observed).image.snapshots[0].encrypted = Some(true);
}

fn digest_in(plan: &CopyPlan) -> &str {
    &plan.copies()[0].image_tags[COPY_TAG]
}

/// A copy of the request's, as it would be found
fn copy_of(plan: &CopyPlan, id: &str, state: ImageState) -> ImageDetails {
    let planned = &plan.copies()[0];
    let mut copy = details(id);
    copy.image.owner = planned.account;
    copy.image.state = state;
    copy.image.tags = planned.image_tags.clone();
    copy.description = planned.description.clone();
    copy
}
