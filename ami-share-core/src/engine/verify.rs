//! Compares what a request asks for with what is there.

use super::Engine;
use crate::access::{Answer, Finding, Membership, can_copy, can_launch, can_read_any_snapshot};
use crate::backend::Backend;
use crate::error::Error;
use crate::id::{ImageId, Region};
use crate::outcome::{ImageVerification, PrincipalCheck, Verification};
use crate::plan::Notice;
use crate::principal::{Principal, PrincipalSet};
use crate::request::{Direction, ShareRequest, SnapshotSharing};
use crate::resource::{Observed, ObservedImage};

impl<B: Backend> Engine<B> {
    pub(crate) async fn verify(&self, request: &ShareRequest) -> Result<Verification, Error> {
        let mut observed = self.observe_images(request).await?;
        for group in groups_that_may_cover(request, &observed) {
            self.observe_members(request, &group, &mut observed).await;
        }
        let mut images = Vec::new();
        for (region, ids) in request.images() {
            for id in ids {
                images.push(verify_image(request, &observed, region, id));
            }
        }
        let cannot_undo = match request.direction() {
            Direction::Revoke => vec![Notice::RevokeLeavesCopies.to_string()],
            Direction::Share | Direction::Exactly { .. } => Vec::new(),
        };
        Ok(Verification::new(request.clone(), images, cannot_undo))
    }
}

/// Organizations and OUs with access to an image on which a named account has no entry of its own
fn groups_that_may_cover(request: &ShareRequest, observed: &Observed) -> PrincipalSet {
    let accounts = || {
        let principals = request.principals().iter();
        principals.filter(|principal| matches!(principal, Principal::Account(_)))
    };
    observed
        .regions
        .values()
        .flat_map(|region| region.images.values())
        .filter_map(|image| image.launch_permissions.as_ref())
        .filter(|permissions| !permissions.contains(&Principal::Public))
        .filter(|permissions| accounts().any(|account| !permissions.contains(account)))
        .flat_map(|permissions| permissions.iter())
        .filter(|principal| !principal.can_hold_snapshot_permission())
        .cloned()
        .collect()
}

fn verify_image(
    request: &ShareRequest,
    observed: &Observed,
    region: &Region,
    id: &ImageId,
) -> ImageVerification {
    let image = observed.image(region, id);
    let membership = Membership::new(&observed.members);
    let check = |principal: &Principal| match image {
        Some(image) => check(request, image, principal, membership),
        None => not_found(request, region, id, principal),
    };
    let unexpected = match (request.direction(), image) {
        (Direction::Exactly { .. }, Some(image)) => image
            .launch_permissions
            .as_ref()
            .map(|permissions| permissions.difference(request.principals()))
            .unwrap_or_default(),
        _ => PrincipalSet::new(),
    };
    ImageVerification {
        region: region.clone(),
        image: id.clone(),
        state: image.map(|image| image.image.state.clone()),
        principals: request.principals().iter().map(check).collect(),
        unexpected,
    }
}

fn check(
    request: &ShareRequest,
    image: &ObservedImage,
    principal: &Principal,
    membership: Membership<'_>,
) -> PrincipalCheck {
    let revokes = request.direction() == Direction::Revoke;
    let launch = can_launch(image, principal, membership);
    let copy = (request.snapshots() == SnapshotSharing::ForCopy).then(|| {
        if revokes {
            can_read_any_snapshot(image, principal)
        } else {
            can_copy(image, principal, membership)
        }
    });
    let findings = std::iter::once(&launch).chain(&copy);
    let as_desired = findings
        .map(|finding| as_desired(finding.answer, revokes))
        .fold(Answer::Yes, worse);
    PrincipalCheck {
        principal: principal.clone(),
        launch,
        copy,
        as_desired,
    }
}

fn not_found(
    request: &ShareRequest,
    region: &Region,
    id: &ImageId,
    principal: &Principal,
) -> PrincipalCheck {
    let revokes = request.direction() == Direction::Revoke;
    PrincipalCheck {
        principal: principal.clone(),
        launch: Finding::no(
            format!("`{id}` was not found in `{region}`"),
            "check the id and the Region",
        ),
        copy: None,
        as_desired: as_desired(Answer::No, revokes),
    }
}

fn as_desired(access: Answer, revokes: bool) -> Answer {
    match (access, revokes) {
        (Answer::Unknown, _) => Answer::Unknown,
        (Answer::Yes, false) | (Answer::No, true) => Answer::Yes,
        (Answer::No, false) | (Answer::Yes, true) => Answer::No,
    }
}

fn worse(one: Answer, other: Answer) -> Answer {
    match (one, other) {
        (Answer::No, _) | (_, Answer::No) => Answer::No,
        (Answer::Unknown, _) | (_, Answer::Unknown) => Answer::Unknown,
        (Answer::Yes, Answer::Yes) => Answer::Yes,
    }
}
