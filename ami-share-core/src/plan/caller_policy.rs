//! Which permissions the caller of a plan needs: those, and no others.

use std::collections::BTreeSet;

use super::{Action, Plan};
use crate::id::{ImageId, Region, ResourceId, SnapshotId};
use crate::policy::{ActionError, caller_iam_policy};
use crate::principal::Principal;
use crate::resource::{ObservedRegion, Reading};

type Needs = BTreeSet<(&'static str, String)>;

impl Plan {
    /// The identity policy that a role needs to make this plan again, to apply it and to read back, as
    /// JSON
    ///
    /// Each action is allowed on exactly the images, snapshots and keys of the plan, where AWS takes
    /// resources. A key policy can stand in the way all the same: it has to leave the key to its
    /// account.
    ///
    /// # Errors
    ///
    /// Never for a plan that was made by this library.
    pub fn caller_iam_policy(&self) -> Result<String, ActionError> {
        let mut needs = Needs::new();
        for (region, found) in &self.seen().regions {
            needs.insert(("ec2:DescribeImages", "*".to_owned()));
            read_images(region, found, &mut needs);
            read_keys(region, found, &mut needs);
        }
        for group in self.seen().members.keys() {
            let operations: &[&'static str] = match group {
                Principal::Organization(_) => &[
                    "organizations:DescribeOrganization",
                    "organizations:ListAccounts",
                ],
                _ => &[
                    "organizations:ListAccountsForParent",
                    "organizations:ListOrganizationalUnitsForParent",
                ],
            };
            needs.extend(operations.iter().map(|name| (*name, "*".to_owned())));
        }
        if !self.seen().unit_paths.is_empty() {
            let operation = "organizations:DescribeOrganizationalUnit";
            needs.insert((operation, "*".to_owned()));
        }
        for step in self.steps() {
            write(&step.region, &step.action, &mut needs);
        }
        caller_iam_policy(needs)
    }
}

fn read_images(region: &Region, found: &ObservedRegion, needs: &mut Needs) {
    for image in found.images.values() {
        if image.launch_permissions.is_some() {
            let arn = image_arn(region, &image.image.id);
            needs.insert(("ec2:DescribeImageAttribute", arn));
        }
        for (id, snapshot) in &image.snapshots {
            if snapshot.create_volume_permissions.is_some() {
                let arn = snapshot_arn(region, id);
                needs.insert(("ec2:DescribeSnapshotAttribute", arn));
            }
            if snapshot.key.is_some() || snapshot.tags.is_some() {
                needs.insert(("ec2:DescribeSnapshots", "*".to_owned()));
            }
        }
    }
    for (is_read, operation) in [
        (
            found.image_block_public_access.is_some(),
            "ec2:GetImageBlockPublicAccessState",
        ),
        (
            found.snapshot_block_public_access.is_some(),
            "ec2:GetSnapshotBlockPublicAccessState",
        ),
    ] {
        if is_read {
            needs.insert((operation, "*".to_owned()));
        }
    }
}

fn read_keys(region: &Region, found: &ObservedRegion, needs: &mut Needs) {
    for (arn, key) in &found.keys {
        needs.insert(("kms:DescribeKey", arn.to_string()));
        if key.policy.is_some() {
            needs.insert(("kms:GetKeyPolicy", arn.to_string()));
        }
        if key.grants.is_some() {
            needs.insert(("kms:ListGrants", arn.to_string()));
        }
        let needed = key.needed.as_ref().and_then(Reading::known);
        for still in needed.into_iter().flatten() {
            let arn = image_arn(region, &still.image);
            needs.insert(("ec2:DescribeImageAttribute", arn));
        }
    }
}

/// The call itself, and what reads it back
fn write(region: &Region, action: &Action, needs: &mut Needs) {
    match action {
        Action::CreateGrant { key, .. } => {
            needs.insert(("kms:CreateGrant", key.to_string()));
            needs.insert(("kms:ListGrants", key.to_string()));
        }
        Action::RevokeGrant { key, .. } => {
            needs.insert(("kms:RevokeGrant", key.to_string()));
            needs.insert(("kms:ListGrants", key.to_string()));
        }
        Action::PutKeyPolicy { key, .. } => {
            needs.insert(("kms:PutKeyPolicy", key.to_string()));
            needs.insert(("kms:GetKeyPolicy", key.to_string()));
        }
        Action::ModifyImageAttribute { image, .. } => {
            needs.insert(("ec2:ModifyImageAttribute", image_arn(region, image)));
        }
        Action::ModifySnapshotAttribute { snapshot, .. } => {
            let arn = snapshot_arn(region, snapshot);
            needs.insert(("ec2:ModifySnapshotAttribute", arn));
        }
        Action::CreateTags { resources, .. } | Action::DeleteTags { resources, .. } => {
            let operation = match action {
                Action::CreateTags { .. } => "ec2:CreateTags",
                _ => "ec2:DeleteTags",
            };
            needs.extend(resources.iter().map(|resource| {
                let arn = match resource {
                    ResourceId::Image(id) => image_arn(region, id),
                    ResourceId::Snapshot(id) => snapshot_arn(region, id),
                };
                (operation, arn)
            }));
        }
    }
}

/// Images and snapshots have no account in their ARN
fn image_arn(region: &Region, image: &ImageId) -> String {
    format!("arn:{}:ec2:{region}::image/{image}", region.partition())
}

fn snapshot_arn(region: &Region, snapshot: &SnapshotId) -> String {
    format!(
        "arn:{}:ec2:{region}::snapshot/{snapshot}",
        region.partition()
    )
}
