//! What the caller of a plan needs.

use super::{ImageSpec, Scene, Sharer};

/// A second image under the key that is shared with somebody who leaves is read too
#[tokio::test]
async fn a_caller_that_closes_a_key_may_read_the_other_images_of_the_region() {
    let encrypted = |name| ImageSpec::named(name).encrypted_snapshot();
    let scene = Scene::with(vec![encrypted("one")]);
    let sharer = scene.sharer();
    let request = scene.request().account("222222222222").build().unwrap();
    let every = "arn:aws:ec2:us-east-1::image/*";
    let sharing = sharer.plan(&request).await.unwrap();
    assert!(!sharing.caller_iam_policy().unwrap().contains(every));
    sharer.share(&request).await.unwrap();
    let revoking = sharer.plan(&request.to_revoke()).await.unwrap();
    assert!(revoking.caller_iam_policy().unwrap().contains(every));
}
