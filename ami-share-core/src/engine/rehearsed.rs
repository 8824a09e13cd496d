//! What the answers to rehearsals say.

use std::collections::{BTreeMap, BTreeSet};

use super::recipient::mend_of;
use crate::access::{Finding, mend_of_state};
use crate::api_error::{ApiError, ApiErrorKind};
use crate::id::{AccountId, KeyArn, Region, SnapshotId};
use crate::outcome::{CallFinding, RehearsedCall};
use crate::plan::RecipientRefusal;
use crate::resource::{AllowedImagesSettings, Image, ImageDetails, ImageState, Key, Reading};

/// That the account could not be called in, so that nothing of it is known
pub(super) fn not_reached(account: AccountId, error: &ApiError) -> CallFinding {
    let reason = format!("account `{account}` could not be reached: {error}");
    // Where it is no role that is refused, the caller could not find out which account is its own.
    let mend = mend_of(error, "allow sts:GetCallerIdentity to the caller");
    of_role(
        account,
        Finding {
            mend,
            ..Finding::unknown(reason)
        },
    )
}

/// That the account is to be called in, and there is no role for it
pub(super) fn without_role(account: AccountId) -> CallFinding {
    let refusal = RecipientRefusal::NoRole { account };
    of_role(
        account,
        Finding::unknown(refusal.to_string()).with_mend(refusal.mend()),
    )
}

fn of_role(account: AccountId, finding: Finding) -> CallFinding {
    CallFinding {
        call: RehearsedCall::AssumeRole,
        of: account.to_string(),
        finding,
    }
}

/// What an error tells where it is neither a yes nor a no
pub(super) fn answered(error: &ApiError, permission: &str) -> Finding {
    Finding {
        mend: mend_of(error, permission),
        ..Finding::unknown(error.to_string())
    }
}

/// What the recipient sees of an image that is there
pub(super) fn described(image: &Image) -> Finding {
    let (id, state) = (&image.id, &image.state);
    match state {
        ImageState::Available => Finding::yes(format!("`{id}` is seen, and available")),
        ImageState::Pending => Finding::no(
            format!("`{id}` is seen, and {state}"),
            "wait until it is available",
        ),
        _ => Finding::no(
            format!("`{id}` is seen, and {state}"),
            "only available images can be launched",
        ),
    }
}

/// What an account's Allowed AMIs settings may have to do with an image that is not seen
#[derive(Debug)]
pub(super) struct AllowedImages {
    account: AccountId,
    settings: Result<AllowedImagesSettings, ApiError>,
}

pub(super) fn allowed_images_answered(
    account: AccountId,
    settings: Result<AllowedImagesSettings, ApiError>,
) -> AllowedImages {
    AllowedImages { account, settings }
}

/// Why an image may not be seen, as far as that is known; the owner where the caller sees the image
pub(super) fn image_not_seen(
    region: &Region,
    owner: Option<AccountId>,
    allowed: Option<&AllowedImages>,
) -> Finding {
    let mut causes = vec!["it is not shared with the account"];
    let mut mends = vec!["share it with the account".to_owned()];
    if owner.is_none() {
        causes.push("it is of another Region, or gone");
        mends.push("check the id and the Region".to_owned());
    }
    let reason = match allowed.map(|allowed| (allowed.account, &allowed.settings)) {
        Some((account, Ok(AllowedImagesSettings::Enabled))) => {
            let provider = owner.map_or_else(|| "its owner".to_owned(), |o| format!("`{o}`"));
            return Finding::no(
                format!(
                    "it is not found in `{region}`: Allowed AMIs are enabled in account `{account}` \
                     and hide images that do not meet their criteria; or else {}",
                    causes.join(", or ")
                ),
                format!(
                    "call ReplaceImageCriteriaInAllowedImagesSettings in `{account}` with \
                     {provider} as an image provider; then {}",
                    mends.join(", or ")
                ),
            );
        }
        Some((_, Err(error))) => format!(
            "{}, or the account's Allowed AMIs hide it, which could not be read: {error}",
            causes.join(", or ")
        ),
        _ => causes.join(", or "),
    };
    Finding::no(
        format!("it is not found in `{region}`: {reason}"),
        mends.join(", or "),
    )
}

/// An instance type of the image's architecture
pub(super) fn instance_type_for(details: Option<&ImageDetails>) -> Result<&'static str, Finding> {
    let architecture = details.map(|details| details.boot.architecture.as_str());
    match architecture {
        Some("x86_64") => Ok("t3.micro"),
        Some("arm64") => Ok("t4g.micro"),
        Some(other) if !other.is_empty() => Err(Finding::unknown(format!(
            "no launch was rehearsed: no instance type is known for images of `{other}`"
        ))
        .with_mend("set `instance_type`")),
        _ => Err(Finding::unknown(
            "no launch was rehearsed: the architecture of the image is not known",
        )
        .with_mend("set `instance_type`")),
    }
}

pub(super) fn launch_answered(instance_type: &str, answer: Result<(), ApiError>) -> Finding {
    let error = match answer {
        Ok(()) => {
            return Finding::yes(format!(
                "a launch as `{instance_type}` is allowed, which says nothing of keys"
            ));
        }
        Err(error) => error,
    };
    if let Some(code) = error.code()
        && is_of_network(code)
    {
        return Finding::unknown(error.to_string()).with_mend(
            "set `subnet`, in a distribution `rehearse.subnets`, to a subnet that the account sees \
             in the image's Region",
        );
    }
    let no = |mend: &str| Finding::no(error.to_string(), mend);
    let permission =
        "allow ec2:RunInstances to the account's role, on the image and on what a launch makes";
    match error.kind() {
        ApiErrorKind::AccessDenied if !error.is_of_role() => no(permission),
        ApiErrorKind::NotFound => {
            no("share it with the account, and let the account's Allowed AMIs settings meet it")
        }
        ApiErrorKind::NotAvailable => no("only available images can be launched"),
        ApiErrorKind::Invalid | ApiErrorKind::NotPermitted => Finding::unknown(error.to_string())
            .with_mend("set `instance_type` to one that the image and the Region have"),
        _ => answered(&error, permission),
    }
}

/// Whether EC2 says that there is nowhere to launch into: no default VPC, no subnet in it, or none of
/// that id
fn is_of_network(code: &str) -> bool {
    matches!(
        code,
        "InvalidSubnetID.NotFound"
            | "MissingInput"
            | "VPCIdNotSpecified"
            | "VPCResourceNotSpecified"
    )
}

pub(super) fn key_answered(
    account: AccountId,
    key: &KeyArn,
    answer: &Result<Key, ApiError>,
) -> Finding {
    let error = match answer {
        Ok(found) if found.state == crate::policy::evaluate::KeyState::Enabled => {
            return Finding::yes(format!("`{key}` is seen, and enabled"));
        }
        Ok(found) => {
            let mend = mend_of_state(found).unwrap_or("look why it is not enabled");
            return Finding::no(
                format!("`{key}` is {}", found.state),
                format!("let its owner {mend}"),
            );
        }
        Err(error) => error,
    };
    let permission = format!(
        "let the key's policy or a grant open it to account `{account}`, and allow kms:DescribeKey \
         on it to the account's role"
    );
    match error.kind() {
        ApiErrorKind::AccessDenied | ApiErrorKind::NotFound if !error.is_of_role() => {
            Finding::no(error.to_string(), permission)
        }
        _ => answered(error, &permission),
    }
}

/// EC2 makes such a grant in the name of who launches: that is allowed where a policy asks for
/// `kms:GrantIsForAWSResource`, and the rehearsal is not
///
/// The key is as it was described, where it was.
pub(super) fn grant_answered(
    key: &KeyArn,
    described: Option<&Key>,
    answer: Result<(), ApiError>,
) -> Finding {
    let error = match answer {
        Ok(()) => return Finding::yes(format!("grants of `{key}` are allowed")),
        Err(error) => error,
    };
    let permission = "as the owner of the key, let `verify` judge its policy; allow \
                      kms:CreateGrant on it to the account's role";
    match error.kind() {
        ApiErrorKind::AccessDenied if !error.is_of_role() => Finding::unknown(format!(
            "{error}; where policies allow it under kms:GrantIsForAWSResource, EC2 may make the \
             grant, and nobody else can rehearse it"
        ))
        .with_mend(permission),
        ApiErrorKind::NotAvailable => {
            let mend = described.and_then(mend_of_state);
            let mend = mend.unwrap_or("look at its state, and mend that");
            Finding::no(error.to_string(), format!("let its owner {mend}"))
        }
        _ => answered(&error, permission),
    }
}

/// Whether the recipient can read all that a copy is made of
pub(super) fn snapshots_answered(
    snapshots: &[SnapshotId],
    found: Result<usize, ApiError>,
) -> Finding {
    let mend = "share the snapshots too: set `snapshots` to for-copy";
    match found {
        _ if snapshots.is_empty() => {
            Finding::unknown("an image without snapshots is copied from its S3 bucket")
        }
        Ok(found) if found >= snapshots.len() => Finding::yes("its snapshots are seen"),
        Ok(_) => Finding::no("not all of its snapshots are seen", mend),
        Err(error) if error.kind() == ApiErrorKind::NotFound => {
            Finding::no(error.to_string(), mend)
        }
        Err(error) => answered(&error, "allow ec2:DescribeSnapshots to the account's role"),
    }
}

pub(super) fn copy_answered(answer: Result<(), ApiError>) -> Finding {
    let error = match answer {
        Ok(()) => return Finding::yes("a copy is allowed, which says nothing of storage and keys"),
        Err(error) => error,
    };
    let permission = "allow to the account's role, on images and snapshots: ec2:CopyImage, and \
                      ec2:CreateTags, which copies are made with";
    match error.kind() {
        ApiErrorKind::AccessDenied if !error.is_of_role() => {
            Finding::no(error.to_string(), permission)
        }
        ApiErrorKind::NotFound => Finding::no(error.to_string(), "share it with the account"),
        ApiErrorKind::NotPermitted => Finding::no(error.to_string(), "let its owner copy it"),
        _ => answered(&error, permission),
    }
}

/// The keys of an image, by what was read of its snapshots
pub(super) fn of_snapshots(
    details: &ImageDetails,
    read: &Result<BTreeMap<SnapshotId, Option<KeyArn>>, ApiError>,
) -> Reading<BTreeSet<KeyArn>> {
    let unknown = |because: String| Reading::Unknown { because };
    let read = match read {
        Ok(read) => read,
        Err(error) => return unknown(error.to_string()),
    };
    let mut keys = BTreeSet::new();
    for snapshot in &details.image.snapshots {
        match read.get(&snapshot.id) {
            Some(Some(key)) => {
                keys.insert(key.clone());
            }
            _ if snapshot.encrypted == Some(true) => {
                return unknown(format!("DescribeSnapshots tells none of `{}`", snapshot.id));
            }
            _ => {}
        }
    }
    Reading::Known(keys)
}
