//! What a share costs, counted at the wire: every HTTP request to moto, repeated attempts included.
#![allow(clippy::unwrap_used, reason = "tests fail by panic")]

mod support;

use std::collections::BTreeMap;

use ami_share_core::id::AccountId;
use ami_share_core::request::SnapshotSharing;
use ami_share_core::{ApplyOptions, AwsSharer, ShareRequest, Sharer};
use support::Moto;

async fn scene() -> (Moto, AwsSharer) {
    let moto = Moto::start().await;
    let sharer = AwsSharer::new(moto.backend().await);
    (moto, sharer)
}

fn accounts(count: u64) -> Vec<AccountId> {
    (1..=count)
        .map(|number| format!("{number:012}").parse().unwrap())
        .collect()
}

fn counted(moto: &Moto) -> BTreeMap<String, usize> {
    let counted = moto.counter().by_action();
    moto.counter().reset();
    counted
}

fn calls(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    expected
        .iter()
        .map(|(action, count)| ((*action).to_owned(), *count))
        .collect()
}

#[tokio::test]
async fn promise_7_a_share_costs_four_calls_for_one_account_or_a_thousand() {
    let (moto, sharer) = scene().await;
    for count in [1, 1_000] {
        let image = moto.register_image("golden").await;
        let request = ShareRequest::builder()
            .region("us-east-1")
            .image(&image)
            .accounts(accounts(count))
            .build()
            .unwrap();
        sharer.share(&request).await.unwrap();
        let four = [
            ("DescribeImages", 1),
            ("DescribeImageAttribute", 2),
            ("ModifyImageAttribute", 1),
        ];
        assert_eq!(counted(&moto), calls(&four), "{count} accounts");
        sharer.share(&request).await.unwrap();
        let reads = [("DescribeImages", 1), ("DescribeImageAttribute", 1)];
        assert_eq!(counted(&moto), calls(&reads), "the second run");
    }
}

#[tokio::test]
async fn promise_7_a_saved_plan_is_read_again_and_costs_two_calls_more_in_all() {
    let (moto, sharer) = scene().await;
    let image = moto.register_image("golden").await;
    let request = ShareRequest::builder()
        .region("us-east-1")
        .image(&image)
        .account("222222222222")
        .build()
        .unwrap();
    let plan = sharer.plan(&request).await.unwrap();
    moto.counter().reset();
    sharer.apply(&plan, &ApplyOptions::default()).await.unwrap();
    assert_eq!(moto.counter().total(), 4);
}

#[tokio::test]
async fn promise_7_a_snapshot_costs_two_reads_and_a_write_per_500_accounts() {
    let (moto, sharer) = scene().await;
    let image = moto.register_image("golden").await;
    let request = ShareRequest::builder()
        .region("us-east-1")
        .image(&image)
        .accounts(accounts(1_000))
        .snapshots(SnapshotSharing::ForCopy)
        .build()
        .unwrap();
    sharer.share(&request).await.unwrap();
    let expected = [
        ("DescribeImages", 1),
        ("DescribeImageAttribute", 2),
        ("ModifyImageAttribute", 1),
        ("DescribeSnapshotAttribute", 2),
        ("ModifySnapshotAttribute", 2),
    ];
    assert_eq!(counted(&moto), calls(&expected));
}

#[tokio::test]
async fn promise_7_many_images_are_planned_with_one_call_each_and_one_for_all() {
    const IMAGES: usize = 200;
    let (moto, sharer) = scene().await;
    let mut request = ShareRequest::builder()
        .region("us-east-1")
        .account("222222222222");
    for _ in 0..IMAGES {
        request = request.image(moto.register_image("golden").await);
    }
    moto.counter().reset();
    sharer.plan(&request.build().unwrap()).await.unwrap();
    let expected = [("DescribeImages", 1), ("DescribeImageAttribute", IMAGES)];
    assert_eq!(counted(&moto), calls(&expected));
}
