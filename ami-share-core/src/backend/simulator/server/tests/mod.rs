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
mod copy_progress;
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
mod usage_report;
mod volume;
mod wire;

use super::service::{JsonAction, QueryAction};
use wire::Wire;

#[test]
fn the_documentation_lists_the_actions_that_there_are() {
    let query = |actions: &[&[QueryAction]]| -> Vec<&str> {
        let all = actions.iter().copied().flatten();
        all.map(|action| action.name).collect()
    };
    let json = |actions: &[&[JsonAction]]| -> Vec<&str> {
        let all = actions.iter().copied().flatten();
        all.map(|action| action.name).collect()
    };
    for (service, mut actions) in [
        ("EC2", query(super::ec2::ACTIONS)),
        ("IAM", query(super::iam::ACTIONS)),
        ("KMS", json(super::kms::ACTIONS)),
        ("Organizations", json(super::organizations::ACTIONS)),
        ("SSM", json(super::ssm::ACTIONS)),
        ("STS", query(super::sts::ACTIONS)),
    ] {
        actions.sort_unstable();
        let row = format!("//! | {service} | `{}` |", actions.join("`, `"));
        let rows = include_str!("../mod.rs");
        assert!(rows.lines().any(|line| line == row), "{row}");
    }
}

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
