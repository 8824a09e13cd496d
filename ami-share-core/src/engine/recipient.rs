//! What the verbs on the side of recipients have in common.

use std::collections::{BTreeMap, BTreeSet};

use super::Engine;
use super::rehearsed::{
    allowed_images_answered, described, image_not_seen, not_reached, without_role,
};
use crate::access::{Answer, Finding};
use crate::api_error::{ApiError, ApiErrorKind};
use crate::backend::{RecipientBackend, RequestId, RoleBackend};
use crate::id::{AccountId, ImageId, Region};
use crate::outcome::RecipientOutcome;
use crate::plan::{RecipientRefusal, Refusal};
use crate::resource::Image;

/// The images of a Region that an account sees and could launch; why not, for each other one
pub(super) type SeenImages = BTreeMap<ImageId, Result<Image, Finding>>;

impl<B: RecipientBackend + RoleBackend> Engine<B> {
    /// The engine that calls as the account, or why there is none
    pub(super) async fn reach(&self, region: &Region, account: AccountId) -> Result<Self, Finding> {
        match self.of(region, account).await {
            Ok(Some(engine)) => Ok(engine),
            Ok(None) => Err(without_role(account).finding),
            Err(error) => Err(not_reached(account, &error).finding),
        }
    }

    /// Looks for images as the account that this engine calls as
    pub(super) async fn look_for(
        &self,
        region: &Region,
        account: AccountId,
        ids: &BTreeSet<ImageId>,
    ) -> SeenImages {
        let wanted: Vec<ImageId> = ids.iter().cloned().collect();
        let found = match self.backend.describe_images(region, &wanted).await {
            Ok(found) => found,
            Err(error) => {
                let finding = could_not_look(account, &error);
                let each = wanted.into_iter().map(|id| (id, Err(finding.clone())));
                return each.collect();
            }
        };
        let allowed = match found.len() < wanted.len() {
            true => {
                let settings = self.backend.get_allowed_images_settings(region).await;
                Some(allowed_images_answered(account, settings))
            }
            false => None,
        };
        let mut found: BTreeMap<ImageId, Image> = found
            .into_iter()
            .map(|image| (image.id.clone(), image))
            .collect();
        let seen = wanted.into_iter().map(|id| {
            let image = found.remove(&id);
            let image = image.ok_or_else(|| image_not_seen(region, None, allowed.as_ref()));
            (id, image.and_then(usable))
        });
        seen.collect()
    }
}

fn usable(image: Image) -> Result<Image, Finding> {
    let finding = described(&image);
    match finding.answer {
        Answer::Yes => Ok(image),
        Answer::No | Answer::Unknown => Err(finding),
    }
}

fn could_not_look(account: AccountId, error: &ApiError) -> Finding {
    if error.is_of_role() {
        return not_reached(account, error).finding;
    }
    super::rehearsed::answered(error, "allow ec2:DescribeImages to the account's role")
}

/// The refusals of images that an account cannot use
pub(super) fn not_usable(
    region: &Region,
    account: AccountId,
    seen: &SeenImages,
) -> impl Iterator<Item = Refusal> {
    let findings = seen.iter().filter_map(|(image, seen)| {
        let finding = seen.as_ref().err()?;
        Some((image, finding))
    });
    findings.map(move |(image, finding)| {
        RecipientRefusal::NotUsable {
            image: image.clone(),
            account,
            region: region.clone(),
            finding: finding.clone(),
        }
        .into()
    })
}

/// What a write gave: a request that may have been done, whose id may be lost, or why it was not done
pub(super) fn written(result: Result<RequestId, ApiError>) -> Result<RequestId, Box<ApiError>> {
    match result {
        Ok(request_id) => Ok(request_id),
        Err(error) if error.is_ambiguous() => Ok(None),
        Err(error) => Err(Box::new(error)),
    }
}

/// What to do about an error, by its kind, where that is known
///
/// `permission` is what mends a call that the account's policies do not allow.
pub(super) fn mend_of(error: &ApiError, permission: &str) -> Option<String> {
    let mend = match error.kind() {
        ApiErrorKind::AccessDenied if error.is_of_role() => {
            "let the caller assume the role: in the role's trust policy, its external id, and \
             sts:AssumeRole in the caller's policies"
        }
        ApiErrorKind::AccessDenied => permission,
        ApiErrorKind::Invalid if error.is_of_role() => {
            "look at the roles given: session name, external id, session tags and duration"
        }
        ApiErrorKind::Unauthenticated => {
            "renew the caller's credentials, and enable the Region in the account where it is opt-in"
        }
        ApiErrorKind::Throttled => "run the request again later, or for less at a time",
        ApiErrorKind::Transient => "run the request again: AWS may have failed for the moment",
        _ => return None,
    };
    Some(mend.to_owned())
}

/// That a write was refused, and what to do about it
pub(super) fn failed(error: ApiError, mend: Option<String>) -> RecipientOutcome {
    RecipientOutcome::Failed { error, mend }
}
