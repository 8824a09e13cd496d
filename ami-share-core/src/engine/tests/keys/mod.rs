//! Encrypted images on the simulator: who gets in is what the simulator says, by its own rules.

mod counts;
mod faults;
mod instead;
mod property;
mod stale;
mod writers;

use super::*;
use crate::backend::Backend;
use crate::backend::simulator::NewKey;
use crate::id::KeyArn;
use crate::policy::{KeyPolicy, KeyStatements};

/// Shares an image of its own under any key, so that it shows to whom the key is open
const PROBER: &str = "777777777777";

/// A scene whose images are encrypted under keys of the owner
pub(super) struct Locked {
    pub(super) scene: Scene,
    pub(super) keys: Vec<KeyArn>,
}

impl Locked {
    /// One image with a snapshot under each of these keys, by number
    pub(super) fn new(keys: usize, images: &[&[usize]]) -> Self {
        let mut scene = Scene::with(Vec::new());
        let keys: Vec<KeyArn> = (0..keys)
            .map(|_| {
                scene
                    .world
                    .create_key(&scene.region, scene.owner, NewKey::new())
            })
            .collect();
        scene.images = images
            .iter()
            .map(|under| {
                let spec = under.iter().fold(ImageSpec::named("locked"), |spec, key| {
                    spec.encrypted_with(&keys[*key])
                });
                scene.world.register_image(&scene.region, scene.owner, spec)
            })
            .collect();
        Self { scene, keys }
    }

    pub(super) fn ours(&self, key: usize) -> KeyStatements {
        KeyStatements::found_in(&self.policy(key)).unwrap()
    }

    pub(super) fn policy(&self, key: usize) -> KeyPolicy {
        self.scene.world.key_policy(&self.keys[key]).unwrap()
    }

    pub(super) fn our_grants(&self, key: usize) -> usize {
        let grants = self.scene.world.grants(&self.keys[key]);
        let name = |name: &String| name.starts_with("ami-share/");
        grants
            .iter()
            .filter(|grant| grant.name.as_ref().is_some_and(name))
            .count()
    }
}

/// An image of somebody else under a key, shared with these accounts: they can launch it where the
/// key is open to them
pub(super) async fn probe(
    world: &World,
    region: &Region,
    key: &KeyArn,
    accounts: &[AccountId],
) -> ImageId {
    let prober: AccountId = PROBER.parse().unwrap();
    let spec = ImageSpec::named("probe").encrypted_with(key);
    let image = world.register_image(region, prober, spec);
    let add: Vec<Principal> = accounts.iter().map(|account| (*account).into()).collect();
    world
        .backend(prober)
        .modify_launch_permissions(region, &image, &add, &[])
        .await
        .unwrap();
    image
}

/// A policy that leaves all to the account of the key, and has these statements too
pub(super) fn policy_of(owner: AccountId, statements: &[String]) -> KeyPolicy {
    let own = format!(
        r#"{{"Sid": "Own", "Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::{owner}:root"}},
            "Action": "kms:*",   "Resource": "*"}}"#
    );
    let all: Vec<String> = std::iter::once(own)
        .chain(statements.iter().cloned())
        .collect();
    let text = format!(
        r#"{{"Version": "2012-10-17", "Id": "theirs", "Statement": [ {} ]}}"#,
        all.join(",\n   ")
    );
    KeyPolicy::parse(&text).unwrap()
}
