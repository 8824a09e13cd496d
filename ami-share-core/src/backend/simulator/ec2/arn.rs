use crate::id::{AccountId, ImageId, Region, ResourceId, SnapshotId};

pub(crate) fn image_arn(region: &Region, image: &ImageId) -> String {
    ResourceId::from(image.clone()).arn(region)
}

pub(crate) fn snapshot_arn(region: &Region, snapshot: &SnapshotId) -> String {
    ResourceId::from(snapshot.clone()).arn(region)
}

/// The ARN of any kind of resource; `id` may be `*`
pub(crate) fn arn(region: &Region, account: Option<AccountId>, kind: &str, id: &str) -> String {
    let partition = region.partition();
    let account = account.map(|account| account.to_string());
    let account = account.unwrap_or_default();
    format!("arn:{partition}:ec2:{region}:{account}:{kind}/{id}")
}
