//! Compares what a request asks for with what was observed: pure, no I/O.

use super::{ImageVerification, PrincipalCheck, Verification};
use crate::access::{
    Answer, Finding, ImageJudge, KeyJudges, Membership, Standing, can_read_any_snapshot,
};
use crate::id::{AccountId, IamPrincipalArn, ImageId, OrganizationalUnitPath, Region};
use crate::plan::Notice;
use crate::principal::{Principal, PrincipalSet};
use crate::request::{Direction, ShareRequest, SnapshotSharing};
use crate::resource::{Observed, ObservedImage, ObservedRegion, Reading};

/// Desired against actual, image by image and principal by principal
pub(crate) fn verification_of(request: &ShareRequest, observed: &Observed) -> Verification {
    let mut images = Vec::new();
    for (region, ids) in request.images() {
        for id in ids {
            images.push(verify_image(request, observed, region, id));
        }
    }
    let cannot_undo = match request.direction() {
        Direction::Revoke => vec![Notice::RevokeLeavesCopies.to_string()],
        Direction::Share | Direction::Exactly { .. } => Vec::new(),
    };
    Verification::new(request.clone(), images, cannot_undo)
}

fn verify_image(
    request: &ShareRequest,
    observed: &Observed,
    region: &Region,
    id: &ImageId,
) -> ImageVerification {
    let image = observed.image(region, id);
    let nothing = ObservedRegion::default();
    let of_region = observed.regions.get(region).unwrap_or(&nothing);
    let judges = KeyJudges::new(of_region);
    let check = |principal: &Principal| match image {
        Some(image) => check(request, observed, image, &judges, principal),
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
    observed: &Observed,
    image: &ObservedImage,
    judges: &KeyJudges<'_>,
    principal: &Principal,
) -> PrincipalCheck {
    let revokes = request.direction() == Direction::Revoke;
    let judge = ImageJudge::new(image, judges, Membership::new(&observed.members));
    let identities: Vec<&IamPrincipalArn> = request
        .key_principals()
        .iter()
        .filter(|arn| *principal == Principal::Account(arn.account()))
        .collect();
    let standing = standing_of(request, observed, principal);
    let judged = judge.judge(principal, &identities, standing);
    let launch = judged.launch;
    let copy = (request.snapshots() == SnapshotSharing::ForCopy).then(|| {
        if revokes {
            can_read_any_snapshot(image, principal)
        } else {
            judged.copy
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
        layers: judged.layers,
        as_desired,
    }
}

/// Where a principal stands: an OU by its path, an account by the groups whose members were read
fn standing_of<'a>(
    request: &'a ShareRequest,
    observed: &'a Observed,
    principal: &Principal,
) -> Standing<'a> {
    let Principal::Account(account) = principal else {
        return Standing {
            organization: None,
            path: path_of(request, observed, principal),
        };
    };
    let has_account = |members: &&Reading<Vec<AccountId>>| {
        members
            .known()
            .is_some_and(|accounts| accounts.contains(account))
    };
    let groups = observed.members.iter();
    let mut standing = Standing::default();
    for (group, _) in groups.filter(|(_, members)| has_account(members)) {
        match group {
            Principal::Organization(arn) => standing.organization = Some(arn.organization_id()),
            Principal::OrganizationalUnit(arn) => {
                standing.organization = Some(arn.organization_id());
                standing.path = standing.path.or(path_of(request, observed, group));
            }
            Principal::Account(_) | Principal::Public => {}
        }
    }
    standing
}

/// Where an OU stands, as the request or Organizations says
pub(crate) fn path_of<'a>(
    request: &'a ShareRequest,
    observed: &'a Observed,
    principal: &Principal,
) -> Option<&'a OrganizationalUnitPath> {
    let Principal::OrganizationalUnit(unit) = principal else {
        return None;
    };
    let is_of_unit = |path: &&OrganizationalUnitPath| {
        path.unit_id() == unit.unit_id() && path.organization_id() == unit.organization_id()
    };
    let given = request.unit_paths().iter().find(is_of_unit);
    given.or_else(|| observed.unit_paths.get(unit)?.known())
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
        layers: Vec::new(),
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
