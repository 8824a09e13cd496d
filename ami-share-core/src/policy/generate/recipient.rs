use std::collections::{BTreeMap, BTreeSet};

use super::key_policy::identity_policy;
use super::statements::{CREATE_GRANT, DESCRIBE, USE};
use crate::id::{ImageId, KeyArn, Partition};
use crate::policy::document::{Canonical, Element};

/// What somebody in a recipient's account is to do with shared images
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct RecipientNeeds {
    keys: BTreeSet<KeyArn>,
    images: BTreeSet<ImageId>,
    copy: bool,
}

impl RecipientNeeds {
    /// To launch instances from images whose snapshots are encrypted with the key
    pub fn to_launch(key: KeyArn) -> Self {
        Self::default().key(key)
    }

    /// Adds a key: of another image or Region, or the recipient's own, which copies are encrypted with
    pub fn key(mut self, key: KeyArn) -> Self {
        self.keys.insert(key);
        self
    }

    /// Names an image; without any, all images may be launched
    pub fn image(mut self, image: ImageId) -> Self {
        self.images.insert(image);
        self
    }

    /// Asks for `ec2:CopyImage` too
    ///
    /// A copy takes shared snapshots beside the shared image.
    pub fn to_copy(mut self) -> Self {
        self.copy = true;
        self
    }
}

/// The identity policy for a role or user of a recipient's account, as JSON
///
/// A key policy opens a key to another account; who in that account may use it is said there, on the
/// key's ARN ([other accounts](https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html)).
/// It allows what EBS needs of the keys, `ec2:RunInstances`, and `ec2:CopyImage` where asked for.
/// Tags on launch, instance profiles (`iam:PassRole`) and describing calls are not in it.
///
/// ```
/// use ami_share_core::policy::{RecipientNeeds, recipient_iam_policy};
///
/// let key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
/// let needs = RecipientNeeds::to_launch(key.parse()?).image("ami-0123456789abcdef0".parse()?);
/// let policy = recipient_iam_policy(&needs);
/// assert!(policy.contains("arn:aws:ec2:us-east-1::image/ami-0123456789abcdef0"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn recipient_iam_policy(needs: &RecipientNeeds) -> String {
    let keys: Vec<String> = needs.keys.iter().map(ToString::to_string).collect();
    let mut actions: Vec<&str> = USE.to_vec();
    actions.push(DESCRIBE);
    let for_aws = members("kms:GrantIsForAWSResource", texts(["true"]));
    let mut statements = Vec::new();
    if !keys.is_empty() {
        statements.push(allow("UseKeys", &actions, &keys));
        let mut grant = allow("GrantToAwsServices", &[CREATE_GRANT], &keys);
        grant.0.insert("Condition".into(), members("Bool", for_aws));
        statements.push(grant);
    }
    let launch = [needs.images_in_regions(), needs.launched_into()].concat();
    statements.push(allow("LaunchImages", &["ec2:RunInstances"], &launch));
    if needs.copy {
        let copies = needs.everywhere(&[":image/*", ":snapshot/*"]);
        statements.push(allow("CopyImages", &["ec2:CopyImage"], &copies));
    }
    identity_policy(&statements)
}

impl RecipientNeeds {
    /// `arn:partition:ec2:region:` of each Region that a key is in
    fn regions(&self) -> BTreeSet<String> {
        let prefix = |key: &KeyArn| format!("arn:{}:ec2:{}:", key.partition(), key.region());
        let regions: BTreeSet<String> = self.keys.iter().map(prefix).collect();
        if regions.is_empty() {
            return BTreeSet::from([format!("arn:{}:ec2:*:", Partition::aws())]);
        }
        regions
    }

    fn everywhere(&self, resources: &[&str]) -> Vec<String> {
        let in_region =
            |region: String| resources.iter().map(move |rest| format!("{region}{rest}"));
        self.regions().into_iter().flat_map(in_region).collect()
    }

    fn images_in_regions(&self) -> Vec<String> {
        if self.images.is_empty() {
            return self.everywhere(&[":image/*"]);
        }
        let images: Vec<String> = self
            .images
            .iter()
            .map(|id| format!(":image/{id}"))
            .collect();
        let images: Vec<&str> = images.iter().map(String::as_str).collect();
        self.everywhere(&images)
    }

    /// What RunInstances makes and what it attaches, in whatever account the caller is in
    fn launched_into(&self) -> Vec<String> {
        self.everywhere(&[
            "*:instance/*",
            "*:key-pair/*",
            "*:launch-template/*",
            "*:network-interface/*",
            "*:security-group/*",
            "*:subnet/*",
            "*:volume/*",
        ])
    }
}

pub(super) fn allow(sid: &str, actions: &[&str], resources: &[String]) -> Canonical {
    let members = [
        ("Sid", Element::Text(sid.into())),
        ("Effect", Element::Text("Allow".into())),
        ("Action", texts(actions.iter().copied())),
        ("Resource", texts(resources.iter().map(String::as_str))),
    ];
    Canonical(BTreeMap::from(
        members.map(|(name, value)| (name.into(), value)),
    ))
}

fn members(name: &str, value: Element) -> Element {
    Element::Members(BTreeMap::from([(name.into(), value)]))
}

fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> Element {
    Element::Texts(values.into_iter().map(str::to_owned).collect())
}
