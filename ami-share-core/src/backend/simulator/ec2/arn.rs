use crate::id::{AccountId, ImageId, Region, ResourceId, SnapshotId};

/// Without an account: the image may be somebody else's
pub(crate) fn image_arn(region: &Region, image: &ImageId) -> String {
    arn(region, None, "image", image.as_str())
}

/// Without an account: the snapshot may be somebody else's
pub(crate) fn snapshot_arn(region: &Region, snapshot: &SnapshotId) -> String {
    arn(region, None, "snapshot", snapshot.as_str())
}

pub(crate) fn resource_arn(region: &Region, resource: &ResourceId) -> String {
    match resource {
        ResourceId::Image(id) => image_arn(region, id),
        ResourceId::Snapshot(id) => snapshot_arn(region, id),
    }
}

/// The ARN of any kind of resource; `id` may be `*`
pub(crate) fn arn(region: &Region, account: Option<AccountId>, kind: &str, id: &str) -> String {
    let partition = region.partition();
    let account = account.map(|account| account.to_string());
    let account = account.unwrap_or_default();
    format!("arn:{partition}:ec2:{region}:{account}:{kind}/{id}")
}
