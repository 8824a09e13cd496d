//! Each test states what a client of the server can rely on.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod bad_input;
mod control;
mod copy;
mod copy_key;
mod create_image;
mod ec2;
mod fault;
mod iam;
mod image;
mod image_attribute;
mod image_life;
mod instance;
mod kms;
mod organizations;
mod register_image;
mod setting;
mod snapshot;
mod ssm;
mod sts;
mod tag;
mod volume;
mod wire;

use wire::Wire;

#[tokio::test]
async fn the_access_key_says_which_account_calls() {
    let wire = Wire::start().await;
    let (status, answer) = wire
        .query("111122223333", "sts", "GetCallerIdentity", &[])
        .await;
    assert_eq!(status, 200, "{answer}");
    assert!(
        answer.contains("<Account>111122223333</Account>"),
        "{answer}"
    );
}
