//! The real backend against moto, a foreign imitation of AWS. What is shown here is shown for moto;
//! where moto is known to differ from AWS, a comment says so.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panic"
)]

#[path = "aws_backend/organizations.rs"]
mod organizations;
mod support;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ami_share_core::backend::aws::AwsBackend;
use ami_share_core::backend::{Backend, SnapshotChange};
use ami_share_core::id::{ImageId, Region, ResourceId};
use ami_share_core::resource::{ImageState, RootDevice, Tags};
use ami_share_core::{ApiErrorKind, Principal, PrincipalSet};
use support::{Moto, OWNER};

const RECIPIENT: &str = "222222222222";
const ORGANIZATION: &str = "arn:aws:organizations::111111111111:organization/o-123example";
const UNIT: &str = "arn:aws:organizations::111111111111:ou/o-123example/ou-1234-5example";

fn home() -> Region {
    "us-east-1".parse().unwrap()
}

fn principals(texts: &[&str]) -> Vec<Principal> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn set(texts: &[&str]) -> PrincipalSet {
    principals(texts).into_iter().collect()
}

fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn unknown_image() -> ImageId {
    "ami-00000000000000000".parse().unwrap()
}

#[tokio::test]
async fn an_image_is_told_of_as_it_is() {
    let moto = Moto::start().await;
    let image = moto.register_image("golden").await;
    let backend = moto.backend().await;

    let images = backend
        .describe_images(&home(), std::slice::from_ref(&image))
        .await
        .unwrap();

    let [found] = images.as_slice() else {
        panic!("one image was asked for, {} came", images.len());
    };
    assert_eq!(found.id, image);
    assert_eq!(found.owner.to_string(), OWNER);
    assert_eq!(found.name.as_deref(), Some("golden"));
    assert_eq!(found.state, ImageState::Available);
    assert!(!found.public);
    // moto says `standard`, so this was told from the snapshot.
    assert_eq!(found.root_device, RootDevice::Ebs);
    assert_eq!(found.snapshots.len(), 1);
    // moto leaves it out, and what AWS does not say is not made up.
    assert_eq!(found.encrypted(), None);
    assert_eq!(moto.counter().total(), 1);
}

#[tokio::test]
async fn unknown_images_are_left_out() {
    let moto = Moto::start().await;
    let image = moto.register_image("golden").await;
    let backend = moto.backend().await;

    let only_unknown = backend.describe_images(&home(), &[unknown_image()]).await;
    assert!(only_unknown.unwrap().is_empty());
    // By id, then by filter.
    assert_eq!(moto.counter().by_action(), calls(&[("DescribeImages", 2)]));

    let both = [unknown_image(), image.clone()];
    let found = backend.describe_images(&home(), &both).await.unwrap();
    assert_eq!(found.into_iter().map(|i| i.id).collect::<Vec<_>>(), [image]);

    moto.counter().reset();
    let none = backend.describe_images(&home(), &[]).await.unwrap();
    assert!(none.is_empty(), "no ids must not mean all images");
    assert_eq!(moto.counter().total(), 0);
}

#[tokio::test]
async fn sharing_and_revoking_are_read_back() {
    let moto = Moto::start().await;
    let image = moto.register_image("golden").await;
    let backend = moto.backend().await;
    let all = ["222222222222", "033333333333", ORGANIZATION, UNIT, "all"];

    let written = backend
        .modify_launch_permissions(&home(), &image, &principals(&all), &[])
        .await;
    assert!(written.unwrap().is_some(), "moto gives request ids too");
    let permissions = backend.describe_launch_permissions(&home(), &image).await;
    assert_eq!(permissions.unwrap(), set(&all));
    assert_eq!(backend.count_public_images(&home()).await.unwrap(), 1);

    let (add, remove) = (principals(&["444444444444"]), principals(&all[1..]));
    backend
        .modify_launch_permissions(&home(), &image, &add, &remove)
        .await
        .unwrap();
    let permissions = backend.describe_launch_permissions(&home(), &image).await;
    assert_eq!(permissions.unwrap(), set(&["222222222222", "444444444444"]));
    assert_eq!(backend.count_public_images(&home()).await.unwrap(), 0);

    assert_eq!(
        moto.counter().by_action(),
        calls(&[
            ("DescribeImageAttribute", 2),
            ("DescribeImages", 2),
            ("ModifyImageAttribute", 2),
        ])
    );
}

#[tokio::test]
async fn least_calls_a_thousand_accounts_are_one_call() {
    let moto = Moto::start().await;
    let image = moto.register_image("golden").await;
    let backend = moto.backend().await;
    let accounts: Vec<Principal> = (0..1_000)
        .map(|n| format!("{:012}", 100_000_000_000_u64 + n).parse().unwrap())
        .collect();

    backend
        .modify_launch_permissions(&home(), &image, &accounts, &[])
        .await
        .unwrap();

    assert_eq!(
        moto.counter().by_action(),
        calls(&[("ModifyImageAttribute", 1)])
    );
    let permissions = backend.describe_launch_permissions(&home(), &image).await;
    assert_eq!(permissions.unwrap(), accounts.into_iter().collect());
}

#[tokio::test]
async fn no_op_is_free_of_writes() {
    let moto = Moto::start().await;
    let image = moto.register_image("golden").await;
    let backend = moto.backend().await;
    let resources = [ResourceId::Image(image.clone())];

    backend
        .modify_launch_permissions(&home(), &image, &[], &[])
        .await
        .unwrap();
    backend
        .create_tags(&home(), &resources, &Tags::new())
        .await
        .unwrap();
    backend
        .delete_tags(&home(), &resources, &Tags::new())
        .await
        .unwrap();

    assert_eq!(moto.counter().total(), 0);
}

#[tokio::test]
async fn snapshots_are_shared_and_revoked() {
    let moto = Moto::start().await;
    let image = moto.register_image("golden").await;
    let backend = moto.backend().await;
    let images = backend.describe_images(&home(), &[image]).await.unwrap();
    let snapshot = images
        .first()
        .unwrap()
        .snapshots
        .first()
        .unwrap()
        .id
        .clone();
    let principals = principals(&[RECIPIENT, "all"]);
    let read = async || {
        backend
            .describe_create_volume_permissions(&home(), &snapshot)
            .await
            .unwrap()
    };

    let told = backend
        .describe_snapshots(&home(), std::slice::from_ref(&snapshot))
        .await
        .unwrap();
    assert_eq!(told.len(), 1);
    assert!(!told.first().unwrap().encrypted);

    let add = SnapshotChange::Add(&principals);
    backend
        .modify_create_volume_permissions(&home(), &snapshot, add)
        .await
        .unwrap();
    assert_eq!(read().await, set(&[RECIPIENT, "all"]));

    let remove = SnapshotChange::Remove(&principals);
    backend
        .modify_create_volume_permissions(&home(), &snapshot, remove)
        .await
        .unwrap();
    assert_eq!(read().await, PrincipalSet::new());

    let organization = [ORGANIZATION.parse().unwrap()];
    moto.counter().reset();
    let refused = backend
        .modify_create_volume_permissions(&home(), &snapshot, SnapshotChange::Add(&organization))
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ApiErrorKind::Invalid);
    assert_eq!(moto.counter().total(), 0, "nothing is sent");
}

#[tokio::test]
async fn others_tags_are_untouched() {
    let moto = Moto::start().await;
    let image = moto.register_image("golden").await;
    let backend = moto.backend().await;
    let resources = [ResourceId::Image(image.clone())];
    let read = async || {
        let images = backend
            .describe_images(&home(), std::slice::from_ref(&image))
            .await;
        images.unwrap().remove(0).tags
    };

    let ours = tags(&[("ami-share/by", "us"), ("ami-share/empty", "")]);
    let theirs = tags(&[("team", "blue")]);
    for tags in [&ours, &theirs] {
        backend
            .create_tags(&home(), &resources, tags)
            .await
            .unwrap();
    }
    let mut both = ours.clone();
    both.extend(theirs.clone());
    assert_eq!(read().await, both);

    // Another value now: it is no longer the tag that is to go.
    let changed = tags(&[("ami-share/by", "them")]);
    backend
        .create_tags(&home(), &resources, &changed)
        .await
        .unwrap();
    backend
        .delete_tags(&home(), &resources, &ours)
        .await
        .unwrap();
    assert_eq!(
        read().await,
        tags(&[("ami-share/by", "them"), ("team", "blue")])
    );
}

#[tokio::test]
async fn errors_carry_the_code_of_aws() {
    let moto = Moto::start().await;
    let backend = moto.backend().await;
    let add = principals(&[RECIPIENT]);

    let error = backend
        .modify_launch_permissions(&home(), &unknown_image(), &add, &[])
        .await
        .unwrap_err();

    assert_eq!(error.code(), Some("InvalidAMIID.NotFound"));
    assert_eq!(error.kind(), ApiErrorKind::NotFound);
    assert_eq!(error.operation(), "ModifyImageAttribute");
    assert!(error.message().contains("ami-00000000000000000"), "{error}");
    assert!(!error.is_retryable());
    assert_eq!(moto.counter().total(), 1, "it is not tried again");
}

#[tokio::test]
async fn accounts_do_not_see_each_other() {
    let moto = Moto::start().await;
    let image = moto.register_image("golden").await;
    let owner = moto.backend().await;
    let recipient = moto.backend_as(RECIPIENT).await;
    let add = principals(&[RECIPIENT]);
    owner
        .modify_launch_permissions(&home(), &image, &add, &[])
        .await
        .unwrap();

    // On AWS the recipient would see the image now; moto's EC2 knows of one account at a time.
    let seen = recipient.describe_images(&home(), &[image]).await.unwrap();
    assert!(seen.is_empty());
    let page = recipient
        .describe_shared_images(&home(), None)
        .await
        .unwrap();
    assert!(page.items.is_empty());
    assert_eq!(page.next_token, None);
}

/// moto cannot answer this call, which is what a setting looks like that cannot be read
#[tokio::test]
async fn honest_answers_a_setting_that_cannot_be_read_is_an_error_soon() {
    let moto = Moto::start().await;
    let backend = moto.backend().await;
    let started = Instant::now();

    let of_images = backend.get_image_block_public_access_state(&home()).await;
    let of_snapshots = backend
        .get_snapshot_block_public_access_state(&home())
        .await;

    assert!(started.elapsed() < Duration::from_secs(5), "{started:?}");
    for error in [of_images.unwrap_err(), of_snapshots.unwrap_err()] {
        assert_eq!(error.kind(), ApiErrorKind::Transient, "{error}");
        assert_eq!(error.code(), None);
        assert!(error.message().contains("500"), "{error}");
    }
    assert_eq!(
        moto.counter().by_action(),
        calls(&[
            ("GetImageBlockPublicAccessState", 2),
            ("GetSnapshotBlockPublicAccessState", 2),
        ])
    );
}

#[tokio::test]
async fn keys_an_endpoint_and_given_clients_are_enough() {
    let moto = Moto::start().await;
    let image = moto.register_image("golden").await;
    let by_keys = AwsBackend::builder()
        .credentials("moto", "moto", None)
        .endpoint_url(moto.endpoint())
        .build()
        .await
        .unwrap();
    let client = aws_sdk_ec2::Client::new(&moto.owner_config().await);
    let by_client = AwsBackend::builder()
        .ec2_client(home(), client)
        .build()
        .await
        .unwrap();

    for backend in [by_keys, by_client] {
        let images = backend
            .describe_images(&home(), std::slice::from_ref(&image))
            .await;
        assert_eq!(images.unwrap().len(), 1);
        let shown = format!("{backend:?}");
        assert!(
            !shown.contains("moto") && !shown.contains("127.0.0.1"),
            "{shown}"
        );
    }
}

fn calls(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    expected
        .iter()
        .map(|(action, count)| ((*action).to_owned(), *count))
        .collect()
}
