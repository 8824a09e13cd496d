use super::{Finding, Membership};
use crate::principal::Principal;
use crate::resource::{ImageState, ObservedImage, Reading};

/// Whether the principal can launch the image, as far as image state and launch permission say
///
/// A launch needs no snapshot permission: EC2 reads the snapshots of a shared image for its
/// recipients
/// ([share an AMI with specific accounts](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-explicit.html)).
/// Whether recipients may use the key of an encrypted image is not judged here: unknown.
/// [`ImageJudge`](super::ImageJudge) judges it too.
pub fn can_launch(
    observed: &ObservedImage,
    principal: &Principal,
    membership: Membership<'_>,
) -> Finding {
    let image = &observed.image;
    let state = image_state(observed);
    if state.answer != super::Answer::Yes {
        return state;
    }
    let finding = by_permission(observed, principal, membership);
    if *principal == Principal::Account(image.owner) {
        return finding;
    }
    if finding.answer == super::Answer::Yes && image.encrypted() == Some(true) {
        return Finding::unknown(format!(
            "{}, but the image is encrypted and access to its key was not judged",
            finding.reason
        ));
    }
    finding
}

/// Whether the state of the image lets anybody launch it
pub(super) fn image_state(observed: &ObservedImage) -> Finding {
    let image = &observed.image;
    if image.state == ImageState::Available {
        return Finding::yes(format!("`{}` is available", image.id));
    }
    Finding::no(
        format!("`{}` is {}", image.id, image.state),
        "only available images can be launched",
    )
}

/// What the launch permissions alone say
pub(super) fn by_permission(
    observed: &ObservedImage,
    principal: &Principal,
    membership: Membership<'_>,
) -> Finding {
    if *principal == Principal::Account(observed.image.owner) {
        return Finding::yes("it owns the image");
    }
    let Some(permissions) = &observed.launch_permissions else {
        return Finding::unknown("only the owner can read who may launch it");
    };
    if permissions.contains(principal) {
        return Finding::yes("it has the launch permission itself");
    }
    if permissions.contains(&Principal::Public) {
        return Finding::yes("the image is public");
    }
    let mut not_known = Vec::new();
    for group in permissions {
        match covers(group, principal, membership) {
            Reading::Known(true) => return Finding::yes(format!("through `{group}`")),
            Reading::Known(false) => {}
            Reading::Unknown { because } => not_known.push(format!("`{group}` ({because})")),
        }
    }
    if not_known.is_empty() {
        return Finding::no(
            "it has no launch permission",
            format!("call ModifyImageAttribute to add `{principal}`"),
        );
    }
    Finding::unknown(format!(
        "it has no launch permission itself, and may be covered by {}",
        not_known.join(", ")
    ))
}

/// Whether one launch permission of another principal covers this one
fn covers(group: &Principal, principal: &Principal, membership: Membership<'_>) -> Reading<bool> {
    match (group, principal) {
        (Principal::Account(_), _) | (_, Principal::Public | Principal::Organization(_)) => {
            Reading::Known(false)
        }
        (_, Principal::Account(account)) => membership.covers(group, *account),
        (Principal::Organization(organization), Principal::OrganizationalUnit(unit)) => {
            Reading::Known(organization.organization_id() == unit.organization_id())
        }
        (Principal::OrganizationalUnit(parent), Principal::OrganizationalUnit(unit))
            if parent.organization_id() == unit.organization_id() =>
        {
            Reading::Unknown {
                because: "whether one OU lies below the other was not read".into(),
            }
        }
        _ => Reading::Known(false),
    }
}
