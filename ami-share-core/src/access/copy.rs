use super::{Answer, Finding, Membership, can_launch};
use crate::id::SnapshotId;
use crate::principal::{Principal, PrincipalSet};
use crate::resource::ObservedImage;

/// Whether the principal can read any snapshot of the image: make volumes from it, or copy it
///
/// That needs no launch permission, so it is what a revoke must close too.
pub fn can_read_any_snapshot(observed: &ObservedImage, principal: &Principal) -> Finding {
    let mut not_read = None;
    for snapshot in &observed.image.snapshots {
        let id = &snapshot.id;
        match permissions_of(observed, id) {
            Some(permissions) if permissions.contains(principal) => {
                return Finding::yes(format!("it has the create-volume permission on `{id}`"));
            }
            Some(permissions) if permissions.contains(&Principal::Public) => {
                return Finding::yes(format!("`{id}` is public"));
            }
            Some(_) => {}
            None => not_read = Some(id),
        }
    }
    match not_read {
        Some(id) => Finding::unknown(format!("the permissions of `{id}` were not read")),
        None => Finding::no(
            "it has no create-volume permission",
            "call ModifySnapshotAttribute on every snapshot of the image",
        ),
    }
}

/// Whether the principal can copy the image, as far as image state, launch permission and
/// snapshot permissions say
///
/// `CopyImage` by a recipient needs the launch permission and the create-volume permission of every
/// EBS snapshot; snapshots know accounts and the public only
/// ([how AMI copy works](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/how-ami-copy-works.html)).
pub fn can_copy(
    observed: &ObservedImage,
    principal: &Principal,
    membership: Membership<'_>,
) -> Finding {
    let launch = can_launch(observed, principal, membership);
    let image = &observed.image;
    if launch.answer == Answer::No || *principal == Principal::Account(image.owner) {
        return launch;
    }
    let storage = snapshot_permissions(observed, principal);
    match (storage.answer, launch.answer) {
        (Answer::Yes, Answer::No | Answer::Unknown) => launch,
        _ => storage,
    }
}

/// Whether the principal can read every snapshot of the image, as copying needs
pub(super) fn snapshot_permissions(observed: &ObservedImage, principal: &Principal) -> Finding {
    let image = &observed.image;
    if let Some(code) = image.product_codes.first() {
        return Finding::no(
            format!(
                "the image has the product code `{code}` and cannot be copied to another account"
            ),
            "launch it instead, or call CopyImage as its owner",
        );
    }
    if image.snapshots.is_empty() {
        return Finding::unknown("an image without snapshots is copied from its S3 bucket");
    }
    if !principal.can_hold_snapshot_permission() {
        return Finding::no(
            "snapshots cannot be shared with organizations or OUs",
            "share the snapshots with each account that is to copy",
        );
    }
    for snapshot in &image.snapshots {
        let id = &snapshot.id;
        let Some(permissions) = permissions_of(observed, id) else {
            return Finding::unknown(format!("the permissions of `{id}` were not read"));
        };
        if !permissions.contains(principal) && !permissions.contains(&Principal::Public) {
            return Finding::no(
                format!("it has no create-volume permission on `{id}`"),
                format!("call ModifySnapshotAttribute on `{id}` to add `{principal}`"),
            );
        }
    }
    Finding::yes("it has the create-volume permission on every snapshot")
}

fn permissions_of<'a>(observed: &'a ObservedImage, id: &SnapshotId) -> Option<&'a PrincipalSet> {
    let snapshot = observed.snapshots.get(id)?;
    snapshot.create_volume_permissions.as_ref()
}
