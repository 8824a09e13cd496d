//! What the tests of EC2 over the wire share.

use super::super::super::{ImageSpec, World};
use super::wire::Wire;
use crate::id::{AccountId, ImageId, Region};

pub(super) const OWNER: &str = "111122223333";
pub(super) const RECIPIENT: &str = "444455556666";
pub(super) const STRANGER: &str = "777788889999";

/// An owner with one image, seen over the wire
pub(super) struct Scene {
    pub(super) wire: Wire,
    pub(super) world: World,
    pub(super) region: Region,
    pub(super) image: ImageId,
}

impl Scene {
    pub(super) async fn new() -> Self {
        Self::with(ImageSpec::named("golden")).await
    }

    pub(super) async fn with(spec: ImageSpec) -> Self {
        let wire = Wire::start().await;
        let world = wire.world.clone();
        let region: Region = Wire::REGION.parse().unwrap();
        let image = world.register_image(&region, account(OWNER), spec);
        Self {
            wire,
            world,
            region,
            image,
        }
    }

    pub(super) fn register(&self, owner: &str, spec: ImageSpec) -> ImageId {
        self.world
            .register_image(&self.region, account(owner), spec)
    }

    /// The answer to a call that has to succeed
    pub(super) async fn ok(&self, caller: &str, action: &str, params: &[(&str, &str)]) -> String {
        let (status, answer) = self.wire.query(caller, "ec2", action, params).await;
        assert_eq!(status, 200, "{action}: {answer}");
        answer
    }

    /// The code of a call that has to be refused
    pub(super) async fn no(&self, caller: &str, action: &str, params: &[(&str, &str)]) -> String {
        let (status, answer) = self.wire.query(caller, "ec2", action, params).await;
        assert!(status >= 400, "{action}: {answer}");
        text(&answer, "Code").unwrap()
    }

    /// A call about the scene's image that has to succeed
    pub(super) async fn change(&self, action: &str, params: &[(&str, &str)]) -> String {
        let mut all = vec![("ImageId", self.image.as_str())];
        all.extend_from_slice(params);
        self.ok(OWNER, action, &all).await
    }

    /// A call about the scene's image that has to be refused
    pub(super) async fn refused(&self, action: &str, params: &[(&str, &str)]) -> String {
        let mut all = vec![("ImageId", self.image.as_str())];
        all.extend_from_slice(params);
        self.no(OWNER, action, &all).await
    }

    /// The ids that `DescribeImages` finds
    pub(super) async fn found(&self, caller: &str, params: &[(&str, &str)]) -> Vec<String> {
        let answer = self.ok(caller, "DescribeImages", params).await;
        texts(&answer, "imageId")
    }

    pub(super) async fn share(&self, with: &str) {
        self.change(
            "ModifyImageAttribute",
            &[("LaunchPermission.Add.1.UserId", with)],
        )
        .await;
    }
}

pub(super) fn account(id: &str) -> AccountId {
    id.parse().unwrap()
}

/// The text of the first element of that name
pub(super) fn text(answer: &str, name: &str) -> Option<String> {
    texts(answer, name).into_iter().next()
}

/// The texts of all elements of that name
pub(super) fn texts(answer: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let parts = answer.split(&open).skip(1);
    parts
        .map(|part| plain(part.split(&close).next().unwrap()))
        .collect()
}

/// Without the escapes of XML
pub(super) fn plain(xml: &str) -> String {
    xml.replace("&apos;", "'")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}
