//! Under which key a copy is, and whom the keys let copy.

use super::super::super::{ImageSpec, NewKey};
use super::ec2::{OWNER, RECIPIENT, Scene, account, text};
use super::wire::Wire;
use crate::backend::{Backend, SnapshotChange};
use crate::id::{KeyArn, Region};
use crate::policy::KeyPolicy;

const ELSEWHERE: &str = "us-east-1";

fn region(name: &str) -> Region {
    name.parse().unwrap()
}

/// Copies the scene's image; the answer is the state of the copy and the key of its snapshot
async fn copied(
    scene: &Scene,
    to: &str,
    caller: &str,
    more: &[(&str, &str)],
) -> (String, Option<KeyArn>) {
    let name = format!("copy {}", scene.world.calls().len());
    let mut params = vec![
        ("SourceImageId", scene.image.as_str()),
        ("SourceRegion", Wire::REGION),
        ("Name", name.as_str()),
    ];
    params.extend_from_slice(more);
    let query = async |action, params: &[(&str, &str)]| {
        let (status, answer) = scene.wire.query_in(to, caller, "ec2", action, params).await;
        assert_eq!(status, 200, "{answer}");
        answer
    };
    let answer = query("CopyImage", &params).await;
    let id = text(&answer, "imageId").unwrap();
    let told = query("DescribeImages", &[("ImageId.1", id.as_str())]).await;
    let to = region(to);
    let snapshots = scene.world.snapshots_of(&to, &id.parse().unwrap());
    let state = scene.world.state();
    let snapshot = state.snapshot(&to, &snapshots[0]).unwrap();
    let key = snapshot.key.clone();
    assert_eq!(
        text(&told, "encrypted").unwrap(),
        key.is_some().to_string(),
        "{told}"
    );
    (text(&told, "imageState").unwrap(), key)
}

fn available(key: &KeyArn) -> (String, Option<KeyArn>) {
    ("available".to_owned(), Some(key.clone()))
}

#[tokio::test]
async fn an_unencrypted_image_stays_so_unless_the_call_or_the_account_says_otherwise() {
    let scene = Scene::new().await;
    let world = &scene.world;
    let owner = account(OWNER);
    let aws = world.aws_ebs_key(&scene.region, owner);
    let own = world.create_key(&scene.region, owner, NewKey::new());
    world.create_alias("alias/own", &own).unwrap();
    let copy = async |more: &[(&str, &str)]| copied(&scene, Wire::REGION, OWNER, more).await;
    let encrypted = ("Encrypted", "true");
    let plain = ("available".to_owned(), None);
    assert_eq!(copy(&[]).await, plain);
    assert_eq!(
        copy(&[("Encrypted", "false"), ("KmsKeyId", "")]).await,
        plain
    );
    assert_eq!(copy(&[encrypted]).await, available(&aws));
    assert_eq!(
        copy(&[encrypted, ("KmsKeyId", "alias/own")]).await,
        available(&own)
    );
    world.set_ebs_default_key(owner, &scene.region, Some(own.clone()));
    assert_eq!(copy(&[]).await, plain);
    assert_eq!(copy(&[encrypted]).await, available(&own));
    world.set_ebs_encryption_by_default(owner, &scene.region, true);
    assert_eq!(copy(&[]).await, available(&own));
}

#[tokio::test]
async fn the_owner_keeps_its_key_within_the_region_and_not_beyond() {
    let scene = Scene::with(ImageSpec::named("golden").encrypted_snapshot()).await;
    let world = &scene.world;
    let owner = account(OWNER);
    let source = world.snapshots_of(&scene.region, &scene.image);
    let source = world
        .state()
        .snapshot(&scene.region, &source[0])
        .unwrap()
        .key
        .clone();
    let source = source.unwrap();
    for more in [&[][..], &[("Encrypted", "true")]] {
        let copy = copied(&scene, Wire::REGION, OWNER, more).await;
        assert_eq!(copy, available(&source));
    }
    let there = region(ELSEWHERE);
    let aws = world.aws_ebs_key(&there, owner);
    assert_eq!(copied(&scene, ELSEWHERE, OWNER, &[]).await, available(&aws));
    let own = world.create_key(&there, owner, NewKey::new());
    let named = [("Encrypted", "true"), ("KmsKeyId", own.as_str())];
    assert_eq!(
        copied(&scene, ELSEWHERE, OWNER, &named).await,
        available(&own)
    );
    world.set_ebs_default_key(owner, &there, Some(own.clone()));
    world.set_ebs_encryption_by_default(owner, &there, true);
    assert_eq!(copied(&scene, ELSEWHERE, OWNER, &[]).await, available(&own));

    // A key of the source's Region is not one of the destination's.
    let named = [("Encrypted", "true"), ("KmsKeyId", source.as_str())];
    assert_eq!(copied(&scene, ELSEWHERE, OWNER, &named).await.0, "failed");
}

#[tokio::test]
async fn a_recipient_copies_under_its_own_key_and_only_if_it_can_read_the_owners() {
    let owner = account(OWNER);
    let scene = Scene::new().await;
    let world = &scene.world;
    let key = world.create_key(&scene.region, owner, NewKey::new());
    let locked = scene.register(OWNER, ImageSpec::named("locked").encrypted_with(&key));
    let scene = Scene {
        image: locked,
        ..scene
    };
    let world = &scene.world;
    scene.share(RECIPIENT).await;
    let snapshots = world.snapshots_of(&scene.region, &scene.image);
    let add = [account(RECIPIENT).into()];
    world
        .backend(owner)
        .modify_create_volume_permissions(&scene.region, &snapshots[0], SnapshotChange::Add(&add))
        .await
        .unwrap();
    assert_eq!(
        copied(&scene, Wire::REGION, RECIPIENT, &[]).await.0,
        "failed"
    );

    let policy: KeyPolicy = format!(
        r#"{{"Version": "2012-10-17", "Statement": [
            {{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::{OWNER}:root"}},
              "Action": "kms:*", "Resource": "*"}},
            {{"Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::{RECIPIENT}:root"}},
              "Action": ["kms:DescribeKey", "kms:Decrypt", "kms:ReEncrypt*", "kms:CreateGrant"],
              "Resource": "*"}}]}}"#
    )
    .parse()
    .unwrap();
    world.put_key_policy(&key, &policy).unwrap();
    let aws = world.aws_ebs_key(&scene.region, account(RECIPIENT));
    for more in [&[][..], &[("Encrypted", "true")]] {
        let copy = copied(&scene, Wire::REGION, RECIPIENT, more).await;
        assert_eq!(copy, available(&aws));
    }
    let own = world.create_key(&scene.region, account(RECIPIENT), NewKey::new());
    let named = [("Encrypted", "true"), ("KmsKeyId", own.as_str())];
    assert_eq!(
        copied(&scene, Wire::REGION, RECIPIENT, &named).await,
        available(&own)
    );
}
